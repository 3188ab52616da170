"""The made-up day is believable, and always the same one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulator.calendar import Calendar
from deploy.simulator.incidents import Fire
from deploy.simulator.measures import RANGES
from deploy.simulator.model import Model, Sample
from deploy.simulator.scripts import Wish, plan
from deploy.simulator.site import SWITCHES, Device, device
from deploy.trouble import Trouble
from tests.deploy.simulated import ladoga, moment, named

SITE = ladoga()
DAY = 86400.0
INDOORS = {
    "TEMPERATURE": (16.0, 27.0),
    "HUMIDITY": (15.0, 70.0),
    "CO2": (400.0, 2500.0),
    "POWER": (0.0, 40.0),
    "LIGHT": (0.0, 1000.0),
    "SMOKE": (0.0, 0.2),
    "NOISE": (28.0, 80.0),
}
"""Of a day on which nothing goes wrong."""

moments = st.floats(datetime(2020, 1, 1, tzinfo=UTC).timestamp(), datetime(2032, 1, 1, tzinfo=UTC).timestamp())
devices = st.sampled_from(SITE.devices)


def of_kind(samples: list[Sample], kind: str) -> list[Sample]:
    names = {one.name for one in SITE.devices if one.kind == kind}
    return [sample for sample in samples if sample.name in names]


@settings(max_examples=25)
@given(st.integers(0, 5), devices, moments, st.integers(1, 7200))
def test_values_stay_within_what_is_possible(seed: int, one: Device, at: float, span: int) -> None:
    low, high = RANGES[one.kind]
    for sample in Model(SITE, seed).of(one, at, at + span):
        assert low <= sample.value <= high
        assert one.kind not in SWITCHES or sample.value in (0.0, 1.0)
    calm = Model(SITE, seed, calm=True).value(one, at)
    low, high = INDOORS.get(one.kind, RANGES[one.kind])
    assert calm is not None
    assert low <= calm <= high


@settings(max_examples=25)
@given(st.integers(0, 3), devices, moments, st.lists(st.floats(0, DAY / 4), max_size=4))
def test_however_a_stretch_is_cut_it_says_the_same(seed: int, one: Device, at: float, cuts: list[float]) -> None:
    """So a simulator that was stopped goes on where it was, and what it sends again is known already."""
    marks = [at, *(at + cut for cut in sorted(cuts)), at + DAY / 4]
    fire = plan(SITE, seed, Wish("fire", at + 600)).incident
    pieces = [
        sample
        for since, until in pairwise(marks)
        for sample in Model(SITE, seed, [fire]).of(one, since, until)  # each by a model that knows nothing yet
    ]
    assert pieces == list(Model(SITE, seed, [fire]).of(one, at, at + DAY / 4))
    assert len({sample.at for sample in pieces}) == len(pieces)
    assert all(at < sample.at <= at + DAY / 4 for sample in pieces)


@settings(max_examples=30)
@given(st.integers(0, 3), devices, moments)
def test_the_air_does_not_jump(seed: int, one: Device, at: float) -> None:
    """Not even at four in the morning, where one day's book is closed and another opened."""
    most = {"CO2": 60.0, "TEMPERATURE": 0.6, "HUMIDITY": 3.0}.get(one.kind)
    if most is None:
        return
    model = Model(SITE, seed, calm=True)
    four = model.calendar.of(at).ends
    for begin in (at, four - 1):
        before, after = model.value(one, begin), model.value(one, begin + 60)
        assert before is not None
        assert after is not None
        assert abs(after - before) <= most


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/Amsterdam", "America/St_Johns", "Pacific/Chatham"])
def test_each_moment_is_in_one_day_also_when_clocks_are_moved(zone: str) -> None:
    calendar = Calendar(ladoga(zone).zone)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    while at < datetime(2026, 12, 1, tzinfo=UTC):
        day = calendar.of(at.timestamp())
        assert day.begins <= at.timestamp() < day.ends
        assert calendar.of(day.ends).date == day.date + timedelta(days=1)
        assert datetime.fromtimestamp(day.begins, calendar.zone).hour == 4
        at += timedelta(hours=7)


