"""A batch on its way in: its columns, the readings that are still good, and what is said of the others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import accumulate
from math import isfinite

from db.clock import Clock
from db.evaluator import Reading
from db.naming import Named, Unnamed

FAR = datetime(2200, 1, 1, tzinfo=UTC)
"""Readings of this time and later move no clock that follows readings: a device is out of its mind."""


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


class Intake:
    """Batches of one transaction, one after the other: what is still to be stored, in columns."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches
        self.reports = [Report() for _ in batches]
        self.starts = list(accumulate((len(batch) for batch in batches), initial=0))[:-1]
        """Of each batch, its first place."""
        self.ids: list[int] = []
        self.at: list[datetime] = []
        self.values: list[float] = []
        self.places: list[int] = []
        """Of each reading, counted through all batches."""

    def __len__(self) -> int:
        return len(self.ids)

    def admit(self, named: Sequence[Mapping[str, Named]], clock: Clock, window: Window) -> datetime:
        """Take over what can be stored and refuse the rest; the house's time that readings are judged by.

        `named` has the sensors of each batch's names.
        """
        for start, batch, known in zip(self.starts, self.batches, named, strict=True):
            self._admit(start, batch, known)
        now = clock.now()
        if not self.ids:
            return now
        if clock.follows_readings:
            now = max(now, max((at for at in self.at if at < FAR), default=now))
        self._within(now - window.back, now + window.ahead)
        self._once()
        return now

    def _admit(self, start: int, batch: Batch, known: Mapping[str, Named]) -> None:
        ids = [known[name] for name in batch.sensors]
        if set(map(type, ids)) <= {int} and _all_numbers(batch.values):
            self.ids += ids  # type: ignore[arg-type]
            self.at += batch.at
            self.values += batch.values  # type: ignore[arg-type]
            self.places += range(start, start + len(ids))
            return
        for place, (sensor, at, value) in enumerate(zip(ids, batch.at, batch.values, strict=True), start):
            if isinstance(sensor, Unnamed):
                self.refuse(place, Reason[sensor.name])
            elif value is None or not isfinite(value):
                self.refuse(place, Reason.NOT_A_NUMBER)
            else:
                self.ids.append(sensor)
                self.at.append(at)
                self.values.append(value)
                self.places.append(place)

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
        number = self._batch(place)
        index = place - self.starts[number]
        self.reports[number].refused.append(Refused(index, self.batches[number].sensors[index], reason))

    def stored_before(self, number: int, stored: float) -> None:
        """Say of a reading whose key has a value already what that means; the caller leaves it out."""
        place = self.places[number]
        if self.values[number] == stored:
            self.reports[self._batch(place)].duplicates += 1
        else:
            self.refuse(place, Reason.CONFLICT)

    def _batch(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1

    def stored(self) -> None:
        """What is left has been committed."""
        if len(self.batches) == 1:
            self.reports[0].accepted = len(self)
            return
        for place in self.places:
            self.reports[self._batch(place)].accepted += 1

    def told(self) -> list[Report]:
        """A report for each batch, its refusals in the order of the batch."""
        for report in self.reports:
            report.refused.sort(key=lambda one: one.index)
        return self.reports

    def series(self, sensors: Collection[int]) -> dict[int, list[Reading]]:
        """The readings of some sensors, each in time order."""
        series: dict[int, list[Reading]] = {sensor: [] for sensor in sensors}
        for sensor, at, value in zip(self.ids, self.at, self.values, strict=True):
            if sensor in series:
                series[sensor].append(Reading(at, value))
        for readings in series.values():
            readings.sort(key=lambda reading: reading.at)
        return series


def _all_numbers(values: Sequence[float | None]) -> bool:
    """Whether all are there and finite, found out at once; False also where their sum is too large to tell."""
    try:
        return isfinite(sum(values))  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return False
