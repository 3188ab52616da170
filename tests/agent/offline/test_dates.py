"""Days and periods come out as what they mean around the house's now, in the building's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline import dates, lexicon
from agent.offline.calendar import Period
from agent.offline.text import tokens

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
NOW = datetime(2022, 10, 27, 14, 30, tzinfo=MOSCOW)
"""A Thursday."""
RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def when(text: str, now: datetime = NOW, zone: ZoneInfo = MOSCOW, *, ahead: bool = False) -> Period | None:
    words = [t.text for t in lexicon.spelled(tokens(text))]
    found = dates.find(words, now, zone)
    return None if found is None else found.ahead if ahead else found.past


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@given(st.dates(date(1995, 1, 1), date(2090, 12, 31)), st.integers(0, 5))
def test_a_whole_date_is_that_day(day: date, form: int) -> None:
    text = [
        f"{day.day} {RU[day.month - 1]} {day.year}", f"за {day.day} {RU[day.month - 1]} {day.year} года", f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}", f"on {EN[day.month - 1]} {day.day}, {day.year}", f"{day.day} {EN[day.month - 1]} {day.year}",
    ][form]  # fmt: skip
    got = when(f"тревоги {text}")
    assert got is not None
    assert (got.first_day, got.last_day) == (day, day)


@given(st.dates(date(2022, 1, 1), date(2022, 12, 31)), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_a_range_of_dates_has_both_its_ends(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    text = f"с {first.day} {RU[first.month - 1]} {first.year} по {last.day} {RU[last.month - 1]} {last.year}"
    got = when(text)
    assert got is not None
    assert (got.first_day, got.last_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("сегодня", "2022-10-27", "2022-10-28"), ("вчера", "2022-10-26", "2022-10-27"), ("позавчера", "2022-10-25", "2022-10-26"),
        ("yesterday", "2022-10-26", "2022-10-27"), ("the day before yesterday", "2022-10-25", "2022-10-26"),
        ("за неделю", "2022-10-20T14:30", None), ("за последние 2 часа", "2022-10-27T12:30", None),
        ("за последние полчаса", "2022-10-27T14:00", None), ("over the past three days", "2022-10-24T14:30", None),
        ("на этой неделе", "2022-10-24", "2022-10-31"), ("на прошлой неделе", "2022-10-17", "2022-10-24"),
        ("last week", "2022-10-17", "2022-10-24"), ("in the last week", "2022-10-20T14:30", None),
        ("в октябре", "2022-10-01", "2022-11-01"), ("в ноябре", "2021-11-01", "2021-12-01"), ("in October", "2022-10-01", "2022-11-01"),
        ("в прошлом месяце", "2022-09-01", "2022-10-01"), ("в этом году", "2022-01-01", "2023-01-01"),
        ("с понедельника", "2022-10-24", None), ("since Monday", "2022-10-24", None), ("в пятницу", "2022-10-21", "2022-10-22"),
        ("со вторника по четверг", "2022-10-25", "2022-10-28"), ("с 12 по 15 октября", "2022-10-12", "2022-10-16"),
        ("12-15 октября", "2022-10-12", "2022-10-16"), ("с двенадцатого по пятнадцатое октября", "2022-10-12", "2022-10-16"),
        ("between October 12 and 15", "2022-10-12", "2022-10-16"), ("с 28 сентября по 3 октября", "2022-09-28", "2022-10-04"),
        ("двадцатого числа", "2022-10-20", "2022-10-21"), ("on the 20th", "2022-10-20", "2022-10-21"),
        ("сегодня утром", "2022-10-27T06:00", "2022-10-27T12:00"), ("вчера вечером", "2022-10-26T18:00", "2022-10-27"),
        ("ночью", "2022-10-27", "2022-10-27T06:00"), ("last night", "2022-10-26T18:00", "2022-10-27T06:00"),
        ("с 8 до 10 утра", "2022-10-27T08:00", "2022-10-27T10:00"), ("from 9 am to 6 pm yesterday", "2022-10-26T09:00", "2022-10-26T18:00"),
        ("вечером", "2022-10-26T18:00", "2022-10-27"), ("с утра", "2022-10-27T06:00", None), ("с начала месяца", "2022-10-01", None),
        ("за выходные", "2022-10-22", "2022-10-24"), ("неделю назад", "2022-10-20", "2022-10-21"),
    ],
)  # fmt: skip
def test_times_gone_by(text: str, start: str, end: str | None) -> None:
    got = when(text)
    assert got is not None
    assert got.start == local(start)
    assert got.end == (local(end) if end else None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("до конца года", "2022-10-27", "2022-12-31"), ("в этом квартале", "2022-10-01", "2022-12-31"),
        ("в следующем месяце", "2022-11-01", "2022-11-30"), ("в ноябре", "2022-11-01", "2022-11-30"),
        ("в ближайшие три месяца", "2022-10-27", "2023-01-27"), ("30 ноября", "2022-11-30", "2022-11-30"),
        ("завтра", "2022-10-28", "2022-10-28"), ("до нового года", "2022-10-27", "2022-12-31"),
        ("before the end of the month", "2022-10-27", "2022-10-31"), ("next quarter", "2023-01-01", "2023-03-31"),
    ],
)  # fmt: skip
def test_times_to_come(text: str, first: str, last: str) -> None:
    got = when(text, ahead=True)
    assert got is not None
    assert (str(got.first_day), str(got.last_day)) == (first, last)


def test_days_are_the_buildings_own_also_when_the_clocks_go_back() -> None:
    now = datetime(2022, 10, 30, 20, 0, tzinfo=BERLIN)
    got = when("сегодня", now, BERLIN)
    assert got is not None
    assert got.start is not None
    assert got.end is not None
    assert got.end.astimezone(UTC) - got.start.astimezone(UTC) == timedelta(hours=25)
    hours = when("за последние 24 часа", now, BERLIN)
    assert hours is not None
    assert hours.start is not None
    assert now.astimezone(UTC) - hours.start.astimezone(UTC) == timedelta(hours=24)


@pytest.mark.parametrize("text", ["на третьем этаже", "в 412", "комната 305", "на пятом", "кто может", "it may be"])
def test_what_is_no_time(text: str) -> None:
    assert when(text) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "с",
                "по",
                "до",
                "за",
                "на",
                "20",
                "октября",
                "вчера",
                "утром",
                "last",
                "week",
                "3",
                "часа",
                "дня",
                "конца",
                "года",
                "31",
                "2022",
                "в",
                "это",
            ]
        ),
        max_size=9,
    )
)
def test_any_words_about_time_make_a_sane_period_or_none(words: list[str]) -> None:
    for ahead in (False, True):
        got = when(" ".join(words), ahead=ahead)
        if got is not None and got.start and got.end:
            assert got.start <= got.end
