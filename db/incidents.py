"""Collects the alarms of a flood in incidents, and closes these when all of their alarms are done with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from db import changes
from db.changes import News
from db.clock import Clock
from db.engine import Connection
from db.floods import BEGINS, Collected, New, Open, Raised, collect
from db.models import Category, IncidentKind
from db.watches import lock

BACK = timedelta(hours=1)
"""How far back floods are looked for: further than the window, for a house whose time leaps."""
MOST_OUTLINES = 100
"""Rooms of new leaks whose outlines are looked at in one go; numbers are always looked at."""

RECENT = f"""
    WITH recent AS MATERIALIZED (
        SELECT a.id, a.sensor_id, a.building_id, a.last_raised_at AS at, a.title, a.category, a.room_id, a.incident_id,
            b.name AS building
        FROM physical.building b CROSS JOIN LATERAL (
            SELECT * FROM alarm.alarm a
            WHERE a.building_id = b.id AND a.last_raised_at > $1 AND a.last_raised_at <= $2 AND a.occurrences > 0
                AND a.shelved_until IS NULL AND NOT a.suppressed AND NOT a.out_of_service
        ) a
    ), busy AS (
        SELECT building_id FROM recent GROUP BY building_id HAVING count(*) > {BEGINS}
        UNION SELECT building_id FROM alarm.incident WHERE closed_at IS NULL
    )
    SELECT r.*, f.level, f.id AS floor_id, f.name AS floor, o.number AS room
    FROM recent r JOIN busy USING (building_id)
    LEFT JOIN physical.room o ON o.id = r.room_id LEFT JOIN physical.floor f ON f.id = o.floor_id
"""
OPEN = """
    SELECT i.id, i.building_id, i.kind, i.floor_id, i.opened_at, i.last_at, ARRAY(
        SELECT DISTINCT a.room_id FROM alarm.alarm a
        WHERE a.incident_id = i.id AND a.category = 'LEAK' AND a.room_id IS NOT NULL
    ) AS rooms
    FROM alarm.incident i WHERE i.closed_at IS NULL
"""
STACKED = (
    "SELECT r, h.room_id FROM unnest($1::bigint[]) r CROSS JOIN LATERAL physical.rooms_hit(r, true) h WHERE h.below"
)
BEGIN = """
    INSERT INTO alarm.incident (building_id, floor_id, kind, title, opened_at, last_at)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
TAKE = """
    UPDATE alarm.alarm a SET incident_id = n.incident_id
    FROM unnest($1::bigint[], $2::bigint[]) n(id, incident_id) WHERE a.id = n.id AND a.incident_id IS NULL
"""
GROW = """
    UPDATE alarm.incident i SET last_at = greatest(i.last_at, n.at)
    FROM unnest($1::bigint[], $2::timestamptz[]) n(id, at) WHERE i.id = n.id
"""
CLOSE = """
    UPDATE alarm.incident i SET closed_at = greatest(
        i.last_at, (SELECT max(a.closed_at) FROM alarm.alarm a WHERE a.incident_id = i.id)
    )
    WHERE i.closed_at IS NULL
        AND NOT EXISTS (SELECT FROM alarm.alarm a WHERE a.incident_id = i.id AND a.closed_at IS NULL)
    RETURNING i.id
"""
REOPEN = """
    UPDATE alarm.incident i SET closed_at = NULL
    WHERE i.closed_at IS NOT NULL
        AND i.id IN (SELECT a.incident_id FROM alarm.alarm a WHERE a.closed_at IS NULL AND a.incident_id IS NOT NULL)
    RETURNING i.id
"""
"""Late readings may say that an alarm goes on which was over."""
FACES = """
    SELECT i.id, i.kind, i.title, i.opened_at, i.last_at, i.closed_at, i.building_id, b.name AS building,
        b.code AS building_code, i.floor_id, f.level, f.name AS floor, c.*
    FROM alarm.incident i JOIN physical.building b ON b.id = i.building_id
    LEFT JOIN physical.floor f ON f.id = i.floor_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS alarms, count(*) FILTER (WHERE a.closed_at IS NULL) AS live,
            count(*) FILTER (WHERE a.state IN ('ACTIVE', 'RETURNED')) AS unacknowledged,
            (array_agg(a.priority ORDER BY array_position(ARRAY['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], a.priority)))[1]
                AS priority
        FROM alarm.alarm a WHERE a.incident_id = i.id
    ) c
    WHERE i.id = ANY($1) ORDER BY i.id
"""


