"""When: periods, days and times of day, as people name them in Russian and English, read from the words of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from agent.offline import numbers
from agent.offline.calendar import DAY, Calendar, Period, valid

MONTHS = dict(
    zip(
        ["январ", "феврал", "март", "апрел", "май", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        [*range(1, 13)] * 3,
        strict=True,
    )
) | {"мая": 5, "мае": 5, "маю": 5, "маем": 5, "sept": 9}
WEEKDAYS = dict(
    zip(
        ["понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресен", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        [*range(7)] * 3,
        strict=True,
    )
) | {"tues": 1, "thur": 3, "thurs": 3}
UNITS = {
    "minute": "минут минута минуты минуту мин minute minutes min mins",
    "hour": "час часа часов часу часам часик часика hour hours hr hrs ч h",
    "day": "день дня дне дней дни дням днями сутк суток day days",
    "week": "недел недельк week weeks",
    "weekend": "выходн weekend",
    "month": "месяц month",
    "quarter": "квартал quarter",
    "year": "год года году годом годы лет year years",
    "shift": "смен смена смену смены смене shift",
}
RELATIVE = {
    "позавчера": -2,
    "послезавтра": 2,
    "сегодня": 0,
    "вчера": -1,
    "завтра": 1,
    "today": 0,
    "yesterday": -1,
    "tomorrow": 1,
}
PARTS = {
    "morning": (6, 12, "утр morning"),
    "afternoon": (12, 18, "днем afternoon полуд обед"),
    "evening": (18, 24, "вечер evening tonight"),
    "night": (0, 6, "ноч night overnight"),
}
PREVIOUS, NEXT = "прошл предыдущ минувш previous last", "следующ будущ ближайш next coming upcoming"
THIS = "этот это этой этом эту этого нынешн текущ сегодняшн this current"
RECENT = "последн прошедш крайн last past recent ближайш next"
ROLLING = "за в течение течении for over in within during the на через"
HALF = {"полчаса": (30, "minute"), "полгода": (6, "month"), "полдня": (12, "hour"), "полутора": (1.5, "")}
FEW = {
    "пару": 2,
    "пара": 2,
    "пары": 2,
    "несколько": 3,
    "нескольких": 3,
    "couple": 2,
    "few": 3,
    "полтора": 1.5,
    "полторы": 1.5,
}
SINGULAR = ["неделю", "неделя", "месяц", "день", "год", "час", "минуту", "минута", "квартал", "week", "month", "day", "year", "hour", "minute", "quarter"]
SINCE, UNTIL = "с со c начиная since from после after starting", "до until till before by к"
DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
HYPHENED = re.compile(r"(\d{1,2})-(\d{1,2})")
GLUED = re.compile(r"(\d{1,3})(ч|час\w*|h|hr|hrs|мин\w*|min|д|дн\w*|d)")
AM_PM = re.compile(r"(\d{1,2})(am|pm)")


@dataclass(frozen=True)
class Found:
    """The periods that the words from `start` to `end` speak of: as past, and as what is to come."""

    past: Period
    ahead: Period
    words: tuple[int, ...]


@dataclass(frozen=True)
class _Part:
    """Hours of a day that is named elsewhere: «утром», «с 8 до 10», «в 15:00»."""

    first: float
    last: float
    name: str
    point: bool = False
    since: bool = False


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    what: Period | _Part


def find(words: list[str], now: datetime, zone: tzinfo) -> Found | None:
    """What time the sentence speaks of, if it does; `words` are lower case and already spelled right."""
    past, ahead = _Reader(words, Calendar(now, zone)), _Reader(words, Calendar(now, zone, ahead=True))
    pieces, coming = past.pieces(), ahead.pieces()
    if not pieces or not coming:
        return None
    taken = tuple(i for piece in pieces for i in range(piece.start, piece.end))
    return Found(past.together(pieces), ahead.together(coming), taken)


def is_stem(word: str, stems: str) -> bool:
    return any(
        word == stem or (len(stem) > 3 and word.startswith(stem) and len(word) - len(stem) < 5)
        for stem in stems.split()
    )


class _Reader:
    def __init__(self, words: list[str], calendar: Calendar) -> None:
        self.words, self.calendar = words, calendar

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def pieces(self) -> list[_Piece]:
        found: list[_Piece] = []
        at = 0
        while at < len(self.words):
            for read in (
                self._loose,
                self._range,
                self._hyphened,
                self._rolling,
                self._bounded,
                self._unit,
                self._moment,
                self._part,
            ):
                if (got := read(at)) and got[0] > at:
                    night = isinstance(got[1], _Part) and got[1].first < 0
                    found.append(_Piece(at - night, got[0], got[1]))
                    at = got[0] - 1
                    break
            at += 1
        return found

    def together(self, pieces: list[_Piece]) -> Period:
        """A day and the hours of it; two days joined by "and"; else what was said first."""
        spans = [p for p in pieces if isinstance(p.what, Period)]
        parts = [p.what for p in pieces if isinstance(p.what, _Part)]
        span = spans[0].what if spans else None
        assert span is None or isinstance(span, Period)
        for a, b in zip(spans, spans[1:], strict=False):
            if b.start - a.end <= 1 and isinstance(b.what, Period) and span and span.start and b.what.end:
                span = replace(span, start=min(span.start, b.what.start or span.start), end=b.what.end, name="range")
        if not parts:
            assert span is not None
            return span
        part = parts[0]
        if len(parts) > 1 and parts[1].point and part.name in PARTS:
            part = parts[1]
        return self._hours(span, part)

    def _hours(self, span: Period | None, part: _Part) -> Period:
        calendar = self.calendar
        if span is not None and not span.one_day:
            return span
        day = (span.first_day if span else None) or calendar.today
        if span is None and not calendar.ahead and calendar.at(day, part.first) > calendar.now:
            day -= DAY
        start, end = calendar.at(day, part.first), calendar.at(day, part.last)
        if part.last <= part.first:
            end += DAY
        if part.since:
            return Period(start, None if day == calendar.today else calendar.at(day, 24), "since")
        return Period(start, end, part.name if span is None or span.name == "today" else "range", part.point)

    # -- small words

    def _skip(self, at: int, stems: str) -> int:
        while self.word(at) and is_stem(self.word(at), stems):
            at += 1
        return at

    def _number(self, at: int) -> tuple[int, numbers.Number] | None:
        if not self.word(at) or not (got := numbers.read(self.words, at)):
            return None
        return at + got.words, got

    def _month(self, at: int) -> int | None:
        word = self.word(at)
        return next(
            (n for stem, n in MONTHS.items() if word == stem or (len(stem) > 3 and word.startswith(stem))), None
        )

    def _weekday(self, at: int) -> int | None:
        word = self.word(at)
        if word in ("средн", "средняя", "среднем") or word.startswith("средн"):
            return None
        return next(
            (
                n
                for s, n in WEEKDAYS.items()
                if word == s or (len(s) > 3 and word.startswith(s) and len(word) < len(s) + 4)
            ),
            None,
        )

    def _unit_name(self, at: int) -> str | None:
        word = self.word(at)
        return next((unit for unit, stems in UNITS.items() if is_stem(word, stems)), None)

    def _year(self, at: int) -> tuple[int, int] | None:
        """ "2022", «2022 года», «22-го года»."""
        if not (got := self._number(at)):
            return None
        end, number = got
        named = self.word(end).startswith(("год", "году")) or self.word(end) == "г"
        if 1990 <= number.value <= 2100 or (named and number.ordinal and number.value < 100):
            year = number.value if number.value > 100 else 2000 + number.value
            return end + named, year
        return None

    # -- days

    def _date(self, at: int) -> tuple[int, date] | None:
        """A whole date: «20 октября», "October 20th, 2022", 20.10.2022, 2022-10-20, «двадцатого числа»."""
        word = self.word(at)
        if match := ISO.fullmatch(word):
            day = valid(*map(int, match.groups()))
            return (at + 1, day) if day else None
        if (match := DOTTED.fullmatch(word)) and int(match[2]) <= 12:
            year = int(match[3]) + (2000 if len(match[3]) == 2 else 0) if match[3] else None
            found = self.calendar.of_month(int(match[1]), int(match[2]), year)
            return (at + 1, found) if found else None
        if month := self._month(at):
            after = self._skip(at + 1, "the")
            got = self._number(after)
            if got and 1 <= got[1].value <= 31 and not self._unit_after(got[0]):
                return self._with_year(got[0], got[1].value, month)
        at = self._skip(at, "the")
        got = self._number(at)
        if not got or not 1 <= got[1].value <= 31:
            return None
        end, number = self._skip(got[0], "of числа число числу"), got[1]
        if month := self._month(end):
            return self._with_year(end + 1, number.value, month)
        if end > got[0] and self.word(got[0]) != "of":
            found = self.calendar.of_month(number.value)
            return (end, found) if found else None
        return None

    def _unit_after(self, at: int) -> bool:
        return self._unit_name(at) in ("hour", "minute")

    def _with_year(self, at: int, day: int, month: int) -> tuple[int, date] | None:
        year = self._year(at)
        found = self.calendar.of_month(day, month, year[1] if year else None)
        return (year[0] if year else at, found) if found else None

    def _named_day(self, at: int) -> tuple[int, date, str] | None:
        """«вчера», «в прошлый понедельник», "last Friday"."""
        word = self.word(at)
        if (
            self.words[at : at + 4] == ["the", "day", "before", "yesterday"]
            or self.words[at : at + 3] == ["day", "before", "yesterday"]
        ):
            return at + (4 if word == "the" else 3), self.calendar.today - 2 * DAY, "day"
        if self.words[at : at + 3] == ["day", "after", "tomorrow"]:
            return at + 3, self.calendar.today + 2 * DAY, "day"
        for stem, shift in RELATIVE.items():
            if word.startswith(stem) and len(word) - len(stem) < 6:
                name = {0: "today", -1: "yesterday", 1: "tomorrow"}.get(shift, "day")
                end = at + 1 + (self.word(at + 1).startswith(("день", "дня", "дне", "днем", "сутк")) and word != stem)
                return end, self.calendar.today + shift * DAY, name
        end, shift = self._shift(at)
        if (number := self._weekday(end)) is not None:
            past = self.calendar.weekday(number)
            if shift < 0 and past == self.calendar.today:
                past -= 7 * DAY
            return end + 1, self.calendar.weekday(number, 1) if shift > 0 else past, "day"
        return None

    def _shift(self, at: int) -> tuple[int, int]:
        at = self._skip(at, "the")
        for stems, shift in ((PREVIOUS, -1), (NEXT, 1), (THIS, 0)):
            if is_stem(self.word(at), stems):
                return at + 1, shift
        return at, 0

    def _bare_day(self, at: int) -> tuple[int, int] | None:
        """A day of the month with no month: «двадцатого», "the 20th"."""
        at = self._skip(at, "the")
        got = self._number(at)
        if got and 1 <= got[1].value <= 31 and got[1].words <= 2:
            return self._skip(got[0], "числа число"), got[1].value
        return None

    def _day(self, at: int) -> tuple[int, date, str] | None:
        if got := self._date(at):
            return got[0], got[1], "day"
        return self._named_day(at)

    # -- times of day

    def _clock(self, at: int) -> tuple[int, float] | None:
        """An hour of the day: 15:00, «3 часа дня», "3 pm", «полдень»."""
        word = self.word(at)
        if match := CLOCK.fullmatch(word):
            hour = int(match[1]) + int(match[2]) / 60
            return (self._daytime(at + 1, hour) if hour < 24 else None)  # fmt: skip
        if match := AM_PM.fullmatch(word):
            return at + 1, int(match[1]) % 12 + (12 if match[2] == "pm" else 0)
        if word.startswith(("полдень", "полдня", "noon", "midday")):
            return at + 1, 12.0
        if word.startswith(("полночь", "полноч", "midnight")):
            return at + 1, 0.0
        got = self._number(at)
        if not got or got[1].ordinal or got[1].value > 24:
            return None
        end = self._skip(got[0], "час часа часов часам часу o'clock ч")
        return self._daytime(end, got[1].value) if end > got[0] or self._says_daytime(end) else None

    def _says_daytime(self, at: int) -> bool:
        word = self.word(at)
        return word in ("am", "pm", "утра", "вечера", "ночи", "дня") or word.startswith("oclock")

    def _daytime(self, at: int, hour: float) -> tuple[int, float]:
        word = self.word(at)
        if not self._says_daytime(at):
            return at, hour
        if word in ("pm", "вечера", "дня") and hour < 12:
            hour += 12
        return at + 1, 0.0 if word in ("am", "ночи") and hour == 12 else hour

    def _part(self, at: int) -> tuple[int, _Part] | None:
        word = self.word(at)
        for name, (first, last, stems) in PARTS.items():
            if any(word.startswith(stem) and len(word) - len(stem) < 4 for stem in stems.split()) and word != "ночи":
                if name == "night" and self.word(at - 1) == "last":
                    return at + 1, _Part(-6, 6, "night")
                return at + 1, _Part(first, last, name)
        if self.word(at - 1) in ("в", "at", "около", "around", "к", "на") and (got := self._clock(at)):
            return got[0], _Part(got[1], got[1] + 1, "clock", point=True)
        if ":" in word and (got := self._clock(at)):
            return got[0], _Part(got[1], got[1] + 1, "clock", point=True)
        return None

    # -- stretches

    def _loose(self, at: int) -> tuple[int, Period] | None:
        """«за всё время», «скоро»: no bounds, or a quarter of a year ahead and a week back."""
        if self.words[at : at + 2] in (["все", "время"], ["весь", "период"], ["all", "time"], ["так", "далее"]):
            return at + 2, Period(None, None, "ever")
        if self.word(at) in ("скоро", "вскоре", "soon", "недавно", "recently", "lately"):
            months = self.calendar.back(3, "month") if self.calendar.ahead else self.calendar.back(1, "week")
            return at + 1, months
        return None

    def _range(self, at: int) -> tuple[int, Period | _Part] | None:
        """«с A по B», "from A to B", "between A and B"."""
        if self.word(at) not in ("с", "со", "c", "от", "from", "between", "между"):
            return None
        start = at + 1
        for middle in range(start + 1, min(start + 6, len(self.words))):
            joint = self.word(middle)
            if joint in ("по", "до", "to", "till", "until", "through", "thru", "and", "и"):
                got = self._between(start, middle, middle + 1, hours=joint in ("до", "to", "till", "until", "and", "и"))
                if got:
                    return got
        return None

    def _between(self, a: int, middle: int, b: int, hours: bool) -> tuple[int, Period | _Part] | None:
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

    def _hour_range(self, a: int, middle: int, b: int, hours: bool) -> tuple[int, _Part] | None:
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
            return two[0], _Part(first, two[1], "hours")
        return None

    def _hyphened(self, at: int) -> tuple[int, Period] | None:
        """«12-15 октября»."""
        match = HYPHENED.fullmatch(self.word(at))
        month = self._month(at + 1)
        if match and month:
            got = self._with_year(at + 2, int(match[2]), month)
            return self._ordered(self._before(got[1], int(match[1])), got[1], got[0]) if got else None
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
        return 1, at + 1, self._unit_name(at)

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

    def _bounded(self, at: int) -> tuple[int, Period | _Part] | None:
        """«до конца года», «с понедельника», "since Monday", «после 20 октября», «с утра»."""
        word = self.word(at)
        if word in SINCE.split():
            return self._since(self._skip(at, SINCE + " the"), at)
        if word in UNTIL.split():
            return self._until(self._skip(at, UNTIL + " the"))
        return None

    def _until(self, at: int) -> tuple[int, Period] | None:
        ending = self._skip(at, "конца концу конец end the of close")
        now = self.calendar.now if self.calendar.ahead else None
        if self.words[at : at + 2] in (["нового", "года"], ["новому", "году"], ["new", "year"], ["new", "years"]):
            return at + 2, Period(now, self.calendar.year(self.calendar.today.year).end, "until")
        if ending > at and (got := self._whole(ending)):
            return got[0], Period(now, got[1].end, "until")
        if got := self._whole(at):
            named = got[1]
            return got[0], Period(now, named.end if self.calendar.ahead else named.start, "until")
        return None

    def _since(self, at: int, first: int) -> tuple[int, Period | _Part] | None:
        start = self._skip(at, "начала начало start beginning the of")
        if part := self._part(start):
            begin = part[1].first
            return part[0], _Part(begin, 24, "since", since=True)
        after = self.word(first) in ("после", "after")
        if got := self._whole(start):
            begin_at = got[1].end if after and got[1].name == "day" else got[1].start
            if begin_at and begin_at > self.calendar.now and not self.calendar.ahead:
                return None
            return got[0], Period(begin_at, None, "since")
        if (clock := self._clock(start)) or (clock := self._bare_clock(start, after)):
            return clock[0], _Part(clock[1], 24, "since", since=True)
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
