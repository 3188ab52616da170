"""Takes readings in: one transaction for a batch, the sensors' state rows locked in the order of their ids.

    lock the states ─► set aside what is stored ─► store, move the latest, find watches ─► judge ─► alarms ─► stream

Whatever the order, the batches and the writers, the same readings give the same stays in alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain
from math import isfinite
from typing import Any

import asyncpg

from db import changes, journal
from db.clock import Clock
from db.engine import Connection, Pool
from db.evaluator import Reading
from db.models import SensorStatus
from db.naming import Unnamed, find
from db.refold import refold
from db.ticks import due_up_to, fire
from db.watches import FOUND, Key, Latest, Verdict, Watch, comes_late, continued, keep, lock, watch_of

STORED = """
    SELECT r.sensor_id, r.at, r.value FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, at)
    JOIN telemetry.reading r ON r.sensor_id = q.sensor_id AND r.at = q.at
"""
STORE = f"""
    WITH fresh AS (
        INSERT INTO telemetry.reading (sensor_id, at, value)
        SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[]) ON CONFLICT DO NOTHING RETURNING 1
    ), moved AS (
        UPDATE telemetry.sensor_state s SET at = n.at, value = n.value,
            status = CASE WHEN s.status = 'FAULT' THEN s.status ELSE 'OK' END
        FROM unnest($4::bigint[], $5::timestamptz[], $6::float8[]) n(sensor_id, at, value)
        WHERE s.sensor_id = n.sensor_id
    ), span AS (
        SELECT * FROM unnest($7::bigint[], $8::timestamptz[], $9::float8[], $10::float8[])
            n(sensor_id, earliest, least, greatest)
    ), found AS ({FOUND})
    SELECT (SELECT count(*) FROM fresh) AS stored, found.* FROM (SELECT 1) one LEFT JOIN found ON true
"""
AWAKE = """
    INSERT INTO telemetry.status_change (sensor_id, at, status)
    SELECT sensor_id, at, 'OK' FROM unnest($1::bigint[], $2::timestamptz[]) n(sensor_id, at)
"""
MAKE_PARTITIONS = "SELECT telemetry.make_partitions($1, $2)"


class Reason(Enum):
    """Why a reading was not taken."""

    UNKNOWN_SENSOR = "UNKNOWN_SENSOR"
    AMBIGUOUS_SENSOR = "AMBIGUOUS_SENSOR"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    IN_THE_FUTURE = "IN_THE_FUTURE"
    TOO_OLD = "TOO_OLD"
    CONFLICT = "CONFLICT"
    MALFORMED = "MALFORMED"


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings in columns of one length: names of sensors, aware times, values in the sensors' units (None: none)."""

    sensors: Sequence[str]
    at: Sequence[datetime]
    values: Sequence[float | None]

    def __post_init__(self) -> None:
        if not len(self.sensors) == len(self.at) == len(self.values):
            raise ValueError("the columns of a batch have to be of one length")

    def __len__(self) -> int:
        return len(self.sensors)


@dataclass(frozen=True, slots=True)
class Refused:
    """A reading that was not taken; `index` is its place in the batch."""

    index: int
    sensor: str
    reason: Reason


@dataclass(slots=True)
class Report:
    """What became of a batch. Duplicates were stored before with the same value."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Window:
    """How far from the house's time readings may lie."""

    back: timedelta = timedelta(days=30)
    ahead: timedelta = timedelta(minutes=5)


Series = dict[datetime, tuple[int, float]]
"""Readings of one sensor: by time, the place in the batch and the value."""


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
    async with pool.acquire() as connection:
        if clock.follows_readings:
            await clock.refresh(connection)
        intake = Intake(batch, await find(connection, batch.sensors, building_ids))
        now = intake.admit(clock, window or Window())
        await _take_in(connection, clock, intake, now)
        if clock.follows_readings:
            await fire(connection, clock, due_up_to(clock, now))
        intake.report.refused.sort(key=lambda one: one.index)
        return intake.report


async def _take_in(connection: Connection, clock: Clock, intake: Intake, now: datetime) -> None:
    """One transaction, tried again when a month has no partition yet, or readings lie beyond a sensor's latest."""
    trusting, partitioned = True, False
    while intake.series:
        try:
            await _take(connection, clock, intake, now, trusting=trusting)
            return
        except _StoredAhead:
            trusting = False
        except asyncpg.CheckViolationError as error:
            if partitioned or error.table_name != "reading" or error.constraint_name is not None:
                raise
            await connection.execute(MAKE_PARTITIONS, *intake.span())
            partitioned = True


class _StoredAhead(Exception):
    """Somebody stored readings without moving the sensor's latest."""


async def _take(connection: Connection, clock: Clock, intake: Intake, now: datetime, *, trusting: bool) -> None:
    async with connection.transaction():
        states = await lock(connection, sorted(intake.series))
        intake.keep_only(states)
        await _set_aside(connection, intake, states if trusting else None)
        if not intake.series:
            return
        found = await _store(connection, intake, states)
        verdicts = await _judge(connection, found, intake, states, due_up_to(clock, now))
        news = await journal.write(connection, verdicts, now)
        await keep(connection, verdicts)
        await clock.follow(connection, now)
        await changes.append(connection, news)
    intake.report.accepted = intake.count()


