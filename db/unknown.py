"""Devices that report and that nobody knows: remembered by building and name, so that they can be adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.clock import Clock
from db.engine import Connection
from db.models import Door

MOST = 10_000
"""Kept of a building; those longest silent are forgotten first."""
SILENT = timedelta(days=30)
"""After which one is forgotten."""
LONGEST = 200
"""Most characters of a name."""

REMEMBER = """
    INSERT INTO telemetry.unknown_device AS u
        (building_id, name, door, key_id, first_at, last_at, count, value)
    SELECT DISTINCT ON (place, name) place, name, door, key_id, at, at, count, value FROM (
        SELECT coalesce(n.building_id, b.id) AS place, CASE WHEN b.id IS NULL THEN n.name ELSE n.code END AS name,
            n.door, k.id AS key_id, n.at, n.count, n.value
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[],
            $8::bigint[], $9::float8[]) n(building_id, name, building, code, door, key_id, at, count, value)
        LEFT JOIN physical.building b ON b.code = n.building AND (n.building_id IS NULL OR b.id = n.building_id)
        LEFT JOIN security.api_key k ON k.id = n.key_id
    ) n WHERE NOT EXISTS (
        SELECT FROM telemetry.sensor s
        WHERE s.external_id = n.name AND (n.place IS NULL OR s.building_id = n.place)
    ) ORDER BY place, name
    ON CONFLICT (building_id, name) DO UPDATE SET door = excluded.door, key_id = excluded.key_id,
        first_at = least(u.first_at, excluded.first_at), last_at = greatest(u.last_at, excluded.last_at),
        count = u.count + excluded.count, value = coalesce(excluded.value, u.value)
"""
"""`building` and `code` are the parts of a name that may be those of a building's code and a sensor's."""
PRUNE = """
    DELETE FROM telemetry.unknown_device d USING (
        SELECT id, last_at, row_number() OVER (PARTITION BY building_id ORDER BY last_at DESC, id DESC) AS place
        FROM telemetry.unknown_device
    ) n WHERE d.id = n.id AND (n.place > $1 OR n.last_at < $2 OR EXISTS (
        SELECT FROM telemetry.sensor s
        WHERE s.external_id = d.name AND (d.building_id IS NULL OR s.building_id = d.building_id)
    ))
"""


@dataclass(slots=True)
class Stranger:
    """A device that was met since it was last written down."""

    building_id: int | None
    name: str
    """As it was named; with a slash it may be a building's code and a sensor's."""
    whole: bool
    """The slash, if any, is part of the device's own name."""
    door: Door
    key_id: int | None
    at: datetime
    count: int = 0
    value: float | None = None


async def remember(connection: Connection, strangers: Sequence[Stranger]) -> None:
    """Write down who was met."""
    parts = [("", one.name) if one.whole else one.name.partition("/")[::2] for one in strangers]
    await connection.execute(
        REMEMBER,
        [one.building_id for one in strangers],
        [one.name for one in strangers],
        [building if code else None for building, code in parts],
        [code for _, code in parts],
        [one.door.name for one in strangers],
        [one.key_id for one in strangers],
        [one.at for one in strangers],
        [one.count for one in strangers],
        [one.value for one in strangers],
    )


async def prune(connection: Connection, clock: Clock) -> int:
    """Forget the ones adopted since, the ones long silent, and the ones too many; how many."""
    return int((await connection.execute(PRUNE, MOST, clock.now() - SILENT)).split()[-1])
