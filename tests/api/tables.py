"""What stands in the database: every row of every table, and the rows that people know, read by plain SQL."""

from __future__ import annotations

from typing import Any

from db.engine import Connection, Pool
from tests.world import build

TABLES = """
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND NOT relispartition
        AND nspname IN ('physical', 'business', 'telemetry', 'alarm', 'security', 'live', 'fire')
        AND format('%I.%I', nspname, relname) NOT IN ('telemetry.rolling', 'telemetry.reading_hour') ORDER BY 1
"""
"""All but what housekeeping writes at any time."""

Dump = dict[str, list[str]]


async def dump(connection: Connection) -> Dump:
    """All rows of all tables, as text, in order of the text."""
    tables = [row[0] for row in await connection.fetch(TABLES)]
    return {
        table: [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")]
        for table in tables
    }


async def begin_again(pool: Pool) -> None:
    """The world as it was first, with the same keys (the audit goes on: it is append-only)."""
    async with pool.acquire() as connection:
        kept = {"security.audit", "live.epoch", "live.clock", "live.version"}
        tables = [row[0] for row in await connection.fetch(TABLES) if row[0] not in kept]
        await connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    await build(pool)


def differing(before: Dump, after: Dump) -> set[str]:
    return {table for table in after if before.get(table) != after[table]}


KNOWN = {
    "Room": """
        SELECT 'room_' || r.id AS id, r.number AS label, jsonb_build_object('number', r.number, 'name', r.name,
            'kind', r.kind, 'capacity', r.capacity::text, 'aliases',
            (SELECT string_agg(a.name, ', ' ORDER BY a.name COLLATE "C") FROM physical.alias a WHERE a.room_id = r.id)), r::text
        FROM physical.room r""",
    "Lease": """
        SELECT 'lease_' || l.id, l.number, jsonb_build_object('number', l.number, 'tenant', t.name, 'building', b.name,
            'start', lower(l.period)::text, 'end', (upper(l.period) - 1)::text, 'rent', l.rent::text,
            'currency', l.currency), l::text
        FROM business.lease l JOIN business.tenant t ON t.id = l.tenant_id
        JOIN physical.building b ON b.id = l.building_id""",
    "Placement": """
        SELECT 'placement_' || p.id, r.number || ', ' || t.name, jsonb_build_object('room', r.number,
            'lease', l.number, 'start', lower(p.period)::text, 'end', (upper(p.period) - 1)::text), p::text
        FROM business.placement p JOIN physical.room r ON r.id = p.room_id JOIN business.lease l ON l.id = p.lease_id
        JOIN business.tenant t ON t.id = l.tenant_id""",
    "Sensor": """
        SELECT 'sensor_' || s.id, s.code, jsonb_build_object('code', s.code, 'name', s.name, 'kind', s.kind,
            'unit', s.unit, 'interval', s.interval::text, 'externalId', s.external_id, 'x', s.x::text, 'y', s.y::text,
            'room', r.number, 'building', b.name, 'status', e.status), s::text || coalesce(e.status, '')
        FROM telemetry.sensor s LEFT JOIN telemetry.sensor_state e ON e.sensor_id = s.id JOIN physical.building b ON b.id = s.building_id
        LEFT JOIN physical.room r ON r.id = s.room_id""",
    "AlarmRule": """
        SELECT 'rule_' || u.id, u.name, jsonb_build_object('name', u.name, 'sensorKind', u.sensor_kind,
            'sensor', s.code, 'room', r.number, 'building', b.name, 'condition', u.condition,
            'threshold', u.threshold::text, 'thresholdHigh', u.threshold_high::text, 'window', u."window"::text,
            'reference', o.code, 'deadband', u.deadband::text, 'onDelay', u.on_delay::text,
            'offDelay', u.off_delay::text, 'priority', u.priority, 'category', u.category,
            'latching', u.latching::text, 'escalateAfter', u.escalate_after::text, 'enabled', u.enabled::text), u::text
        FROM alarm.rule u JOIN physical.building b ON b.id = u.building_id
        LEFT JOIN telemetry.sensor s ON s.id = u.sensor_id LEFT JOIN physical.room r ON r.id = u.room_id
        LEFT JOIN telemetry.sensor o ON o.id = u.reference_id""",
    "Event": """
        SELECT 'event_' || e.id, e.text, jsonb_build_object('kind', e.kind, 'text', e.text, 'sensor', s.code,
            'room', r.number, 'building', b.name, 'reportedBy', u.name), e::text
        FROM alarm.event e JOIN physical.building b ON b.id = e.building_id LEFT JOIN physical.room r ON r.id = e.room_id
        LEFT JOIN telemetry.sensor s ON s.id = e.sensor_id LEFT JOIN security."user" u ON u.id = e.user_id""",
    "FireZone": """
        SELECT 'zone_' || z.id, z.code, jsonb_build_object('code', z.code, 'name', z.name, 'building', b.name, 'rooms', o.rooms),
            z::text || coalesce(o.keys, '')
        FROM fire.zone z JOIN physical.building b ON b.id = z.building_id, LATERAL (
            SELECT string_agg(r.number, ', ' ORDER BY r.number COLLATE "C") AS rooms,
                string_agg(r.id::text, ' ' ORDER BY r.id) AS keys FROM fire.zone_room l
            JOIN physical.room r ON r.id = l.room_id WHERE l.zone_id = z.id) o""",
    "PanelCondition": """
        SELECT 'condition_' || c.id, z.code || ': ' || c.kind, jsonb_build_object('zone', z.code, 'kind', c.kind,
            'note', c.note, 'reportedBy', u.name, 'clearedBy', v.name), c::text
        FROM fire.condition c JOIN fire.zone z ON z.id = c.zone_id
        LEFT JOIN security."user" u ON u.id = c.reported_by_id LEFT JOIN security."user" v ON v.id = c.cleared_by_id""",
    "Alarm": """
        SELECT 'alarm_' || a.id, coalesce(r.number || ': ', '') || a.title, jsonb_build_object('state', a.state, 'acknowledgedBy', u.name,
            'resetBy', v.name, 'note', a.note, 'shelvedBy', h.name, 'shelvedReason', a.shelved_reason,
            'suppressed', a.suppressed::text, 'outOfService', a.out_of_service::text), a::text
        FROM alarm.alarm a LEFT JOIN physical.room r ON r.id = a.room_id LEFT JOIN security."user" u ON u.id = a.acknowledged_by_id
        LEFT JOIN security."user" v ON v.id = a.reset_by_id LEFT JOIN security."user" h ON h.id = a.shelved_by_id""",
}
TIMES = {"acknowledgedAt", "resetAt", "closedAt", "shelvedUntil", "at", "since", "until"}
"""Fields that hold the moment of the change."""

Known = dict[tuple[str, str], tuple[str, dict[str, str | None], str]]
"""By noun and id: the label, the fields, and the row itself (which stays when only a name that it shows changes)."""


async def known(connection: Connection) -> Known:
    """The rows that people know, as they should be told in a difference."""
    return {
        (noun, key): (label, fields, row + str(fields.get("aliases")))
        for noun, sql in KNOWN.items()
        for key, label, fields, row in await connection.fetch(sql)
    }


Told = tuple[str, str | None, str, tuple[tuple[str, str | None, str | None], ...]]
"""Noun, id (None: new), label, and changed fields."""


def changed(before: Known, after: Known) -> list[Told]:
    """What differs between two readings of the known rows."""
    told: list[Told] = []
    for noun, key in before.keys() | after.keys():
        was_label, was, was_row = before.get((noun, key), ("", {}, ""))
        label, becomes, row = after.get((noun, key), (was_label, {}, ""))
        fields = tuple(
            (name, was.get(name), becomes.get(name))
            for name in sorted(was.keys() | becomes.keys())
            if was.get(name) != becomes.get(name) and (name != "status" or was)
        )
        if fields and row != was_row:
            told.append((noun, key if (noun, key) in before else None, label, fields))
    return sorted(told, key=repr)


def told(changes: list[dict[str, Any]]) -> list[Told]:
    """A dry run's `changes`, in the same form, without the moment of the change."""
    return sorted(
        (
            (
                row["noun"],
                row["id"],
                row["label"],
                tuple(
                    sorted(
                        (field["name"], field["before"], field["after"])
                        for field in row["fields"]
                        if field["name"] not in TIMES
                    )
                ),
            )
            for row in changes
        ),
        key=repr,
    )
