"""Days as people name them: dates, weekdays, yesterday; the words of which longer periods are made."""

from __future__ import annotations

import re
from datetime import date

from agent.offline import numbers
from agent.offline.calendar import DAY, Calendar, valid


def _numbered(words: str, cycle: int) -> dict[str, int]:
    return {word: n % cycle for n, word in enumerate(words.split())}


MONTHS = {
    stem: n + 1
    for stem, n in _numbered(
        "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр january february march april may june"
        " july august september october november december jan feb mar apr may_ jun jul aug sep oct nov dec",
        12,
    ).items()
} | {"мая": 5, "мае": 5, "маю": 5, "маем": 5, "sept": 9}
WEEKDAYS = _numbered(
    "понедельник вторник сред четверг пятниц суббот воскресен monday tuesday wednesday thursday friday saturday sunday"
    " mon tue wed thu fri sat sun",
    7,
) | {"tues": 1, "thur": 3, "thurs": 3}
UNITS = {
    "minute": "минут минута минуты минуту мин minute minutes min mins",
    "hour": "час часа часов часу часам часик часика hour hours hr hrs ч h",
    "day": "день дня дне дней дни дням днями сутк суток day days",
    "weekend": "выходн weekend",
    "week": "недел недельк week weeks",
    "month": "месяц month",
    "quarter": "квартал quarter",
    "year": "год года году годом годы лет year years",
    "shift": "смен смена смену смены смене shift",
}
RELATIVE = {
    "позавчера": -2, "послезавтра": 2, "сегодня": 0, "вчера": -1, "завтра": 1, "today": 0, "yesterday": -1,
    "tomorrow": 1,
}  # fmt: skip
PREVIOUS, NEXT = "прошл предыдущ минувш previous last", "следующ будущ ближайш next coming upcoming"
THIS = "этот это этой этом эту этого нынешн текущ сегодняшн this current"
DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def is_stem(word: str, stems: str) -> bool:
    return any(
        word == stem or (len(stem) > 3 and word.startswith(stem) and len(word) - len(stem) < 5)
        for stem in stems.split()
    )


class Days:
    """Reads days from words; every reader takes a place and gives the place after what it read, or None."""

    def __init__(self, words: list[str], calendar: Calendar) -> None:
        self.words, self.calendar = words, calendar

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

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
            (
                n
                for stem, n in MONTHS.items()
                if word == stem or ((len(stem) > 3 or stem in ("июн", "июл")) and word.startswith(stem))
            ),
            None,
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
        if self.words[at : at + 4] == ["the", "day", "before", "yesterday"] or self.words[at : at + 3] == [
            "day",
            "before",
            "yesterday",
        ]:
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
