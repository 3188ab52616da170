"""Alarms in a person's pocket: pushed once, changed in place, treated by a tap; over restarts, floods and bad lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.channels.telegram import holding, pushes
from agent.channels.telegram.app import at_work
from agent.channels.telegram.pushes import Pushes
from agent.channels.telegram.settings import TelegramSettings
from agent.channels.telegram.wishes import Wishes
from api.app import create
from api.settings import ApiSettings
from db.engine import Pool, create_pool
from db.models import Category
from db.settings import DatabaseSettings
from deploy.postgres import Postgres
from tests.agent.telegram.botapi import TOKEN, BotApi, Mood, Shown
from tests.api.caller import KEY, Caller
from tests.api.living import HIGH, LOW, House, Watch
from tests.api.serving import served
from tests.api.waiting import until
from tests.world import World, build

DISPATCHER, MANAGER, TENANT = 900, 700, 702


@dataclass
class Place:
    """The house and Telegram, with a bot that can be stopped and started."""

    house: House
    world: World
    cloud: BotApi
    api: str
    memory: str
    pool: Pool
    pushes: Pushes | None = None
    health: int | None = None
    _bot: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> Pushes:
        """The bot, as `markoff telegram` runs it."""
        told: dict[str, Any] = {"poll_seconds": 1, "token": TOKEN, "api_base": self.cloud.url, "api_url": self.api}
        told |= {"agent_url": "http://127.0.0.1:9", "agent_key": self.world.secret["agent"], "health": "127.0.0.1:0"}
        running = await self._bot.enter_async_context(at_work(TelegramSettings(**told, memory_url=self.memory)))
        assert running.desk.pushes is not None
        self.pushes, self.health = running.desk.pushes, running.health
        return self.pushes

    async def figure(self, name: str, **labels: str) -> float:
        """What the bot tells Prometheus."""
        async with httpx.AsyncClient(timeout=60) as http:
            told = (await http.get(f"http://127.0.0.1:{self.health}/metrics")).text
        families = text_string_to_metric_families(told)
        samples = [one for family in families for one in family.samples]
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())

    async def counts(self, name: str, value: float, **labels: str) -> None:
        """Wait for a figure: it is counted when Telegram's answer is in, after the message can be seen."""

        async def counted() -> bool:
            return await self.figure(name, **labels) == value

        await until(counted)

    async def stop(self) -> None:
        await self._bot.aclose()

    async def raised(self, priority: str = "HIGH", category: Category = Category.AIR) -> Watch:
        watch = await self.house.watch(category, priority=priority)
        await watch.report(HIGH)
        return watch

    async def alone(self, chat: int = DISPATCHER) -> Shown:
        """The only message of the chat."""
        (shown,) = await self.cloud.sees(chat, lambda all_: len(all_) == 1)
        return shown


@pytest.fixture
async def place(database: str, pool: Pool, cluster: Postgres) -> AsyncIterator[Place]:
    world = await build(pool)
    await pool.execute(
        "INSERT INTO security.link (user_id, channel, identity, name, linked_at) VALUES ($1, 'TELEGRAM', '900', 'd', $2)",
        world.user["dispatcher"],
        world.now,
    )
    memory = f"{database.rsplit('/', 1)[1].split('?')[0]}_agent"
    cluster.create_database(memory)
    settings = ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)
    app, cloud = create(settings), BotApi()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        api = await stack.enter_async_context(served(app))
        cloud.url = f"http://{await stack.enter_async_context(served(cloud.app()))}"
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://{api}", timeout=60))
        nobody = Caller(http)
        admin, dispatcher, manager = (nobody.as_user(world.user[who]) for who in ("admin", "dispatcher", "manager"))
        house = House(admin, dispatcher, manager, pool, world.now)
        place = Place(house, world, cloud, f"http://{api}", cluster.url(memory), pool)
        pushes = await place.start()
        await pushes.follow("telegram:900", DISPATCHER)
        yield place
        await place.stop()
    cluster.drop_database(memory)


