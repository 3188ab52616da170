"""Time acts by itself, in one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from api.app import opened
from api.live.deadlines import Deadlines
from api.live.duties import TICKS
from api.live.leader import WATCHED, Duty, Group, Leader
from api.settings import ApiSettings
from db.clock import Clock, Setting
from db.engine import Connection, Pool, connect
from db.evaluator import Rule, Stay
from db.ingest import Batch, ingest
from db.models import ClockMode, Condition
from tests.db.sensing import Site, add_rule, add_sensors, make_site, stored_stays

Thing = TypeVar("Thing")
DELAYED = Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=600))


@pytest.fixture
async def site(pool: Pool) -> Site:
    return await make_site(pool)


async def eventually(ask: Callable[[], Awaitable[Thing]], wanted: Callable[[Thing], bool]) -> Thing:
    async with asyncio.timeout(60):
        while True:
            answer = await ask()
            if wanted(answer):
                return answer
            await asyncio.sleep(0.05)


async def test_a_silent_sensor_is_raised_when_its_delay_has_passed(
    pool: Pool, site: Site, settings: ApiSettings
) -> None:
    """In a house whose clock runs 600 times as fast, ten minutes are a second."""
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, DELAYED)
    began = datetime(2026, 5, 1, tzinfo=UTC)
    clock = Clock()
    async with pool.acquire() as connection:
        await clock.set(connection, Setting(ClockMode.SPEED, began, datetime.now(UTC), 600.0))
    await ingest(pool, clock, Batch(["co2"], [began], [12.0]))
    async with opened(settings) as parts:
        [stay] = await eventually(lambda: stored_stays(pool, sensor, rule), bool)
        assert stay.raised_at == began + timedelta(seconds=600)
        live = parts.live
        assert live is not None
        assert live.duties.leads("ticks")

        async def trouble() -> str | None:
            return live.trouble()

        await eventually(trouble, lambda told: told is None)


async def test_setting_the_clock_lets_deadlines_pass(pool: Pool, site: Site, settings: ApiSettings) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, DELAYED)
    began = datetime(2026, 5, 1, tzinfo=UTC)
    clock = Clock()
    async with pool.acquire() as connection:
        await clock.set(connection, Setting(ClockMode.MAX, began))
    await ingest(pool, clock, Batch(["co2"], [began], [12.0]))
    async with opened(settings) as parts:
        other = await Clock.load(pool)  # as another process has it
        async with pool.acquire() as connection:
            await other.set(connection, Setting(ClockMode.MAX, began + timedelta(seconds=600)))
        [stay] = await eventually(lambda: stored_stays(pool, sensor, rule), bool)
        assert stay.raised_at == began + timedelta(seconds=600)
        assert parts.clock.now() == began + timedelta(seconds=600)


async def test_one_ticks_and_another_takes_over(database: str, pool: Pool, site: Site) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=1)))
    clock = Clock()
    leaders = [Leader(database, clock, Group("ticks", TICKS, (Duty("deadlines", Deadlines()),))) for _ in range(3)]
    for leader in leaders:
        await leader.start()
    for number in range(3):
        await eventually(lambda: _leading(leaders), lambda count: count == 1)
        now = datetime.now(UTC)
        await ingest(pool, clock, Batch(["co2"] * 2, [now, now + timedelta(microseconds=1)], [5.0, 12.0]))
        stays = await eventually(lambda: stored_stays(pool, sensor, rule), partial(_as_many, number + 1))
        assert stays[-1].raised_at == now + timedelta(seconds=1, microseconds=1)
        [one] = [leader for leader in leaders if leader.leading]
        await one.stop()
        leaders.remove(one)
    assert await pool.fetchval("SELECT count(*) FROM alarm.transition WHERE kind = 'RAISED'") == 3


def _as_many(count: int, stays: list[Stay]) -> bool:
    return len(stays) == count


async def _leading(leaders: list[Leader]) -> int:
    return sum(leader.leading for leader in leaders)


class Work:
    """A group whose duties and contexts note what they do."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.group = Group(
            "work",
            0x1234,
            (Duty("failing", self.fail), Duty("often", self.often), Duty("seldom", self.seldom, every=3600)),
            (self.open,),
        )

    async def fail(self, connection: Connection, clock: Clock) -> int:
        async with connection.transaction():
            return int(await connection.fetchval("SELECT 1 / 0"))

    async def often(self, connection: Connection, clock: Clock) -> int:
        self.done.append("often")
        return 1

    async def seldom(self, connection: Connection, clock: Clock) -> int:
        self.done.append("seldom")
        return 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self.done.append("open")
        try:
            yield
        finally:
            self.done.append("closed")

    async def count(self, what: str) -> int:
        return self.done.count(what)


async def test_a_duty_that_fails_does_not_keep_the_others_from_theirs(database: str) -> None:
    work = Work()
    leader = Leader(database, Clock(), work.group)
    await leader.start()
    await eventually(lambda: work.count("often"), lambda count: count >= 3)
    await leader.stop()
    assert work.done[0] == "open"
    assert work.done[-1] == "closed"
    assert work.done.count("seldom") == 1


async def test_who_loses_the_session_loses_the_lead(database: str, pool: Pool) -> None:
    """The server ends it, as it does with a host that is gone: what was attended is left, and begun anew."""
    work = Work()
    leader = Leader(database, Clock(), work.group)
    await leader.start()
    await eventually(lambda: work.count("often"), bool)
    await pool.fetchval("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    await eventually(lambda: work.count("seldom"), lambda count: count == 2)
    await leader.stop()
    assert [one for one in work.done if one in ("open", "closed")] == ["open", "closed"] * 2


async def test_a_leader_that_hangs_is_relieved(database: str, pool: Pool) -> None:
    """Its session falls silent, and the server ends it; the limit is shortened here."""
    hung = await connect(database, WATCHED, patience=60)
    assert await hung.fetchval("SELECT pg_try_advisory_lock($1)", 0x1234)
    await hung.execute("SET idle_session_timeout = '2s'")
    work = Work()
    leader = Leader(database, Clock(), work.group)
    await leader.start()
    await eventually(lambda: work.count("often"), bool)
    await leader.stop()
    hung.terminate()
