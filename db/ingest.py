"""Takes readings in: one transaction for batches that come together, their sensors locked in the order of ids.

    lock the states ─► set aside what is stored ─► store, move the latest, find watches ─► judge ─► alarms ─► stream

Whatever the order, the batches and the writers, the same readings give the same stays in alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg

from db import changes, journal, partitions
from db.clock import Clock
from db.engine import Connection, Pool
from db.intake import Batch, Intake, Reason, Refused, Report, Window
from db.judging import Overtaken, concerned, judge
from db.listening import listened
from db.naming import Scope, find, newest
from db.rollups import mark
from db.statuses import awake
from db.ticks import fire
from db.trails import INSTANT
from db.watches import FOUND, existing, lock

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

STORED = """
    SELECT r.sensor_id, r.at, r.value FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, at)
    JOIN telemetry.reading r ON r.sensor_id = q.sensor_id AND r.at = q.at
"""
INPUT = """
    SELECT sensor_id, TIMESTAMPTZ '2000-01-01Z' + moment * INTERVAL '1 microsecond' AS at, value
    FROM unnest($1::text::bigint[], $2::text::bigint[], $3::float8[]) i(sensor_id, moment, value)
"""
"""Ids and times come as texts of whole numbers: for the driver that is a third of the work of encoding each."""
NEWEST = "SELECT DISTINCT ON (sensor_id) sensor_id, at, value FROM input ORDER BY sensor_id, at DESC"
SPAN = """
    SELECT sensor_id, min(at) AS earliest, max(at) AS latest, min(value) AS least, max(value) AS greatest
    FROM input GROUP BY sensor_id
"""
SPAN_OF_ONE = "SELECT sensor_id, at AS earliest, at AS latest, value AS least, value AS greatest FROM input"


def store(newest: str, span: str) -> str:
    """Store readings, move their sensors' latest, find the watches for which something may happen."""
    return f"""
        WITH input AS MATERIALIZED ({INPUT}), stored AS (
            INSERT INTO telemetry.reading (sensor_id, at, value) SELECT sensor_id, at, value FROM input
        ), moved AS (
            UPDATE telemetry.sensor_state s SET at = n.at, value = n.value,
                status = CASE WHEN s.status = 'FAULT' THEN s.status ELSE 'OK' END
            FROM ({newest}) n WHERE s.sensor_id = n.sensor_id AND (s.at IS NULL OR s.at < n.at)
        ), marked AS ({mark("input")}), span AS ({span}), {FOUND}
        SELECT * FROM found
    """


STORE = store(NEWEST, SPAN)
STORE_ONE_EACH = store("SELECT * FROM input", SPAN_OF_ONE)
"""The same for readings that are all of different sensors."""


_names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""The version of names that each connection met last; whether it still holds is seen when the states are locked."""


class Renamed(Exception):
    """Names mean other sensors than they did when they were looked up."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one caller hands in: a batch, for sensors of the buildings (None: of all)."""

    batch: Batch
    buildings: Scope = None


async def ingest(
    pool: Pool,
    clock: Clock,
    batch: Batch,
    building_ids: Collection[int] | None = None,
    window: Window | None = None,
) -> Report:
    """Take a batch in, for sensors of the buildings (None: of all); returns after the commit.

    Raises asyncpg's errors when the database is not there: nothing is stored then, and the batch may be sent again.
    """
    if not len(batch):
        return Report()
    scope = None if building_ids is None else tuple(sorted(building_ids))
    [report] = await together(pool, clock, [Parcel(batch, scope)], window or Window())
    return report


