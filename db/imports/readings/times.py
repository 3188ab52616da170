"""Times of a table made absolute: offsets as written, local times by the zone's rules, autumn's two o'clock twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from db.imports.readings.mapping import UNIX, Times

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing was measured before: an earlier time is a slip."""


class Wrong(Enum):
    """Why a time was not understood."""

    UNREADABLE = "time_unreadable"
    NO_ZONE = "time_no_zone"
    MISSING_HOUR = "time_missing_hour"
    TOO_EARLY = "time_too_early"


def written(text: str, times: Times) -> datetime | Wrong:
    """The time as the text says it, aware if it tells its zone."""
    try:
        if times.format in UNIX:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(text) / UNIX[times.format or ""])
        return datetime.fromisoformat(text) if times.format is None else datetime.strptime(text, times.format)  # noqa: DTZ007
    except (ValueError, OverflowError):
        return Wrong.UNREADABLE


@dataclass(slots=True)
class Walk:
    """The local times of one series in the order of the file.

    In the hour that autumn repeats, the first pass is summer time; from where the times step back (or stand still) it
    is winter time. In a file that runs backwards it is the other way round.
    """

    zone: ZoneInfo | None
    last: datetime | None = None
    backwards: bool = False
    night: date | None = None
    again: bool = False
    ambiguous: int = 0

    def absolute(self, at: datetime) -> datetime | Wrong:
        """The moment in UTC."""
        if at.tzinfo is None:
            if self.zone is None:
                return Wrong.NO_ZONE
            local = self._local(at, self.zone)
            moment = local.astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) != at:
                return Wrong.MISSING_HOUR
        else:
            moment = at.astimezone(UTC)
        return Wrong.TOO_EARLY if moment < EARLIEST else moment

    def _local(self, at: datetime, zone: ZoneInfo) -> datetime:
        first, second = at.replace(tzinfo=zone, fold=0), at.replace(tzinfo=zone, fold=1)
        if first.utcoffset() == second.utcoffset() or not _repeats(at, zone):
            if self.last is not None and at != self.last:
                self.backwards = at < self.last
            self.last, self.night, self.again = at, None, False
            return first
        self.ambiguous += 1
        if self.night != at.date():
            self.night, self.again = at.date(), False
        elif self.last is not None and not self.again:
            self.again = at >= self.last if self.backwards else at <= self.last
        self.last = at
        return second if self.again != self.backwards else first


def _repeats(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the local time happens twice (and not never)."""
    first = at.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return first.astimezone(zone).replace(tzinfo=None) == at


__all__ = ["EARLIEST", "Walk", "Wrong", "written"]
