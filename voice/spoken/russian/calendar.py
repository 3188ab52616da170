"""Rules for dates, times and years in a Russian text."""

from __future__ import annotations

import re
from datetime import datetime

from voice.spoken.russian import numerals
from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, N
from voice.spoken.russian.nouns import NOUNS
from voice.spoken.scan import Rule, Scan, rule

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
SHORT = {
    "янв": 1, "фев": 2, "февр": 2, "мар": 3, "апр": 4, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "сент": 9, "окт": 10,
    "ноя": 11, "нояб": 11, "дек": 12,
}  # fmt: skip
MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:{'|'.join(sorted(SHORT, key=len, reverse=True))})\.?(?![а-яё]))"
YEAR_MARK = r"(?:[\s\u00a0]*(?:года\b|г\.(?!\s?[А-ЯЁ][а-яё])|г\.(?=\s*$)|г\b\.?))?"
YEAR = rf"(?:,?[\s\u00a0]+(?P<year>(?:19|20|21)\d\d)(?![\d:-]){YEAR_MARK})?"

DAY_CASES: dict[str, Case] = {
    **dict.fromkeys("с со до от после около для из раньше позже ранее позднее кроме".split(), GEN),
    **dict.fromkeys("к ко".split(), DAT),
    **dict.fromkeys("по на за через".split(), ACC),
    **dict.fromkeys("перед между".split(), INS),
    **dict.fromkeys("о об".split(), PRE),
    **dict.fromkeys("сегодня сейчас завтра послезавтра вчера позавчера дата число это день".split(), NOM),
}
"""The case of a date by the word in front; elsewhere it tells when: the genitive."""
TIME_CASES: dict[str, Case] = {
    **dict.fromkeys("с со до от после около раньше позже не ранее позднее".split(), GEN),
    **dict.fromkeys("к ко".split(), DAT),
    **dict.fromkeys("между перед".split(), INS),
}
HOUR, MINUTE, SECOND = NOUNS["час"], NOUNS["минута"], NOUNS["секунда"]


def day(number: int, month: int, year: int | None, case: Case) -> str:
    text = f"{numerals.ordinal(number, case, N)} {MONTHS[month - 1]}"
    return f"{text} {numerals.ordinal(year, GEN)} года" if year else text


def clock(hour: int, minute: int, second: int | None, case: Case) -> str:
    """A time of the day: "четырнадцать пятнадцать", "девять часов", "девять ноль пять"."""
    if second:
        parts = (
            numerals.counted(hour, HOUR, case),
            numerals.counted(minute, MINUTE, case),
            numerals.counted(second, SECOND, case),
        )
        return " ".join(parts)
    if not minute:
        return HOUR.form(case) if hour == 1 else numerals.counted(hour, HOUR, case)
    low = numerals.cardinal(minute, case)
    return f"{numerals.cardinal(hour, case)} {'ноль ' if minute < 10 else ''}{low}"


def _day_case(scan: Scan, m: re.Match[str]) -> Case:
    if scan.kind == "day" and scan.joins():
        return Case(scan.case)
    previous = scan.previous
    if not previous and not scan.before.strip() and re.fullmatch(r"\s*[.!]?\s*", scan.text[m.end() :]):
        return NOM
    return DAY_CASES.get(previous, GEN)


def date_in_words(scan: Scan, m: re.Match[str]) -> str | None:
    number, month = int(m["day"]), _month(m["month"])
    if not 1 <= number <= 31:
        return None
    case = _day_case(scan, m)
    scan.mark(case, "day", m.end())
    return day(number, month, int(m["year"]) if m["year"] else None, case)


def _month(text: str) -> int:
    text = text.rstrip(".")
    return MONTHS.index(text) + 1 if text in MONTHS else SHORT[text]


def days_between(scan: Scan, m: re.Match[str]) -> str | None:
    """20–22 октября: from the first to the last."""
    first, last = int(m["first"]), int(m["day"])
    if not 1 <= first < last <= 31:
        return None
    front = "" if scan.previous in ("с", "со") else "с "
    year = f" {numerals.ordinal(int(m['year']), GEN)} года" if m["year"] else ""
    month = MONTHS[_month(m["month"]) - 1]
    scan.mark(ACC, "day", m.end())
    return f"{front}{numerals.ordinal(first, GEN, N)} по {numerals.ordinal(last, ACC, N)} {month}{year}"


def dates_between(scan: Scan, m: re.Match[str]) -> str | None:
    """28 октября – 3 ноября."""
    front = "" if scan.previous in ("с", "со") else "с "
    first = day(int(m["day1"]), _month(m["month1"]), None, GEN)
    last = day(int(m["day"]), _month(m["month"]), int(m["year"]) if m["year"] else None, ACC)
    scan.mark(ACC, "day", m.end())
    return f"{front}{first} по {last}"