async def watch(connection: Connection, clock: Clock) -> int:
    """Look at what has been raised lately, and at what is over; how many incidents changed."""
    now = clock.now()
    reopened = await _reopen(connection, now)
    raises = [_raised(row) for row in await connection.fetch(RECENT, now - BACK, now)]
    incidents = [_open(row) for row in await connection.fetch(OPEN)]
    if not raises and not incidents:
        return reopened
    stacked = await _stacked(connection, raises, incidents)
    found = collect(raises, incidents, stacked)
    changed = await _take(connection, found, now) if found.joined or found.begun else 0
    return reopened + changed + (await _close(connection) if incidents else 0)


async def _take(connection: Connection, found: Collected, now: datetime) -> int:
    """One transaction: the alarms' sensors are locked, as all writers of alarms do."""
    alarms = [one for one, _ in found.joined] + [one for new in found.begun for one in new.alarms]
    async with connection.transaction():
        await lock(connection, sorted({one.sensor_id for one in alarms}))
        homes = {one.alarm_id: each.id for one, each in found.joined}
        begun = {await _begin(connection, new): new for new in found.begun}
        homes |= {one.alarm_id: key for key, new in begun.items() for one in new.alarms}
        await connection.execute(TAKE, list(homes), list(homes.values()))
        last = _last(found)
        await connection.execute(GROW, list(last), list(last.values()))
        kinds = dict.fromkeys(last, "GREW") | dict.fromkeys(begun, "OPENED")
        await changes.append(connection, await news(connection, kinds, now))
    return len(kinds)


async def _begin(connection: Connection, new: New) -> int:
    first = new.alarms[0]
    floor_id = first.floor_id if new.kind is IncidentKind.FLOOR else None
    times = [one.at for one in new.alarms]
    key: int = await connection.fetchval(
        BEGIN, first.building_id, floor_id, new.kind.name, new.title, min(times), max(times)
    )
    return key


def _last(found: Collected) -> dict[int, datetime]:
    last: dict[int, datetime] = {}
    for one, each in found.joined:
        last[each.id] = max(one.at, last.get(each.id, one.at))
    return last


async def _reopen(connection: Connection, now: datetime) -> int:
    async with connection.transaction():
        opened = [row["id"] for row in await connection.fetch(REOPEN)]
        await changes.append(connection, await news(connection, dict.fromkeys(opened, "REOPENED"), now))
    return len(opened)


async def _close(connection: Connection) -> int:
    async with connection.transaction():
        closed = [row["id"] for row in await connection.fetch(CLOSE)]
        await changes.append(connection, await news(connection, dict.fromkeys(closed, "CLOSED"), None))
    return len(closed)


async def news(connection: Connection, kinds: Mapping[int, str], now: datetime | None) -> list[News]:
    """The changes to append: what happened to which incident, `now` or (None) when it was closed."""
    if not kinds:
        return []
    rows = await connection.fetch(FACES, list(kinds))
    return [_news(kinds[row["id"]], row, now or row["closed_at"]) for row in rows]


def _news(kind: str, row: Any, at: datetime) -> News:
    snapshot = {
        "id": f"incident_{row['id']}",
        "kind": row["kind"],
        "title": row["title"],
        "openedAt": row["opened_at"],
        "lastRaisedAt": row["last_at"],
        "closedAt": row["closed_at"],
        "priority": row["priority"],
        "alarms": row["alarms"],
        "live": row["live"],
        "unacknowledged": row["unacknowledged"],
        "floor": row["floor"],
        "building": row["building"],
    }
    keys = {
        "building": row["building_id"],
        "code": row["building_code"],
        "floor": row["floor_id"],
        "level": row["level"],
        "incident": row["id"],
    }
    payload = {"kind": kind, "incident": snapshot, "keys": keys}
    return News(at, "incident", row["building_id"], (), row["id"], payload)


async def _stacked(connection: Connection, raises: Iterable[Raised], incidents: Iterable[Open]) -> set[frozenset[int]]:
    """Which rooms of leaks that are in no incident yet lie above or below another, by outlines; of some rooms only."""
    leaks = [one for one in raises if one.category is Category.LEAK and one.incident_id is None]
    rooms = sorted({one.room_id for one in leaks if one.room_id is not None})[:MOST_OUTLINES]
    if not rooms:
        return set()
    rooms += sorted({room for each in incidents for room in each.rooms} - set(rooms))[:MOST_OUTLINES]
    return {frozenset((row[0], row[1])) for row in await connection.fetch(STACKED, rooms)}


def _raised(row: Any) -> Raised:
    return Raised(
        row["id"], row["sensor_id"], row["building_id"], row["at"], row["title"], Category[row["category"]],
        row["level"], row["floor_id"], row["floor"], row["room_id"], row["room"], row["building"], row["incident_id"],
    )  # fmt: skip


def _open(row: Any) -> Open:
    return Open(
        row["id"], row["building_id"], IncidentKind[row["kind"]], row["floor_id"], row["opened_at"], row["last_at"],
        frozenset(row["rooms"]),
    )  # fmt: skip
