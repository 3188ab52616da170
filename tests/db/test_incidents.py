"""Floods become incidents: collected by ticks, told in the stream, over when their alarms are."""

from __future__ import annotations

from typing import Any

import pytest

from db import incidents
from db.engine import Pool
from db.evaluator import Rule
from db.ingest import Batch, ingest
from db.models import Condition
from tests.db.sensing import HandClock, Site, add_rule, add_sensors, at, make_site

ABOVE = Rule(Condition.ABOVE, 10.0)


@pytest.fixture
async def site(pool: Pool) -> Site:
    site = await make_site(pool)
    await add_rule(pool, site, ABOVE)
    return site


async def say(pool: Pool, clock: HandClock, value: float, seconds: float, *codes: str) -> None:
    clock.move(at(seconds))
    await ingest(pool, clock, Batch(codes, [at(seconds)] * len(codes), [value] * len(codes)))


async def look(pool: Pool, clock: HandClock) -> int:
    async with pool.acquire() as connection:
        return await incidents.watch(connection, clock)


async def told(pool: Pool) -> list[tuple[str, int, int]]:
    rows: list[Any] = await pool.fetch("SELECT payload FROM live.change WHERE kind = 'incident' ORDER BY number")
    shown = [(row["payload"]["kind"], row["payload"]["incident"]) for row in rows]
    return [(kind, incident["alarms"], incident["live"]) for kind, incident in shown]


async def test_a_flood_is_collected_grows_and_ends(pool: Pool, site: Site) -> None:
    codes = [f"s{number}" for number in range(16)]
    await add_sensors(pool, site, *codes)
    clock = HandClock()
    await say(pool, clock, 20, 60, *codes[:10])
    assert await look(pool, clock) == 0, "ten are not a flood"
    await say(pool, clock, 20, 120, codes[10])
    assert [await look(pool, clock) for _ in range(3)] == [1, 0, 0]
    await say(pool, clock, 20, 180, *codes[11:15])
    assert await look(pool, clock) == 1
    incident = await pool.fetchrow("SELECT * FROM alarm.incident")
    assert incident is not None
    assert (incident["kind"], incident["title"]) == ("FLOOR", "First: Stuffy")
    assert (incident["opened_at"], incident["last_at"], incident["closed_at"]) == (at(60), at(180), None)
    await say(pool, clock, 1, 240, *codes[:15])
    assert await look(pool, clock) == 0, "returned, and nobody has acknowledged them"
    await pool.execute(
        "UPDATE alarm.alarm SET state = 'CLOSED', acknowledged_at = $1, acknowledged_to = $1, closed_at = $1", at(300)
    )
    assert [await look(pool, clock) for _ in range(2)] == [1, 0]
    assert await pool.fetchval("SELECT closed_at FROM alarm.incident") == at(300)
    assert await told(pool) == [("OPENED", 11, 11), ("GREW", 15, 15), ("CLOSED", 15, 0)]
    await say(pool, clock, 20, 3600, codes[15])
    assert await look(pool, clock) == 0
    assert await pool.fetchval("SELECT count(*) FROM alarm.alarm WHERE incident_id IS NULL") == 1


async def test_one_whose_alarm_goes_on_after_all_is_open_again(pool: Pool, site: Site) -> None:
    codes = [f"s{number}" for number in range(11)]
    await add_sensors(pool, site, *codes)
    clock = HandClock()
    await say(pool, clock, 20, 60, *codes)
    await look(pool, clock)
    await pool.execute("UPDATE alarm.alarm SET state = 'CLOSED', closed_at = $1", at(300))
    assert await look(pool, clock) == 1
    await pool.execute(
        "UPDATE alarm.alarm SET state = 'ACTIVE', closed_at = NULL WHERE id = (SELECT min(id) FROM alarm.alarm)"
    )
    assert [await look(pool, clock) for _ in range(2)] == [1, 0]
    assert await pool.fetchval("SELECT closed_at FROM alarm.incident") is None
    assert await told(pool) == [("OPENED", 11, 11), ("CLOSED", 11, 0), ("REOPENED", 11, 1)]


async def test_what_is_not_heard_is_no_flood(pool: Pool, site: Site) -> None:
    codes = [f"s{number}" for number in range(20)]
    await add_sensors(pool, site, *codes)
    clock = HandClock()
    await say(pool, clock, 20, 60, *codes)
    await pool.execute("UPDATE alarm.alarm SET out_of_service = true WHERE id IN (SELECT id FROM alarm.alarm LIMIT 10)")
    assert await look(pool, clock) == 0
    await pool.execute("UPDATE alarm.alarm SET out_of_service = false")
    assert await look(pool, clock) == 1


async def test_a_flood_of_the_past_hour_is_found_when_time_leaps(pool: Pool, site: Site) -> None:
    codes = [f"s{number}" for number in range(12)]
    await add_sensors(pool, site, *codes)
    clock = HandClock()
    for number, code in enumerate(codes):
        await say(pool, clock, 20, 30 * number, code)
    clock.move(at(3000))
    assert await look(pool, clock) == 1
    assert await pool.fetchval("SELECT count(*) FROM alarm.alarm WHERE incident_id IS NOT NULL") == 12


async def test_buildings_are_by_themselves(pool: Pool, site: Site) -> None:
    other = await make_site(pool, "b2")
    await add_rule(pool, other, ABOVE)
    mine, theirs = [f"a{n}" for n in range(6)], [f"b{n}" for n in range(12)]
    await add_sensors(pool, site, *mine)
    await add_sensors(pool, other, *theirs)
    clock = HandClock()
    await say(pool, clock, 20, 60, *mine, *theirs)
    assert await look(pool, clock) == 1
    assert await pool.fetchval("SELECT building_id FROM alarm.incident") == other.building


async def test_leaks_above_one_another_are_a_riser(pool: Pool, site: Site) -> None:
    await pool.execute("UPDATE alarm.rule SET category = 'LEAK', latching = true")
    floors = [await pool.fetchval("SELECT floor_id FROM physical.room WHERE id = $1", site.room)]
    for level in (2, 3):
        floors.append(
            await pool.fetchval(
                "INSERT INTO physical.floor (building_id, level, name) VALUES ($1, $2, 'F' || $2::int) RETURNING id",
                site.building,
                level,
            )
        )
    codes = []
    for level, floor in enumerate(floors, start=1):
        for pipe in (12, 20 + level):
            room = await pool.fetchval(
                "INSERT INTO physical.room (building_id, floor_id, number, kind) VALUES ($1, $2, $3, 'KITCHEN') RETURNING id",
                site.building,
                floor,
                f"{level}{pipe}",
            )
            codes.append(f"leak-{level}{pipe}")
            await add_sensors(pool, Site(site.building, room, site.tenant), codes[-1])
    more = [f"s{number}" for number in range(6)]
    await add_sensors(pool, site, *more)
    clock = HandClock()
    await say(pool, clock, 20, 60, *codes, *more)
    assert await look(pool, clock) == 2
    titles = await pool.fetchval("SELECT array_agg(kind || ' ' || title ORDER BY id) FROM alarm.incident")
    assert titles[0] == "RISER Stuffy: 312, 212, 112"
    assert await told(pool) == [("OPENED", 3, 3), ("OPENED", 7, 7)]
