"""History into the table of readings: set-based, in slices, not judged; the latest state moves on if it is newer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from db import partitions
from db.clock import Clock
from db.engine import Connection, Pool
from db.housekeeping import remember
from db.imports.readings.mapping import Map
from db.imports.readings.rows import Account, Progress, Sample, samples
from db.imports.readings.sensors import resolve
from db.rollups import mark

SLICE = 20_000
"""Readings written in one transaction."""
AHEAD = timedelta(minutes=5)
"""How far beyond the house's time a reading may be."""

STAGING = """
    CREATE TEMPORARY TABLE IF NOT EXISTS arriving (sensor_id bigint, at timestamptz, value float8, line int)
        ON COMMIT DELETE ROWS
"""
LOCK = "SELECT sensor_id FROM telemetry.sensor_state WHERE sensor_id = ANY($1::bigint[]) ORDER BY sensor_id FOR UPDATE"
MONTHS = "SELECT sum(telemetry.make_partitions(m, m)) FROM unnest($1::timestamptz[]) m"
INSERT = f"""
    WITH fresh AS (
        INSERT INTO telemetry.reading (sensor_id, at, value)
        SELECT DISTINCT ON (sensor_id, at) sensor_id, at, value FROM arriving ORDER BY sensor_id, at, line
        ON CONFLICT DO NOTHING RETURNING sensor_id, at
    ), marked AS ({mark("fresh")}), newest AS (
        SELECT DISTINCT ON (a.sensor_id) a.sensor_id, a.at, a.value FROM arriving a
        JOIN fresh f USING (sensor_id, at) ORDER BY a.sensor_id, a.at DESC, a.line
    ), before AS (
        SELECT s.sensor_id, s.status FROM telemetry.sensor_state s JOIN newest n USING (sensor_id)
        WHERE s.at IS NULL OR s.at < n.at
    ), moved AS (
        UPDATE telemetry.sensor_state s SET at = n.at, value = n.value,
            status = CASE s.status WHEN 'FAULT' THEN 'FAULT' ELSE 'OK' END
        FROM newest n JOIN before b USING (sensor_id) WHERE s.sensor_id = n.sensor_id
        RETURNING s.sensor_id
    ), begun AS (
        UPDATE alarm.watch w SET begins_after = n.at, heard_at = NULL,
            deadline = NULL FROM newest n JOIN before b USING (sensor_id)
        WHERE w.sensor_id = n.sensor_id AND w.phase = 'NORMAL' AND (w.begins_after IS NULL OR w.begins_after < n.at)
    ), awake AS (
        INSERT INTO telemetry.status_change (sensor_id, at, status)
        SELECT sensor_id, n.at, 'OK' FROM newest n JOIN before b USING (sensor_id)
        WHERE b.status IN ('UNKNOWN', 'STALE')
    )
    SELECT (SELECT count(*) FROM fresh) AS fresh, (SELECT count(*) FROM moved) AS moved
"""
"""What is history when it comes is not judged later either: a watch at rest begins after it."""
CONFLICTS = """
    SELECT a.line, a.at, a.value, r.value AS stored FROM arriving a
    JOIN telemetry.reading r ON r.sensor_id = a.sensor_id AND r.at = a.at
    WHERE r.value <> a.value ORDER BY a.line
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a history; `account` tells of the rows that were none."""

    account: Account
    stored: int
    known: int
    """Readings that were there already, with the same value."""
    first: datetime | None
    last: datetime | None


async def import_readings(
    pool: Pool,
    path: Path,
    plan: Map,
    *,
    make: bool = False,
    progress: Progress | None = None,
    kept: timedelta = timedelta(0),
) -> Report:
    """Store the table's readings as history: alarms are not judged. With `make`, sensors that the map tells are made.

    `kept`: how long readings are kept in this house (zero: for ever); months that are older by now stay for ever.

    Raises `BrokenFile`, `BadMap`, `ImportStopped`; slices stored before that stay.
    """
    account = Account()
    async with pool.acquire() as connection:
        keys = await resolve(connection, plan, make)
        now = (await Clock.load(pool)).now()
        await connection.execute(STAGING)
        await connection.execute("TRUNCATE arriving")
        stored, conflicts, first, last = 0, 0, None, None
        stream = _past(samples(path, plan, account, progress), now + AHEAD, account)
        for slice_ in _slices(stream):
            rows = [(keys[one.series], one.at, one.value, one.line) for one in slice_]
            await remember(connection, _months(rows), now, kept)
            fresh, differing = await _store(connection, rows)
            for line, at, value, before in differing:
                account.refuse(line, "conflict", f"{at:%Y-%m-%d %H:%M:%SZ}: {value:g} ≠ {before:g}")
            stored, conflicts = stored + fresh, conflicts + len(differing)
            times = [at for _, at, _, _ in rows]
            first = min([*times, first] if first else times)
            last = max([*times, last] if last else times)
    return Report(account, stored, account.samples - stored - conflicts, first, last)


def _past(stream: Iterable[Sample], limit: datetime, account: Account) -> Iterator[Sample]:
    """Without what the house has not come to yet."""
    for one in stream:
        if one.at <= limit:
            yield one
        else:
            account.samples -= 1
            account.refuse(one.line, "in_the_future", f"{one.at:%Y-%m-%d %H:%M:%SZ}")


def _slices(stream: Iterator[Sample]) -> Iterator[list[Sample]]:
    while slice_ := list(islice(stream, SLICE)):
        yield slice_


Row = tuple[int, datetime, float, int]


def _months(rows: Sequence[Row]) -> list[datetime]:
    """The beginnings of the months (UTC) that the readings lie in."""
    times = (at.astimezone(UTC) for _, at, _, _ in rows)
    return sorted({at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) for at in times})


async def _store(connection: Connection, rows: Sequence[Row]) -> tuple[int, list[tuple[int, datetime, float, float]]]:
    """One transaction: how many were new, and those that are stored with another value."""
    if await connection.fetchval(MONTHS, _months(rows)):
        await partitions.tell(connection)
    async with connection.transaction():
        await connection.execute(LOCK, sorted({row[0] for row in rows}))
        await connection.copy_records_to_table("arriving", records=rows)
        told = await connection.fetchrow(INSERT)
        differing = await connection.fetch(CONFLICTS)
    return told["fresh"], [tuple(row) for row in differing]


__all__ = ["Report", "import_readings"]
