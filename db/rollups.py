"""Rolls readings up by the hours of their buildings, so that a chart of a year need not look at every reading.

    readings ──► hours before `rolled`: telemetry.reading_hour, but for those that are dirty
             └─► all others: the readings themselves

How far is moved in two steps, since a reading that is not committed yet cannot be seen, nor may it be missed:

1. `closing` is moved to an hour's beginning and committed: from now on who writes a reading before it marks its hour as
   dirty, in the same transaction (`mark`).
2. Those who write since before that are waited for, one by one as they end; nobody is held up. What they wrote is seen,
   what comes after them is marked. The hours are rolled up, and `rolled` is moved with them.

Dirty hours are rolled up anew, from one look at the marks and at the readings.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from db.clock import Clock
from db.engine import Connection

HOUR = timedelta(hours=1)
LAG = timedelta(minutes=10)
"""How long after its end an hour is closed: readings that come later make it dirty."""
SLICE = timedelta(hours=6)
"""Rolled up in one go, a part of the sensors in one statement."""
SENSORS = 5000
"""Such a part."""
MARKS = 5000
"""Dirty hours rolled up in one transaction."""
BUDGET = 20.0
"""Seconds (real) for one call; what is left is done by the next."""
PATIENCE = 5.0
"""Seconds (real) to wait for those who write."""

ZONE = """(SELECT b.time_zone FROM telemetry.sensor s JOIN physical.building b ON b.id = s.building_id
        WHERE s.id = {source}.sensor_id)"""


def mark(source: str) -> str:
    """For a CTE: mark the hours of the readings in `source` (sensor_id, at) as dirty where they are closed."""
    return f"""
        INSERT INTO telemetry.reading_dirty (sensor_id, hour)
        SELECT DISTINCT sensor_id, date_trunc('hour', at, {ZONE.format(source=source)})
        FROM {source} WHERE at < (SELECT closing FROM telemetry.rolling)
    """


STANDING = "SELECT closing, rolled FROM telemetry.rolling"
CLOSE = "UPDATE telemetry.rolling SET closing = $1, rolled = CASE WHEN rolled > $1 THEN $1 ELSE rolled END"
WRITING = """
    SELECT array_agg(virtualtransaction) FROM pg_locks
    WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND relation = 'telemetry.reading'::regclass AND mode = 'RowExclusiveLock' AND granted
        AND pid <> pg_backend_pid()
"""
"""Transactions that may have written readings which are not committed."""
SLICES = """
    SELECT greatest(since, $1) AS since, least(until + interval '1 hour', $2) AS until FROM telemetry.reading_month
    WHERE attached AND until + interval '1 hour' > coalesce($1, '-infinity') AND since < $2 ORDER BY since
"""
"""Months with readings, and the hour of a zone that reaches into the next."""
HOURS = """
    SELECT date_trunc('hour', r.at, z.zone) AS hour, count(*) AS count,
        sum(CASE WHEN abs(r.value) < 1e290 THEN r.value ELSE 'NaN' END) AS sum,
        min(r.value) AS low, (array_agg(r.at ORDER BY r.value, r.at))[1] AS low_at,
        max(r.value) AS high, (array_agg(r.at ORDER BY r.value DESC, r.at))[1] AS high_at,
        (array_agg(r.value ORDER BY r.at))[1] AS first, (array_agg(r.value ORDER BY r.at DESC))[1] AS last
    FROM telemetry.reading r
"""
KEEP = """
    INSERT INTO telemetry.reading_hour
        (sensor_id, hour, count, sum, low, low_at, high, high_at, first, last)
    SELECT sensor_id, hour, count, sum, low, low_at, high, high_at, first, last FROM made
    ON CONFLICT (sensor_id, hour) DO UPDATE SET count = excluded.count, sum = excluded.sum, low = excluded.low,
        low_at = excluded.low_at, high = excluded.high, high_at = excluded.high_at,
        first = excluded.first, last = excluded.last
    WHERE excluded.count >= reading_hour.count
