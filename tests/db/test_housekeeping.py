"""Months are made ahead and dropped when they are too old; the stream and used confirmations are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from db import changes, housekeeping, rollups
from db.clock import Clock, Setting
from db.engine import Connection, Pool
from db.housekeeping import Retention
from db.ingest import Batch, Window, ingest
from db.models import ClockMode
from tests.db.sensing import HandClock, Site, add_sensors, make_site

MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEEPING = Retention(readings=40 * DAY, changes=7 * DAY, arrivals=timedelta(hours=1), confirmations=DAY)
WIDE = Window(timedelta(days=800), timedelta(days=800))
MONTHS = "SELECT name FROM telemetry.reading_month WHERE attached ORDER BY since"


@pytest.fixture
async def site(pool: Pool) -> Site:
    return await make_site(pool)


async def months(pool: Pool) -> list[str]:
    return [row["name"] for row in await pool.fetch(MONTHS)]


async def take(pool: Pool, *at: datetime) -> None:
    await ingest(pool, HandClock(max(at)), Batch(["co2"] * len(at), at, [1.0] * len(at)), window=WIDE)


async def test_months_are_made_ahead_of_the_houses_clock(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await housekeeping.make_months(connection, HandClock(datetime(2061, 11, 15, tzinfo=UTC))) == 3
        assert await housekeeping.make_months(connection, HandClock(datetime(2061, 11, 15, tzinfo=UTC))) == 0
        assert await months(pool) == ["reading_2061_11", "reading_2061_12", "reading_2062_01"]
        fast = Clock(Setting(ClockMode.SPEED, MAY, None, 100_000.0))
        assert await housekeeping.make_months(connection, fast) == 24, "a year goes by in five minutes: two are ready"


async def test_a_month_is_made_while_others_read_and_write(pool: Pool, site: Site) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    await take(pool, MAY)
    async with pool.acquire() as writer, writer.transaction(), pool.acquire() as maker:
        await writer.execute("INSERT INTO telemetry.reading VALUES ($1, $2, 5.0)", sensor, MAY + DAY)
        await maker.execute("SET lock_timeout = '2s'")
        assert await housekeeping.make_months(maker, HandClock(MAY)) > 0


async def test_whole_months_are_dropped_and_their_hours_stay(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    now = MAY + 62 * DAY
    await take(pool, MAY - 60 * DAY, MAY - 30 * DAY, MAY, now)
    assert await months(pool) == [
        "reading_2026_03",
        "reading_2026_04",
        "reading_2026_05",
        "reading_2026_06",
        "reading_2026_07",
    ]
    async with pool.acquire() as connection:
        assert await KEEPING.drop_months(connection, HandClock(now)) == 0, "nothing is rolled up yet"
        await rollups.roll_up(connection, HandClock(now))
        assert await KEEPING.drop_months(connection, HandClock(now)) == 3
        assert await KEEPING.drop_months(connection, HandClock(now)) == 0
    assert await months(pool) == ["reading_2026_06", "reading_2026_07"]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 1
    assert await pool.fetchval("SELECT sum(count) FROM telemetry.reading_hour") == 3
    assert await pool.fetchval("SELECT to_regclass('telemetry.reading_2026_03')") is None


async def test_a_clock_that_is_set_far_ahead_drops_nothing(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, MAY)
    later = HandClock(MAY + 3000 * DAY)
    async with pool.acquire() as connection:
        await rollups.roll_up(connection, later)
        assert await KEEPING.drop_months(connection, later) == 0
        forever = Retention(timedelta(0), timedelta(0), timedelta(0), DAY)
        await take(pool, MAY + 300 * DAY)
        assert await forever.drop_months(connection, later) == 0


async def test_an_imported_history_stays(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    old, now = datetime(2025, 1, 1, tzinfo=UTC), HandClock(MAY)
    await take(pool, old, old + 31 * DAY, MAY)
    async with pool.acquire() as connection:
        await housekeeping.remember(connection, [old, MAY.replace(day=1, hour=0)], MAY, KEEPING.readings)
        await rollups.roll_up(connection, now)
        await KEEPING.drop_months(connection, now)
    assert "reading_2025_01" in await months(pool)
    assert "reading_2025_02" not in await months(pool)
    assert await pool.fetchval("SELECT count(*) FROM telemetry.history") == 1, "May is not old"


async def test_a_drop_that_was_interrupted_is_finished(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await take(pool, MAY, MAY + 62 * DAY)
    await pool.execute("ALTER TABLE telemetry.reading DETACH PARTITION telemetry.reading_2026_05")
    async with pool.acquire() as connection:
        assert await KEEPING.drop_months(connection, HandClock(MAY)) == 1
    await pool.execute("CREATE TABLE telemetry.reading_2026_05 (LIKE telemetry.reading INCLUDING ALL)")
    await take(pool, MAY)
    assert await months(pool) == ["reading_2026_05", "reading_2026_06", "reading_2026_07"], "or taken up again"


def something(at: datetime) -> changes.News:
    return changes.News(at, "alarm", 1, (), 1, {})


async def forgotten(connection: Connection, now: datetime) -> int:
    return await KEEPING.forget_changes(connection, HandClock(now))


async def test_the_stream_is_forgotten_from_its_beginning(pool: Pool) -> None:
    """A late reading told of the past: its change stays as long as those before it."""
    async with pool.acquire() as connection:
        told = [MAY, MAY + DAY, MAY + 2 * DAY, MAY - 20 * DAY, MAY + 3 * DAY]
        await changes.append(connection, [something(at) for at in told])
        assert await forgotten(connection, MAY + 8.5 * DAY) == 2
        assert await forgotten(connection, MAY + 9.5 * DAY) == 2
        assert await forgotten(connection, MAY + 90 * DAY) == 0, "the newest stays"


async def test_changes_of_a_time_that_has_not_come_keep_nothing(pool: Pool) -> None:
    """The clock was far ahead, and has been set back."""
    async with pool.acquire() as connection:
        told = [MAY + 3000 * DAY, MAY + 3001 * DAY, MAY, MAY + DAY]
        await changes.append(connection, [something(at) for at in told])
        assert await forgotten(connection, MAY + DAY) == 2


async def test_readings_in_the_stream_are_emptied_soon(pool: Pool) -> None:
    """What names them as its place is not lost by that."""
    async with pool.acquire() as connection:
        told = [changes.News(MAY + n * timedelta(minutes=40), "readings", 1, (), 1, {"sensors": [n]}) for n in range(3)]
        await changes.append(connection, [*told, something(MAY)])
        now = HandClock(MAY + timedelta(minutes=101))
        assert await KEEPING.forget_arrivals(connection, now) == 2
        assert await KEEPING.forget_arrivals(connection, now) == 0
        left = await changes.page(connection, 0)
        assert [bool(change.payload) for change in left] == [False, False, True, False]
        epoch, _ = await changes.standing(connection)
        assert await changes.place(connection, changes.cursor(epoch, 1)) == 1


async def test_used_confirmations_are_forgotten_when_they_have_expired(pool: Pool) -> None:
    for age in (timedelta(hours=1), 2 * DAY):
        await pool.execute(
            "INSERT INTO security.confirmation (token_id, used_at, noun, subject_id) VALUES ($1, $2, '', 0)",
            str(age),
            datetime.now(UTC) - age,
        )
    async with pool.acquire() as connection:
        assert await KEEPING.forget_confirmations(connection, HandClock(MAY)) == 1
    assert await pool.fetchval("SELECT token_id FROM security.confirmation") == str(timedelta(hours=1))
