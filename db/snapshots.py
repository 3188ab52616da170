"""What a change says of an alarm: names and places as they were then, so that a late reader sees the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.alarms import Alarm, Entry
from db.changes import News
from db.engine import Connection
from db.lifecycle import PROTECTED, UNACKNOWLEDGED
from db.models import AlarmState, Category, Priority, SensorKind
from db.vacancy import vacant
from db.watches import Key

NEVER = ", ".join(f"'{category.name}'" for category in PROTECTED)
FACES = f"""
    SELECT q.sensor_id, q.rule_id, q.at, s.code AS sensor, s.kind,
        CASE r.condition WHEN 'STALE' THEN 's' ELSE s.unit END AS unit, s.building_id, b.name AS building, b.code,
        o.id AS room_id, o.number AS room, f.id AS floor_id, f.level, f.name AS floor,
        r.name AS rule, r.priority, r.category, r.latching, t.ids AS tenant_ids, t.names AS tenants,
        h.until AS shelved_until, h.user_id AS shelved_by_id, u.name AS shelved_by, h.reason AS shelved_reason,
        r.category = 'COMFORT' AND {vacant("o", "b", "coalesce($4, q.at)")} AS suppressed,
        s.out_of_service_at IS NOT NULL AS out_of_service
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) q(sensor_id, rule_id, at)
    JOIN telemetry.sensor s ON s.id = q.sensor_id
    JOIN physical.building b ON b.id = s.building_id
    JOIN alarm.rule r ON r.id = q.rule_id
    LEFT JOIN physical.room o ON o.id = s.room_id
    LEFT JOIN physical.floor f ON f.id = o.floor_id
    LEFT JOIN alarm.shelf h ON h.sensor_id = q.sensor_id AND h.rule_id = q.rule_id AND r.category NOT IN ({NEVER})
    LEFT JOIN security."user" u ON u.id = h.user_id
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
    latching: bool
    shelved_until: datetime | None
    shelved_by_id: int | None
    shelved_by: str | None
    shelved_reason: str | None
    suppressed: bool
    out_of_service: bool
    """What keeps it quiet just now, whatever the moment."""
    tenant_ids: tuple[int, ...]
    tenants: tuple[str, ...]


Moment = tuple[int, int, datetime]
"""A watch (sensor, rule) at a time."""


async def faces(connection: Connection, moments: Sequence[Moment], now: datetime | None = None) -> dict[Moment, Face]:
    """The faces of watches at moments; what keeps them quiet as it is `now` (house time; None: at those moments)."""
    wanted = list(dict.fromkeys(moments))
    if not wanted:
        return {}
    rows = await connection.fetch(FACES, *map(list, zip(*wanted, strict=True)), now)
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
        row["latching"],
        row["shelved_until"],
        row["shelved_by_id"],
        row["shelved_by"],
        row["shelved_reason"],
        row["suppressed"],
        row["out_of_service"],
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
        AlarmState.CLOSED,
        at,
        at,
        latching=face.latching,
        shelved_until=face.shelved_until,
        shelved_by_id=face.shelved_by_id,
        shelved_by=face.shelved_by,
        shelved_reason=face.shelved_reason,
        suppressed=face.suppressed,
        out_of_service=face.out_of_service,
    )


def news(entry: Entry, face: Face) -> News:
    """A journal entry as a change of the stream; the payload is the contract's AlarmChange, and keys to filter by."""
    alarm = entry.alarm
    keys = {
        "building": alarm.building_id,
        "code": face.building_code,
        "floor": face.floor_id,
        "level": face.level,
        "room": face.room_id,
        "sensor": alarm.sensor_id,
        "rule": alarm.rule_id,
        "incident": alarm.incident_id,
    }
    payload = {"kind": entry.kind.name, "alarm": _condition(alarm, face) | _treatment(alarm), "keys": keys}
    return News(entry.at, "alarm", alarm.building_id, face.tenant_ids, alarm.id, payload)


def _condition(alarm: Alarm, face: Face) -> dict[str, Any]:
    """What the readings say, and where that is."""
    return {
        "id": f"alarm_{alarm.id}",
        "title": alarm.title,
        "state": alarm.state.name,
        "priority": alarm.priority.name,
        "category": alarm.category.name,
        "raisedAt": alarm.raised_at,
        "lastRaisedAt": alarm.last_raised_at,
        "returnedAt": alarm.returned_at,
        "closedAt": alarm.closed_at,
        "value": alarm.value,
        "unit": alarm.unit,
        "occurrences": alarm.occurrences,
        "latching": alarm.latching,
        "rule": face.rule,
        "sensor": face.sensor,
        "sensorKind": alarm.sensor_kind.name,
        "room": face.room,
        "floor": face.floor,
        "building": face.building,
        "tenants": face.tenants,
    }


def _treatment(alarm: Alarm) -> dict[str, Any]:
    """What people and the house have done about it; an acknowledgement that a later raise has undone is none."""
    open_ = alarm.state in UNACKNOWLEDGED
    closed = alarm.state is AlarmState.CLOSED
    return {
        "acknowledgedAt": None if open_ else alarm.acknowledged_at,
        "acknowledgedBy": None if open_ else alarm.acknowledged_by,
        "resetAt": alarm.reset_at if closed else None,
        "resetBy": alarm.reset_by if closed else None,
        "note": alarm.note,
        "shelvedUntil": alarm.shelved_until,
        "shelvedBy": alarm.shelved_by,
        "shelvedReason": alarm.shelved_reason,
        "suppressed": alarm.suppressed,
        "outOfService": alarm.out_of_service,
        "annunciated": alarm.annunciated,
        "escalatedTo": alarm.escalated_to.name if alarm.escalated_to else None,
        "escalatedAt": alarm.escalated_at,
    }
