"""The sensors that a map names: found, or made where the map says what they are."""

from __future__ import annotations

from db.engine import Connection
from db.imports.notices import BadMap, ImportStopped
from db.imports.readings.mapping import Map, Series
from db.models import UNITS
from db.naming import Unnamed, find, newest

MAKE = """
    INSERT INTO telemetry.sensor (building_id, room_id, code, name, kind, unit, interval)
    SELECT b.id, r.id, $2, $4, $5, $6, $7 FROM physical.building b
    LEFT JOIN physical.room r ON r.building_id = b.id AND r.number = $3
    WHERE b.code = $1 AND ($3::text IS NULL OR r.id IS NOT NULL)
    RETURNING id
"""


async def resolve(connection: Connection, plan: Map, make: bool) -> list[int]:
    """The key of each series' sensor, in the order of the map; with `make`, absent ones are made.

    Raises `ImportStopped` when one is unknown, ambiguous or measures in another unit.
    """
    names = {series.sensor: plan.named(series) for series in plan.series}
    if make and plan.building is None and any(series.making for series in plan.series):
        raise BadMap("map.missing", key="building")
    [found] = await find(connection, [(names.values(), None)], await newest(connection))
    keys = []
    for series in plan.series:
        known = found[names[series.sensor]]
        if known is Unnamed.UNKNOWN_SENSOR and make and series.making is not None:
            keys.append(await _make(connection, plan, series))
        elif isinstance(known, int):
            await _look_unit(connection, series, known)
            keys.append(known)
        elif known is Unnamed.AMBIGUOUS_SENSOR:
            raise ImportStopped("readings.ambiguous", sensor=series.sensor)
        else:
            hint = "readings.unknown_make" if series.making else "readings.unknown"
            raise ImportStopped(hint, sensor=names[series.sensor])
    return keys


async def _look_unit(connection: Connection, series: Series, key: int) -> None:
    if series.unit is not None:
        unit = await connection.fetchval("SELECT unit FROM telemetry.sensor WHERE id = $1", key)
        if unit != series.unit:
            raise ImportStopped("readings.unit", sensor=series.sensor, unit=unit or "–", mapped=series.unit)


async def _make(connection: Connection, plan: Map, series: Series) -> int:
    making = series.making
    assert making is not None
    unit = series.unit if series.unit is not None else UNITS[making.kind]
    place = (plan.building, series.sensor, making.room)
    key = await connection.fetchval(MAKE, *place, making.name, making.kind.name, unit, making.interval)
    if key is None:
        raise ImportStopped("readings.no_room", building=plan.building, room=making.room or "–")
    return int(key)


__all__ = ["resolve"]
