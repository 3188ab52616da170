"""What ingest takes and refuses, one by one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest

from db.changes import LOCK
from db.clock import Clock
from db.engine import Pool
from db.evaluator import Rule, Stay
from db.ingest import Batch, Reason, Report, Window, ingest
from db.models import Condition
from tests.db.sensing import START, HandClock, Site, add_rule, add_sensors, at, batch, make_site, stored_stays

ABOVE = Rule(Condition.ABOVE, 10.0)


@pytest.fixture
async def site(pool: Pool) -> Site:
    return await make_site(pool)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(at(3600))


def reasons(report: Report) -> list[tuple[int, Reason]]:
    return [(refused.index, refused.reason) for refused in report.refused]


async def test_readings_are_stored_and_move_the_latest(pool: Pool, site: Site, clock: Clock) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    assert await ingest(pool, clock, batch(("co2", 0, 1.5), ("co2", 60, 2.5))) == Report(accepted=2)
    assert await ingest(pool, clock, batch(("co2", 30, 9.5))) == Report(accepted=1)
    row = await pool.fetchrow("SELECT at, value, status FROM telemetry.sensor_state WHERE sensor_id = $1", sensor)
    assert tuple(row) == (at(60), 2.5, "OK")
    assert [tuple(r) for r in await pool.fetch("SELECT at, value FROM telemetry.reading ORDER BY at")] == [
        (at(0), 1.5),
        (at(30), 9.5),
        (at(60), 2.5),
    ]
    assert [tuple(r) for r in await pool.fetch("SELECT at, status FROM telemetry.status_change")] == [(at(60), "OK")]


async def test_an_empty_batch_is_fine(pool: Pool, clock: Clock) -> None:
    assert await ingest(pool, clock, batch()) == Report()


async def test_the_same_again_is_a_duplicate_and_another_value_a_conflict(pool: Pool, site: Site, clock: Clock) -> None:
    await add_sensors(pool, site, "co2")
    readings = batch(("co2", 0, 1.5), ("co2", 60, 2.5), ("co2", 60, 2.5), ("co2", 0, 7.0))
    report = await ingest(pool, clock, readings)
    assert (report.accepted, report.duplicates, reasons(report)) == (2, 1, [(3, Reason.CONFLICT)])
    report = await ingest(pool, clock, readings)
    assert (report.accepted, report.duplicates, reasons(report)) == (0, 3, [(3, Reason.CONFLICT)])
    assert await pool.fetchval("SELECT sum(value) FROM telemetry.reading") == 4.0


async def test_each_bad_reading_is_refused_with_its_reason_and_the_rest_is_kept(
    pool: Pool, site: Site, clock: HandClock
) -> None:
    await add_sensors(pool, site, "co2")
    names = ["co2", "nobody", "co2", "co2", "co2", "co2", "co2", "\0", "sensor_999999", "\ud800", "co2"]
    ahead, old = clock.now() + timedelta(minutes=5, microseconds=1), clock.now() - timedelta(days=30, microseconds=1)
    times = [at(0), at(0), at(1), at(2), at(3), ahead, old, at(0), at(0), at(0), datetime.max.replace(tzinfo=UTC)]
    values = [1.0, 1.0, nan, inf, None, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    report = await ingest(pool, clock, Batch(names, times, values))
    assert report.accepted == 1
    assert reasons(report) == [
        (1, Reason.UNKNOWN_SENSOR),
        (2, Reason.NOT_A_NUMBER),
        (3, Reason.NOT_A_NUMBER),
        (4, Reason.NOT_A_NUMBER),
        (5, Reason.IN_THE_FUTURE),
        (6, Reason.TOO_OLD),
        (7, Reason.UNKNOWN_SENSOR),
        (8, Reason.UNKNOWN_SENSOR),
        (9, Reason.UNKNOWN_SENSOR),
        (10, Reason.IN_THE_FUTURE),
    ]


async def test_the_edges_of_the_window_are_inside(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_sensors(pool, site, "co2")
    times = [clock.now() + timedelta(minutes=1), clock.now() - timedelta(days=400)]
    report = await ingest(
        pool, clock, Batch(["co2"] * 2, times, [1.0, 2.0]), None, Window(timedelta(days=400), timedelta(minutes=1))
    )
    assert report == Report(accepted=2)


async def test_a_name_that_moves_to_another_sensor_takes_its_readings_along(
    pool: Pool, site: Site, clock: Clock
) -> None:
    old, new = await add_sensors(pool, site, "co2", "spare")
    for second in range(4):  # every connection of the pool remembers names of its own
        await asyncio.gather(*(ingest(pool, clock, batch(("co2", second + n / 10, 1.0))) for n in range(4)))
    await pool.execute("UPDATE telemetry.sensor SET code = 'away' WHERE id = $1", old)
    await pool.execute("UPDATE telemetry.sensor SET code = 'co2' WHERE id = $1", new)
    reports = await asyncio.gather(*(ingest(pool, clock, batch(("co2", 10.0 + n, 2.0))) for n in range(8)))
    assert reports == [Report(accepted=1)] * 8
    rows = await pool.fetch("SELECT sensor_id, count(*) FROM telemetry.reading GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in rows] == [(old, 16), (new, 8)]


async def test_a_sensor_is_named_by_id_by_building_and_code_and_by_code(pool: Pool, site: Site, clock: Clock) -> None:
    other = await make_site(pool, "b2")
    [mine] = await add_sensors(pool, site, "co2")
    [theirs] = await add_sensors(pool, other, "co2")
    [only] = await add_sensors(pool, other, "only")
    names = [f"sensor_{mine}", "b1/co2", "co2", "b2/co2", "only", f"sensor_{theirs}", "b3/co2", "b2/no"]
    readings = Batch(names, [at(n) for n in range(len(names))], [1.0] * len(names))
    report = await ingest(pool, clock, readings)
    assert reasons(report) == [
        (2, Reason.AMBIGUOUS_SENSOR),
        (6, Reason.UNKNOWN_SENSOR),
        (7, Reason.UNKNOWN_SENSOR),
    ]
    report = await ingest(pool, clock, readings, {site.building})
    assert (report.accepted, report.duplicates) == (1, 2)
    assert reasons(report) == [
        (3, Reason.NOT_ALLOWED),
        (4, Reason.UNKNOWN_SENSOR),
        (5, Reason.UNKNOWN_SENSOR),
        (6, Reason.NOT_ALLOWED),
        (7, Reason.NOT_ALLOWED),
    ]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading WHERE sensor_id = $1", only) == 1


async def test_a_raise_and_a_return_in_one_batch_are_both_told(pool: Pool, site: Site, clock: Clock) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, ABOVE)
    await ingest(pool, clock, batch(("co2", 0, 5.0), ("co2", 60, 12.0), ("co2", 120, 15.0), ("co2", 180, 3.0)))
    assert await stored_stays(pool, sensor, rule) == [Stay(at(60), at(180), 12.0, 15.0)]
    rows = await pool.fetch("SELECT kind, at, value, recorded_at FROM alarm.transition ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("RAISED", at(60), 12.0, clock.now()),
        ("RETURNED", at(180), 3.0, clock.now()),
    ]
    told = await pool.fetch(
        "SELECT at, building_id, tenant_ids, payload FROM live.change WHERE kind = 'alarm' ORDER BY number"
    )
    assert [(row["at"], row["payload"]["kind"], row["payload"]["alarm"]["state"]) for row in told] == [
        (at(60), "RAISED", "ACTIVE"),
        (at(180), "RETURNED", "RETURNED"),
    ]
    assert [(row["building_id"], row["tenant_ids"]) for row in told] == [(site.building, [site.tenant])] * 2
    snapshot = told[0]["payload"]["alarm"]
    assert {name: snapshot[name] for name in ("rule", "sensor", "room", "floor", "building", "tenants", "value")} == {
        "rule": "Stuffy",
        "sensor": "co2",
        "room": "101",
        "floor": "First",
        "building": "House b1",
        "tenants": ["Tenant of b1"],
        "value": 12.0,
    }


async def test_an_unacknowledged_alarm_collects_its_occurrences(pool: Pool, site: Site, clock: Clock) -> None:
    await add_sensors(pool, site, "co2")
    await add_rule(pool, site, ABOVE)
    for second, value in ((0, 11.0), (10, 5.0), (20, 14.0)):
        await ingest(pool, clock, batch(("co2", second, value)))
    row = await pool.fetchrow("SELECT * FROM alarm.alarm")
    assert (row["state"], row["occurrences"], row["raised_at"], row["last_raised_at"]) == ("ACTIVE", 2, at(0), at(20))
    assert (row["value"], row["peak"], row["returned_at"], row["title"]) == (14.0, 14.0, None, "Stuffy")


async def test_a_late_reading_withdraws_what_it_disproves(pool: Pool, site: Site, clock: Clock) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    rule = await add_rule(pool, site, Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=60)))
    await ingest(pool, clock, batch(("co2", 0, 11.0), ("co2", 60, 11.0)))
    assert await stored_stays(pool, sensor, rule) == [Stay(at(60), None, 11.0, 11.0)]
    await ingest(pool, clock, batch(("co2", 30, 4.0)))
    assert await stored_stays(pool, sensor, rule) == [Stay(at(120), None, 11.0, 11.0)], "the hour has passed"
    row = await pool.fetchrow("SELECT state, occurrences, raised_at FROM alarm.alarm")
    assert tuple(row) == ("ACTIVE", 1, at(120))
    kinds = await pool.fetchval("SELECT array_agg(kind ORDER BY id) FROM alarm.transition")
    assert kinds == ["RAISED", "AMENDED"]
    await ingest(pool, clock, batch(("co2", 90, 4.0)))
    row = await pool.fetchrow("SELECT state, occurrences, closed_at FROM alarm.alarm")
    assert tuple(row) == ("CLOSED", 0, clock.now())
    assert await pool.fetchval("SELECT count(*) FROM alarm.occurrence") == 0
    kinds = await pool.fetchval(
        "SELECT array_agg(payload->>'kind' ORDER BY number) FROM live.change WHERE kind = 'alarm'"
    )
    assert kinds == ["RAISED", "AMENDED", "WITHDRAWN"]


async def test_a_new_rule_looks_only_ahead(pool: Pool, site: Site, clock: Clock) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    await ingest(pool, clock, batch(("co2", 0, 11.0), ("co2", 60, 12.0)))
    rule = await add_rule(pool, site, ABOVE)
    await ingest(pool, clock, batch(("co2", 30, 20.0)))
    assert await stored_stays(pool, sensor, rule) == []
    await ingest(pool, clock, batch(("co2", 90, 13.0)))
    await ingest(pool, clock, batch(("co2", 80, 12.5), ("co2", 45, 30.0)))
    assert await stored_stays(pool, sensor, rule) == [Stay(at(80), None, 12.5, 13.0)]


async def test_months_get_their_partitions(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    first = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)
    report = await ingest(pool, HandClock(first), Batch(["co2"] * 2, [first, first + timedelta(minutes=2)], [1.0, 2.0]))
    assert report == Report(accepted=2)
    rows = await pool.fetch("SELECT tableoid::regclass::text FROM telemetry.reading ORDER BY at")
    assert [row[0] for row in rows] == ["telemetry.reading_2031_12", "telemetry.reading_2032_01"]


async def test_readings_stored_past_the_latest_are_found_out(pool: Pool, site: Site, clock: Clock) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    await ingest(pool, clock, batch(("co2", 0, 1.0)))
    await pool.execute("INSERT INTO telemetry.reading VALUES ($1, $2, 5.0)", sensor, at(60))
    report = await ingest(pool, clock, batch(("co2", 60, 5.0), ("co2", 61, 6.0)))
    assert (report.accepted, report.duplicates) == (1, 1)


async def test_the_clock_follows_readings_in_mode_max(pool: Pool, site: Site) -> None:
    [sensor] = await add_sensors(pool, site, "co2")
    await add_sensors(pool, site, "other")
    rule = await add_rule(pool, site, Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=60)))
    await pool.execute("UPDATE live.clock SET mode = 'MAX', house_at = $1", START)
    clock = await Clock.load(pool)
    await ingest(pool, clock, batch(("co2", 0, 11.0), ("nobody", 1e9, 1.0), ("co2", 1e9, nan)))
    assert clock.now() == START
    await ingest(pool, clock, batch(("other", 60, 1.0)))
    assert await stored_stays(pool, sensor, rule) == [], "a reading of that moment may still come"
    await ingest(pool, clock, batch(("other", 61, 1.0)))
    assert clock.now() == at(61)
    assert await stored_stays(pool, sensor, rule) == [Stay(at(60), None, 11.0, 11.0)]
    assert await pool.fetchval("SELECT house_at FROM live.clock") == at(61)
    report = await ingest(pool, clock, batch(("other", 3600 * 24 * 31, 1.0), ("co2", 100, 1.0)))
    assert reasons(report) == [(1, Reason.TOO_OLD)]


async def test_the_clock_does_not_go_back_when_it_is_looked_at_before_the_commit(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, "co2")
    await add_rule(pool, site, ABOVE)
    await pool.execute("UPDATE live.clock SET mode = 'MAX', house_at = $1", START)
    clock = await Clock.load(pool)
    async with pool.acquire() as holder, pool.acquire() as looking:
        async with holder.transaction():
            await holder.execute("SELECT pg_advisory_xact_lock($1)", LOCK)  # the alarm cannot be told yet
            taken_in = asyncio.create_task(ingest(pool, clock, batch(("co2", 60, 11.0))))
            async with asyncio.timeout(60):
                while clock.now() < at(60):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            await clock.refresh(looking)
        assert (await taken_in).accepted == 1
    assert clock.now() == at(60)


async def test_writers_may_race_for_a_new_month(pool: Pool, site: Site) -> None:
    await add_sensors(pool, site, *(f"s{n}" for n in range(8)))
    for year in range(2030, 2036):
        now = datetime(year, 1, 1, tzinfo=UTC)
        await asyncio.gather(
            *(ingest(pool, HandClock(now), Batch([f"s{n}"], [now - timedelta(days=n * 4)], [1.0])) for n in range(8))
        )
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 48
