"""Time acts by itself, in one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from api.live import living
from api.live.ticker import Ticker
from db.clock import Clock, Setting
from db.engine import Pool, create_pool
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
    async with asyncio.timeout(15):
        while True:
            answer = await ask()
            if wanted(answer):
                return answer
            await asyncio.sleep(0.05)


async def test_a_silent_sensor_is_raised_when_its_delay_has_passed(pool: Pool, site: Site) -> None:
    """In a house whose clock runs 600 times as fast, ten minutes are a second."""
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, DELAYED)
    began = datetime(2026, 5, 1, tzinfo=UTC)
    clock = Clock()
    async with pool.acquire() as connection:
        await clock.set(connection, Setting(ClockMode.SPEED, began, datetime.now(UTC), 600.0))
    await ingest(pool, clock, Batch(["co2"], [began], [12.0]))
    async with living(pool, clock) as live:
        [stay] = await eventually(lambda: stored_stays(pool, sensor, rule), bool)
        assert stay.raised_at == began + timedelta(seconds=600)
        assert live.ticker.ticking
        assert live.trouble() is None


async def test_setting_the_clock_lets_deadlines_pass(pool: Pool, site: Site) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, DELAYED)
    began = datetime(2026, 5, 1, tzinfo=UTC)
    clock = Clock()
    async with pool.acquire() as connection:
        await clock.set(connection, Setting(ClockMode.MAX, began))
    await ingest(pool, clock, Batch(["co2"], [began], [12.0]))
    async with living(pool, clock):
        other = await Clock.load(pool)  # as another process has it
        async with pool.acquire() as connection:
            await other.set(connection, Setting(ClockMode.MAX, began + timedelta(seconds=600)))
        [stay] = await eventually(lambda: stored_stays(pool, sensor, rule), bool)
        assert stay.raised_at == began + timedelta(seconds=600)
        assert clock.now() == began + timedelta(seconds=600)


async def test_one_ticks_and_another_takes_over(database: str, pool: Pool, site: Site) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=1)))
    clock = Clock()
    pools = [await create_pool(database, 2) for _ in range(3)]
    tickers = [Ticker(each, clock) for each in pools]
    for ticker in tickers:
        await ticker.start()
    for number in range(3):
        await eventually(lambda: _ticking(tickers), lambda count: count == 1)
        now = datetime.now(UTC)
        await ingest(pool, clock, Batch(["co2"] * 2, [now, now + timedelta(microseconds=1)], [5.0, 12.0]))
        stays = await eventually(lambda: stored_stays(pool, sensor, rule), partial(_as_many, number + 1))
        assert stays[-1].raised_at == now + timedelta(seconds=1, microseconds=1)
        [one] = [ticker for ticker in tickers if ticker.ticking]
        await one.stop()
        tickers.remove(one)
    for each in pools:
        await each.close()
    assert await pool.fetchval("SELECT count(*) FROM alarm.transition WHERE kind = 'RAISED'") == 3


def _as_many(count: int, stays: list[Stay]) -> bool:
    return len(stays) == count


async def _ticking(tickers: list[Ticker]) -> int:
    return sum(ticker.ticking for ticker in tickers)
