"""The demo building is complete, believable, and the same whenever it is planted at the same moment."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from argon2 import PasswordHasher

from db import demo
from db.demo import people, sensing
from db.engine import Pool, create_pool
from db.models import Condition
from deploy.postgres import Postgres
from tests.conftest import TEMPLATE

NOW = datetime(2026, 11, 16, 9, 7, tzinfo=UTC)
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname IN ('physical', 'business', 'telemetry', 'alarm', 'security', 'live', 'fire')
        AND tablename NOT IN ('epoch', 'clock', 'naming') ORDER BY 1
"""


async def fingerprint(pool: Pool) -> dict[str, str]:
    """A hash of the rows of each table."""
    prints = {}
    for (table,) in await pool.fetch(TABLES):
        rows = await pool.fetch(f"SELECT t::text AS row FROM {table} t ORDER BY 1")
        prints[table] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
    return prints


@pytest.fixture(scope="module")
def planted(cluster: Postgres) -> Iterator[str]:
    """The address of a database with the demo in it, planted once for all."""
    cluster.create_database("planted_demo", template=TEMPLATE)
    asyncio.run(demo.plant(cluster.url("planted_demo"), NOW))
    yield cluster.url("planted_demo")
    cluster.drop_database("planted_demo")


@pytest.fixture
async def house(planted: str) -> AsyncIterator[Pool]:
    pool = await create_pool(planted, 2)
    yield pool
    await pool.close()


async def test_the_same_moment_gives_the_same_rows(house: Pool, pool: Pool, database: str) -> None:
    await demo.plant(database, NOW)
    assert await fingerprint(pool) == await fingerprint(house)


async def test_the_building_is_as_large_as_promised(house: Pool) -> None:

    async def count(what: str) -> int:
        return int(await house.fetchval(f"SELECT count(*) FROM {what}"))

    assert await count("physical.floor") == 3
    assert await count("physical.room") == 60
    assert await count("business.tenant") == 12
    assert await count("telemetry.sensor") == 200
    assert await house.fetchval("SELECT count(DISTINCT kind) FROM telemetry.sensor") == 10
    first, last = await house.fetchrow("SELECT min(at), max(at) FROM telemetry.reading")
    assert (last, last - first) == (NOW.replace(minute=0), timedelta(days=7) - timedelta(minutes=15))
    assert await count("telemetry.sensor_state WHERE status = 'OK' AND at IS NOT NULL") == 198
    assert await count("telemetry.sensor_state WHERE status = 'STALE'") == 2
    roles = dict(await house.fetch('SELECT role, count(*) FROM security."grant" GROUP BY 1'))
    assert set(roles) == {"ADMIN", "MANAGER", "DISPATCHER", "GUARD", "VIEWER", "TENANT"}
    hashed = await house.fetchval("SELECT password_hash FROM security.\"user\" WHERE login = 'dispatcher'")
    assert PasswordHasher().verify(hashed, demo.PASSWORD)
    assert not PasswordHasher().check_needs_rehash(hashed)


async def test_rooms_tile_their_floor_and_sensors_hang_in_their_rooms(house: Pool) -> None:
    for floor in await house.fetch("SELECT id, outline FROM physical.floor"):
        rooms = await house.fetch("SELECT area, outline FROM physical.room WHERE floor_id = $1", floor["id"])
        shapes = [shapely.Polygon(row["outline"][0]) for row in rooms]
        whole = shapely.Polygon(floor["outline"][0])
        assert sum(shape.area for shape in shapes) == pytest.approx(whole.area)
        assert shapely.union_all(shapes).equals(whole)
        assert [row["area"] for row in rooms] == pytest.approx([shape.area for shape in shapes])
    sensors = await house.fetch(
        "SELECT s.x, s.y, r.outline FROM telemetry.sensor s JOIN physical.room r ON r.id = s.room_id"
    )
    assert len(sensors) == 200
    assert all(shapely.Polygon(row["outline"][0]).contains(shapely.Point(row["x"], row["y"])) for row in sensors)


async def test_leases_have_been_are_and_will_be(house: Pool) -> None:
    states = await house.fetch(
        "SELECT CASE WHEN period @> $1::date THEN 'now' WHEN lower(period) > $1 THEN 'later' ELSE 'before' END AS s,"
        " count(*) FROM business.lease GROUP BY 1",
        NOW.date(),
    )
    assert dict(map(tuple, states)) == {"before": 3, "now": 10, "later": 3}
    assert await house.fetchval(
        "SELECT count(*) FROM physical.room r WHERE kind = 'OFFICE' AND NOT EXISTS (SELECT FROM business.placement p"
        " WHERE p.room_id = r.id AND p.period @> $1::date)",
        NOW.date(),
    )