async def together(pool: Pool, clock: Clock, parcels: Sequence[Parcel], window: Window) -> list[Report]:
    """Take parcels of several callers in by one transaction; a report for each, after the commit.

    It is as if they came one after the other; a clock that follows readings has to be given one at a time. Raises as
    `ingest` does, for all of them.
    """
    async with pool.acquire() as connection:
        if clock.follows_readings:
            await clock.refresh(connection)
        raw = getattr(connection, "_con", connection)  # a pool hands the same connection out in ever new wrappings
        while True:
            names = _names.get(raw) or await newest(connection)
            _names[raw] = names
            intake = Intake([parcel.batch for parcel in parcels])
            named = await find(connection, [(parcel.batch.sensors, parcel.buildings) for parcel in parcels], names)
            now = intake.admit(named, clock, window)
            try:
                await _take_in(connection, clock, intake, now, names)
                break
            except Renamed:
                _names.pop(raw, None)
        if clock.follows_readings:
            await fire(connection, clock, now - INSTANT)  # a reading of this very moment may still come
    return intake.told()


async def _take_in(connection: Connection, clock: Clock, intake: Intake, now: datetime, names: str) -> None:
    """One transaction; tried again where a month has no partition yet, readings are stored beyond the latest, or a
    rule that compares sensors came while their locks were waited for."""
    trusting, partitioned = True, False
    while len(intake):
        try:
            await _take(connection, clock, intake, now, names, trusting=trusting)
            return
        except asyncpg.UniqueViolationError as error:
            if not trusting or not (error.table_name or "").startswith("reading"):
                raise
            trusting = False
        except Overtaken:
            continue
        except asyncpg.CheckViolationError as error:
            if partitioned or error.table_name != "reading" or error.constraint_name is not None:
                raise
            if not await partitions.make(connection, min(intake.at), max(intake.at)):
                await partitions.tell(connection)  # somebody else made it, and this connection does not know
            partitioned = True


async def _take(
    connection: Connection, clock: Clock, intake: Intake, now: datetime, names: str, *, trusting: bool
) -> None:
    async with connection.transaction():
        locked = await lock(connection, intake.ids, min(intake.at))
        if locked.naming != names:
            raise Renamed
        if locked.count < len(set(intake.ids)):
            intake.keep_only(await existing(connection, intake.ids))
        await _set_aside(connection, intake, locked.reached if trusting else None)
        if not len(intake):
            return
        woken = await awake(connection, intake.ids, intake.at) if locked.asleep else []
        storing = STORE_ONE_EACH if len(set(intake.ids)) == len(intake) else STORE
        found = await connection.fetch(storing, _array(intake.ids), _array(map(_moment, intake.at)), intake.values)
        series = intake.series(concerned(found, {*intake.ids, *locked.compared}))
        verdicts = await judge(connection, found, series, now)
        news = await journal.write(connection, verdicts, now)
        await clock.follow(connection, now)
        arrived = await listened(connection, intake.ids, intake.at, intake.values, now)
        await changes.append(connection, [*woken, *news, *arrived])
    clock.reached(now)
    intake.stored()


async def _set_aside(connection: Connection, intake: Intake, reached: Mapping[int, datetime] | None) -> None:
    """Take out what is stored already: nothing that is newer than its sensor's latest; without these, anything."""
    if reached is not None and not reached:
        return
    suspects = {
        (sensor, at): number
        for number, (sensor, at) in enumerate(zip(intake.ids, intake.at, strict=True))
        if reached is None or (sensor in reached and at <= reached[sensor])
    }
    if not suspects:
        return
    stored = await connection.fetch(STORED, *map(list, zip(*suspects, strict=True)))
    for row in stored:
        intake.stored_before(suspects[row["sensor_id"], row["at"]], row["value"])
    intake.leave_out({suspects[row["sensor_id"], row["at"]] for row in stored})


def _array(numbers: Iterable[int]) -> str:
    """PostgreSQL's text of an array."""
    return f"{{{','.join(map(str, numbers))}}}"


def _moment(at: datetime) -> int:
    """Microseconds since 2000, which PostgreSQL counts from."""
    return (at - EPOCH) // MICROSECOND


__all__ = ["Batch", "Parcel", "Reason", "Refused", "Report", "Window", "ingest", "together"]
