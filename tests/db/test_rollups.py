"""Hours are rolled up without missing what is not committed yet; that they answer rightly is shown with the graph."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest

from db import rollups
from db.engine import Pool
from db.ingest import Batch, Window, ingest
from tests.db.sensing import HandClock, Site, add_sensors, make_site

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
WIDE = Window(timedelta(days=30), timedelta(days=30))
HOURS = "SELECT hour, count, sum, low, high, first, last FROM telemetry.reading_hour ORDER BY hour"


@pytest.fixture
async def site(pool: Pool) -> Site:
    return await make_site(pool)


async def take(pool: Pool, *readings: tuple[datetime, float]) -> None:
    at, values = zip(*readings, strict=True)
    report = await ingest(pool, HandClock(NOON), Batch(["co2"] * len(at), at, values), window=WIDE)
    assert report.accepted == len(at)


async def roll(pool: Pool, now: datetime) -> int:
    async with pool.acquire() as connection:
        return await rollups.roll_up(connection, HandClock(now))


async def hours(pool: Pool) -> list[tuple[datetime, int]]:
    return [(row["hour"], row["count"]) for row in await pool.fetch(HOURS)]


async def test_an_hour_is_rolled_up_a_little_after_its_end(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0), (NOON + timedelta(minutes=59), 1.0), (NOON + timedelta(minutes=60), 7.0))
    await roll(pool, NOON + timedelta(hours=1, minutes=9))
    assert await hours(pool) == []
    await roll(pool, NOON + timedelta(hours=1, minutes=10))
    [row] = await pool.fetch(HOURS)
    assert tuple(row) == (NOON, 2, 4.0, 1.0, 3.0, 3.0, 1.0)
    assert await roll(pool, NOON + timedelta(hours=1, minutes=20)) == 0


async def test_a_late_reading_marks_its_hour_and_one_in_time_does_not(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0))
    await roll(pool, NOON + timedelta(hours=2, minutes=30))
    await take(
        pool, (NOON + timedelta(minutes=1), 1.0), (NOON + timedelta(minutes=2), 1.0), (NOON + 2 * rollups.HOUR, 1.0)
    )
    assert [r["hour"] for r in await pool.fetch("SELECT hour FROM telemetry.reading_dirty")] == [NOON]
    await roll(pool, NOON + timedelta(hours=2, minutes=40))
    assert await hours(pool) == [(NOON, 3)]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading_dirty") == 0


async def test_a_reading_that_is_not_committed_yet_is_waited_for(
    pool: Pool, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its writer came before the hour was closed, so that it marked nothing."""
    monkeypatch.setattr(rollups, "PATIENCE", 60.0)
    [sensor] = await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0))
    async with pool.acquire() as writer:
        transaction = writer.transaction()
        await transaction.start()
        await writer.execute("INSERT INTO telemetry.reading VALUES ($1, $2, 5.0)", sensor, NOON + timedelta(minutes=5))
        rolling = asyncio.create_task(roll(pool, NOON + timedelta(hours=2)))
        while not await pool.fetchval("SELECT closing > $1 FROM telemetry.rolling, pg_sleep(0.01)", NOON):
            assert not rolling.done()
        await take(pool, (NOON + timedelta(minutes=7), 1.0))
        assert await pool.fetchval("SELECT count(*) FROM telemetry.reading_dirty") == 1, "nobody else waits"
        assert not rolling.done()
        await transaction.commit()
        await rolling
    assert await hours(pool) == [(NOON, 3)]


async def test_a_writer_who_takes_too_long_puts_it_off(pool: Pool, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "PATIENCE", 0.1)
    [sensor] = await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0))
    async with pool.acquire() as writer, writer.transaction():
        await writer.execute("INSERT INTO telemetry.reading VALUES ($1, $2, 5.0)", sensor, NOON + timedelta(minutes=5))
        assert await roll(pool, NOON + timedelta(hours=2)) == 0
        assert await hours(pool) == []
    await roll(pool, NOON + timedelta(hours=2))
    assert await hours(pool) == [(NOON, 2)]


async def test_years_without_readings_are_passed_at_once(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0))
    done = await roll(pool, datetime(2046, 6, 10, 12, tzinfo=UTC))
    assert done < 200
    assert await hours(pool) == [(NOON, 1)]
    assert await pool.fetchval("SELECT rolled FROM telemetry.rolling") == datetime(2046, 6, 10, 11, tzinfo=UTC)