async def test_alarms_are_those_that_the_readings_give(house: Pool) -> None:
    """Every rule on every sensor it watches, judged anew from the stored readings, gives the stored occurrences."""
    watches = await house.fetch(
        "SELECT w.sensor_id, w.rule_id, condition, threshold, deadband, on_delay, off_delay FROM alarm.watch w"
        " JOIN alarm.rule r ON r.id = w.rule_id"
    )
    readings: dict[int, list[tuple[datetime, float]]] = {}
    for key, at, value in await house.fetch("SELECT sensor_id, at, value FROM telemetry.reading ORDER BY at"):
        readings.setdefault(key, []).append((at, value))
    expected = [
        (watch["sensor_id"], watch["rule_id"], raised, returned)
        for watch in watches
        for raised, returned in stays(watch, readings[watch["sensor_id"]])
    ]
    stored = await house.fetch("SELECT sensor_id, rule_id, raised_at, returned_at FROM alarm.occurrence")
    assert Counter(map(tuple, stored)) == Counter(expected)
    assert len(expected) >= 10
    states = dict(await house.fetch("SELECT state, count(*) FROM alarm.alarm GROUP BY 1"))
    assert set(states) == {"ACTIVE", "ACKNOWLEDGED", "RETURNED", "LATCHED", "CLOSED"}


def stays(rule: Mapping[str, Any], series: list[tuple[datetime, float]]) -> list[tuple[datetime, datetime | None]]:
    """Raised and returned, by a few lines of its own (every off delay of the demo is 0)."""
    get = rule.__getitem__
    if get("condition") == Condition.STALE.name:
        return silences(series, timedelta(seconds=get("threshold")))
    sign = 1 if get("condition") == Condition.ABOVE.name else -1
    bound, band, delay = sign * get("threshold"), get("deadband"), timedelta(seconds=get("on_delay"))
    assert get("off_delay") == 0
    found: list[tuple[datetime, datetime | None]] = []
    since = raised = None
    for at, value in series:
        if raised is None and since is not None and at > since + delay:
            raised = since + delay
        beyond, clear = sign * value > bound, sign * value <= bound - band
        if raised is None:
            since = (since or at) if beyond else None
            if since is not None and at >= since + delay:
                raised = since + delay
        elif clear:
            found.append((raised, at))
            since = raised = None
    return found if raised is None else [*found, (raised, None)]


def silences(series: list[tuple[datetime, float]], longest: timedelta) -> list[tuple[datetime, datetime | None]]:
    """Raised so long after a reading, returned with the next one."""
    ends: list[datetime | None] = [at for at, _ in series[1:]]
    spans = zip((at for at, _ in series), [*ends, None], strict=True)
    return [(at + longest, after) for at, after in spans if at + longest <= (after or NOW)]


async def test_the_stories_are_told_at_any_moment(pool: Pool, database: str) -> None:
    """A Sunday night has its live alarms too."""
    await demo.plant(database, datetime(2027, 1, 3, 1, 29, 59, tzinfo=UTC))
    live = await pool.fetch(
        "SELECT s.code, a.state FROM alarm.alarm a JOIN telemetry.sensor s ON s.id = a.sensor_id"
        " WHERE a.state IN ('ACTIVE', 'ACKNOWLEDGED') ORDER BY 1"
    )
    assert list(map(tuple, live)) == [
        ("co2-204", "ACTIVE"),
        ("co2-301", "ACTIVE"),
        ("leak-207", "ACKNOWLEDGED"),
        ("temp-308", "ACTIVE"),
    ]
    touched = await pool.fetch(
        "SELECT DISTINCT s.code FROM alarm.alarm a JOIN telemetry.sensor s ON s.id = a.sensor_id"
    )
    assert {row["code"] for row in touched} == {incident.code for incident in sensing.INCIDENTS} | {"temp-308"}


def test_tax_numbers_have_their_check_digits_and_belong_to_nobody() -> None:
    assert people.tax_number("770708389") == "7707083893", "a known company's"
    assert people.tax_number("5001007322") == "500100732259", "a known person's"
    numbers = [tenant.tax_number for tenant in people.TENANTS]
    assert len(set(numbers)) == 12
    assert all(number.startswith("00") and len(number) in (10, 12) for number in numbers)