"""
"""An hour never loses readings: one that has now fewer is of a month whose readings were dropped in between."""
ROLL = f"""
    WITH made AS (
        SELECT z.sensor_id, h.* FROM (
            SELECT s.id AS sensor_id, b.time_zone AS zone, date_trunc('hour', $1::timestamptz, b.time_zone) AS since,
                date_trunc('hour', $2::timestamptz, b.time_zone) AS until
            FROM telemetry.sensor s JOIN physical.building b ON b.id = s.building_id
            WHERE s.id BETWEEN $3 AND $4 ORDER BY s.id
        ) z CROSS JOIN LATERAL (
            {HOURS} WHERE r.sensor_id = z.sensor_id AND r.at >= $1::timestamptz - interval '1 hour' AND r.at < $2
                AND date_trunc('hour', r.at, z.zone) >= z.since AND date_trunc('hour', r.at, z.zone) < z.until
            GROUP BY 1
        ) h
    ) {KEEP}
"""
IDS = "SELECT id FROM telemetry.sensor ORDER BY id"
ROLLED = "UPDATE telemetry.rolling SET rolled = $1"
CLEAN = f"""
    WITH taken AS (
        DELETE FROM telemetry.reading_dirty d USING (
            SELECT ctid FROM telemetry.reading_dirty ORDER BY sensor_id, hour LIMIT $1
        ) t WHERE d.ctid = t.ctid RETURNING d.sensor_id, d.hour
    ), made AS (
        SELECT z.sensor_id, h.* FROM (
            SELECT DISTINCT t.sensor_id, t.hour AS dirty, b.time_zone AS zone
            FROM taken t JOIN telemetry.sensor s ON s.id = t.sensor_id JOIN physical.building b ON b.id = s.building_id
        ) z CROSS JOIN LATERAL (
            {HOURS} WHERE r.sensor_id = z.sensor_id AND r.at >= z.dirty AND r.at < z.dirty + interval '1 hour'
                AND date_trunc('hour', r.at, z.zone) = z.dirty
            GROUP BY 1
        ) h
    ), kept AS ({KEEP}) SELECT count(*) FROM taken
"""


async def roll_up(connection: Connection, clock: Clock) -> int:
    """Roll up what is over, and anew what is dirty; how many stretches and dirty hours that were."""
    until = time.monotonic() + BUDGET
    done = 0
    closing, rolled = await close(connection, clock.now())
    if (rolled is None or rolled < closing) and await others_are_done(connection):
        done += await _roll(connection, rolled, closing, until)
    while time.monotonic() < until and (cleaned := await connection.fetchval(CLEAN, MARKS)):
        done += cleaned
    return done


async def close(connection: Connection, now: datetime) -> tuple[datetime, datetime | None]:
    """The first step; where it stands then. A clock that was set back takes both steps back."""
    wanted = (now - LAG).replace(minute=0, second=0, microsecond=0)
    closing, rolled = await connection.fetchrow(STANDING)
    if wanted != closing:
        await connection.execute(CLOSE, wanted)
    return wanted, rolled and min(rolled, wanted)


async def others_are_done(connection: Connection) -> bool:
    """Wait for all who write readings now; False when one of them takes too long."""
    waited = set(await connection.fetchval(WRITING) or ())
    until = time.monotonic() + PATIENCE
    while waited and time.monotonic() < until:
        await asyncio.sleep(0.02)
        waited &= set(await connection.fetchval(WRITING) or ())
    return not waited


async def _roll(connection: Connection, rolled: datetime | None, closing: datetime, until: float) -> int:
    """Month by month, as far as there are readings and time. What is rolled up counts when all sensors are."""
    done = 0
    ids = [row["id"] for row in await connection.fetch(IDS)]
    parts = [ids[place : place + SENSORS] for place in range(0, len(ids), SENSORS)]
    for month in await connection.fetch(SLICES, rolled, closing):
        since = month["since"]
        while since < month["until"]:
            if time.monotonic() > until:
                return done
            next_ = min(since + SLICE, month["until"])
            for part in parts:
                await connection.execute(ROLL, since, next_, part[0], part[-1])
            await connection.execute(ROLLED, next_)
            since, done = next_, done + 1
    await connection.execute(ROLLED, closing)
    return done