def date_in_figures(scan: Scan, m: re.Match[str]) -> str | None:
    """20.10.2022, 20.10.22, 20.10, 2022-10-20, with or without a time."""
    year = m["year"]
    full = None if year is None else int(year) if len(year) == 4 else 2000 + int(year)
    try:
        datetime(full or 2000, int(m["month"]), int(m["day"]))  # noqa: DTZ001 only whether there is such a day
    except ValueError:
        return None
    if year is None and not (scan.previous in DAY_CASES or scan.kind == "day"):
        return None
    case = _day_case(scan, m)
    scan.mark(case, "day", m.end())
    return day(int(m["day"]), int(m["month"]), full, case)


def moment(scan: Scan, m: re.Match[str]) -> str | None:
    """2022-10-20T14:15:00+03:00, 2022-10-20 14:15: the day and the time, without the zone."""
    spoken = date_in_figures(scan, m)
    if spoken is None or int(m["hour"]) > 24:
        return None
    second = int(m["second"] or 0)
    return f"{spoken}, {clock(int(m['hour']), int(m['minute']), second or None, NOM)}"


def time(scan: Scan, m: re.Match[str]) -> str | None:
    hour, minute, second = int(m["hour"]), int(m["minute"]), m["second"]
    if hour > 24 or minute > 59:
        return None
    case = Case(scan.case) if scan.kind == "time" and scan.joins() and scan.previous in ("и", "или") else None
    if case is None:
        case = TIME_CASES.get(scan.previous, NOM)
    scan.mark(case, "time", m.end())
    return clock(hour, minute, int(second) if second else None, case)


def times_between(scan: Scan, m: re.Match[str]) -> str | None:
    """9:00–18:00, "с 9:00 до 18:00", "между 9:00 и 18:00": the hours are named once."""
    first, low, last, high = (int(m[name]) for name in ("hour", "minute", "hour2", "minute2"))
    between = scan.previous == "между"
    if first > 24 or last > 24 or low > 59 or high > 59 or (" и " in m[0] and not between):
        return None
    case = INS if between else GEN
    start = numerals.cardinal(first, case) if not low and not high else clock(first, low, None, case)
    scan.mark(case, "time", m.end())
    front = "" if scan.previous in ("с", "от", "между") else "с "
    return f"{front}{start} {'и' if between else 'до'} {clock(last, high, None, case)}"


def year(scan: Scan, m: re.Match[str]) -> str | None:
    """2022 год, в 2022 году, 2022 г."""
    form = m["form"]
    cases = {"год": NOM, "года": GEN, "году": PRE, "годом": INS, "годе": PRE}
    if form in cases:
        case = cases[form]
        if form == "году" and scan.previous in ("к", "ко", "по"):
            case = DAT
        return f"{numerals.ordinal(int(m['year']), case)} {form}"
    case = {"в": PRE, "с": GEN, "до": GEN, "от": GEN, "за": ACC, "по": ACC, "на": ACC, "к": DAT}.get(scan.previous, GEN)
    shown = {NOM: "год", GEN: "года", DAT: "году", ACC: "год", INS: "годом", PRE: "году"}[case]
    return f"{numerals.ordinal(int(m['year']), case)} {shown}"


def years_between(scan: Scan, m: re.Match[str]) -> str | None:
    first, last = int(m["first"]), int(m["year"])
    front = "" if scan.previous in ("с", "со") else "с "
    return f"{front}{numerals.ordinal(first, GEN)} по {numerals.ordinal(last, ACC)} год"


def month_of_year(scan: Scan, m: re.Match[str]) -> str | None:
    return f"{m['month']} {numerals.ordinal(int(m['year']), GEN)} года"


DAYS = {"пн": 0, "вт": 1, "ср": 2, "чт": 3, "пт": 4, "сб": 5, "вс": 6}
DAY_NAMES = (
    ("понедельник", "понедельника"), ("вторник", "вторника"), ("среду", "среды"), ("четверг", "четверга"),
    ("пятницу", "пятницы"), ("субботу", "субботы"), ("воскресенье", "воскресенья"),
)  # fmt: skip
DAY_NOMINATIVE = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")


def weekdays(scan: Scan, m: re.Match[str]) -> str | None:
    """пн–пт."""
    front = "" if scan.previous in ("с", "со") else "с "
    return f"{front}{DAY_NAMES[DAYS[m['first'].lower()]][1]} по {DAY_NAMES[DAYS[m['last'].lower()]][0]}"