async def test_from_a_code_to_an_alarm_to_the_audit(place: Place) -> None:
    await place.pool.execute("DELETE FROM security.link WHERE identity = '900'")
    await place.cloud.until(lambda: place.pushes is not None and place.pushes.wishes("telegram:900") is None)
    made = await place.house.dispatcher.ask("mutation { makeLinkCode(channel: TELEGRAM) { ... on LinkCode { code } } }")
    place.cloud.says(DISPATCHER, f"/start {made['makeLinkCode']['code']}")
    await place.cloud.told(DISPATCHER)
    await place.cloud.until(lambda: place.pushes is not None and place.pushes.wishes("telegram:900") is not None)
    place.cloud.messages.clear()
    watch = await place.raised("CRITICAL")
    shown = await place.alone()
    assert "🔴 <b>Rule of" in shown.text
    assert "КРИТИЧЕСКИЙ · ВОЗДУХ" in shown.text
    assert "пом. 102" in shown.text
    assert shown.text.endswith("<b>Активна</b>")
    alarm = (await watch.alarm())["id"]
    assert shown.buttons() == [f"a:{what}:{alarm}" for what in ("ack", "shv", "pln", "who")]
    place.cloud.taps(shown, f"a:ack:{alarm}")
    await place.cloud.sees(DISPATCHER, lambda all_: "✅" in all_[0].text)
    assert "👤 подтвердил(а) Денис Пульт" in shown.text
    assert f"a:ack:{alarm}" not in shown.buttons()
    assert await place.cloud.answered() == ["Подтверждено."]
    entry = await place.pool.fetchrow("SELECT * FROM security.audit ORDER BY number DESC LIMIT 1")
    assert (entry["operation"], entry["user_id"]) == ("acknowledgeAlarm", place.world.user["dispatcher"])
    assert (entry["actor"], entry["outcome"]) == ("agent", alarm)
    await watch.report(LOW)
    await place.cloud.sees(DISPATCHER, lambda all_: all_[0].text.startswith("☑️"))
    assert len(place.cloud.chat(DISPATCHER)) == 1


async def test_what_happens_while_the_bot_is_away_comes_once(place: Place) -> None:
    first = await place.raised()
    shown = await place.alone()
    await place.stop()
    await first.done("acknowledge_alarm")
    second = await place.raised()
    await second.report(LOW)
    third = await place.raised()

    def caught_up(all_: list[Shown]) -> bool:
        over = any(second.code in one.text and "Вернулась в норму" in one.text for one in all_)
        return over and len(all_) == 3 and "✅" in all_[0].text

    for _ in range(2):
        await place.start()
        await place.cloud.sees(DISPATCHER, caught_up)
        await asyncio.sleep(0.3)
        await place.stop()
    texts = {one.number: one.text for one in place.cloud.chat(DISPATCHER)}
    assert len(texts) == 3
    assert "✅" in texts[shown.number]
    assert sum(third.code in text for text in texts.values()) == 1
    assert sum(second.code in text for text in texts.values()) == 1
    await place.start()
    await third.done("acknowledge_alarm")
    await place.cloud.sees(DISPATCHER, lambda all_: sum("✅" in one.text for one in all_) == 2)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_message_that_may_have_arrived_is_not_sent_again(cut: str, place: Place) -> None:
    place.cloud.says(5, "hello")  # a stranger's number tells where we are
    await place.cloud.told(5)
    place.cloud.moods["sendMessage"] = [Mood(cut=cut)]
    watch = await place.raised()
    shown = await place.alone()
    await watch.done("acknowledge_alarm")
    await place.cloud.sees(DISPATCHER, lambda all_: "✅" in all_[0].text)
    assert len(place.cloud.chat(DISPATCHER)) == 1
    assert shown.number in {one.number for one in place.cloud.chat(DISPATCHER)}


