"""A dispatcher's night in Telegram, on a real house with a real agent: a link, questions, a plan, a change, the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from agent import server
from agent.channels.telegram.app import at_work
from agent.channels.telegram.settings import TelegramSettings
from agent.settings import AgentSettings
from api.app import create
from api.settings import ApiSettings
from db.engine import Pool
from db.models import Category
from db.settings import DatabaseSettings
from tests.agent.telegram.botapi import TOKEN, BotApi, Shown
from tests.api.caller import KEY, Caller
from tests.api.living import HIGH, House
from tests.api.serving import served
from tests.world import build

CODE = """mutation { makeLinkCode(channel: TELEGRAM) { __typename
 ... on LinkCode { code } ... on Refusal { message } } }"""
CHAT, ENGLISH = 4242, 4343


@pytest.fixture
async def place(database: str, pool: Pool) -> AsyncIterator[tuple[BotApi, House, Pool, Any]]:
    world, cloud = await build(pool), BotApi()
    settings = ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)
    app = create(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        api = f"http://{await stack.enter_async_context(served(app))}"
        told = AgentSettings(api_url=api, agent_key=world.secret["agent"])
        agent = server.create(told)
        await stack.enter_async_context(agent.router.lifespan_context(agent))
        talk = f"http://{await stack.enter_async_context(served(agent))}"
        telegram = f"http://{await stack.enter_async_context(served(cloud.app()))}"
        given = {
            "token": TOKEN,
            "api_base": telegram,
            "api_url": api,
            "agent_url": talk,
            "poll_seconds": 1,
            "health": "",
        }
        await stack.enter_async_context(at_work(TelegramSettings(**given, agent_key=world.secret["agent"])))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=api, timeout=60))
        nobody = Caller(http)
        admin, dispatcher, manager = (nobody.as_user(world.user[who]) for who in ("admin", "dispatcher", "manager"))
        yield cloud, House(admin, dispatcher, manager, pool, world.now), pool, world


async def linked(cloud: BotApi, who: Caller, chat: int, language: str = "ru") -> Shown:
    made = await who.ask(CODE)
    cloud.says(chat, f"/start {made['makeLinkCode']['code']}", language=language)
    return await cloud.told(chat)


async def test_a_night_of_a_dispatcher(place: tuple[BotApi, House, Pool, Any]) -> None:
    cloud, house, pool, world = place
    hello = await linked(cloud, house.dispatcher, CHAT)
    assert hello.plain.startswith("Здравствуйте, Денис Пульт! Этот чат теперь ваш")
    watch = await house.watch(Category.AIR, priority="CRITICAL")
    await watch.report(HIGH)
    cloud.says(CHAT, "/now")
    assert "критических" in (await cloud.told(CHAT, 2)).plain
    cloud.says(CHAT, "Какие критические тревоги?")
    alarm = (await cloud.told(CHAT, 3)).plain
    assert "102" in alarm, alarm
    cloud.says(CHAT, "Подтверди тревогу в 102")
    asked = await cloud.told(CHAT, 4)
    while "✅ Да" not in asked.labels():
        cloud.taps(asked, asked.buttons()[0])
        asked = await cloud.told(CHAT, len(cloud.chat(CHAT)) + 1)
    assert "Подтвердите изменение" in asked.plain
    before = len(cloud.chat(CHAT))
    cloud.presses(asked, "Да")
    done = await cloud.told(CHAT, before + 1)
    assert "одтвержд" in done.plain
    entry = await pool.fetchrow("SELECT * FROM security.audit ORDER BY number DESC LIMIT 1")
    assert (entry["operation"], entry["user_id"]) == ("acknowledgeAlarm", world.user["dispatcher"])
    assert entry["actor"] == "agent"


async def test_a_plan_in_both_languages(place: tuple[BotApi, House, Pool, Any]) -> None:
    cloud, house, _, _ = place
    await linked(cloud, house.dispatcher, CHAT)
    cloud.says(CHAT, "Покажи план первого этажа")
    shown = await cloud.told(CHAT, 2)
    if shown.method != "sendPhoto":
        cloud.taps(shown, shown.buttons()[0])
        shown = await cloud.told(CHAT, 3)
    assert shown.file.startswith(b"\x89PNG"), shown.plain
    await linked(cloud, house.manager, ENGLISH, "en")
    cloud.says(ENGLISH, "/plan", language="en")
    asked = await cloud.told(ENGLISH, 2)
    cloud.taps(asked, asked.buttons()[0])
    shown = await cloud.told(ENGLISH, 3)
    assert shown.file.startswith(b"\x89PNG"), shown.plain


async def test_a_problem_is_written_into_the_log(place: tuple[BotApi, House, Pool, Any]) -> None:
    cloud, house, pool, world = place
    await linked(cloud, house.dispatcher, CHAT)
    cloud.says(CHAT, "/report течёт кран в 102, уже полчаса <срочно>")
    asked = await cloud.told(CHAT, 2)
    assert "«течёт кран в 102, уже полчаса <срочно>»" in asked.plain
    cloud.presses(asked, "Нет")
    await cloud.until(lambda: asked.plain.endswith("✖️ Не записано."))
    cloud.says(CHAT, "/report течёт кран в 102")
    asked = await cloud.told(CHAT, 3)
    yes = asked.buttons()[0]
    cloud.taps(asked, yes)
    cloud.taps(asked, yes)
    assert "устарел" in (await cloud.answered(3))[2]
    await cloud.until(lambda: "✅ Записано" in asked.plain)
    audit = await pool.fetch("SELECT user_id, actor FROM security.audit WHERE operation = 'reportEvent'")
    assert [tuple(one) for one in audit] == [(world.user["dispatcher"], "agent")]
