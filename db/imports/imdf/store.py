"""Keep what an IMDF archive adds to floors and rooms: further names, and occupants as tenants with their rooms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from db.engine import Connection
from db.imports.ifc.store import Stored
from db.imports.imdf.model import Names, Occupant, Venue
from db.imports.notices import Notice, notice
from db.imports.words import listed

PREFIX = "IMDF-"
"""What the numbers of leases made here begin with."""

ALIASES = """
    INSERT INTO physical.alias (building_id, floor_id, room_id, name, language)
    SELECT CASE g.noun WHEN 'building' THEN $1 END, f.id, r.id, g.name, g.language
    FROM jsonb_to_recordset($2::text::jsonb) AS g(noun text, global_id text, name text, language text)
    LEFT JOIN physical.floor f ON g.noun = 'floor' AND f.building_id = $1 AND f.global_id = g.global_id
    LEFT JOIN physical.room r ON g.noun = 'room' AND r.building_id = $1 AND r.global_id = g.global_id
    WHERE g.noun = 'building' OR f.id IS NOT NULL OR r.id IS NOT NULL
    ON CONFLICT DO NOTHING
"""
GIVEN = """
    SELECT g.number, g.name, g.phone, g.email, r.id AS room_id, r.number AS room,
        daterange(coalesce(g.starts, least(h.today, coalesce(g.ends, h.today))), g.ends, '[]') AS period,
        r.building_id
    FROM jsonb_to_recordset($2::text::jsonb)
        AS g(place int, number text, name text, phone text, email text, unit text, starts date, ends date)
    JOIN physical.room r ON r.building_id = $1 AND r.global_id = g.unit
    CROSS JOIN (SELECT ($3::timestamptz AT TIME ZONE time_zone)::date AS today FROM physical.building WHERE id = $1) h
    WHERE g.ends IS NULL OR g.starts IS NULL OR g.starts <= g.ends
    ORDER BY g.place
"""
"""The occupants with their rooms; those whose days end before they begin are left out."""
STAGE = """
    CREATE TEMPORARY TABLE imdf_occupant
        (number text, name text, phone text, email text, room_id bigint, room text, period daterange,
            building_id bigint)
"""
UNSTAGE = "DROP TABLE IF EXISTS imdf_occupant"
BUSY = """
    DELETE FROM imdf_occupant o
    WHERE EXISTS (
        SELECT FROM business.placement p JOIN business.lease l ON l.id = p.lease_id
        WHERE p.room_id = o.room_id AND p.period && o.period AND l.number <> o.number
    ) OR EXISTS (SELECT FROM imdf_occupant other WHERE other.room_id = o.room_id AND other.ctid < o.ctid
        AND other.period && o.period)
    RETURNING room
"""
TENANTS = """
    INSERT INTO business.tenant (name, phone, email)
    SELECT DISTINCT ON (name) name, phone, email FROM imdf_occupant ORDER BY name, phone, email
    ON CONFLICT (name) DO NOTHING
"""
REACH = """
    UPDATE business.tenant t SET phone = coalesce(t.phone, o.phone), email = coalesce(t.email, o.email)
    FROM imdf_occupant o WHERE o.name = t.name AND (t.phone IS NULL AND o.phone IS NOT NULL
        OR t.email IS NULL AND o.email IS NOT NULL)
"""
RENAMED = """
    UPDATE business.lease l SET tenant_id = t.id FROM imdf_occupant o JOIN business.tenant t ON t.name = o.name
    WHERE (l.building_id, l.number) = (o.building_id, o.number) AND l.tenant_id <> t.id
"""
LEASES = """
    INSERT INTO business.lease (number, tenant_id, building_id, period)
    SELECT o.number, t.id, $1, o.period FROM imdf_occupant o JOIN business.tenant t ON t.name = o.name
    ON CONFLICT (building_id, number) DO NOTHING
"""
MOVED_TODAY = """
    DELETE FROM business.placement p USING business.lease l, imdf_occupant o
    WHERE (l.building_id, l.number) = (o.building_id, o.number) AND p.lease_id = l.id
        AND p.room_id <> o.room_id AND lower(p.period) >= $1::date
"""
MOVED = """
    UPDATE business.placement p SET period = daterange(lower(p.period), $1::date)
    FROM business.lease l, imdf_occupant o
    WHERE (l.building_id, l.number) = (o.building_id, o.number) AND p.lease_id = l.id
        AND p.room_id <> o.room_id AND p.period @> $1::date
