"""Readings by buckets of the building's time, and how often alarms were raised, against a few plain lines."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import NOW, World, typed

pytestmark = pytest.mark.usefixtures("still")

Reading = tuple[datetime, float]
FIELDS = "{ at value unit bucketStart count sensor { code } }"
QUERY = f"""
    query Q($sensor: ID!, $from: DateTime, $to: DateTime, $bucket: Bucket, $aggregate: Aggregate, $first: Int) {{
        sensor(id: $sensor) {{
            readings(from: $from, to: $to, bucket: $bucket, aggregate: $aggregate, first: $first) {FIELDS}
        }}
        readings(where: {{sensor: $sensor, from: $from, to: $to}}, bucket: $bucket, aggregate: $aggregate, first: $first) {FIELDS}
    }}
"""
ZONE = ZoneInfo("Europe/Amsterdam")
"""Of beta: the clocks went back on 25 October 2026."""
START = datetime(2026, 10, 20, 7, 13, tzinfo=UTC)


@pytest.fixture
async def measured(world: World, pool: Pool) -> list[Reading]:
    """Four weeks of one sensor, over the end of summer time; some values are equal, some times exactly on the hour."""
    dice = Random(5)
    sensor = world.sensor["beta/co2-001"]
    await pool.execute("DELETE FROM telemetry.reading WHERE sensor_id = $1", sensor)
    await pool.execute("SELECT telemetry.make_partitions($1, $2)", START, NOW)
    times = {START + timedelta(minutes=dice.randint(0, 60 * 24 * 27)) for _ in range(400)}
    times |= {datetime(2026, 10, 25, hour, minute, tzinfo=UTC) for hour in range(4) for minute in (0, 30)}
    rows = [(at, float(dice.randint(400, 420))) for at in sorted(times)]
    await pool.executemany(
        "INSERT INTO telemetry.reading (sensor_id, at, value) VALUES ($1, $2, $3)",
        [(sensor, at, value) for at, value in rows],
    )
    return rows


def bucket_start(bucket: str, at: datetime, since: datetime) -> datetime:
    local = at.astimezone(ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match bucket:
        case "WHOLE":
            return since
        case "QUARTER_HOUR":
            return at.replace(minute=at.minute // 15 * 15, second=0)
        case "HOUR":
            return at.replace(minute=0, second=0)
        case "WEEK":
            midnight -= timedelta(days=local.weekday())
        case "MONTH":
            midnight = midnight.replace(day=1)
    return midnight.replace(tzinfo=None).replace(tzinfo=ZONE).astimezone(UTC)


def put_together(rows: list[Reading], bucket: str, aggregate: str, since: datetime) -> list[dict[str, Any]]:
    groups: dict[datetime, list[Reading]] = {}
    for at, value in rows:
        groups.setdefault(bucket_start(bucket, at, since), []).append((at, value))
    made = []
    for start, group in sorted(groups.items()):
        values = [value for _, value in group]
        low, high = min(group, key=lambda r: (r[1], r[0])), min(group, key=lambda r: (-r[1], r[0]))
        at, value = {
            "MIN": low, "MAX": high, "FIRST": (start, values[0]), "LAST": (start, values[-1]),
            "COUNT": (start, len(values)), "SUM": (start, sum(values)), "MEAN": (start, statistics.fmean(values)),
        }[aggregate]  # fmt: skip
        made.append({"at": at, "value": value, "bucketStart": start, "count": len(group)})
    return made


@pytest.mark.parametrize("bucket", ["QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH", "WHOLE"])
@pytest.mark.parametrize("aggregate", ["MIN", "MAX", "MEAN", "SUM", "COUNT", "FIRST", "LAST"])
async def test_buckets(caller: Caller, world: World, measured: list[Reading], bucket: str, aggregate: str) -> None:
    since, until = START + timedelta(days=1), NOW - timedelta(days=1)
    told = await caller.as_user(world.user["guard"]).ask(
        QUERY,
        **{"sensor": "beta/co2-001", "from": since.isoformat(), "to": until.isoformat()},
        bucket=bucket,
        aggregate=aggregate,
        first=1000,
    )
    rows = [(at, value) for at, value in measured if since <= at < until]
    expected = put_together(rows, bucket, aggregate, since)
    assert told["sensor"]["readings"] == told["readings"]
    assert len(told["readings"]) == len(expected)
    for mine, theirs in zip(told["readings"], expected, strict=True):
        assert datetime.fromisoformat(mine["at"]) == theirs["at"]
        assert datetime.fromisoformat(mine["bucketStart"]) == theirs["bucketStart"]
        assert math.isclose(mine["value"], theirs["value"])
        assert mine["count"] == theirs["count"]
        assert mine["unit"] == ("" if aggregate == "COUNT" else "ppm")
        assert mine["sensor"] == {"code": "co2-001"}


async def test_readings_as_they_were_are_the_latest_in_order(
    caller: Caller, world: World, measured: list[Reading]
) -> None:
    guard = caller.as_user(world.user["guard"])
    told = await guard.ask(QUERY, sensor="beta/co2-001", first=7)
    assert told["sensor"]["readings"] == told["readings"]
    week = [(at, value) for at, value in measured if at >= NOW - timedelta(days=7)]
    assert [(datetime.fromisoformat(row["at"]), row["value"]) for row in told["readings"]] == week[-7:]
    assert all(row["bucketStart"] is None and row["count"] == 1 for row in told["readings"])
    told = await guard.ask(QUERY, sensor="beta/co2-001", first=10_00)
    assert len(told["readings"]) == len(week), "a week unless said"


async def test_the_extreme_of_many_sensors_comes_first(caller: Caller, world: World) -> None:
    query = """
        query Q($aggregate: Aggregate!) {
            readings(where: {building: "alpha", kind: [CO2, TEMPERATURE]}, bucket: WHOLE, aggregate: $aggregate) {
                value sensor { code room { number } }
            }
        }
    """
    manager = caller.as_user(world.user["manager"])
    highest = (await manager.ask(query, aggregate="MAX"))["readings"]
    assert [row["value"] for row in highest] == sorted((row["value"] for row in highest), reverse=True)
    assert highest[0]["sensor"] == {"code": "co2-101", "room": {"number": "101"}}
    lowest = (await manager.ask(query, aggregate="MIN"))["readings"]
    assert [row["value"] for row in lowest] == sorted(row["value"] for row in lowest)
    codes = [row["sensor"]["code"] for row in (await manager.ask(query, aggregate="MEAN"))["readings"]]
    assert codes == sorted(codes)


async def test_readings_of_hidden_sensors_are_not_there(caller: Caller, world: World) -> None:
    query = "{ readings(where: {kind: TEMPERATURE}, first: 1000) { sensor { code building { code } } } }"
    told = await caller.as_user(world.user["tenant"]).ask(query)
    assert {(row["sensor"]["building"]["code"], row["sensor"]["code"]) for row in told["readings"]} == {
        ("alpha", "t-101"),
        ("beta", "t-1"),
    }


COUNTS = "{ label count alarms room { number } floor { name } rule { name } sensor { code } sensorKind priority day }"


@pytest.mark.parametrize("login", ["manager", "viewer", "tenant", "nobody"])
async def test_alarm_counts_count_occurrences(caller: Caller, world: World, pool: Pool, login: str) -> None:
    since = NOW - timedelta(days=2)
    groups = ["ROOM", "FLOOR", "RULE", "SENSOR", "SENSOR_KIND", "PRIORITY", "DAY"]
    parts = " ".join(
        f"{group}: alarmCounts(by: {group}, where: {{raised: {{from: $since}}}}) {COUNTS}" for group in groups
    )
    somebody = caller.as_user(world.user[login])
    told = await somebody.ask(f"query Q($since: DateTime!) {{ {parts} }}", since=since.isoformat())
    seen = await somebody.ask("{ alarms(first: 100) { nodes { id } } }")
    keys = {node["id"] for node in seen["alarms"]["nodes"]}
    rows = await pool.fetch(
        "SELECT o.raised_at, a.*, s.code, l.name AS rule, r.number, f.name AS floor, b.time_zone FROM alarm.occurrence o"
        " JOIN alarm.alarm a ON a.id = o.alarm_id JOIN telemetry.sensor s ON s.id = a.sensor_id"
        " JOIN alarm.rule l ON l.id = a.rule_id JOIN physical.building b ON b.id = a.building_id"
        " LEFT JOIN physical.room r ON r.id = a.room_id LEFT JOIN physical.floor f ON f.id = r.floor_id"
        " WHERE o.raised_at >= $1",
        since,
    )
    mine = [row for row in rows if typed("alarm", row["id"]) in keys]
    labels = {
        "ROOM": "number", "FLOOR": "floor", "SENSOR": "code", "SENSOR_KIND": "sensor_kind", "PRIORITY": "priority",
    }  # fmt: skip
    for group in groups:
        found = {row["label"]: row["count"] for row in told[group]}
        assert sum(found.values()) == len(mine), group
        if group in labels:
            assert found == Counter(row[labels[group]] or "" for row in mine)
        elif group == "DAY":
            days = (row[0].astimezone(ZoneInfo(row["time_zone"])).date().isoformat() for row in mine)
            assert found == Counter(days)
        elif login != "tenant":
            assert found == Counter(row["rule"] for row in mine)
        else:
            assert set(found) <= {""}, "rules are not for tenants"
        assert [row["count"] for row in told[group]] == sorted(found.values(), reverse=True)
        assert sum(row["alarms"] for row in told[group]) >= len({row["id"] for row in mine})
