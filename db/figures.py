"""Figures of the whole house for those who watch it: alarms by state, sensors by status, the stream, the size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.engine import Connection

ALARMS = """
    SELECT state, priority, count(*) AS alarms,
        count(*) FILTER (WHERE shelved_until IS NOT NULL) AS shelved,
        count(*) FILTER (WHERE suppressed) AS suppressed,
        count(*) FILTER (WHERE out_of_service) AS out_of_service,
        extract(epoch FROM $1 - min(waits_since))::float8 AS waits
    FROM alarm.alarm WHERE closed_at IS NULL GROUP BY state, priority
"""
SENSORS = """
    SELECT status, count(*) AS sensors, extract(epoch FROM $1 - max(at))::float8 AS age
    FROM telemetry.sensor_state GROUP BY status
"""
HOUSE = """
    SELECT (SELECT count(*) FROM alarm.incident WHERE closed_at IS NULL) AS incidents,
        (SELECT coalesce(max(number), 0) FROM live.change) AS newest
"""
SIZE = "SELECT pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Moment:
    """The house at one moment of its time."""

    alarms: Mapping[tuple[str, str], int]
    """Live ones, by state and priority."""
    hidden: Mapping[str, int]
    """Of these, those that nobody is told of, by why."""
    waits: Mapping[str, float]
    """Seconds that the longest unacknowledged one has waited, by priority."""
    sensors: Mapping[str, int]
    """By status."""
    reading_age: float | None
    """Seconds since the latest reading; None without any."""
    incidents: int
    newest: int
    """The number of the last change of the stream."""


async def moment(connection: Connection, now: datetime) -> Moment:
    """The figures of the moment; some milliseconds of work for 10,000 sensors."""
    alarms = await connection.fetch(ALARMS, now)
    sensors = await connection.fetch(SENSORS, now)
    house = await connection.fetchrow(HOUSE)
    assert house is not None
    hidden = ("shelved", "suppressed", "out_of_service")
    waits: dict[str, float] = {}
    for row in alarms:
        if row["waits"] is not None:
            waits[row["priority"]] = max(waits.get(row["priority"], 0.0), row["waits"])
    return Moment(
        {(row["state"], row["priority"]): row["alarms"] for row in alarms},
        {why: sum(row[why] for row in alarms) for why in hidden},
        waits,
        {row["status"]: row["sensors"] for row in sensors},
        min((row["age"] for row in sensors if row["age"] is not None), default=None),
        house["incidents"],
        house["newest"],
    )


async def size(connection: Connection) -> int:
    """Bytes of the database on disk."""
    return int(await connection.fetchval(SIZE))
