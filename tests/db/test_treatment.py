"""What time and leases do to alarms: once, at its exact time, whoever else is at work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from db.acknowledge import acknowledging
from db.changes import append
from db.clock import Clock
from db.engine import Connection, Pool
from db.escalate import escalate
from db.evaluator import Rule
from db.ingest import ingest
from db.models import Condition
from db.service import end_maintenance, take_out
from db.shelve import end_shelves, shelve
from db.suppress import suppress
from db.treatment import treat
from tests.db.sensing import HandClock, Site, add_rule, add_sensors, at, batch, make_site

ByTime = Callable[[Connection, Clock], Awaitable[int]]
SENSORS = [f"s{n}" for n in range(20)]


@pytest.fixture
async def site(pool: Pool) -> Site:
    """Twenty sensors under a rule, all in alarm since `at(0)`."""
    site = await make_site(pool)
    await add_sensors(pool, site, *SENSORS)
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await ingest(pool, HandClock(at(0)), batch(*((sensor, 0, 12.0) for sensor in SENSORS)))
    return site


async def by_several(pool: Pool, duty: ByTime, now: datetime, processes: int = 4) -> list[int]:
    """The same duty, done by several processes at once; a fifth sends readings meanwhile."""

    async def process() -> int:
        async with pool.acquire() as connection:
            return await duty(connection, HandClock(now))

    async def device() -> None:
        for second in range(1, 6):
            await ingest(pool, HandClock(now), batch(*((sensor, second, 13.0) for sensor in SENSORS)))

    done = await asyncio.gather(*(process() for _ in range(processes)), device())
    return [one for one in done if one is not None]


async def lines(pool: Pool, kind: str) -> list[datetime]:
    """When it happened, by the journal, which the stream tells too."""
    rows = await pool.fetch("SELECT alarm_id, at FROM alarm.transition WHERE kind = $1 ORDER BY alarm_id, id", kind)
    told = await pool.fetch(
        "SELECT subject_id AS alarm_id, at FROM live.change WHERE payload->>'kind' = $1 ORDER BY subject_id, number",
        kind,
    )
    assert rows == told
    return [row["at"] for row in rows]


async def shelve_all(pool: Pool, until: datetime, now: datetime) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for row in await connection.fetch("SELECT id FROM alarm.alarm ORDER BY sensor_id"):
            told = await shelve(connection, row["id"], None, until, "Known", now)
            assert isinstance(told, list)
        await append(connection, told)


async def test_shelves_end_once(pool: Pool, site: Site) -> None:
    await shelve_all(pool, at(600), at(10))
    async with pool.acquire() as connection:
        assert await end_shelves(connection, HandClock(at(599))) == 0
    assert sum(await by_several(pool, end_shelves, at(1000))) == len(SENSORS)
    assert await lines(pool, "UNSHELVED") == [at(600)] * len(SENSORS)
    assert await pool.fetchval("SELECT count(*) FROM alarm.shelf") == 0
    assert await pool.fetchval("SELECT count(*) FROM alarm.alarm WHERE shelved_until IS NOT NULL") == 0
    assert await pool.fetchval("SELECT min(waits_since) FROM alarm.alarm") == at(600)


async def test_a_shelf_that_is_prolonged_meanwhile_goes_on(pool: Pool, site: Site) -> None:
    await shelve_all(pool, at(600), at(10))
    async with pool.acquire() as person, pool.acquire() as duty:
        transaction = person.transaction()
        await transaction.start()
        alarm = await person.fetchval("SELECT min(id) FROM alarm.alarm")
        await shelve(person, alarm, None, at(5000), "Longer", at(601))
        ending = asyncio.create_task(end_shelves(duty, HandClock(at(700))))
        await asyncio.sleep(0.1)
        await transaction.commit()
        assert await ending == len(SENSORS) - 1
    assert await pool.fetchval("SELECT shelved_reason FROM alarm.alarm WHERE id = $1", alarm) == "Longer"


async def test_maintenance_ends_once(pool: Pool, site: Site) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for row in await connection.fetch("SELECT id FROM telemetry.sensor ORDER BY id"):
            await take_out(connection, row["id"], None, at(600), "New batteries", at(10))
    assert sum(await by_several(pool, end_maintenance, at(1000))) == len(SENSORS)
    assert await pool.fetch("SELECT DISTINCT at FROM alarm.transition WHERE kind = 'IN_SERVICE'") == [(at(600),)]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.sensor WHERE out_of_service_at IS NOT NULL") == 0


async def test_escalation_happens_once_a_role(pool: Pool, site: Site) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await treat(connection, 1, acknowledging(None, None, at(20)))
    assert sum(await by_several(pool, escalate, at(900))) == len(SENSORS) - 1
    assert await lines(pool, "ESCALATED") == [at(900)] * (len(SENSORS) - 1)
    assert sum(await by_several(pool, escalate, at(100_000))) == len(SENSORS) - 1
    assert sum(await by_several(pool, escalate, at(200_000))) == 0
    roles = await pool.fetch("SELECT escalated_to, count(*) FROM alarm.alarm GROUP BY 1 ORDER BY 2")
    assert roles == [(None, 1), ("ADMIN", len(SENSORS) - 1)]


async def test_suppression_follows_the_leases_once(pool: Pool, site: Site) -> None:
    await pool.execute("UPDATE alarm.alarm SET category = 'COMFORT'")
    async with pool.acquire() as connection:
        assert await suppress(connection, HandClock(at(10))) == 0
    await pool.execute("UPDATE business.placement SET period = '[2020-01-01,2026-03-29)'")
    assert sum(await by_several(pool, suppress, at(10))) == len(SENSORS)
    assert await lines(pool, "SUPPRESSED") == [at(10)] * len(SENSORS)
    await pool.execute("UPDATE business.placement SET period = '[2020-01-01,)'")
    assert sum(await by_several(pool, suppress, at(20))) == len(SENSORS)
    assert sum(await by_several(pool, suppress, at(30))) == 0
    assert await lines(pool, "UNSUPPRESSED") == [at(20)] * len(SENSORS)


async def test_midnight_is_the_building_s(pool: Pool, site: Site) -> None:
    """Berlin puts its clocks forward on the 29th: the 30th begins at 22:00 UTC."""
    await pool.execute("UPDATE alarm.alarm SET category = 'COMFORT'")
    await pool.execute("UPDATE business.placement SET period = '[2020-01-01,2026-03-30)'")
    midnight = at(0).replace(hour=22, minute=0)
    async with pool.acquire() as connection:
        assert await suppress(connection, HandClock(midnight - timedelta(seconds=1))) == 0
        assert await suppress(connection, HandClock(midnight)) == len(SENSORS)


async def test_where_no_leases_are_kept_nothing_is_vacant(pool: Pool, site: Site) -> None:
    await pool.execute("UPDATE alarm.alarm SET category = 'COMFORT'")
    await pool.execute("TRUNCATE business.lease, business.placement")
    async with pool.acquire() as connection:
        assert await suppress(connection, HandClock(at(10))) == 0


async def test_a_late_reading_tells_of_an_alarm_that_nobody_could_see(pool: Pool, site: Site) -> None:
    """Raised an hour ago, known just now: its time begins now."""
    await add_sensors(pool, site, "late")
    clock = HandClock(at(3600))
    await ingest(pool, clock, batch(("late", 0, 12.0)))
    of_late = "sensor_id = (SELECT id FROM telemetry.sensor WHERE code = 'late')"
    async with pool.acquire() as connection:
        await escalate(connection, clock)
        assert await connection.fetchval(f"SELECT escalated_to FROM alarm.alarm WHERE {of_late}") is None
        await escalate(connection, HandClock(at(3600 + 900)))
        assert await connection.fetchval(f"SELECT escalated_to FROM alarm.alarm WHERE {of_late}") == "MANAGER"
