"""Readings in the change stream: appended only while somebody listens, one change for each batch and building.

Whoever listens says so in `live.interest`, until a real time that is put off as long as they do. Writers look there
once a second, so an interest that begins counts from when all writers that had not seen it have committed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from db import changes
from db.changes import News
from db.clock import Clock
from db.engine import Connection, Pool

KEPT = timedelta(minutes=10)
"""How long readings are appended after anybody has listened (real time): who comes back within it misses none."""
BELIEVED = 1.0
"""Seconds for which a writer believes what it saw of the interest."""
STEP = 0.02
"""Seconds between looks at writers that are in the middle of something."""
PATIENCE = 500
"""Most of these looks."""
MARK = "listening"
"""The kind of the change with which an interest begins."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

UNTIL = "SELECT until FROM live.interest"
HOMES = "SELECT id, building_id FROM telemetry.sensor WHERE id = ANY($1)"
PROLONG = """
    UPDATE live.interest SET since = CASE WHEN until < $1 THEN NULL ELSE since END, until = greatest(until, $2)
    RETURNING since
"""
NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
BEGIN = "UPDATE live.interest SET since = coalesce(since, $1) RETURNING since"


@dataclass(frozen=True, slots=True)
class _Seen:
    until: datetime
    at: float


_seen: WeakKeyDictionary[Any, _Seen] = WeakKeyDictionary()
"""What each connection saw of the interest, and when (monotonic)."""


async def listened(
    connection: Connection, sensor_ids: Sequence[int], at: Sequence[datetime], values: Sequence[float], now: datetime
) -> list[News]:
    """What to append for readings that have just been stored, at the house's time `now`: nothing if nobody listens.

    To be called in their transaction, after it has written something, just before `db.changes.append`.
    """
    raw = getattr(connection, "_con", connection)  # a pool hands the same connection out in ever new wrappings
    seen = _seen.get(raw)
    if seen is None or time.monotonic() - seen.at > BELIEVED:
        asked = time.monotonic()
        seen = _seen[raw] = _Seen(await connection.fetchval(UNTIL), asked)
    if seen.until < datetime.now(UTC):
        return []
    homes = {row["id"]: row["building_id"] for row in await connection.fetch(HOMES, list(set(sensor_ids)))}
    columns: dict[int, tuple[list[int], list[int], list[float]]] = {}
    for sensor, moment, value in zip(sensor_ids, at, values, strict=True):
        sensors, moments, measured = columns.setdefault(homes[sensor], ([], [], []))
        sensors.append(sensor)
        moments.append((moment - EPOCH) // MICROSECOND)
        measured.append(value)
    return [
        News(now, "readings", building, (), building, {"sensors": sensors, "at": moments, "values": measured})
        for building, (sensors, moments, measured) in sorted(columns.items())
    ]


async def attend(pool: Pool, clock: Clock) -> int:
    """Say that somebody listens here, for a while; the change after which all readings are in the stream.

    The first to listen waits a second or two for it, until no writer is left that did not know. A change of its own
    marks the place, so that no cursor of before passes for one of after.
    """
    async with pool.acquire() as connection:
        now = datetime.now(UTC)
        since: int | None = await connection.fetchval(PROLONG, now, now + KEPT)
    if since is not None:
        return since
    await asyncio.sleep(BELIEVED + 0.1)
    async with pool.acquire() as connection:
        next_: int = await connection.fetchval(NEXT)
        for _ in range(PATIENCE):
            if await connection.fetchval(OLDEST) >= next_:
                break
            await asyncio.sleep(STEP)
        async with connection.transaction():
            number = await changes.append(connection, [News(clock.now(), MARK, 0, (), 0, {})])
        begun: int = await connection.fetchval(BEGIN, number)
    return begun
