"""Rules for dates, times and years in an English text."""

from __future__ import annotations

import re
from datetime import datetime

from voice.spoken.english import numerals
from voice.spoken.scan import Rule, Scan, rule

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT = {name[:3]: n for n, name in enumerate(MONTHS)} | {"Sept": 8}
MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:{'|'.join(sorted((s for s in SHORT if s != 'May'), key=len, reverse=True))})\.?)(?![a-z])"
DAYS = {"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
        "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}  # fmt: skip


def day(number: int, month: int, year: int | None) -> str:
    text = f"the {numerals.ordinal(number)} of {MONTHS[month]}"
    return f"{text}, {numerals.year(year)}" if year else text


def clock(hour: int, minute: int, half: str | None = None) -> str:
    """A time of the day: "fourteen fifteen", "nine o'clock", "nine oh five", "two fifteen p.m."."""
    tail = f" {half[0].upper()} M" if half else ""
    if not minute:
        if half:
            return f"{numerals.below_hundred(hour)}{tail}"
        if hour in (0, 24):
            return "midnight"
        return f"{numerals.below_hundred(hour)} o'clock" if hour <= 12 else f"{numerals.below_hundred(hour)} hundred"
    low = f"oh {numerals.SMALL[minute]}" if minute < 10 else numerals.below_hundred(minute)
    front = "zero" if hour == 0 else numerals.below_hundred(hour)
    return f"{front} {low}{tail}"


def _month(text: str) -> int:
    text = text.rstrip(".")
    return MONTHS.index(text) if text in MONTHS else SHORT[text]


def date_in_words(scan: Scan, m: re.Match[str]) -> str | None:
    number = int(m["day"])
    if not 1 <= number <= 31:
        return None
    spoken = day(number, _month(m["month"]), int(m["year"]) if m["year"] else None)
    return spoken.removeprefix("the ") if scan.previous == "the" else spoken


def days_between(scan: Scan, m: re.Match[str]) -> str | None:
    first, last = int(m["first"]), int(m["day"])
    if not 1 <= first < last <= 31:
        return None
    year = f", {numerals.year(int(m['year']))}" if m["year"] else ""
    front = "" if scan.previous in ("from", "between") else "from "
    joint = "and" if scan.previous == "between" else "to"
    month = MONTHS[_month(m["month"])]
    return f"{front}the {numerals.ordinal(first)} {joint} the {numerals.ordinal(last)} of {month}{year}"


def date_in_figures(scan: Scan, m: re.Match[str]) -> str | None:
    """2022-10-20, 20/10/2022, 20.10.2022: the day first, as the house writes it."""
    try:
        at = datetime(int(m["year"]), int(m["month"]), int(m["day"]))  # noqa: DTZ001 only whether there is such a day
    except ValueError:
        return None
    return day(at.day, at.month - 1, at.year)


def moment(scan: Scan, m: re.Match[str]) -> str | None:
    spoken = date_in_figures(scan, m)
    return spoken and f"{spoken}, {clock(int(m['hour']), int(m['minute']))}"


def time(scan: Scan, m: re.Match[str]) -> str | None:
    hour, minute = int(m["hour"]), int(m["minute"])
    second = m["second"]
    spoken = clock(hour, minute, m["half"])
    if second and int(second):
        spoken = f"{clock(hour, minute) if minute else numerals.below_hundred(hour)} and {numerals.below_hundred(int(second))} {'second' if int(second) == 1 else 'seconds'}"
    return spoken


def hour(scan: Scan, m: re.Match[str]) -> str | None:
    """2 pm."""
    return clock(int(m["hour"]), 0, m["half"]) if 1 <= int(m["hour"]) <= 12 else None


def times_between(scan: Scan, m: re.Match[str]) -> str | None:
    start, end = clock(int(m["hour"]), int(m["minute"])), clock(int(m["hour2"]), int(m["minute2"]))
    start = start.removesuffix(" o'clock")
    front = "" if scan.previous in ("from", "between") else "from "
    return f"{front}{start} {'and' if scan.previous == 'between' else 'to'} {end}"


def year(scan: Scan, m: re.Match[str]) -> str | None:
    """A number that can be a year, after a word that goes before years."""
    if scan.previous not in YEAR_AFTER:
        return None
    return numerals.year(int(m["year"]))


YEAR_AFTER = frozenset(
    """in since until till before after by of during year from to for through early late mid around spring summer autumn
    fall winter january february march april may june july august september october november december""".split()
)


def years_between(scan: Scan, m: re.Match[str]) -> str | None:
    if int(m["last"]) <= int(m["first"]):
        return None
    front = "" if scan.previous in ("from", "between") else "from "
    return f"{front}{numerals.year(int(m['first']))} to {numerals.year(int(m['last']))}"


def decade(scan: Scan, m: re.Match[str]) -> str | None:
    ten = int(m["year"]) % 100
    return f"{numerals.below_hundred(int(m['year']) // 100)} {numerals.below_hundred(ten)[:-1]}ies" if ten else None


def weekdays(scan: Scan, m: re.Match[str]) -> str | None:
    return f"{DAYS[m['first']]} to {DAYS[m['last']]}"


def weekday(scan: Scan, m: re.Match[str]) -> str | None:
    after = scan.text[m.end() :]
    if (
        m["day"] in ("Sat", "Sun", "Wed", "Mon")
        and not m[0].endswith(".")
        and not re.match(r"[,\s]*(?:\d|at\b|and\b|$|[.)])", after)
    ):
        return None
    return DAYS[m["day"]] + ("," if re.match(r"\s+\d", after) else "")


YEAR = r"(?:,?[\s\u00a0]+(?P<year>(?:19|20|21)\d\d)(?![\d:-]))?"
ISO = r"(?P<year>(?:19|20|21)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"
CLOCK = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
HALF = r"(?:[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?)"
DASH = r"(?:\s?[–—]\s?|-|\s+to\s+|(?<=[\d])\s+and\s+(?=\d))"
SHORT_DAY = "|".join(sorted(DAYS, key=len, reverse=True))
RULES: tuple[Rule, ...] = (
    rule(rf"{ISO}[T ]{CLOCK}(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?(?![\d:])", moment),
    rule(rf"{ISO}(?![\d-])", date_in_figures),
    rule(r"(?P<day>\d\d?)(?P<sep>[./])(?P<month>\d\d?)(?P=sep)(?P<year>(?:19|20|21)\d\d)(?!\d)", date_in_figures),
    rule(
        rf"(?P<first>\d\d?)(?:st|nd|rd|th)?{DASH}(?P<day>\d\d?)(?:st|nd|rd|th)?[\s\u00a0]+(?:of\s+)?{MONTH}{YEAR}",
        days_between,
    ),
    rule(rf"{MONTH}[\s\u00a0]+(?P<first>\d\d?){DASH}(?P<day>\d\d?)(?!\d){YEAR}", days_between),
    rule(rf"(?P<day>\d\d?)(?:st|nd|rd|th)?[\s\u00a0]+(?:of\s+)?{MONTH}{YEAR}", date_in_words),
    rule(rf"{MONTH}[\s\u00a0]+(?P<day>\d\d?)(?:st|nd|rd|th)?(?![\d:]|[.,]\d){YEAR}", date_in_words),
    rule(rf"{CLOCK}{DASH}(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)(?![\d:])", times_between),
    rule(rf"(?<![\d:]){CLOCK}(?::(?P<second>[0-5]\d))?{HALF}?(?![\d:])", time),
    rule(rf"(?P<hour>\d\d?){HALF}(?!\w)", hour),
    rule(r"(?P<first>(?:19|20)\d\d)\s?[–—-]\s?(?P<last>(?:19|20)\d\d)(?!\d)", years_between),
    rule(r"(?P<year>(?:19|20)\d0)'?s\b", decade),
    rule(rf"(?P<first>{SHORT_DAY})\.?\s?[–—-]\s?(?P<last>{SHORT_DAY})\b\.?", weekdays),
    rule(rf"(?<!\w)(?P<day>{SHORT_DAY})\b(?:\.(?=\s*[\da-z,]))?,?", weekday),
)
YEARS: Rule = rule(r"(?P<year>(?:19|20)\d\d)(?![\d:.,-]*\d)", year)
"""After the rules for amounts: whatever has a unit is no year."""
