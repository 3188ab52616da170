"""Keeps the database in order: months for readings made ahead, what is too old away. One process calls it at times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from db import changes, partitions
from db.clock import Clock, real
from db.engine import Connection
from db.models import ClockMode

AHEAD = timedelta(days=62)
"""Months are made at least so far ahead, in house time."""
PACE = timedelta(minutes=10)
"""A fast clock gets so much real time ahead …"""
FARTHEST = timedelta(days=731)
"""… but no more house time than that; what is beyond, ingest makes when it comes."""
A_DAY = timedelta(days=1)
OPEN = timedelta(hours=2)
"""So long after a month hours of some zone may still reach into it."""
SLICE = 10_000
"""Rows forgotten in one transaction."""

NEWEST = "SELECT max(at) FROM telemetry.sensor_state"
LEAVING = "SELECT name FROM telemetry.reading_month WHERE leaving"
LEFT = "SELECT name FROM telemetry.reading_month WHERE NOT attached ORDER BY since"
TOO_OLD = """
    SELECT m.name FROM telemetry.reading_month m, telemetry.rolling r
    WHERE m.attached AND m.until <= $1 AND m.until + $2::interval <= r.rolled
        AND NOT EXISTS (SELECT FROM telemetry.history h WHERE h.month = m.since)
        AND NOT EXISTS (
            SELECT FROM telemetry.reading_dirty d
            WHERE d.hour >= m.since - $2::interval AND d.hour < m.until + $2::interval
        )
    ORDER BY m.since
"""
"""Months that are over for so long, whose hours are rolled up for good."""
REMEMBER = """
    INSERT INTO telemetry.history (month) SELECT m FROM unnest($1::timestamptz[]) m WHERE m + interval '1 month' <= $2
    ON CONFLICT DO NOTHING
"""
EMPTY = """
    UPDATE live.change SET payload = '{}' WHERE number IN (
        SELECT number FROM live.change WHERE kind = 'readings' AND payload <> '{}' AND at < $1 ORDER BY at LIMIT $2
    )
"""
"""Their numbers stay: a cursor that names one is good for all that is not readings."""
USED = """
    DELETE FROM security.confirmation WHERE token_id IN (
        SELECT token_id FROM security.confirmation WHERE used_at < $1 LIMIT $2
    )
"""
ATTEMPTS = "DELETE FROM security.attempt WHERE until < $1"


async def make_months(connection: Connection, clock: Clock) -> int:
    """Make the partitions that readings will soon need; how many."""
    now = clock.now()
    speed = clock.setting.speed if clock.setting.mode is ClockMode.SPEED else 1.0
    return await partitions.make(connection, now, now + min(max(AHEAD, PACE * speed), FARTHEST))


async def forget_attempts(connection: Connection, clock: Clock) -> int:
    """Forget attempts to sign in that count no more; how many rows."""
    return int((await connection.execute(ATTEMPTS, real())).split()[-1])


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, and the duties that see to it. Zero: for ever."""

    readings: timedelta
    changes: timedelta
    arrivals: timedelta
    """Of readings in the stream."""
    confirmations: timedelta
    """Of real time, after a confirmation was used."""

    async def drop_months(self, connection: Connection, clock: Clock) -> int:
        """Drop months of readings that are wholly too old, by the house's clock and by the newest reading; how many.

        A clock that is set far ahead by itself makes nothing old. Hours that were rolled up stay.
        """
        for name in [row["name"] for row in await connection.fetch(LEAVING)]:  # one was interrupted
            await connection.execute(f"ALTER TABLE telemetry.reading DETACH PARTITION telemetry.{name} FINALIZE")
        dropped = await _drop_left(connection)
        newest = await connection.fetchval(NEWEST)
        if not self.readings or newest is None:
            return dropped
        horizon = min(newest, clock.now()) - self.readings
        for name in [row["name"] for row in await connection.fetch(TOO_OLD, horizon, OPEN)]:
            await connection.execute(f"ALTER TABLE telemetry.reading DETACH PARTITION telemetry.{name} CONCURRENTLY")
            dropped += await _drop_left(connection)
        return dropped

    async def forget_changes(self, connection: Connection, clock: Clock) -> int:
        """Forget the part of the stream that is too old; how many changes."""
        if not self.changes:
            return 0
        forgotten = 0
        while count := await changes.forget(connection, clock.now() - self.changes, clock.now() + A_DAY, SLICE):
            forgotten += count
        return forgotten

    async def forget_arrivals(self, connection: Connection, clock: Clock) -> int:
        """Empty readings in the stream that are too old to be told again; how many changes."""
        forgotten = 0
        while self.arrivals:
            told = await connection.execute(EMPTY, clock.now() - self.arrivals, SLICE)
            if not (count := int(told.split()[-1])):
                break
            forgotten += count
        return forgotten

    async def forget_confirmations(self, connection: Connection, clock: Clock) -> int:
        """Forget used confirmations that have expired anyway; how many."""
        told = await connection.execute(USED, real() - self.confirmations, SLICE)
        return int(told.split()[-1])


async def _drop_left(connection: Connection) -> int:
    """Drop tables of months that are not attached any more."""
    names = [row["name"] for row in await connection.fetch(LEFT)]
    for name in names:
        await connection.execute(f"DROP TABLE telemetry.{name}")
    return len(names)


async def remember(connection: Connection, months: list[datetime], now: datetime, kept: timedelta) -> None:
    """Keep months (their beginnings, UTC) that are imported when they are too old already: they are history."""
    if kept:
        await connection.execute(REMEMBER, months, now - kept)
