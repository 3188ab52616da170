"""Finds the sensors that devices name: by id (`sensor_90`), code (`co2-412`, `tower/co2-412`), or external id."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from enum import Enum

from db.engine import Connection

ID = re.compile(r"sensor_([1-9][0-9]{0,17})")

DEVICE = "/"
"""What a name begins with that is no code, but a device's name in the system that it comes from; no code has it."""

FIND = """
    SELECT n.ordinal, 1 AS rank, s.id FROM unnest($1::int[], $2::bigint[]) n(ordinal, id)
    JOIN telemetry.sensor s ON s.id = n.id
    WHERE $8::bigint[] IS NULL OR s.building_id = ANY($8)
    UNION ALL
    SELECT n.ordinal, 1, s.id FROM unnest($3::int[], $4::text[], $5::text[]) n(ordinal, building, code)
    JOIN physical.building b ON (n.building IS NULL OR b.code = n.building) AND ($8 IS NULL OR b.id = ANY($8))
    JOIN telemetry.sensor s ON s.building_id = b.id AND s.code = n.code
    UNION ALL
    SELECT n.ordinal, 2, s.id FROM unnest($3::int[], $4::text[], $5::text[]) n(ordinal, building, code)
    JOIN telemetry.sensor s ON s.external_id = n.code
    JOIN physical.building b ON b.id = s.building_id AND b.code = n.building
    WHERE $8 IS NULL OR b.id = ANY($8)
    UNION ALL
    SELECT n.ordinal, 2, s.id FROM unnest($6::int[], $7::text[]) n(ordinal, device)
    JOIN telemetry.sensor s ON s.external_id = n.device
    WHERE $8 IS NULL OR s.building_id = ANY($8)
"""
"""Ids and codes come first, then what the sensors are called in the system that they come from."""
VERSION = "SELECT version FROM telemetry.naming"
CODES = "SELECT code FROM physical.building WHERE id = ANY($1)"


class Unnamed(Enum):
    """Why a name is nobody's. What the caller may not see is unknown to them, whether it exists or not."""

    UNKNOWN_SENSOR = "UNKNOWN_SENSOR"
    AMBIGUOUS_SENSOR = "AMBIGUOUS_SENSOR"
    NOT_ALLOWED = "NOT_ALLOWED"


Named = int | Unnamed
Scope = tuple[int, ...] | None
"""The buildings whose sensors are meant, in order; None: all."""

REMEMBERED = 256
_remembered: OrderedDict[tuple[str, Scope], dict[str, int]] = OrderedDict()
"""Names that were found, by the version of all names: no two houses, nor two states of one, share a version."""


async def newest(connection: Connection) -> str:
    """The version of all names."""
    version: str = await connection.fetchval(VERSION)
    return version


async def find(
    connection: Connection, asked: Sequence[tuple[Collection[str], Scope]], version: str
) -> list[Mapping[str, Named]]:
    """Of each of these sets of names the sensors, among those of the buildings, or why there is none.

    What was found before is as it was in that version of the names.
    """
    found: dict[Scope, Mapping[str, Named]] = {}
    for scope in dict.fromkeys(scope for _, scope in asked):
        known = _known(version, scope)
        missing = set[str]().union(*(names for names, theirs in asked if theirs == scope)).difference(known)
        more = await _find(connection, sorted(missing), scope) if missing else {}
        known.update({name: sensor for name, sensor in more.items() if isinstance(sensor, int)})
        found[scope] = {**known, **more} if more else known
    return [found[scope] for _, scope in asked]


def _known(version: str, scope: Scope) -> dict[str, int]:
    known = _remembered.setdefault((version, scope), {})
    _remembered.move_to_end((version, scope))
    if len(_remembered) > REMEMBERED:
        _remembered.popitem(last=False)
    return known


async def _find(connection: Connection, wanted: list[str], scope: Scope) -> dict[str, Named]:
    ids: tuple[list[int], list[int]] = ([], [])
    codes: tuple[list[int], list[str | None], list[str]] = ([], [], [])
    devices: tuple[list[int], list[str]] = ([], [])
    for ordinal, name in enumerate(wanted):
        if match := ID.fullmatch(name):
            ids[0].append(ordinal)
            ids[1].append(int(match[1]))
            continue
        if not name.isprintable():  # a name is, and the driver takes no surrogates or zeros
            continue
        devices[0].append(ordinal)
        devices[1].append(name.removeprefix(DEVICE))
        if not name.startswith(DEVICE):
            building, slash, code = name.partition("/")
            codes[0].append(ordinal)
            codes[1].append(building if slash else None)
            codes[2].append(code if slash else name)
    best: dict[str, tuple[int, set[int]]] = {}
    for ordinal, rank, sensor_id in await connection.fetch(FIND, *ids, *codes, *devices, scope):
        known = best.get(wanted[ordinal], (rank, set()))
        if rank <= known[0]:
            best[wanted[ordinal]] = (rank, {sensor_id} | (known[1] if rank == known[0] else set()))
    found: dict[str, Named] = {
        name: min(sensors) if len(sensors) == 1 else Unnamed.AMBIGUOUS_SENSOR for name, (_, sensors) in best.items()
    }
    missing = [name for name in wanted if name not in found]
    foreign = await _foreign(connection, missing, scope)
    return found | {name: Unnamed.NOT_ALLOWED if name in foreign else Unnamed.UNKNOWN_SENSOR for name in missing}


async def _foreign(connection: Connection, names: list[str], scope: Scope) -> set[str]:
    """Those that name another building than the allowed ones."""
    named = {name: name.partition("/")[0] for name in names if name.count("/") == 1 and not name.startswith(DEVICE)}
    if not named or scope is None:
        return set()
    ours = {row["code"] for row in await connection.fetch(CODES, scope)}
    return {name for name, building in named.items() if building not in ours}