"""
PLACED = """
    INSERT INTO business.placement (lease_id, room_id, period)
    SELECT l.id, o.room_id, CASE WHEN EXISTS (SELECT FROM business.placement p WHERE p.lease_id = l.id)
        THEN l.period * daterange($1::date, NULL) ELSE l.period END
    FROM imdf_occupant o JOIN business.lease l ON (l.building_id, l.number) = (o.building_id, o.number)
    WHERE NOT EXISTS (SELECT FROM business.placement p WHERE p.lease_id = l.id AND p.room_id = o.room_id)
        AND (l.period @> $1::date OR lower(l.period) > $1::date
            OR NOT EXISTS (SELECT FROM business.placement p WHERE p.lease_id = l.id))
"""
TODAY = "SELECT ($2::timestamptz AT TIME ZONE time_zone)::date FROM physical.building WHERE id = $1"
GONE = """
    SELECT l.number || ' ' || t.name FROM business.lease l JOIN business.tenant t ON t.id = l.tenant_id
    WHERE l.building_id = $1 AND starts_with(l.number, $2) AND l.number <> ALL($3::text[]) AND l.period @> $4::date
    ORDER BY 1
"""


@dataclass(slots=True)
class Kept:
    """What became of a building and of who is in it."""

    stored: Stored
    names_made: int = 0
    tenants_made: int = 0
    leases_made: int = 0
    placed: int = 0
    occupants: int = 0
    notices: list[Notice] = field(default_factory=list)


async def keep(connection: Connection, venue: Venue, stored: Stored, now: datetime) -> Kept:
    """Further names and occupants of a building whose floors and rooms are kept already, in one transaction."""
    kept = Kept(stored, occupants=len(venue.occupants))
    async with connection.transaction():
        kept.names_made = count(await connection.execute(ALIASES, stored.building_id, json.dumps(_aliases(venue))))
        await _occupants(connection, venue, kept, now)
    return kept


def _aliases(venue: Venue) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []

    def add(noun: str, global_id: str, names: Names) -> None:
        for language, texts in names.items():
            own = {"noun": noun, "global_id": global_id, "language": language.name}
            rows.extend({**own, "name": text} for text in texts)

    add("building", venue.structure.global_id, venue.names)
    for noun, all_names in (("floor", venue.floor_names), ("room", venue.room_names)):
        for global_id, names in all_names.items():
            add(noun, global_id, names)
    return rows


async def _occupants(connection: Connection, venue: Venue, kept: Kept, now: datetime) -> None:
    building = kept.stored.building_id
    numbers = lease_numbers(venue)
    rows = [_row(place, each, numbers[each.global_id]) for place, each in enumerate(venue.occupants)]
    await connection.execute(UNSTAGE)
    await connection.execute(STAGE)
    await connection.execute(f"INSERT INTO imdf_occupant {GIVEN}", building, json.dumps(rows), now)
    busy = [row["room"] for row in await connection.fetch(BUSY)]
    if busy:
        kept.notices.append(notice("imdf.already_let", count=len(busy), which=listed(sorted(busy))))
    today: date = await connection.fetchval(TODAY, building, now)
    kept.tenants_made = count(await connection.execute(TENANTS))
    await connection.execute(REACH)
    await connection.execute(RENAMED)
    kept.leases_made = count(await connection.execute(LEASES, building))
    await connection.execute(MOVED_TODAY, today)
    await connection.execute(MOVED, today)
    kept.placed = count(await connection.execute(PLACED, today))
    gone = [row[0] for row in await connection.fetch(GONE, building, PREFIX, list(numbers.values()), today)]
    if gone:
        kept.notices.append(notice("imdf.gone_occupants", count=len(gone), which=listed(gone)))
    await connection.execute(UNSTAGE)


def lease_numbers(venue: Venue) -> Mapping[str, str]:
    """The number of each occupant's lease: the beginning of its id, or all of it where two begin so."""
    short = Counter(each.global_id[:8] for each in venue.occupants)
    return {
        each.global_id: PREFIX + (each.global_id[:8] if short[each.global_id[:8]] == 1 else each.global_id)
        for each in venue.occupants
    }


def _row(place: int, occupant: Occupant, number: str) -> dict[str, object]:
    return {
        "place": place,
        "number": number,
        "name": occupant.name,
        "phone": occupant.phone,
        "email": occupant.email,
        "unit": occupant.unit,
        "starts": None if occupant.start is None else occupant.start.isoformat(),
        "ends": None if occupant.end is None else occupant.end.isoformat(),
    }


def count(status: str) -> int:
    """How many rows a statement touched, from its command tag."""
    return int(status.rsplit(" ", 1)[-1])


__all__ = ["Kept", "keep", "lease_numbers"]