def mean(model: Model, kind: str, local: str, rooms: str = "OFFICE") -> float:
    at = moment(local)
    values = [model.value(one, at) for one in SITE.devices if one.kind == kind and one.place.kind == rooms]
    return sum(value or 0 for value in values) / len(values)


@pytest.mark.parametrize("seed", range(3))
def test_by_day_people_come_and_the_air_follows(seed: int) -> None:
    model = Model(SITE, seed, calm=True)
    day, night, sunday = "2026-11-24T11:00", "2026-11-24T03:00", "2026-11-22T11:00"
    for kind, more in (("CO2", 100), ("TEMPERATURE", 1.0), ("LIGHT", 200), ("OCCUPANCY", 4), ("NOISE", 5)):
        assert mean(model, kind, day) > mean(model, kind, night) + more, kind
        assert mean(model, kind, day) > mean(model, kind, sunday) + more / 2, kind
    assert mean(model, "OCCUPANCY", night) == 0
    assert mean(model, "OCCUPANCY", "2026-11-24T13:00") < mean(model, "OCCUPANCY", day), "lunch"
    assert mean(model, "CO2", "2026-11-24T08:30") < mean(model, "CO2", day), "the air is late"


def test_the_day_is_that_of_the_buildings_own_zone() -> None:
    site = ladoga("Asia/Vladivostok")
    at = datetime(2026, 11, 24, 11, tzinfo=site.zone).timestamp()
    people = [one for one in site.devices if one.kind == "OCCUPANCY" and one.place.kind == "OFFICE"]
    assert sum(Model(site).value(one, at) or 0 for one in people) > 20
    assert sum(Model(SITE).value(one, at) or 0 for one in people) == 0, "it is four in the morning in Moscow"


def test_switches_tell_changes_and_that_they_are_alive() -> None:
    model, begin = Model(SITE, 1), moment("2026-11-24T04:00")
    free, beating = named(SITE, "door-free"), named(SITE, "door-191")
    told = list(model.of(free, begin, begin + DAY))
    assert len(told) > 20
    assert [sample.value for sample in told] == [float(number % 2 == 0) for number in range(len(told))]
    beats = list(model.of(beating, begin, begin + DAY))
    assert len(beats) >= DAY / 300 + len([1 for first, second in pairwise(beats) if first.value != second.value]) - 300
    assert max(second.at - first.at for first, second in pairwise(beats)) <= 300.0
    assert model.opening(begin) == [Sample(begin, "ladoga/door-free", 0.0)]


def test_now_and_then_something_breaks() -> None:
    model, begin = Model(SITE, 2), moment("2026-11-02T04:00")
    leaks = of_kind(model.readings(begin, begin + 21 * DAY), "LEAK")
    wet = [sample for sample in leaks if sample.value]
    assert wet
    assert len({sample.name for sample in wet}) < 14, "not every day"
    calm = Model(SITE, 2, calm=True)
    leaky = next(one for one in SITE.devices if one.name == wet[0].name)
    assert not any(sample.value for sample in calm.of(leaky, begin, begin + 21 * DAY))


def test_units_of_ones_own_and_kinds_nobody_knows() -> None:
    place = named(SITE, "temp-201").place
    celsius = device("ladoga", "temp-x", "TEMPERATURE", place, 300)
    fahrenheit = device("ladoga", "temp-x", "TEMPERATURE", place, 300, "°F")
    at = moment("2026-11-24T11:00")
    model = Model(SITE)
    assert model.value(fahrenheit, at) == pytest.approx((model.value(celsius, at) or 0) * 1.8 + 32, abs=0.02)
    assert not device("ladoga", "odd", "OTHER", place, 300).playable
    assert not device("ladoga", "odd", "TEMPERATURE", place, 300, "V").playable