def weekday(scan: Scan, m: re.Match[str]) -> str | None:
    """вт 20 октября, пт, сб: short names that are no words, or that a date follows."""
    name = m["day"].lower()
    if name in ("вт", "ср", "вс") and not re.match(
        r"[.,]?[ \u00a0]*\d|[,;]\s*(?:пн|вт|ср|чт|пт|сб|вс)\b", scan.text[m.end("day") :]
    ):
        return None
    if scan.previous in ("в", "во", "на", "по", "за"):
        return DAY_NAMES[DAYS[name]][0]
    scan.mark(NOM, "day", m.end())
    return (DAY_NAMES[DAYS[name]][1] if scan.previous in ("с", "до", "от", "после") else DAY_NOMINATIVE[DAYS[name]]) + (
        "," if re.match(r"[.,]?\s*\d", scan.text[m.end("day") :]) else ""
    )


CLOCK = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
BETWEEN = r"(?:\s?[–—]\s?|-|\s+до\s+|(?<=0)\s+и\s+)"
ISO = r"(?P<year>(?:19|20|21)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"
SECONDS = r"(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
MONTH_NAMES = "январ[ьяеюём]+|феврал[ьяеюём]+|марте?а?|апрел[ьяеюём]+|мае?|июн[ьяеюём]+|июл[ьяеюём]+|августе?|сентябр[ьяеюём]+|октябр[ьяеюём]+|ноябр[ьяеюём]+|декабр[ьяеюём]+"
DAY_SHORT = "|".join(DAYS)
RULES: tuple[Rule, ...] = (
    rule(rf"{ISO}[T ]{CLOCK}{SECONDS}(?:Z|[+-]\d\d:?\d\d)?(?![\d:])", moment),
    rule(rf"{ISO}(?![\d-])", date_in_figures),
    rule(
        r"(?P<day>\d\d?)\.(?P<month>\d\d)\.(?P<year>(?:19|20|21)\d\d|\d\d)(?!\d)(?:\s?г\.?(?![а-яё]))?", date_in_figures
    ),
    rule(rf"(?P<first>\d\d?)(?:{BETWEEN}|\s+по\s+)(?P<day>\d\d?)[\s\u00a0]+{MONTH}{YEAR}", days_between),
    rule(
        rf"(?P<day1>\d\d?)[\s\u00a0]+{MONTH.replace('<month>', '<month1>')}\s?[–—-]\s?(?P<day>\d\d?)[\s\u00a0]+{MONTH}{YEAR}",
        dates_between,
    ),
    rule(rf"(?P<day>\d\d?)(?:-?(?:го|е|ого))?[\s\u00a0]+{MONTH}{YEAR}", date_in_words),
    rule(
        r"(?P<day>[0-3]\d)\.(?P<month>0[1-9]|1[0-2])(?P<year>)?(?![\d.]*\d)(?![\s\u00a0]*[°%a-zA-Zа-яА-Я²])",
        lambda s, m: _short_date(s, m),
    ),
    rule(rf"{CLOCK}{BETWEEN}(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)(?![\d:])", times_between),
    rule(rf"(?<![\d:]){CLOCK}{SECONDS}(?![\d:])", time),
    rule(
        r"(?P<first>(?:19|20)\d\d)(?:\s?[–—-]\s?|\s+по\s+)(?P<year>(?:19|20)\d\d)(?!\d)[\s\u00a0]*(?:гг\.?|годы|годах|годов|год|гг?\.)(?![а-яё])",
        years_between,
    ),
    rule(
        r"(?P<year>(?:19|20|21)\d\d)[\s\u00a0]*(?:-?(?:й|го|м|му)[\s\u00a0]+)?(?P<form>года|году|годом|годе|год|г\b\.?)(?![а-яё])",
        year,
    ),
    rule(
        rf"(?P<month>{MONTH_NAMES})[\s\u00a0]+(?P<year>(?:19|20|21)\d\d)(?!\d){YEAR_MARK}", month_of_year, re.IGNORECASE
    ),
    rule(rf"(?P<first>{DAY_SHORT})\.?\s?[–—-]\s?(?P<last>{DAY_SHORT})\b\.?(?=\W|$)", weekdays, re.IGNORECASE),
    rule(rf"(?<![^\W_])(?P<day>{DAY_SHORT})\b(?:\.(?=\s*[\d,а-я]))?,?", weekday, re.IGNORECASE),
)


def _short_date(scan: Scan, m: re.Match[str]) -> str | None:
    """20.10, where a word in front tells that it is a day."""
    if scan.previous in ("версия", "версии", "пункт", "пункта", "пункте", "раздел", "раздела", "балл", "значение"):
        return None
    case = _day_case(scan, m)
    scan.mark(case, "day", m.end())
    return day(int(m["day"]), int(m["month"]), None, case)