async def test_what_cannot_be_added_up_is_no_reason_to_stop(pool: Pool, site: Site) -> None:
    """A broken device sends the largest number there is, twice."""
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 1.7e308), (NOON + timedelta(minutes=1), 1.7e308))
    await roll(pool, NOON + timedelta(hours=2))
    [row] = await pool.fetch(HOURS)
    assert (row["count"], row["high"]) == (2, 1.7e308)
    assert row["sum"] != row["sum"]


async def test_hours_keep_what_is_no_longer_there(pool: Pool, site: Site) -> None:
    """The readings were dropped; a few of them are imported again."""
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0), (NOON + timedelta(minutes=1), 4.0))
    await roll(pool, NOON + timedelta(hours=2))
    await pool.execute("DELETE FROM telemetry.reading")
    await take(pool, (NOON + timedelta(minutes=1), 4.0))
    await roll(pool, NOON + timedelta(hours=2))
    assert await hours(pool) == [(NOON, 2)]


async def test_a_building_that_moves_to_a_zone_of_other_minutes_is_rolled_up_anew(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, (NOON, 3.0), (NOON + timedelta(minutes=20), 4.0), (NOON + timedelta(minutes=40), 5.0))
    await roll(pool, NOON + timedelta(hours=2))
    await pool.execute("UPDATE physical.building SET time_zone = 'America/New_York'")
    assert await roll(pool, NOON + timedelta(hours=2)) == 0, "its hours begin at the same moments"
    await pool.execute("UPDATE physical.building SET time_zone = 'Asia/Kolkata'")
    await roll(pool, NOON + timedelta(hours=2))
    half = timedelta(minutes=30)
    assert await hours(pool) == [(NOON - half, 2), (NOON + half, 1)]


UNTRUE = """
    WITH known AS (
        SELECT h.sensor_id, h.hour, h.count, h.sum FROM telemetry.reading_hour h, telemetry.rolling w WHERE h.hour < w.rolled
    ), told AS (
        SELECT r.sensor_id, date_trunc('hour', r.at, 'UTC') AS hour, count(*) AS count, sum(r.value) AS sum
        FROM telemetry.reading r, telemetry.rolling w WHERE r.at < w.rolled GROUP BY 1, 2
    )
    SELECT * FROM told FULL JOIN known USING (sensor_id, hour)
    WHERE (told.count, told.sum) IS DISTINCT FROM (known.count, known.sum)
        AND NOT EXISTS (SELECT FROM telemetry.reading_dirty d WHERE d.sensor_id = told.sensor_id AND d.hour = told.hour)
"""
"""Hours that are believed, but are not what the readings say; one look at everything."""


async def test_nothing_untrue_is_believed_at_any_moment(pool: Pool, site: Site) -> None:
    """Writers, early and late, at the same time as the rolling; somebody looks all the while."""
    dice = Random(11)
    names = [f"s{n}" for n in range(5)]
    await add_sensors(pool, site, *names)
    clock = HandClock(NOON)
    writing = True

    async def write(seed: int) -> None:
        mine = Random(seed)
        for _ in range(40):
            rows = {
                (mine.choice(names), clock.now() - timedelta(seconds=mine.randrange(3600 * mine.choice([1, 5])))): 1.0
                for _ in range(mine.randrange(1, 30))
            }
            keys = list(rows)
            await ingest(
                pool, clock, Batch([n for n, _ in keys], [at for _, at in keys], list(rows.values())), window=WIDE
            )

    async def pass_time() -> None:
        turns = count(1)
        while next(turns) <= 20 or writing:
            clock.move(clock.now() + timedelta(minutes=dice.randrange(40)))
            async with pool.acquire() as connection:
                await rollups.roll_up(connection, clock)

    async def look() -> int:
        looked = 0
        while looked <= 10 or writing:
            assert [tuple(row) for row in await pool.fetch(UNTRUE)] == []
            looked += 1
        return looked

    others = [asyncio.create_task(pass_time()), asyncio.create_task(look())]
    await asyncio.gather(*(write(seed) for seed in range(3)))
    writing = False
    _, looked = await asyncio.gather(*others)
    assert looked is not None
    assert looked > 10
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading_hour") > 20
