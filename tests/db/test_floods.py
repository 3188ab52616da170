"""Which alarms of a flood belong together: by the definitions, for any raises at any times."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from db.floods import BEGINS, LASTS, LEAST, WINDOW, Open, Raised, collect, rates_of
from db.models import Category, IncidentKind
from tests.db.sensing import START, at

PLACES = [(level, 100 * level + n) for level in (1, 2, 3) for n in (1, 2)]


def raised(
    number: int, minutes: float, place: tuple[int, int] | None = None, leak: bool = False, **more: int
) -> Raised:
    level, room = place or (None, None)
    return Raised(
        number,
        number,
        1,
        at(60 * minutes),
        "Leak" if leak else "Hot",
        Category.LEAK if leak else Category.COMFORT,
        level,
        level,
        f"Floor {level}" if level else None,
        room,
        str(room) if room else None,
        "House",
        more.get("incident_id"),
    )


@st.composite
def floods(draw: st.DrawFn) -> list[Raised]:
    count = draw(st.integers(0, 40))
    spread = draw(st.sampled_from([5, 15, 60]))
    return [
        raised(
            number,
            draw(st.integers(0, spread * 4)) / 4,
            draw(st.none() | st.sampled_from(PLACES)),
            draw(st.booleans()),
        )
        for number in range(1, count + 1)
    ]


@given(floods())
def test_who_is_in_a_flood_is_collected_unless_alone(raises: list[Raised]) -> None:
    made = collect(raises, [])
    inside = {
        one.alarm_id
        for one in raises
        if any(
            sum(last.at - WINDOW < other.at <= last.at for other in raises) > BEGINS
            and last.at - WINDOW < one.at <= last.at
            for last in raises
        )
    }
    homes = [one.alarm_id for new in made.begun for one in new.alarms]
    assert len(homes) == len(set(homes))
    assert set(homes) <= inside
    assert len(inside - set(homes)) < LEAST
    assert not made.joined
    for new in made.begun:
        levels = {one.level for one in new.alarms}
        if new.kind is IncidentKind.FLOOR:
            assert len(levels) == 1
            assert len(new.alarms) >= LEAST
        if new.kind is IncidentKind.RISER:
            assert len(levels) > 1
            assert {one.category for one in new.alarms} == {Category.LEAK}
    assert sum(new.kind is IncidentKind.BUILDING for new in made.begun) <= 1


@given(floods(), st.randoms())
def test_the_order_of_raises_does_not_matter(raises: list[Raised], dice: object) -> None:
    turned = sorted(raises, key=lambda one: hash((one.alarm_id, repr(dice))))
    assert collect(raises, []) == collect(turned, [])


@given(st.lists(st.integers(0, 100), max_size=40))
def test_a_rate_is_the_number_in_the_window(minutes: list[int]) -> None:
    times = sorted(START + timedelta(minutes=each) for each in minutes)
    assert rates_of(times) == [sum(each - WINDOW < other <= each for other in times) for each in times]


def test_ten_are_not_a_flood_and_eleven_are() -> None:
    ten = [raised(number, number / 2, (1, 101)) for number in range(10)]
    assert collect(ten, []).begun == []
    assert collect([*ten, raised(11, 10)], []).begun == [], "the first lies outside by then"
    [new] = collect([*ten, raised(11, 9, (1, 101))], []).begun
    assert (new.kind, len(new.alarms), new.title) == (IncidentKind.FLOOR, 11, "Floor 1: Hot")


def test_a_riser_a_floor_and_the_rest() -> None:
    leaks = [raised(number, number, (level, 100 * level + 12), leak=True) for number, level in enumerate((3, 2, 1))]
    floor = [raised(10 + number, 4, (2, 201)) for number in range(5)]
    rest = [raised(20 + number, 5, (1, 101) if number == 0 else None) for number in range(4)]
    riser, storey, house = collect([*leaks, *floor, *rest], []).begun
    assert (riser.kind, riser.title) == (IncidentKind.RISER, "Leak: 312, 212, 112")
    assert (storey.kind, len(storey.alarms)) == (IncidentKind.FLOOR, 5)
    assert (house.kind, len(house.alarms), house.title) == (IncidentKind.BUILDING, 4, "House: Hot")


def test_leaks_by_outlines() -> None:
    leaks = [raised(1, 0, (2, 201), leak=True), raised(2, 1, (1, 102), leak=True)]
    others = [raised(10 + number, 2) for number in range(10)]
    assert [new.kind for new in collect([*leaks, *others], []).begun] == [IncidentKind.BUILDING]
    kinds = [new.kind for new in collect([*leaks, *others], [], {frozenset((201, 102))}).begun]
    assert kinds == [IncidentKind.RISER, IncidentKind.BUILDING]


def test_a_thousand_leaks_are_sorted_out_at_once() -> None:
    leaks = [
        raised(100 * level + n, 1, (level, 100 * level + n % 50 + 10), leak=True)
        for level in range(1, 41)
        for n in range(100)
    ]
    assert [len(new.alarms) for new in collect(leaks, []).begun] == [80] * 50


def test_later_alarms_join_while_the_flood_lasts() -> None:
    open_ = Open(7, 1, IncidentKind.FLOOR, 1, at(0), at(600))
    inside = [raised(number, number / 2, (1, 101), incident_id=7) for number in range(1, 20)]
    late = raised(50, 12, (1, 102))
    assert collect([*inside, late], [open_]).joined == [(late, open_)]
    elsewhere = raised(51, 12, (2, 201))
    assert collect([*inside, elsewhere], [open_]).joined == []
    after = raised(52, 18, (1, 102))
    count = sum(each.at > after.at - WINDOW for each in [*inside, after])
    assert (count < LASTS, collect([*inside, after], [open_]).joined) == (True, [])
    house = Open(8, 1, IncidentKind.BUILDING, None, at(0), at(600))
    assert collect([*inside, elsewhere], [open_, house]).joined == [(elsewhere, house)]


def test_a_leak_joins_its_riser() -> None:
    riser = Open(7, 1, IncidentKind.RISER, None, at(0), at(600), frozenset({312}))
    others = [raised(number, number / 2, incident_id=9) for number in range(1, 20)]
    second, third = raised(60, 9, (2, 212), leak=True), raised(61, 10, (1, 112), leak=True)
    stacked = {frozenset((312, 212)), frozenset((212, 112))}
    assert collect([*others, second, third], [riser], stacked).joined == [(second, riser), (third, riser)]
    hot = raised(62, 10, (2, 212))
    assert collect([*others, hot], [riser], stacked).joined == []