async def test_a_bot_that_dies_while_sending_finds_its_message(place: Place) -> None:
    place.cloud.says(5, "hello")
    await place.cloud.told(5)
    place.cloud.moods["sendMessage"] = [Mood(delay=0.5)]
    watch = await place.raised()
    await place.cloud.until(lambda: len(place.cloud.called("sendMessage")) == 2)
    await place.stop()
    await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 1)  # it arrives when nobody waits for it any more
    await watch.done("acknowledge_alarm")
    await place.start()
    await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 1 and "✅" in all_[0].text)


async def test_telegram_asks_to_wait(place: Place) -> None:
    before = await place.figure("markoff_telegram_pushes_total", outcome="sent")
    place.cloud.moods["sendMessage"] = [Mood(429, 1, description="Too Many Requests: retry after 1")]
    await place.raised("LOW")
    await place.raised("CRITICAL")
    shown = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 2)
    silent = {"🔴" in one.text: one.given.get("disable_notification") for one in shown}
    assert silent == {True: "false", False: "true"}
    await place.counts("markoff_telegram_pushes_total", before + 2, outcome="sent")
    await place.counts("markoff_telegram_pushes_waiting", 0)
    assert await place.figure("markoff_telegram_requests_total", method="sendMessage", status="429") > 0
    assert await place.figure("markoff_telegram_push_seconds_count", kind="new") > 0


async def test_an_edit_that_fails_is_made_later(place: Place) -> None:
    watch = await place.raised()
    await place.alone()
    place.cloud.moods["editMessageText"] = [Mood(500), Mood(429, 1), Mood(cut="before")]
    await watch.done("acknowledge_alarm")
    await place.cloud.sees(DISPATCHER, lambda all_: "✅" in all_[0].text)


