"""Whether sensors can be believed: silence is found by ticks and ended by readings, faults are said by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db import changes
from db.changes import News
from db.clock import Clock
from db.engine import Connection
from db.models import SensorStatus
from db.watches import lock

INTERVALS = 3
"""A sensor is silent when so many of its intervals have passed without a reading."""
AT_ONCE = 500
"""Sensors whose status is changed in one transaction."""

AWAKE = """
    WITH woken AS (
        SELECT sensor_id, max(n.at) AS at, s.status FROM unnest($1::bigint[], $2::timestamptz[]) n(sensor_id, at)
        JOIN telemetry.sensor_state s USING (sensor_id)
        WHERE s.status IN ('UNKNOWN', 'STALE') AND (s.at IS NULL OR s.at < n.at) GROUP BY sensor_id, s.status
    ), noted AS (
        INSERT INTO telemetry.status_change (sensor_id, at, status) SELECT sensor_id, at, 'OK' FROM woken
    )
    SELECT sensor_id, at, status FROM woken ORDER BY at, sensor_id
"""
DEADLINE = f"s.at + {INTERVALS} * n.interval * interval '1 second'"
SILENT = f"""
    SELECT s.sensor_id, s.at FROM telemetry.sensor_state s JOIN telemetry.sensor n ON n.id = s.sensor_id
    WHERE s.status = 'OK' AND {DEADLINE} <= $1
"""
SILENCE = f"""
    WITH silent AS (
        UPDATE telemetry.sensor_state s SET status = 'STALE' FROM telemetry.sensor n
        WHERE n.id = s.sensor_id AND s.sensor_id = ANY($2) AND s.status = 'OK' AND {DEADLINE} <= $1
        RETURNING s.sensor_id, {DEADLINE} AS at
    ), noted AS (
        INSERT INTO telemetry.status_change (sensor_id, at, status) SELECT sensor_id, at, 'STALE' FROM silent
    )
    SELECT sensor_id, at FROM silent ORDER BY at, sensor_id
"""
FACES = """
    SELECT q.ordinal, s.id, s.code, s.name, s.kind, s.unit, s.building_id, b.name AS building, b.code AS building_code,
        o.id AS room_id, o.number AS room, f.id AS floor_id, f.level, f.name AS floor, u.name AS changed_by,
        ARRAY(
            SELECT l.tenant_id FROM business.placement p JOIN business.lease l ON l.id = p.lease_id
            WHERE p.room_id = s.room_id AND p.period @> (q.at AT TIME ZONE b.time_zone)::date ORDER BY l.tenant_id
        ) AS tenant_ids
    FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) WITH ORDINALITY q(sensor_id, at, user_id, ordinal)
    JOIN telemetry.sensor s ON s.id = q.sensor_id
    JOIN physical.building b ON b.id = s.building_id
    LEFT JOIN physical.room o ON o.id = s.room_id
    LEFT JOIN physical.floor f ON f.id = o.floor_id
    LEFT JOIN security."user" u ON u.id = q.user_id
    ORDER BY q.ordinal
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A sensor's status became another; by whom and why, where a person said so."""

    sensor_id: int
    at: datetime
    before: SensorStatus
    status: SensorStatus
    reason: str | None = None
    user_id: int | None = None


async def news(connection: Connection, turns: Sequence[Turn]) -> list[News]:
    """The changes to append, with names and places as they are now."""
    if not turns:
        return []
    columns = [one.sensor_id for one in turns], [one.at for one in turns], [one.user_id for one in turns]
    faces = await connection.fetch(FACES, *columns)
    return [_news(turns[face["ordinal"] - 1], face) for face in faces]


def _news(turn: Turn, face: Any) -> News:
    snapshot = {
        "id": f"sensor_{turn.sensor_id}",
        "code": face["code"],
        "name": face["name"],
        "kind": face["kind"],
        "unit": face["unit"],
        "room": face["room"],
        "floor": face["floor"],
        "building": face["building"],
        "status": turn.status.name,
        "before": turn.before.name,
        "at": turn.at,
        "reason": turn.reason,
        "changedBy": face["changed_by"],
    }
    keys = {
        "building": face["building_id"],
        "code": face["building_code"],
        "floor": face["floor_id"],
        "level": face["level"],
        "room": face["room_id"],
        "sensor": turn.sensor_id,
    }
    payload = {"sensor": snapshot, "keys": keys}
    return News(turn.at, "status", face["building_id"], tuple(face["tenant_ids"]), turn.sensor_id, payload)


async def awake(connection: Connection, sensor_ids: Sequence[int], at: Sequence[datetime]) -> list[News]:
    """Note sensors that speak again, or for the first time; before their states are moved, under their locks."""
    rows = await connection.fetch(AWAKE, sensor_ids, at)
    turns = [Turn(row["sensor_id"], row["at"], SensorStatus[row["status"]], SensorStatus.OK) for row in rows]
    return await news(connection, turns)


def silent_since(at: datetime, interval: int) -> datetime:
    """When a sensor that spoke last at `at` and is expected every `interval` seconds becomes silent."""
    return at + timedelta(seconds=INTERVALS * interval)


async def silent(connection: Connection, now: datetime) -> dict[int, datetime]:
    """Sensors that ought to have spoken, with the time when they spoke last; those without an interval never are."""
    return {row["sensor_id"]: row["at"] for row in await connection.fetch(SILENT, now)}


async def silence(connection: Connection, clock: Clock, sensor_ids: Sequence[int]) -> int:
    """Make those of the sensors that are still silent STALE; how many."""
    wanted, turned = sorted(sensor_ids), 0
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        async with connection.transaction():
            await lock(connection, some)
            rows = await connection.fetch(SILENCE, clock.now(), some)
            turns = [Turn(row["sensor_id"], row["at"], SensorStatus.OK, SensorStatus.STALE) for row in rows]
            await changes.append(connection, await news(connection, turns))
        turned += len(turns)
    return turned


class Silence:
    """The looks for silent sensors: one counts that was found twice with the same last reading, its next one may be
    on its way."""

    def __init__(self) -> None:
        self._seen: dict[int, datetime] = {}

    async def __call__(self, connection: Connection, clock: Clock) -> int:
        before, self._seen = self._seen, await silent(connection, clock.now())
        return await silence(connection, clock, [key for key, at in self._seen.items() if before.get(key) == at])
