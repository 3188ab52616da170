"""What a change says of an alarm: names and places as they were then, so that a late reader sees the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.alarms import Alarm, Entry
from db.changes import News
from db.engine import Connection
from db.models import AlarmState, Category, Priority, SensorKind
from db.watches import Key

FACES = """
    SELECT q.sensor_id, q.rule_id, q.at, s.code AS sensor, s.kind, s.unit, s.building_id, b.name AS building, b.code,
        o.id AS room_id, o.number AS room, f.id AS floor_id, f.level, f.name AS floor,
        r.name AS rule, r.priority, r.category, t.ids AS tenant_ids, t.names AS tenants
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) q(sensor_id, rule_id, at)
    JOIN telemetry.sensor s ON s.id = q.sensor_id
    JOIN physical.building b ON b.id = s.building_id
    JOIN alarm.rule r ON r.id = q.rule_id
    LEFT JOIN physical.room o ON o.id = s.room_id
    LEFT JOIN physical.floor f ON f.id = o.floor_id
    LEFT JOIN LATERAL (
        SELECT array_agg(t.id ORDER BY t.id) AS ids, array_agg(t.name ORDER BY t.id) AS names
        FROM business.placement p
        JOIN business.lease l ON l.id = p.lease_id
        JOIN business.tenant t ON t.id = l.tenant_id
        WHERE p.room_id = s.room_id AND p.period @> (q.at AT TIME ZONE b.time_zone)::date
    ) t ON true
"""


@dataclass(frozen=True, slots=True)
class Face:
    """What people know a watch by, at one moment; `tenants` are those placed in the room on that day."""

    sensor: str
    sensor_kind: SensorKind
    unit: str
    building_id: int
    building: str
    building_code: str
    room_id: int | None
    room: str | None
    floor_id: int | None
    level: int | None
    floor: str | None
    rule: str
    priority: Priority
    category: Category
    tenant_ids: tuple[int, ...]
    tenants: tuple[str, ...]


Moment = tuple[int, int, datetime]
"""A watch (sensor, rule) at a time."""


async def faces(connection: Connection, moments: Sequence[Moment]) -> dict[Moment, Face]:
    """The faces of watches at moments."""
    wanted = list(dict.fromkeys(moments))
    if not wanted:
        return {}
    rows = await connection.fetch(FACES, *map(list, zip(*wanted, strict=True)))
    return {(row["sensor_id"], row["rule_id"], row["at"]): _face(row) for row in rows}


def _face(row: Any) -> Face:
    return Face(
        row["sensor"],
        SensorKind[row["kind"]],
        row["unit"],
        row["building_id"],
        row["building"],
        row["code"],
        row["room_id"],
        row["room"],
        row["floor_id"],
        row["level"],
        row["floor"],
        row["rule"],
        Priority[row["priority"]],
        Category[row["category"]],
        tuple(row["tenant_ids"] or ()),
        tuple(row["tenants"] or ()),
    )


def blank(id: int, key: Key, face: Face, at: datetime) -> Alarm:
    """An alarm of a watch that has not been raised yet."""
    return Alarm(
        id,
        key[1],
        key[0],
        face.building_id,
        face.room_id,
        face.rule,
        face.sensor_kind,
        face.unit,
        face.priority,
        face.category,
        AlarmState.ACTIVE,
        at,
        at,
    )


def news(entry: Entry, face: Face) -> News:
    """A journal entry as a change of the stream; the payload is the contract's AlarmChange, and keys to filter by."""
    alarm = entry.alarm
    snapshot = {
        "id": f"alarm_{alarm.id}",
        "title": alarm.title,
        "state": alarm.state.name,
        "priority": alarm.priority.name,
        "category": alarm.category.name,
        "raisedAt": alarm.raised_at,
        "lastRaisedAt": alarm.last_raised_at,
        "returnedAt": alarm.returned_at,
        "acknowledgedAt": alarm.acknowledged_at,
        "closedAt": alarm.closed_at,
        "value": alarm.value,
        "unit": alarm.unit,
        "occurrences": alarm.occurrences,
        "rule": face.rule,
        "sensor": face.sensor,
        "sensorKind": alarm.sensor_kind.name,
        "room": face.room,
        "floor": face.floor,
        "building": face.building,
        "tenants": face.tenants,
        "acknowledgedBy": alarm.acknowledged_by,
        "note": alarm.note,
    }
    keys = {
        "building": alarm.building_id,
        "code": face.building_code,
        "floor": face.floor_id,
        "level": face.level,
        "room": face.room_id,
        "sensor": alarm.sensor_id,
        "rule": alarm.rule_id,
    }
    payload = {"kind": entry.kind.name, "alarm": snapshot, "keys": keys}
    return News(entry.at, "alarm", alarm.building_id, face.tenant_ids, alarm.id, payload)
