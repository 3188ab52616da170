"""Who is told of what, in which order, and what the card says: without Telegram, and without a house."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.channels.telegram.card import card
from agent.channels.telegram.choosing import CATEGORIES, chosen, hours
from agent.channels.telegram.pace import A_CHAT_BURST, OVERALL_BURST, RESERVED, Line, rank
from agent.channels.telegram.snapshot import PRIORITIES, Snapshot
from agent.channels.telegram.wishes import FLOOD, WINDOW, Judge, Verdict, Wishes, asleep

AT = datetime(2026, 11, 16, 12, 3, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
DISPATCHER = frozenset(("DISPATCHER",))


def alarm(**more: Any) -> Snapshot:
    usual: dict[str, Any] = {
        "id": "alarm_7", "title": "Душно", "priority": "HIGH", "building": "Альфа", "building_code": "alpha",
        "raised_at": AT, "last_raised_at": AT, "state": "ACTIVE", "category": "AIR", "sensor": "co2-101", "value": 1180.0,
        "unit": "ppm", "room": "101", "floor": "1 этаж",
    }  # fmt: skip
    return Snapshot(**(usual | more))


FLOODED = Snapshot(
    "incident_3", "1 этаж: жарко", "MEDIUM", "Альфа", "alpha", AT, AT, alarms=12, live=9, unacknowledged=7
)


# -- whom it concerns

JUDGED: list[tuple[dict[str, Any], Wishes, Verdict]] = [
    ({}, Wishes(), Verdict.NOW),
    ({"state": "RETURNED"}, Wishes(), Verdict.NOW),
    ({"state": "ACKNOWLEDGED"}, Wishes(), Verdict.NEVER),
    ({"annunciated": False}, Wishes(), Verdict.NEVER),
    ({"priority": "LOW"}, Wishes(least="MEDIUM"), Verdict.NEVER),
    ({}, Wishes(categories=frozenset(("FIRE",))), Verdict.NEVER),
    ({}, Wishes(buildings=frozenset(("beta",))), Verdict.NEVER),
    ({}, Wishes(quiet=(time(22), time(7))), Verdict.NOW),
    ({}, Wishes(quiet=(time(12), time(13))), Verdict.LATER),
    ({"incident": "incident_3"}, Wishes(), Verdict.NEVER),
    ({"priority": "LOW", "escalated_to": "DISPATCHER"}, Wishes(least="HIGH", quiet=(time(0), time(23))), Verdict.NOW),
    ({"priority": "LOW", "escalated_to": "MANAGER"}, Wishes(least="HIGH"), Verdict.NEVER),
    (
        {"priority": "CRITICAL", "incident": "incident_3"},
        Wishes(frozenset(("beta",)), frozenset(("FIRE",)), "CRITICAL", (time(0), time(23))),
        Verdict.NOW,
    ),
]


@pytest.mark.parametrize(("given_", "wishes", "verdict"), JUDGED)
def test_who_is_told(given_: dict[str, Any], wishes: Wishes, verdict: Verdict) -> None:
    assert Judge(wishes, DISPATCHER).of(alarm(**given_), AT) is verdict


def test_an_incident_is_told_by_its_priority_and_building() -> None:
    assert Judge(Wishes(categories=frozenset(("FIRE",)))).of(FLOODED, AT) is Verdict.NOW
    assert Judge(Wishes(least="HIGH")).of(FLOODED, AT) is Verdict.NEVER
    assert Judge().of(replace(FLOODED, closed_at=AT), AT) is Verdict.NEVER


def test_too_many_at_once_wait_for_their_incident() -> None:
    judge = Judge()
    verdicts = [judge.of(alarm(id=f"alarm_{n}"), AT + timedelta(seconds=n)) for n in range(FLOOD + 3)]
    assert verdicts == [Verdict.NOW] * FLOOD + [Verdict.GROUPED] * 3
    assert judge.of(alarm(priority="CRITICAL"), AT + timedelta(seconds=30)) is Verdict.NOW
    assert judge.of(alarm(), AT + WINDOW) is Verdict.NOW


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2)))  # noqa: DTZ001
def test_quiet_hours_are_a_part_of_each_day(begins: time, ends: time, at: datetime) -> None:
    begins, ends = begins.replace(tzinfo=None), ends.replace(tzinfo=None)
    if begins != ends:
        inside, outside = Wishes(quiet=(begins, ends)), Wishes(quiet=(ends, begins))
        assert asleep(inside, at) is not asleep(outside, at), "a day is the two together"
        assert asleep(inside, datetime.combine(at, begins))
        assert not asleep(inside, datetime.combine(at, ends))


HOURS: list[tuple[str, tuple[time, time] | None]] = [
    ("22:30-7:00", (time(22, 30), time(7))),
    ("22-7", (time(22), time(7))),
    ("с 23 до 8.30", (time(23), time(8, 30))),
    ("from 22:00 to 06:00", (time(22), time(6))),
    ("0-24", None),
    ("off", None),
    ("Выключить", None),
]


@pytest.mark.parametrize(("said", "meant"), HOURS)
def test_hours_as_people_write_them(said: str, meant: tuple[time, time] | None) -> None:
    if said == "0-24":
        with pytest.raises(ValueError):
            hours(said)
    else:
        assert hours(said) == meant


@pytest.mark.parametrize("said", ["", "25-7", "22:99-7", "never", "22", "7-7"])
def test_hours_that_are_none(said: str) -> None:
    with pytest.raises(ValueError):
        hours(said)


def test_choices() -> None:
    assert chosen(Wishes(), "least", "HIGH").least == "HIGH"
    one = chosen(Wishes(), "category", "FIRE")
    assert one.categories == {"FIRE"}
    assert chosen(one, "category", "FIRE").categories == frozenset()
    for each in CATEGORIES[:-1]:
        one = chosen(one, "category", each) if each not in one.categories else one
    assert chosen(one, "category", CATEGORIES[-1]).categories == frozenset(), "all of them are no choice"
    assert chosen(Wishes(), "building", "alpha").buildings == {"alpha"}
    with pytest.raises(ValueError):
        chosen(Wishes(), "least", "HUGE")


# -- what it says


def test_a_card_in_russian() -> None:
    shown = card(alarm(tenants=("ООО <Ромашка>",), occurrences=3), "ru", MOSCOW, DISPATCHER)
    assert shown.text.splitlines() == [
        "🟠 <b>Душно</b>",
        "высокий · воздух",
        "📍 пом. 101, 1 этаж, Альфа",
        "🏢 ООО &lt;Ромашка&gt;",
        "📟 co2-101: 1180 ppm",
        "🕑 с 15:03 16.11, раз: 3",
        "<b>Активна</b>",
    ]
    assert not shown.silent
    assert [[one.data for one in row] for row in shown.buttons] == [
        ["a:ack:alarm_7", "a:shv:alarm_7"],
        ["a:pln:alarm_7", "a:who:alarm_7"],
    ]


def test_a_card_says_how_it_stands() -> None:
    one = alarm(
        state="LATCHED", acknowledged_at=AT, acknowledged_by="Денис", returned_at=AT, note="Еду", shelved_until=AT,
        shelved_by="Мария", latching=True,
    )  # fmt: skip
    shown = card(one, "en", MOSCOW, DISPATCHER)
    assert shown.text.splitlines()[-4:] == [
        "✏️ Еду",
        "🔕 shelved until 15:03 16.11 (Мария)",
        "👤 acknowledged by Денис, 15:03 16.11",
        "<b>Back to normal and acknowledged, to be reset, 15:03 16.11</b>",
    ]
    assert shown.text.startswith("✅")
    assert [one.data for one in shown.buttons[0]] == ["a:rst:alarm_7"]
    over = card(replace(one, state="CLOSED", closed_at=AT), "ru", MOSCOW, DISPATCHER)
    assert over.text.startswith("☑️")
    assert [one.data for row in over.buttons for one in row] == ["a:pln:alarm_7", "a:who:alarm_7"]


def test_buttons_are_for_those_who_may() -> None:
    for roles in (frozenset(("TENANT",)), frozenset(("GUARD", "VIEWER"))):
        assert len(card(alarm(), "ru", UTC, roles).buttons) == 1
    leak = card(alarm(category="LEAK"), "ru", UTC, DISPATCHER)
    assert [one.data for one in leak.buttons[0]] == ["a:ack:alarm_7"], "never shelved"


def test_an_incident_is_counted() -> None:
    shown = card(FLOODED, "ru", MOSCOW, DISPATCHER)
    assert shown.text.startswith("🌊 <b>1 этаж: жарко</b>")
    assert shown.text.endswith("<b>тревог: 12, открыто: 9, не подтверждено: 7</b>")


@given(st.text(max_size=600), st.sampled_from(PRIORITIES), st.booleans())
def test_any_words_of_people_fit(words: str, priority: str, latching: bool) -> None:
    one = alarm(title=words or "x", priority=priority, latching=latching, note=words, room=words, tenants=(words,) * 9)
    shown = card(one, "ru", MOSCOW, DISPATCHER)
    assert len(shown.text) <= 4096 * 2
    assert shown.text.count("<") == 4, "only our own marks"
    assert all(len(each.data.encode()) <= 64 for row in shown.buttons for each in row)
    assert Snapshot.of(one.json()) == one


# -- in which order

keys = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 8), st.sampled_from(PRIORITIES), st.booleans()), max_size=80
)


@given(keys, st.lists(st.floats(0.01, 2.0), min_size=1, max_size=20))
def test_the_most_urgent_goes_first_and_nothing_is_lost(
    puts: list[tuple[int, int, str, bool]], steps: list[float]
) -> None:
    line, now, taken = Line(), 1000.0, []
    for number, chat, priority, edit in puts:
        line.put(("p", f"alarm_{number}"), chat, rank(priority, edit=edit))
    waiting = set(line.items)
    for step in [*steps, *[1.0] * 200]:
        now += step
        for item in (out := line.take(now, 100, 100)):
            taken.append(item.key)
        assert [item.rank for item in out] == sorted(item.rank for item in out)
        assert len(out) <= OVERALL_BURST
    assert sorted(taken) == sorted(waiting)
    assert line.wait(now) is None


def test_what_is_critical_waits_for_nobody() -> None:
    line = Line()
    for number in range(40):
        line.put(("p", f"alarm_{number}"), 5, rank("LOW", edit=False))
        line.put(("p", f"alarm_{100 + number}"), 100 + number, rank("HIGH", edit=True))
    first = line.take(1.0, 100, 100)
    assert len(first) == OVERALL_BURST - RESERVED, "room is left"
    for chat in range(15):
        line.put(("c", f"alarm_{chat}"), chat, rank("CRITICAL", edit=False))
    assert {item.key[0] for item in line.take(1.0, 0, 100)} == {"c"}
    line.pause(20.0)
    assert line.take(10.0, 100, 100) == []
    assert line.wait(10.0) == 10.0
    assert len([item for item in line.take(20.0, 100, 100) if item.chat == 5]) <= A_CHAT_BURST
