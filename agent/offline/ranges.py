"""Ranges: from a day to a day, from a month to a month, from an hour to an hour."""

from __future__ import annotations

import re
from datetime import date

from agent.offline.calendar import DAY, Period, valid
from agent.offline.hours import Hours, Part

JOINTS = ("до", "to", "till", "until", "and", "и")
HYPHENED = re.compile(r"(\d{1,2})-(\d{1,2})")


class Ranges(Hours):
    """Reads ranges of days and hours."""

    def _range(self, at: int) -> tuple[int, Period | Part] | None:
        """«с A по B», "from A to B", "between A and B"."""
        if self.word(at) not in ("с", "со", "c", "от", "from", "between", "между"):
            return None
        start = at + 1
        for middle in range(start + 1, min(start + 6, len(self.words))):
            joint = self.word(middle)
            if joint in ("по", "до", "to", "till", "until", "through", "thru", "and", "и"):
                got = self._between(start, middle, middle + 1, hours=joint in JOINTS)
                if got:
                    return got
        return None

    def _between(self, a: int, middle: int, b: int, hours: bool) -> tuple[int, Period | Part] | None:
        until = self._day(b)
        since = self._day(a)
        if since and since[0] == middle and until:
            return self._ordered(since[1], until[1], until[0])
        if until and (bare := self._bare_day(a)) and bare[0] == middle:
            return self._ordered(self._before(until[1], bare[1]), until[1], until[0])
        bare_end = self._bare_day(b)
        if since and since[0] == middle and bare_end:
            last = valid(since[1].year, since[1].month, bare_end[1])
            return self._ordered(since[1], last, bare_end[0])
        if (one := self._month(a)) and a + 1 == middle and (two := self._month(b)):
            year = self._year(b + 1)
            last = self.calendar.month(two, year[1] if year else None).last_day
            first = self._before_month(last, one) if last else None
            return self._ordered(first, last, year[0] if year else b + 1)
        if got := self._hour_range(a, middle, b, hours):
            return got
        bare = self._bare_day(a)
        if bare and bare[0] == middle and bare_end:
            return self._ordered(*self._pair(bare[1], bare_end[1]), bare_end[0])
        return None

    def _pair(self, first: int, last: int) -> tuple[date | None, date | None]:
        if self.calendar.ahead:
            start = self.calendar.of_month(first)
            return start, valid(start.year, start.month, last) if start else None
        end = self.calendar.of_month(last)
        return (self._before(end, first) if end else None), end

    def _ordered(self, first: date | None, last: date | None, end: int) -> tuple[int, Period] | None:
        if first is None or last is None or first > last:
            return None
        return end, self.calendar.days(first, last)

    def _before(self, last: date, number: int) -> date | None:
        """The day of that number, in the month of `last` or the month before it."""
        same = valid(last.year, last.month, number)
        if same and same <= last:
            return same
        before = last.replace(day=1) - DAY
        return valid(before.year, before.month, number)

    def _before_month(self, last: date, month: int) -> date:
        return date(last.year - (month > last.month), month, 1)

    def _hour_range(self, a: int, middle: int, b: int, hours: bool) -> tuple[int, Part] | None:
        one, two = self._clock(a), self._clock(b)
        if two is None and hours and (got := self._number(b)) and not got[1].ordinal and got[1].value <= 24 and one:
            two = self._daytime(got[0], got[1].value)
        if one is None and (got := self._number(a)) and got[0] == middle and got[1].value <= 24 and (two or hours):
            one = self._daytime(got[0], got[1].value)
            if (
                two is None
                and (other := self._number(b))
                and other[1].value <= 24
                and not other[1].ordinal
                and not got[1].ordinal
            ):
                two = self._daytime(other[0], other[1].value)
        if one and two and one[0] == middle:
            first = one[1] + (
                12
                if one[1] < 12 <= two[1] and self.word(two[0] - 1) in ("вечера", "pm", "дня") and one[1] + 12 < two[1]
                else 0
            )
            return two[0], Part(first, two[1], "hours")
        return None

    def _hyphened(self, at: int) -> tuple[int, Period] | None:
        """«12-15 октября»."""
        match = HYPHENED.fullmatch(self.word(at))
        month = self._month(at + 1)
        if match and month:
            got = self._with_year(at + 2, int(match[2]), month)
            return self._ordered(self._before(got[1], int(match[1])), got[1], got[0]) if got else None
        return None
