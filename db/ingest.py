"""Takes readings in: one transaction for a batch, the sensors' state rows locked in the order of their ids.

    lock the states ─► set aside what is stored ─► store, move the latest, find watches ─► judge ─► alarms ─► stream

Whatever the order, the batches and the writers, the same readings give the same stays in alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite

import asyncpg

from db import changes, journal
from db.clock import Clock
from db.engine import Connection, Pool
from db.evaluator import Reading
from db.judging import judge
from db.naming import Named, Unnamed, find
from db.statuses import awake
from db.ticks import INSTANT, fire
from db.watches import FOUND, existing, lock

STORED = """
    SELECT r.sensor_id, r.at, r.value FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, at)
    JOIN telemetry.reading r ON r.sensor_id = q.sensor_id AND r.at = q.at
"""
INPUT = "SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[]) i(sensor_id, at, value)"
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
        ), span AS ({span}), {FOUND}
        SELECT * FROM found
    """


STORE = store(NEWEST, SPAN)
STORE_ONE_EACH = store("SELECT * FROM input", SPAN_OF_ONE)
"""The same for readings that are all of different sensors."""
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
    report = Report()
    if not len(batch):
        return report
    async with pool.acquire() as connection:
        if clock.follows_readings:
            await clock.refresh(connection)
        intake = Intake(batch, report)
        now = intake.admit(await find(connection, batch.sensors, building_ids), clock, window or Window())
        await _take_in(connection, clock, intake, now)
        if clock.follows_readings:
            await fire(connection, clock, now - INSTANT)  # a reading of this very moment may still come
    report.refused.sort(key=lambda one: one.index)
    return report


async def _take_in(connection: Connection, clock: Clock, intake: Intake, now: datetime) -> None:
    """One transaction; tried again where a month has no partition yet, or readings are stored beyond the latest."""
    trusting, partitioned = True, False
    while len(intake):
        try:
            await _take(connection, clock, intake, now, trusting=trusting)
            return
        except asyncpg.UniqueViolationError as error:
            if not trusting or not (error.table_name or "").startswith("reading"):
                raise
            trusting = False
        except asyncpg.CheckViolationError as error:
            if partitioned or error.table_name != "reading" or error.constraint_name is not None:
                raise
            await connection.execute(MAKE_PARTITIONS, min(intake.at), max(intake.at))
            partitioned = True


async def _take(connection: Connection, clock: Clock, intake: Intake, now: datetime, *, trusting: bool) -> None:
    async with connection.transaction():
        locked = await lock(connection, intake.ids, min(intake.at))
        if locked.count < len(set(intake.ids)):
            intake.keep_only(await existing(connection, intake.ids))
        await _set_aside(connection, intake, locked.reached if trusting else None)
        if not len(intake):
            return
        woken = await awake(connection, intake.ids, intake.at) if locked.asleep else []
        storing = STORE_ONE_EACH if len(set(intake.ids)) == len(intake) else STORE
        found = await connection.fetch(storing, intake.ids, intake.at, intake.values)
        verdicts = await judge(connection, found, intake.series({row["sensor_id"] for row in found}), now)
        news = await journal.write(connection, verdicts, now)
        await clock.follow(connection, now)
        await changes.append(connection, [*woken, *news])
    intake.report.accepted = len(intake)


async def _set_aside(connection: Connection, intake: Intake, reached: Mapping[int, datetime] | None) -> None:
    """Take out what is stored already: nothing that is newer than its sensor's latest; without these, anything."""
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


class Intake:
    """One batch on its way in: the readings that are still good, in columns, and what is said of the others."""

    def __init__(self, batch: Batch, report: Report) -> None:
        self.batch = batch
        self.report = report
        self.ids: list[int] = []
        self.at: list[datetime] = []
        self.values: list[float] = []
        self.places: list[int] = []
        """Of each reading in the batch."""

    def __len__(self) -> int:
        return len(self.ids)

    def admit(self, named: Mapping[str, Named], clock: Clock, window: Window) -> datetime:
        """Take over what can be stored and refuse the rest; the house's time that readings are judged by."""
        for place, (name, at, value) in enumerate(
            zip(self.batch.sensors, self.batch.at, self.batch.values, strict=True)
        ):
            sensor = named[name]
            if isinstance(sensor, Unnamed):
                self.refuse(place, Reason[sensor.name])
            elif value is None or not isfinite(value):
                self.refuse(place, Reason.NOT_A_NUMBER)
            else:
                self.ids.append(sensor)
                self.at.append(at)
                self.values.append(value)
                self.places.append(place)
        now = clock.now()
        if not self.ids:
            return now
        if clock.follows_readings:
            now = max(now, max(self.at))
        self._within(now - window.back, now + window.ahead)
        self._once()
        return now

    def _within(self, first: datetime, last: datetime) -> None:
        if first <= min(self.at) and max(self.at) <= last:
            return
        outside = {number for number, at in enumerate(self.at) if not first <= at <= last}
        for number in outside:
            self.refuse(self.places[number], Reason.IN_THE_FUTURE if self.at[number] > last else Reason.TOO_OLD)
        self.leave_out(outside)

    def _once(self) -> None:
        """Of several readings of a sensor at one time the first counts."""
        if len(set(self.ids)) == len(self):
            return
        first: dict[tuple[int, datetime], int] = {}
        again = set()
        for number, key in enumerate(zip(self.ids, self.at, strict=True)):
            known = first.setdefault(key, number)
            if known != number:
                self.stored_before(number, self.values[known])
                again.add(number)
        self.leave_out(again)

    def keep_only(self, sensors: Collection[int]) -> None:
        """Refuse readings of sensors that are no more."""
        gone = {number for number, sensor in enumerate(self.ids) if sensor not in sensors}
        for number in gone:
            self.refuse(self.places[number], Reason.UNKNOWN_SENSOR)
        self.leave_out(gone)

    def leave_out(self, numbers: Collection[int]) -> None:
        if not numbers:
            return
        rest = [number for number in range(len(self)) if number not in numbers]
        self.ids = [self.ids[number] for number in rest]
        self.at = [self.at[number] for number in rest]
        self.values = [self.values[number] for number in rest]
        self.places = [self.places[number] for number in rest]

    def refuse(self, place: int, reason: Reason) -> None:
        self.report.refused.append(Refused(place, self.batch.sensors[place], reason))

    def stored_before(self, number: int, stored: float) -> None:
        """Say of a reading whose key has a value already what that means; the caller leaves it out."""
        if self.values[number] == stored:
            self.report.duplicates += 1
        else:
            self.refuse(self.places[number], Reason.CONFLICT)

    def series(self, sensors: Collection[int]) -> dict[int, list[Reading]]:
        """The readings of some sensors, each in time order."""
        series: dict[int, list[Reading]] = {sensor: [] for sensor in sensors}
        for sensor, at, value in zip(self.ids, self.at, self.values, strict=True):
            if sensor in series:
                series[sensor].append(Reading(at, value))
        for readings in series.values():
            readings.sort(key=lambda reading: reading.at)
        return series
