"""Stretches of time: the last or next so many days, this and that week, since and until."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from agent.offline.calendar import Period
from agent.offline.days import is_stem
from agent.offline.hours import Part
from agent.offline.ranges import Ranges

RECENT = "последн прошедш крайн last past recent ближайш next"
ROLLING = "за в течение течении for over in within during the на через"
OVER = ("за", "over", "for", "within", "during")
HALF = {"полчаса": (30, "minute"), "полгода": (6, "month"), "полдня": (12, "hour")}
FEW = {
    "пару": 2, "пара": 2, "пары": 2, "несколько": 3, "нескольких": 3, "couple": 2, "few": 3,
    "полтора": 1.5, "полторы": 1.5,
}  # fmt: skip
SINGULAR = (
    "неделю",
    "неделя",
    "месяц",
    "день",
    "год",
    "час",
    "минуту",
    "минута",
    "квартал",
    "week",
    "month",
    "day",
    "year",
    "hour",
    "minute",
    "quarter",
)
"""Forms that go with a number that ends in one only: in «305 неделю назад» the number is a room's."""
PLURAL = ("часы", "дни", "недели", "месяцы", "минуты", "hours", "days", "weeks", "months", "minutes")
"""«за последние дни»: a few of them."""
SINCE, UNTIL = "с со c начиная since from после after starting", "до until till before by к"
GLUED = re.compile(r"(\d{1,3})(ч|час\w*|h|hr|hrs|мин\w*|min|д|дн\w*|d)")
NEW_YEAR = (["нового", "года"], ["новому", "году"], ["new", "year"], ["new", "years"])
EVER = (["все", "время"], ["весь", "период"], ["all", "time"])


