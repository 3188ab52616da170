"""Keep a parsed building: new things are added, known ones updated by GlobalId, nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.engine import Connection, Pool
from db.imports.ifc.model import Progress, Space, Storey, Structure
from db.imports.ifc.names import code_from, free
from db.imports.notices import ImportStopped, Notice, notice
from db.imports.words import listed
from db.models import Language

SLICE = 500
"""Rooms written in one transaction."""
ZONE = "Europe/Moscow"
"""The time zone of a new building for which none was given."""

ROOMS = """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS g(
            id bigint, floor_id bigint, number text, name text, kind text, area float8, declared_area float8,
            outline jsonb, global_id text)
    ), changed AS (
        UPDATE physical.room r SET floor_id = g.floor_id, number = g.number, name = g.name, global_id = g.global_id,
            kind = CASE r.kind WHEN 'OTHER' THEN g.kind ELSE r.kind END,
            area = g.area, declared_area = g.declared_area, outline = g.outline
        FROM given g
        WHERE r.id = g.id AND (r.floor_id, r.number, r.name, r.global_id, r.area, r.declared_area, r.outline)
            IS DISTINCT FROM (g.floor_id, g.number, g.name, g.global_id, g.area, g.declared_area, g.outline)
        RETURNING r.id
    ), made AS (
        INSERT INTO physical.room
            (building_id, floor_id, number, name, kind, area, declared_area, outline, global_id)
        SELECT $1, floor_id, number, name, kind, area, declared_area, outline, global_id FROM given WHERE id IS NULL
        RETURNING id
    )
    SELECT (SELECT count(*) FROM made) AS made, (SELECT count(*) FROM changed) AS changed
"""


@dataclass(slots=True)
class Stored:
    """What became of a building."""

    building_id: int
    code: str
    created: bool
    floors_made: int = 0
    rooms_made: int = 0
    rooms_changed: int = 0
    rooms_same: int = 0
    rooms_gone: list[str] = field(default_factory=list)
    """Numbers of rooms that are here and no longer in the file."""
    floors_gone: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for; None: as the file says, or as it is already."""

    code: str | None = None
    zone: str | None = None
    language: Language | None = None


async def store(pool: Pool, structure: Structure, wish: Wish, progress: Progress | None = None) -> Stored:
    """Keep the building; rooms are committed in slices of `SLICE`. Raises `ImportStopped`."""
    async with pool.acquire() as connection, alone(connection):
        return await keep(connection, structure, wish, progress)


async def keep(connection: Connection, structure: Structure, wish: Wish, progress: Progress | None = None) -> Stored:
    """The same on a connection that has the imports for itself (`alone`)."""
    async with connection.transaction():
        stored = await _building(connection, structure, wish)
        floors = await _floors(connection, stored, structure)
    rooms = await _known_rooms(connection, stored, structure, floors)
    done = 0
    for slice_ in _slices(rooms):
        async with connection.transaction():
            await _free_numbers(connection, stored, slice_)
            row = await connection.fetchrow(ROOMS, stored.building_id, json.dumps([row for _, row in slice_]))
        stored.rooms_made += row["made"]
        stored.rooms_changed += row["changed"]
        done += len(slice_)
        if progress is not None:
            progress("store", done, len(rooms))
    stored.rooms_same = len(rooms) - stored.rooms_made - stored.rooms_changed
    if stored.rooms_gone:
        which = listed(stored.rooms_gone, 20)
        stored.notices.append(notice("store.gone_rooms", count=len(stored.rooms_gone), which=which))
    return stored


@asynccontextmanager
async def alone(connection: Connection) -> AsyncIterator[None]:
    """No two imports of buildings at once."""
    if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext('db.imports.ifc'))"):
        raise ImportStopped("store.busy")
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtext('db.imports.ifc'))")


async def _building(connection: Connection, structure: Structure, wish: Wish) -> Stored:
    """Find the building by its GlobalId, or by its code where that one has none; or make it."""
    if wish.code is not None and code_from(wish.code) != wish.code.lower():
        raise ImportStopped("store.bad_code", code=wish.code)
    _look_zone(wish.zone)
    known = await connection.fetchrow("SELECT * FROM physical.building WHERE global_id = $1", structure.global_id)
    code = wish.code or (known["code"] if known else structure.code)
    if known is not None and known["code"] != code:
        raise ImportStopped("store.known_as", code=known["code"])
    if known is None:
        known = await connection.fetchrow("SELECT * FROM physical.building WHERE code = $1", code)
        if known is not None and known["global_id"] is not None:
            raise ImportStopped("store.code_taken", code=code, name=known["name"])
    language = wish.language.name if wish.language else None
    if known is not None:
        await connection.execute(
            "UPDATE physical.building SET global_id = $2, name = $3, address = coalesce($4, address),"
            " time_zone = coalesce($5, time_zone), language = coalesce($6, language) WHERE id = $1",
            known["id"],
            structure.global_id,
            structure.name,
            structure.address,
            wish.zone,
            language,
        )
        return Stored(known["id"], code, created=False)
    key = await connection.fetchval(
        "INSERT INTO physical.building (code, name, address, time_zone, language, global_id)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        code,
        structure.name,
        structure.address,
        wish.zone or ZONE,
        language or "RU",
        structure.global_id,
    )
    guessed = [] if wish.zone else [notice("store.zone", zone=ZONE)]
    return Stored(key, code, created=True, notices=guessed)


def _look_zone(zone: str | None) -> None:
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ImportStopped("store.bad_zone", zone=zone) from error