async def test_a_flood_is_one_message(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held is let go when the incident has it all, however long the house takes for that."""
    for module in (pushes, holding):
        monkeypatch.setattr(module, "HOLD", timedelta(hours=1))
    watches = [await place.house.watch(Category.AIR, priority="MEDIUM") for _ in range(16)]
    critical = await place.house.watch(Category.FIRE, priority="CRITICAL")
    for watch in watches:
        await watch.report(HIGH)
    await critical.report(HIGH)
    shown = await place.cloud.sees(DISPATCHER, lambda all_: any("🌊" in one.text for one in all_))
    shown = await place.cloud.sees(DISPATCHER, lambda all_: any("тревог: 17" in one.text for one in all_))
    async with await create_pool(place.memory, 1) as memory:
        await memory.execute("UPDATE agent.telegram_message SET due = now() WHERE state = 'GROUPED'")
        await until(partial(settled, memory))
    shown = place.cloud.chat(DISPATCHER)
    kinds = ["🌊" if "🌊" in one.text else "🔴" if "🔴" in one.text else "." for one in shown]
    assert sorted(kinds) == [*"." * 10, "🌊", "🔴"], kinds
    (flood,) = [one for one in shown if "🌊" in one.text]
    place.cloud.taps(flood, flood.buttons()[0])
    listed = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 13)
    assert listed[-1].text.count("•") == 17


async def settled(memory: Pool) -> bool:
    """Nothing is held, or still to be sent."""
    found = "SELECT EXISTS (SELECT FROM agent.telegram_message WHERE state NOT IN ('SENT', 'COLLECTED'))"
    return not await memory.fetchval(found)


async def test_choices_are_kept_but_what_is_critical_always_comes(place: Place) -> None:
    assert place.pushes is not None
    await place.pushes.wish("telegram:900", Wishes(frozenset(("beta",)), frozenset(("FIRE",)), "HIGH"))
    await place.raised("HIGH")
    watch = await place.raised("CRITICAL")
    shown = await place.alone()
    assert watch.code in shown.text
    await place.stop()
    pushes = await place.start()
    await pushes.wish("telegram:900", Wishes(categories=frozenset(("AIR",)), least="MEDIUM"))
    await place.raised("LOW")
    await place.raised("HIGH", Category.EQUIPMENT)
    last = await place.raised("MEDIUM")
    shown = (await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 2))[1]
    assert last.code in shown.text


async def test_who_blocks_the_bot_or_unlinks_is_left_alone(place: Place) -> None:
    pushes = place.pushes
    assert pushes is not None
    place.cloud.moods["sendMessage"] = [Mood(403, description="Forbidden: bot was blocked by the user")]
    await place.raised()
    await place.cloud.until(lambda: pushes.wishes("telegram:900") is None)
    await place.raised()
    place.cloud.says(DISPATCHER, "/start")  # the bot is allowed to write again
    await place.cloud.until(lambda: pushes.wishes("telegram:900") is not None)
    (hello,) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 1)
    assert "/quiet" in hello.text.splitlines()[0]
    watch = await place.raised()
    (_, shown) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 2)
    assert watch.code in shown.text
    await place.pool.execute("DELETE FROM security.link WHERE identity = '900'")
    await place.cloud.until(lambda: pushes.wishes("telegram:900") is None)
    place.cloud.taps(shown, shown.buttons()[0])
    assert "не привязан" in (await place.cloud.answered())[0]


async def test_each_sees_what_they_may_in_their_language(place: Place) -> None:
    assert place.pushes is not None
    await place.pool.execute("UPDATE security.\"user\" SET language = 'EN' WHERE login = 'manager'")
    await place.pushes.follow("telegram:700", MANAGER)
    await place.pushes.follow("telegram:702", TENANT)
    watch = await place.raised()
    (manager,) = await place.cloud.sees(MANAGER, lambda all_: len(all_) == 1)
    assert "room 102" in manager.text
    assert manager.text.endswith("<b>Active</b>")
    alarm = (await watch.alarm())["id"]
    place.cloud.taps(manager, f"a:shv:{alarm}")
    await place.cloud.sees(MANAGER, lambda all_: "shelved until" in all_[0].text)
    (shown,) = await place.cloud.sees(DISPATCHER, lambda all_: any("отложена до" in one.text for one in all_))
    place.cloud.taps(shown, f"a:ack:{alarm}")
    place.cloud.taps(shown, f"a:ack:{alarm}")
    told = await place.cloud.answered(3)
    assert told[0] == "Shelved for an hour."
    assert "Подтверждено." in told[1:]  # two taps at once are done in either order
    assert any("уже" in one or "already" in one or one == "Подтверждено." for one in told[1:])
    place.cloud.taps(shown, f"a:who:{alarm}")
    (_, hit) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 2)
    assert "пом. 102" in hit.text
    place.cloud.taps(shown, f"a:pln:{alarm}")
    (*_, plan) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 3)
    assert (plan.method, plan.file[:4]) == ("sendPhoto", b"\x89PNG")
    assert "1 этаж" in plan.text
    assert place.cloud.chat(TENANT) == []


async def test_quiet_hours_are_chosen_by_words_and_by_buttons(place: Place) -> None:
    assert place.pushes is not None
    place.cloud.says(DISPATCHER, "/quiet 11:30-13:00")  # it is noon in the building
    (menu,) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 1)
    assert "с 11:30 до 13:00" in menu.text
    night = await place.raised("HIGH")
    brief = await place.raised("HIGH")
    await brief.report(LOW)
    await brief.done("acknowledge_alarm")
    loud = await place.raised("CRITICAL")
    (_, shown) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 2)
    assert loud.code in shown.text
    place.cloud.taps(menu, "q:hours:off")
    await place.cloud.until(lambda: "Тихие часы: <b>нет" in menu.text)
    (_, _, late) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 3)
    assert night.code in late.text
    place.cloud.taps(menu, "q:category:FIRE")
    place.cloud.taps(menu, "q:least:HIGH")
    await place.cloud.until(lambda: "Тревоги от: <b>высокий" in menu.text and "Категории: <b>пожар" in menu.text)
    place.cloud.says(DISPATCHER, "/quiet whenever")
    (*_, told) = await place.cloud.sees(DISPATCHER, lambda all_: len(all_) == 4)
    assert "Не понял" in told.text
    place.cloud.says(55, "/quiet")
    (stranger,) = await place.cloud.sees(55, lambda all_: len(all_) == 1)
    assert "не привязан" in stranger.text
