"""Days, weeks, months and parts of days around the house's now, in the building's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `start` to `end` (not included); None is open. `name` says how people call it; `point` is one moment."""

    start: datetime | None
    end: datetime | None
    name: str = "range"
    point: bool = False

    @property
    def length(self) -> timedelta | None:
        return self.end - self.start if self.start and self.end else None

    @property
    def first_day(self) -> date | None:
        return self.start.date() if self.start else None

    @property
    def last_day(self) -> date | None:
        return (self.end - timedelta(microseconds=1)).date() if self.end else None

    @property
    def one_day(self) -> bool:
        return self.first_day is not None and self.first_day == self.last_day


class Calendar:
    """`ahead` prefers what is to come ("in November") to what has been."""

    def __init__(self, now: datetime, zone: tzinfo, ahead: bool = False) -> None:
        self.zone = zone
        self.now = now.astimezone(zone)
        self.today = self.now.date()
        self.ahead = ahead

    def at(self, day: date, hour: float = 0) -> datetime:
        """A local time of a day; 24 is the next midnight."""
        minutes = round(hour * 60)
        return datetime.combine(
            day + DAY * (minutes // 1440), time(minutes % 1440 // 60, minutes % 60), tzinfo=self.zone
        )

    def days(self, first: date, last: date, name: str = "range") -> Period:
        return Period(self.at(first), self.at(last + DAY), name)

    def day(self, day: date, name: str = "day") -> Period:
        return self.days(day, day, name)

    def of_month(self, number: int, month: int | None = None, year: int | None = None) -> date | None:
        """The day of that number: of the given month, else the nearest one on the side that is looked at."""
        if year and month:
            return valid(year, month, number)
        if month:
            options = [valid(self.today.year + n, month, number) for n in (-1, 0, 1)]
        else:
            options = [valid(*self._month(n), number) for n in (-2, -1, 0, 1, 2)]
        return self._nearest([o for o in options if o])

    def _nearest(self, options: list[date]) -> date | None:
        if self.ahead:
            return next((o for o in sorted(options) if o >= self.today), None)
        return next((o for o in sorted(options, reverse=True) if o <= self.today), None)

    def _month(self, shift: int) -> tuple[int, int]:
        months = self.today.year * 12 + self.today.month - 1 + shift
        return months // 12, months % 12 + 1

    def month(self, month: int, year: int | None = None) -> Period:
        if year is None:
            behind = month > self.today.month if not self.ahead else month < self.today.month
            year = self.today.year + (0 if not behind else 1 if self.ahead else -1)
        return self.days(date(year, month, 1), last_of(year, month), "month")

    def year(self, year: int) -> Period:
        return self.days(date(year, 1, 1), date(year, 12, 31), "year")

    def weekday(self, number: int, shift: int = 0) -> date:
        """The nearest such day (Monday is 0), today included; a shift of -1 is the one of the week before."""
        if shift:
            return self.today - DAY * self.today.weekday() + DAY * (7 * shift + number)
        gap = (number - self.today.weekday()) % 7 if self.ahead else -((self.today.weekday() - number) % 7)
        return self.today + DAY * gap

    def unit(self, unit: str, shift: int) -> Period | None:
        """This (0), the previous (-1) or the next (1) day, week, month, quarter or year, whole."""
        name = f"{'previous ' if shift < 0 else 'next ' if shift else 'this '}{unit}"
        today = self.today
        if unit == "day":
            return self.day(today + DAY * shift, {0: "today", -1: "yesterday", 1: "tomorrow"}.get(shift, "day"))
        if unit == "week":
            monday = today - DAY * today.weekday() + DAY * 7 * shift
            return self.days(monday, monday + DAY * 6, name)
        if unit == "weekend":
            saturday = today - DAY * today.weekday() + DAY * (5 + 7 * (shift if shift or self.ahead else 0))
            saturday -= DAY * 7 if saturday > today and not self.ahead else DAY * 0
            return self.days(saturday, saturday + DAY, name)
        if unit == "month":
            year, month = self._month(shift)
            return self.days(date(year, month, 1), last_of(year, month), name)
        if unit == "quarter":
            months = today.year * 12 + (today.month - 1) // 3 * 3 + 3 * shift
            first = date(months // 12, months % 12 + 1, 1)
            return self.days(first, last_of(first.year, first.month + 2), name)
        if unit == "year":
            year = today.year + shift
            return self.days(date(year, 1, 1), date(year, 12, 31), name)
        return None

    def back(self, count: float, unit: str) -> Period:
        """The last N units up to now, or the next N from now."""
        if self.ahead:
            return Period(self.now, self.shifted(self.now, count, unit), "range")
        return Period(self.shifted(self.now, -count, unit), None, f"last {unit}" if count == 1 else "since")

    def shifted(self, moment: datetime, count: float, unit: str) -> datetime:
        if unit in ("month", "quarter", "year"):
            months = moment.year * 12 + moment.month - 1 + round(count * {"month": 1, "quarter": 3, "year": 12}[unit])
            year, month = months // 12, months % 12 + 1
            if not 1 <= year <= 9998:
                return moment
            return moment.replace(year=year, month=month, day=min(moment.day, last_of(year, month).day))
        size = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "shift": 43200}[unit]
        try:
            if unit in ("day", "week") and count == int(count):
                return moment + timedelta(days=int(count) * (7 if unit == "week" else 1))
            return (moment.astimezone(UTC) + timedelta(seconds=count * size)).astimezone(self.zone)
        except OverflowError:
            return moment


def valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - DAY
