"""What people report, as the change stream tells it."""

from __future__ import annotations

from db.changes import News
from db.engine import Connection

FACE = """
    SELECT e.at, e.kind, e.text, e.building_id, b.name AS building, b.code AS building_code, e.room_id,
        o.number AS room, f.id AS floor_id, f.level, f.name AS floor, e.sensor_id, s.code AS sensor, u.name AS user,
        ARRAY(
            SELECT l.tenant_id FROM business.placement p JOIN business.lease l ON l.id = p.lease_id
            WHERE p.room_id = e.room_id AND p.period @> (e.at AT TIME ZONE b.time_zone)::date ORDER BY l.tenant_id
        ) AS tenant_ids
    FROM alarm.event e
    JOIN physical.building b ON b.id = e.building_id
    LEFT JOIN physical.room o ON o.id = e.room_id
    LEFT JOIN physical.floor f ON f.id = o.floor_id
    LEFT JOIN telemetry.sensor s ON s.id = e.sensor_id
    LEFT JOIN security."user" u ON u.id = e.user_id
    WHERE e.id = $1
"""


async def news(connection: Connection, event_id: int) -> News:
    """The change to append for an event that has just been stored."""
    row = await connection.fetchrow(FACE, event_id)
    assert row is not None, event_id
    snapshot = {
        "id": f"event_{event_id}",
        "at": row["at"],
        "kind": row["kind"],
        "text": row["text"],
        "room": row["room"],
        "floor": row["floor"],
        "building": row["building"],
        "sensor": row["sensor"],
        "reportedBy": row["user"],
    }
    keys = {
        "building": row["building_id"],
        "code": row["building_code"],
        "floor": row["floor_id"],
        "level": row["level"],
        "room": row["room_id"],
        "sensor": row["sensor_id"],
    }
    payload = {"event": snapshot, "keys": keys}
    return News(row["at"], "event", row["building_id"], tuple(row["tenant_ids"]), event_id, payload)