class Stretches(Ranges):
    """Reads periods longer than a day."""

    def _loose(self, at: int) -> tuple[int, Period] | None:
        """«за всё время», «скоро»: no bounds, or a quarter of a year ahead and a week back."""
        if self.words[at : at + 2] in EVER:
            return at + 2, Period(None, None, "ever")
        if self.word(at) in ("скоро", "вскоре", "soon", "недавно", "recently", "lately"):
            months = self.calendar.back(3, "month") if self.calendar.ahead else self.calendar.back(1, "week")
            return at + 1, months
        return None

    def _rolling(self, at: int) -> tuple[int, Period] | None:
        """«за последние 2 часа», «за неделю», "over the past 3 days", «2 часа назад», "5 minutes ago"."""
        start = self._skip(at, ROLLING)
        recent = self._skip(start, RECENT)
        bare = start == at and recent == start
        count, end, unit = self._amount(recent)
        if unit is None:
            return None
        if self.word(end) in ("назад", "ago", "back"):
            moment = self.calendar.shifted(self.calendar.now, -count, unit)
            return end + 1, self._around(moment, unit)
        ahead = self.word(at) in ("через",) or (self.calendar.ahead and self.word(at) == "in")
        if ahead:
            moment = self.calendar.shifted(self.calendar.now, count, unit)
            return end, Period(self.calendar.now, moment, "range")
        last = self.word(recent - 1) if recent > start else ""
        whole = (
            is_stem(last, "last next")
            and count == 1
            and self.word(at) not in ("за", "in", "over", "for", "during", "within", "the")
        )
        asked = (
            recent > start
            or self.word(at) in ("за", "over", "for", "within", "during")
            or self.word(at + 1) in ("течение", "течении")
        )
        if (
            bare
            or whole
            or not asked
            or unit == "weekend"
            or (end == recent + 1 and self.word(recent) in ("год", "году", "лет") and not asked)
        ):
            return None
        if unit == "shift" or unit in ("minute", "hour", "day", "week", "month", "quarter", "year"):
            return end, self.calendar.back(count, unit)
        return None

    def _around(self, moment: datetime, unit: str) -> Period:
        if unit in ("minute", "hour"):
            return Period(moment, moment + timedelta(hours=1), "clock", point=True)
        return self.calendar.day(moment.date())

    def _amount(self, at: int) -> tuple[float, int, str | None]:
        word = self.word(at)
        if word in HALF and HALF[word][1]:
            return HALF[word][0], at + 1, HALF[word][1]
        if match := GLUED.fullmatch(word):
            return int(match[1]), at + 1, {"ч": "hour", "h": "hour", "м": "minute", "д": "day", "d": "day"}[match[2][0]]
        if word in FEW or (word == "a" and self.word(at + 1) in FEW):
            at += word == "a"
            value: float = FEW[self.word(at)]
            after = self._skip(at + 1, "of последних")
            return value, after + 1, self._unit_name(after)
        if (got := self._number(at)) and not got[1].ordinal:
            after = self._skip(got[0], "последних последние")
            if self.word(after) in SINGULAR and (got[1].value % 10 != 1 or got[1].value % 100 == 11):
                return 1, at + 1, None
            return got[1].value, after + 1, self._unit_name(after)
        return 3 if word in PLURAL else 1, at + 1, self._unit_name(at)

    def _unit(self, at: int) -> tuple[int, Period] | None:
        """«на этой неделе», «в прошлом месяце», "last week", «2022 год», «в октябре»."""
        end, shift = self._shift(at)
        unit = self._unit_name(end)
        if end > at and self.word(at) != "the" and unit not in (None, "hour", "minute", "shift"):
            period = self.calendar.unit(str(unit), shift)
            return (end + 1, period) if period else None
        if unit == "weekend":
            period = self.calendar.unit("weekend", 0)
            return (end + 1, period) if period else None
        if (
            self._month(end)
            and not self._date(end)
            and not (self.word(end) in ("may", "mar", "sun", "sat", "march") and at == end and not self._in(at))
        ):
            month, year = self._month(end), self._year(end + 1)
            assert month is not None
            return (year[0] if year else end + 1), self._that_month(month, year[1] if year else None, shift)
        if end == at and (year := self._year(at)) and (year[0] > at + 1 or self._in(at)):
            return year[0], self.calendar.year(year[1])
        return None

    def _in(self, at: int) -> bool:
        return self.word(at - 1) in ("in", "в", "за", "during", "for", "since", "last", "this", "с", "по", "на")

    def _that_month(self, month: int, year: int | None, shift: int) -> Period:
        if year is None and shift:
            year = self.calendar.today.year + (
                shift if (month <= self.calendar.today.month) == (shift > 0) or shift < 0 else 0
            )
        return self.calendar.month(month, year)

    def _bounded(self, at: int) -> tuple[int, Period | Part] | None:
        """«до конца года», «с понедельника», "since Monday", «после 20 октября», «с утра»."""
        word = self.word(at)
        if word in SINCE.split():
            return self._since(self._skip(at, SINCE + " the"), at)
        if word in UNTIL.split():
            return self._until(self._skip(at, UNTIL + " the"))
        return None

    def _up_to(self, end: datetime | None) -> Period:
        """A stretch until then: from now on, where what is ahead is meant and then is still to come."""
        ahead = self.calendar.ahead and end is not None and end > self.calendar.now
        return Period(self.calendar.now if ahead else None, end, "until")

    def _until(self, at: int) -> tuple[int, Period] | None:
        ending = self._skip(at, "конца концу конец end the of close")
        if self.words[at : at + 2] in NEW_YEAR:
            return at + 2, self._up_to(self.calendar.year(self.calendar.today.year).end)
        if ending > at and (got := self._whole(ending)):
            return got[0], self._up_to(got[1].end)
        if got := self._whole(at):
            named = got[1]
            return got[0], self._up_to(named.end if self.calendar.ahead else named.start)
        return None

    def _since(self, at: int, first: int) -> tuple[int, Period | Part] | None:
        start = self._skip(at, "начала начало start beginning the of")
        if part := self._part(start):
            begin = part[1].first
            return part[0], Part(begin, 24, "since", since=True)
        after = self.word(first) in ("после", "after")
        if got := self._whole(start):
            of = self.word(first) == "from" and got[1].name in ("today", "yesterday", "day")
            if (of and self._named_day(start)) or (self.word(first) == "from" and got[1].name.startswith("previous")):
                return got
            begin_at = got[1].end if after and got[1].name == "day" else got[1].start
            if begin_at and begin_at > self.calendar.now and not self.calendar.ahead:
                return None
            return got[0], Period(begin_at, None, "since")
        if (clock := self._clock(start)) or (clock := self._bare_clock(start, after)):
            return clock[0], Part(clock[1], 24, "since", since=True)
        bare = self._bare_day(start)
        number = self._number(start)
        if bare and number and (number[1].ordinal or self.word(bare[0] - 1).startswith("числ")):
            day = self.calendar.of_month(bare[1])
            return (bare[0], Period(self.calendar.at(day), None, "since")) if day else None
        return None

    def _bare_clock(self, at: int, after: bool) -> tuple[int, float] | None:
        got = self._number(at)
        return (got[0], float(got[1].value)) if after and got and got[1].value < 24 and not got[1].ordinal else None

    def _whole(self, at: int) -> tuple[int, Period] | None:
        """A day, week, month, quarter or year, by any of its names."""
        if day := self._day(at):
            return day[0], self.calendar.day(day[1])
        if got := self._unit(at):
            return got
        unit = self._unit_name(at)
        if unit in ("day", "week", "month", "quarter", "year") and (period := self.calendar.unit(str(unit), 0)):
            return at + 1, period
        if year := self._year(at):
            return year[0], self.calendar.year(year[1])
        return None

    def _moment(self, at: int) -> tuple[int, Period] | None:
        """A day by itself: «20 октября», «вчера», «двадцатого числа», "on the 20th"."""
        if day := self._day(at):
            return day[0], self.calendar.day(day[1], day[2])
        introduced = self.word(at - 1) in ("за", "on", "к") or self.word(at) == "the"
        bare = self._bare_day(at) if introduced else None
        number = self._number(self._skip(at, "the"))
        if bare and number and number[1].ordinal and number[1].feminine is not True and not self._noun(bare[0]):
            day_then = self.calendar.of_month(bare[1])
            return (bare[0], self.calendar.day(day_then)) if day_then else None
        return None

    def _noun(self, at: int) -> bool:
        return is_stem(self.word(at), "этаж floor level storey комнат room кабинет офис office")
