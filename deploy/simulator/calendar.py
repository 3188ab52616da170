"""A building's days: they begin at four in the morning of its own zone, when nobody is about and no clock is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

STEP = 300
"""Seconds: people and air are computed at these distances."""
BREAK = 4
"""The hour at which a day begins."""


@dataclass(frozen=True, slots=True)
class Day:
    """From four in the morning to four in the next: seconds since 1970, steps of `STEP` in it."""

    date: date
    begins: float
    ends: float
    working: bool

    @property
    def steps(self) -> int:
        return ceil((self.ends - self.begins) / STEP)

    def hour(self, step: float) -> float:
        """The hour on the clock, from 4 to 28."""
        return BREAK + step * STEP / 3600

    def step(self, hour: float) -> int:
        """The step that an hour from 4 to 28 falls into."""
        return max(0, min(self.steps, int((hour - BREAK) * 3600 / STEP)))

    def moment(self, hour: float) -> float:
        return self.begins + (hour - BREAK) * 3600


class Calendar:
    """The days of a zone; Saturday and Sunday are free."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._last: Day | None = None

    def of(self, at: float) -> Day:
        """The day in which a moment lies."""
        if self._last is None or not self._last.begins <= at < self._last.ends:
            local = datetime.fromtimestamp(at, self.zone).replace(tzinfo=None)
            self._last = self.on((local - timedelta(hours=BREAK)).date())
        return self._last

    def on(self, day: date) -> Day:
        begins, ends = (
            datetime.combine(one, time(BREAK), self.zone).timestamp() for one in (day, day + timedelta(days=1))
        )
        return Day(day, begins, ends, day.weekday() < 5)


__all__ = ["BREAK", "STEP", "Calendar", "Day"]