async def _floors(connection: Connection, stored: Stored, structure: Structure) -> dict[str, int]:
    """Keep the storeys; their keys by GlobalId."""
    storeys = structure.storeys
    rows = await connection.fetch(
        "SELECT id, level, name, global_id FROM physical.floor WHERE building_id = $1 ORDER BY level FOR UPDATE",
        stored.building_id,
    )
    in_file = {storey.global_id for storey in storeys}
    by_id = {row["global_id"]: row for row in rows if row["global_id"]}
    strays = {row["name"]: row for row in rows if row["global_id"] not in in_file}
    keys: dict[str, int] = {}
    for storey in storeys:
        row = by_id.get(storey.global_id)
        if row is None and (row := strays.pop(storey.name, None)) is not None:
            stored.notices.append(notice("store.redrawn", noun=structure.nouns[0], name=storey.name))
        if row is not None:
            keys[storey.global_id] = row["id"]
    gone = [row for row in rows if row["id"] not in keys.values()]
    await _make_way(connection, stored, gone, storeys, sorted(keys.values()))
    for storey in storeys:
        outline, openings = (None if it is None else json.dumps(it) for it in (storey.outline, storey.openings))
        values = (storey.level, storey.name, storey.elevation, outline, storey.global_id, openings)
        if storey.global_id in keys:
            await connection.execute(
                "UPDATE physical.floor SET level = $2, name = $3, elevation = $4, outline = $5::text::jsonb,"
                " global_id = $6, openings = coalesce($7::text::jsonb, openings) WHERE id = $1",
                keys[storey.global_id],
                *values,
            )
            continue
        keys[storey.global_id] = await connection.fetchval(
            "INSERT INTO physical.floor (building_id, level, name, elevation, outline, global_id, openings)"
            " VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7::text::jsonb) RETURNING id",
            stored.building_id,
            *values,
        )
        stored.floors_made += 1
    return keys


async def _make_way(
    connection: Connection,
    stored: Stored,
    gone: Sequence[dict[str, object]],
    storeys: Sequence[Storey],
    known: list[int],
) -> None:
    """Free the levels that the file needs: known floors step aside, those gone from the file move up if in the way."""
    await connection.execute("UPDATE physical.floor SET level = -1000000 - level WHERE id = ANY($1::bigint[])", known)
    needed = {storey.level for storey in storeys}
    held = needed | {int(str(row["level"])) for row in gone}
    for row in gone:
        if row["global_id"]:
            stored.floors_gone.append(str(row["name"]))
        if row["level"] in needed:
            level = max(held) + 1
            held.add(level)
            await connection.execute("UPDATE physical.floor SET level = $2 WHERE id = $1", row["id"], level)
            stored.notices.append(notice("store.moved_floor", name=row["name"], level=row["level"], to=level))
    if stored.floors_gone:
        stored.notices.append(
            notice("store.gone_floors", count=len(stored.floors_gone), which=listed(stored.floors_gone))
        )


Row = tuple[str | None, dict[str, object]]
"""The number a room has here now (None: it is new), and what it becomes."""


async def _known_rooms(
    connection: Connection, stored: Stored, structure: Structure, floors: dict[str, int]
) -> list[Row]:
    """Each room of the file with the key of the room it is; rooms that the file no longer has are noted."""
    rows = await connection.fetch(
        "SELECT id, number, global_id FROM physical.room WHERE building_id = $1 ORDER BY id", stored.building_id
    )
    in_file = {space.global_id for space in structure.spaces}
    by_id = {row["global_id"]: row for row in rows if row["global_id"]}
    strays = {row["number"]: row for row in rows if row["global_id"] not in in_file}
    found: list[Row] = []
    for storey in structure.storeys:
        for space in storey.spaces:
            row = by_id.get(space.global_id)
            if row is None and (row := strays.pop(space.number, None)) is not None:
                stored.notices.append(notice("store.redrawn", noun=structure.nouns[1], name=space.number))
            found.append(
                (row["number"] if row else None, _row(row["id"] if row else None, floors[storey.global_id], space))
            )
    stored.rooms_gone = sorted(number for number, row in strays.items() if row["global_id"])
    _leave_held(stored, set(strays), found)
    return found


def _leave_held(stored: Stored, held: set[str], rows: list[Row]) -> None:
    """A number that a room outside the file has is not taken from it."""
    taken = held | {str(row["number"]) for _, row in rows}
    for _, row in rows:
        if row["number"] in held:
            given = free(str(row["number"]), taken)
            taken.add(given)
            stored.notices.append(notice("store.number_held", number=row["number"], given=given))
            row["number"] = given


def _row(key: int | None, floor_id: int, space: Space) -> dict[str, object]:
    return {
        "id": key,
        "floor_id": floor_id,
        "number": space.number,
        "name": space.name,
        "kind": space.kind.name,
        "area": space.area,
        "declared_area": space.declared_area,
        "outline": space.outline,
        "global_id": space.global_id,
    }


def _slices(rows: list[Row]) -> Iterator[list[Row]]:
    """Rooms that change their number come first and together, for they may need each other's."""
    renumbered = [row for row in rows if row[0] is not None and row[0] != row[1]["number"]]
    if renumbered:
        yield renumbered
    others = [row for row in rows if row[0] is None or row[0] == row[1]["number"]]
    for start in range(0, len(others), SLICE):
        yield others[start : start + SLICE]


async def _free_numbers(connection: Connection, stored: Stored, rows: list[Row]) -> None:
    """Let rooms that change their number give up the old one first."""
    keys = [row["id"] for number, row in rows if number is not None and number != row["number"]]
    if keys:
        await connection.execute(
            "UPDATE physical.room SET number = '~' || id WHERE building_id = $1 AND id = ANY($2::bigint[])",
            stored.building_id,
            keys,
        )


__all__ = ["SLICE", "Stored", "Wish", "alone", "keep", "store"]
