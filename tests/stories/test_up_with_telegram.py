"""`markoff up` with a bot's token: the bot is linked, talks, pushes, dies and is started again, and has missed nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.api.serving import served
from tests.deploy.conftest import fresh_folder
from tests.stories.house import House

ADMIN, RULE, SENSOR = 77, "Вода в подвале", "story-leak"
CREATE = """
mutation ($sensor: CreateSensorInput!, $rule: CreateAlarmRuleInput!) {
  createSensor(input: $sensor) { __typename ... on Refusal { message } }
  createAlarmRule(input: $rule) { __typename ... on Refusal { message } }
}
"""
REPORT = """
mutation ($sensors: SensorColumn!, $at: MomentColumn!, $values: NumberColumn!) {
  reportReadings(input: {sensors: $sensors, at: $at, values: $values}) { ... on ReadingsReport { accepted } }
}
"""


@asynccontextmanager
async def house_with_bot(folder: Path, telegram: str) -> AsyncIterator[House]:
    settings = {"MARKOFF_TELEGRAM_TOKEN": TOKEN, "MARKOFF_TELEGRAM_API_BASE": telegram}
    house = await asyncio.to_thread(House.up, folder, settings=settings)
    try:
        yield house
    finally:
        await asyncio.to_thread(house.down)


async def report(house: House, value: float) -> None:
    now = (await asyncio.to_thread(house.graph, "{ house { now } }"))["house"]["now"]
    told = await asyncio.to_thread(
        house.graph, REPORT, {"sensors": [f"ladoga/{SENSOR}"], "at": [now], "values": [value]}
    )
    assert told["reportReadings"]["accepted"] == 1


async def test_a_house_with_a_bot() -> None:
    cloud = BotApi()
    async with served(cloud.app()) as address:  # type: ignore[arg-type]
        with fresh_folder() as folder:
            async with house_with_bot(Path(folder), f"http://{address}") as house:
                await linked_and_asked(house, cloud)
                await an_alarm_while_the_bot_is_dead(house, cloud)
                await a_problem_outlives_the_bot(house, cloud)
                await all_are_answered_once_though_the_bot_stops(house, cloud)


async def linked_and_asked(house: House, cloud: BotApi) -> None:
    said = await asyncio.to_thread(house.markoff, "link", "--bot", "markoff_test_bot")
    code = said.split("?start=")[1].split()[0]
    cloud.says(ADMIN, f"/start {code}")
    await cloud.sees(ADMIN, lambda shown: any("Этот чат теперь ваш" in one.plain for one in shown))
    cloud.says(ADMIN, "Сколько этажей в здании?")
    await cloud.sees(ADMIN, lambda shown: any("этаж" in one.plain for one in shown[1:]))


async def an_alarm_while_the_bot_is_dead(house: House, cloud: BotApi) -> None:
    sensor = {"building": "ladoga", "code": SENSOR, "kind": "LEAK", "interval": 3600}
    rule = {
        "building": "ladoga", "name": RULE, "sensorKind": "LEAK", "condition": "ABOVE", "threshold": 0.5,
        "priority": "CRITICAL", "category": "LEAK",
    }  # fmt: skip
    made = await asyncio.to_thread(house.graph, CREATE, {"sensor": sensor, "rule": rule})
    assert [one["__typename"] for one in made.values()] == ["Sensor", "AlarmRule"], made
    bot = house.part("telegram")
    assert bot is not None
    os.kill(bot.pid, signal.SIGKILL)
    await report(house, 1.0)
    await cloud.until(lambda: any(RULE in shown.text for shown in cloud.chat(ADMIN)), 90, lambda: cloud.chat(ADMIN))
    again = house.part("telegram")
    assert again is not None
    assert again.pid != bot.pid
    assert sum(RULE in shown.text for shown in cloud.chat(ADMIN)) == 1


async def a_problem_outlives_the_bot(house: House, cloud: BotApi) -> None:
    cloud.says(ADMIN, "/report течёт кран на первом этаже")
    await cloud.until(lambda: "течёт кран" in cloud.chat(ADMIN)[-1].plain, 60, lambda: cloud.chat(ADMIN))
    asked = cloud.chat(ADMIN)[-1]
    bot = house.part("telegram")
    assert bot is not None
    os.kill(bot.pid, signal.SIGKILL)
    cloud.presses(asked, "Да")
    await cloud.until(lambda: "✅ Записано" in asked.plain, 90, lambda: asked.plain)


async def all_are_answered_once_though_the_bot_stops(house: House, cloud: BotApi) -> None:
    """SIGTERM with messages in hand: those are answered before it ends, the others by the next one."""
    bot = house.part("telegram")
    assert bot is not None
    floors = [f"Сколько комнат на {number} этаже?" for number in range(1, 10)]
    before = len(cloud.chat(ADMIN))
    for text in floors:
        cloud.says(ADMIN, text)
    await cloud.until(lambda: len(cloud.chat(ADMIN)) > before)
    os.kill(bot.pid, signal.SIGTERM)
    wanted = before + len(floors)
    await cloud.until(lambda: len(cloud.chat(ADMIN)) >= wanted, 90, lambda: [one.plain for one in cloud.chat(ADMIN)])
    cloud.says(ADMIN, "/help")
    await cloud.until(lambda: "/report" in cloud.chat(ADMIN)[-1].plain)
    assert len(cloud.chat(ADMIN)) == wanted + 1, [one.plain for one in cloud.chat(ADMIN)[before:]]