def first_over(samples: list[Sample], bound: float) -> dict[str, float]:
    """When each sensor first showed more."""
    found: dict[str, float] = {}
    for sample in samples:
        if sample.value > bound:
            found.setdefault(sample.name.partition("/")[2], sample.at)
    return found


def test_a_fire_goes_from_room_to_room_of_its_floor() -> None:
    begin = moment("2026-11-24T11:00")
    fire = plan(SITE, 3, Wish("fire", begin + 60, floor=3, room="304")).incident
    assert isinstance(fire, Fire)
    model = Model(SITE, 3, [fire], calm=True)
    samples = model.readings(begin, begin + 3600)
    smelt = first_over(of_kind(samples, "SMOKE"), 2.0)
    on_floor = {one.code for one in SITE.devices if one.kind == "SMOKE" and one.place.level == 3}
    assert set(smelt) == on_floor
    assert min(smelt, key=smelt.__getitem__) == "smoke-304"
    assert smelt["smoke-304"] - fire.begins < 30
    assert smelt["smoke-304"] < smelt["smoke-303"] < smelt["smoke-301"]
    assert max(smelt.values()) < fire.out
    hot = named(SITE, "temp-304")
    assert (model.value(hot, begin + 1200) or 0) > 50
    for code in ("people-201", "people-301", "motion-101"):
        assert model.value(named(SITE, code), begin + 600) == 0, "everybody is out"
    after = {one.code: model.value(one, fire.ends + 1) for one in SITE.devices if one.kind == "SMOKE"}
    assert max(value or 0 for value in after.values()) < 0.2


def test_water_comes_down_a_riser_floor_by_floor() -> None:
    begin = moment("2026-11-24T11:00")
    leak = plan(SITE, 3, Wish("leak", begin + 60, riser="96")).incident
    samples = Model(SITE, 3, [leak], calm=True).readings(begin, begin + 7200)
    wet = first_over(of_kind(samples, "LEAK"), 0.5)
    assert list(wet) == ["leak-396", "leak-296", "leak-196"]
    assert all(120 <= later - sooner <= 300 for sooner, later in pairwise(wet.values()))
    dry = [sample for sample in of_kind(samples, "LEAK") if sample.at > leak.ends]
    assert dry
    assert not any(sample.value for sample in dry)
    from_second = plan(SITE, 3, Wish("leak", begin + 60, floor=2, riser="96")).incident
    assert not from_second.touches(named(SITE, "leak-396"))


def test_a_dead_sensor_is_silent_and_the_others_are_not() -> None:
    begin = moment("2026-11-24T11:00")
    death = plan(SITE, 3, Wish("death", begin + 600, sensor="co2-201")).incident
    samples = of_kind(Model(SITE, 3, [death]).readings(begin, begin + 7200), "CO2")
    last = {sample.name: sample.at for sample in samples}
    assert last.pop("ladoga/co2-201") <= begin + 600
    assert min(last.values()) > begin + 6900


@pytest.mark.parametrize("local", ["2026-11-24T11:00", "2026-11-22T03:00"])
def test_a_flood_breaks_dozens_of_bounds_within_minutes(local: str) -> None:
    begin = moment(local)
    flood = plan(SITE, 3, Wish("flood", begin)).incident
    samples = Model(SITE, 3, [flood], calm=True).readings(begin - 1, begin + 600)
    stuffy, hot = first_over(of_kind(samples, "CO2"), 1000), first_over(of_kind(samples, "TEMPERATURE"), 27)
    assert len(stuffy) + len(hot) > 50


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("fire", 0, floor=9), "simulate.no_smoke"),
        (Wish("fire", 0, floor=1, room="304"), "simulate.no_smoke"),
        (Wish("leak", 0, riser="55"), "simulate.no_leaks"),
        (Wish("death", 0, sensor="nobody"), "simulate.no_sensor"),
        (Wish("ghost", 0), "simulate.no_incident"),
    ],
)
def test_what_the_building_cannot_have_is_told(wish: Wish, code: str) -> None:
    with pytest.raises(Trouble) as trouble:
        plan(SITE, 0, wish)
    assert trouble.value.code == code