async def _set_aside(connection: Connection, intake: Intake, states: Mapping[int, Latest] | None) -> None:
    """Take out what is stored already: nothing that is newer than its sensor's latest; without states, anything."""
    suspects = [
        (sensor, at)
        for sensor, series in intake.series.items()
        for at in series
        if states is None or ((latest := states[sensor].at) is not None and at <= latest)
    ]
    if suspects:
        for sensor, at, value in await connection.fetch(STORED, *map(list, zip(*suspects, strict=True))):
            intake.set_aside(sensor, at, value)


async def _store(connection: Connection, intake: Intake, states: Mapping[int, Latest]) -> list[Watch]:
    """Store the readings and move the latest; the watches for which something may happen."""
    rows = [(sensor, at, value) for sensor, series in intake.series.items() for at, (_, value) in series.items()]
    newest = [(sensor, at := max(series), series[at][1]) for sensor, series in intake.series.items()]
    moved = [row for row in newest if (latest := states[row[0]].at) is None or row[1] > latest]
    spans = [
        (sensor, min(series), min(values), max(values))
        for sensor, series in intake.series.items()
        if (values := [value for _, value in series.values()])
    ]
    found = await connection.fetch(STORE, *_columns(rows, 3), *_columns(moved, 3), *_columns(spans, 4))
    if found[0]["stored"] != len(rows):
        raise _StoredAhead
    awake = [row[:2] for row in moved if states[row[0]].status in (SensorStatus.UNKNOWN, SensorStatus.STALE)]
    if awake:
        await connection.execute(AWAKE, *_columns(awake, 2))
    return [watch_of(row, states[row["sensor_id"]].value) for row in found if row["sensor_id"] is not None]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


async def _judge(
    connection: Connection,
    found: Iterable[Watch],
    intake: Intake,
    states: Mapping[int, Latest],
    horizon: datetime,
) -> list[Verdict]:
    verdicts: list[Verdict] = []
    late: dict[Key, tuple[Watch, datetime]] = {}
    for watch in found:
        readings = intake.readings(watch.key[0], watch.begins_after)
        if not readings:
            continue
        if comes_late(watch, states[watch.key[0]].at, readings[0].at):
            late[watch.key] = (watch, readings[0].at)
        else:
            verdicts.append(continued(watch, readings, horizon))
    return verdicts + await refold(connection, late, horizon)


class Intake:
    """One batch on its way in: readings by sensor, and what is said of each."""

    def __init__(self, batch: Batch, named: Mapping[str, int | Unnamed]) -> None:
        self.batch = batch
        self.named = named
        self.series: dict[int, Series] = {}
        self.report = Report()

    def admit(self, clock: Clock, window: Window) -> datetime:
        """Sort the readings by sensor, refuse the impossible ones; the house's time that they are judged by."""
        columns = zip(self.batch.sensors, self.batch.at, self.batch.values, strict=True)
        now = clock.now()
        taken: list[tuple[int, int, datetime, float]] = []
        for index, (name, at, value) in enumerate(columns):
            sensor = self.named[name]
            if isinstance(sensor, Unnamed):
                self.refuse(index, Reason[sensor.name])
            elif value is None or not isfinite(value):
                self.refuse(index, Reason.NOT_A_NUMBER)
            else:
                taken.append((index, sensor, at, value))
        if clock.follows_readings and taken:
            now = max(now, max(at for _, _, at, _ in taken))
        first, last = now - window.back, now + window.ahead
        for index, sensor, at, value in taken:
            if at > last:
                self.refuse(index, Reason.IN_THE_FUTURE)
            elif at < first:
                self.refuse(index, Reason.TOO_OLD)
            else:
                self._sort(index, self.series.setdefault(sensor, {}), at, value)
        return now

    def _sort(self, index: int, series: Series, at: datetime, value: float) -> None:
        known = series.setdefault(at, (index, value))
        if known[0] != index:
            self.stored_before(index, value, known[1])

    def refuse(self, index: int, reason: Reason) -> None:
        self.report.refused.append(Refused(index, self.batch.sensors[index], reason))

    def stored_before(self, index: int, value: float, stored: float) -> None:
        if value == stored:
            self.report.duplicates += 1
        else:
            self.refuse(index, Reason.CONFLICT)

    def keep_only(self, sensors: Collection[int]) -> None:
        """Refuse readings of sensors that are no more."""
        for sensor in [sensor for sensor in self.series if sensor not in sensors]:
            for index, _ in self.series.pop(sensor).values():
                self.refuse(index, Reason.UNKNOWN_SENSOR)

    def set_aside(self, sensor: int, at: datetime, stored: float) -> None:
        index, value = self.series[sensor].pop(at)
        self.stored_before(index, value, stored)
        if not self.series[sensor]:
            del self.series[sensor]

    def readings(self, sensor: int, after: datetime | None) -> list[Reading]:
        """The new readings of a sensor in time order, those after a moment."""
        series = self.series[sensor]
        return [Reading(at, series[at][1]) for at in sorted(series) if after is None or at > after]

    def count(self) -> int:
        return sum(map(len, self.series.values()))

    def span(self) -> tuple[datetime, datetime]:
        times = list(chain.from_iterable(self.series.values()))
        return min(times), max(times)
