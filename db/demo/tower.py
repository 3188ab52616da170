"""A made-up tower of any number of sensors, for load: floors of forty rooms, ten sensors in each, and rules."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from db.demo import sensing
from db.engine import Connection, create_pool
from db.models import UNITS

ROOMS, EACH = 40, 10
"""Rooms on a floor, sensors in a room."""
ZONE = "Europe/Moscow"
BUILDING = """
    INSERT INTO physical.building (code, name, address, time_zone, language)
    VALUES ($1, $2, NULL, $3, 'RU') RETURNING id
"""
FLOORS = """
    INSERT INTO physical.floor (building_id, level, name, elevation)
    SELECT $1, level, level || ' этаж', (level - 1) * 3.6 FROM generate_series(1, $2::int) AS level
"""
PLACES = """
    INSERT INTO physical.room (building_id, floor_id, number, name, kind, area, capacity, outline)
    SELECT $1, f.id, (f.level * 100 + n)::text, NULL, k.kind, 48, k.seats,
        jsonb_build_array(jsonb_build_array(
            jsonb_build_array(x, y), jsonb_build_array(x + 6, y), jsonb_build_array(x + 6, y + 8),
            jsonb_build_array(x, y + 8), jsonb_build_array(x, y)))
    FROM physical.floor f CROSS JOIN generate_series(1, $2::int) AS n
    CROSS JOIN LATERAL (SELECT (n - 1) % 20 * 6.0 AS x, (n - 1) / 20 * 10.0 AS y) p
    CROSS JOIN LATERAL (SELECT CASE WHEN n = 1 THEN 'LOBBY' WHEN n % 20 = 7 THEN 'KITCHEN'
        WHEN n % 20 = 10 THEN 'SERVER' WHEN n % 10 = 4 THEN 'MEETING' WHEN n % 20 = 16 THEN 'TOILET'
        WHEN n % 20 = 0 THEN 'STAIRS' ELSE 'OFFICE' END) t(kind)
    CROSS JOIN LATERAL (SELECT t.kind, CASE t.kind WHEN 'OFFICE' THEN 6 WHEN 'MEETING' THEN 10 END) k(kind, seats)
    WHERE f.building_id = $1
"""
SENSORS = """
    INSERT INTO telemetry.sensor (building_id, room_id, code, kind, unit, interval, x, y)
    SELECT $1, id, prefix || '-' || number, kind, unit, 300, x, y FROM (
        SELECT r.id, r.number, k.prefix, k.kind, k.unit,
            (r.outline -> 0 -> 0 ->> 0)::float8 + 3 AS x, (r.outline -> 0 -> 0 ->> 1)::float8 + 4 AS y
        FROM physical.room r JOIN physical.floor f ON f.id = r.floor_id
        CROSS JOIN unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS k(prefix, kind, unit, place)
        WHERE r.building_id = $1 ORDER BY f.level, r.number, k.place LIMIT $5
    ) s ORDER BY number, prefix
"""
RULES = """
    INSERT INTO alarm.rule (building_id, name, sensor_kind, condition, threshold, deadband, on_delay, off_delay,
        priority, category, latching, enabled)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, true)
"""
FIND = "SELECT id FROM physical.building WHERE code = $1"


@dataclass(frozen=True, slots=True)
class Tower:
    """Its code and key; whether it was made just now."""

    code: str
    key: int
    new: bool


async def plant(url: str, sensors: int) -> Tower:
    """Make the tower of so many sensors in a migrated database, unless it stands there already."""
    pool = await create_pool(url, 1)
    try:
        async with pool.acquire() as connection:
            return await build(connection, sensors)
    finally:
        await pool.close()


async def build(connection: Connection, sensors: int) -> Tower:
    """The same on a connection."""
    code = f"tower-{sensors}"
    if (known := await connection.fetchval(FIND, code)) is not None:
        return Tower(code, known, new=False)
    async with connection.transaction():
        key = await connection.fetchval(BUILDING, code, f"Башня на {sensors} датчиков", ZONE)
        await connection.execute(FLOORS, key, ceil(sensors / ROOMS / EACH))
        await connection.execute(PLACES, key, ROOMS)
        prefixes = [prefix for prefix, _ in sensing.NAMES.values()]
        kinds = [kind.name for kind in sensing.NAMES]
        units = [UNITS[kind] for kind in sensing.NAMES]
        await connection.execute(SENSORS, key, prefixes, kinds, units, sensors)
        for rule in sensing.RULES:
            if rule.room is None:
                await connection.execute(
                    RULES, key, rule.name, rule.kind.name, rule.condition, rule.threshold, rule.deadband, rule.on_delay,
                    rule.priority, rule.category, rule.latching,
                )  # fmt: skip
    await connection.execute("ANALYZE physical.room, telemetry.sensor, telemetry.sensor_state, alarm.watch")
    return Tower(code, key, new=True)


__all__ = ["ROOMS", "Tower", "build", "plant"]
