"""The evaluator by its edges, and against an independent reading of the rules as intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from db.evaluator import Reading, Rule, State, Stay, Tick, Transition, Turn, fold, step
from db.models import Condition, Phase
from db.signals import signal
from tests.db.reference import stays_of
from tests.db.rules import VALUES, rules

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def rule(on: int = 0, off: int = 0, deadband: float = 0, condition: Condition = Condition.ABOVE) -> Rule:
    return Rule(condition, 10.0, deadband, timedelta(seconds=on), timedelta(seconds=off))


def stays(of: Rule, *values: tuple[float, float], horizon: float | None = None) -> list[Stay]:
    readings = [Reading(at(second), value) for second, value in values]
    return fold(of, State(), None, readings, None if horizon is None else at(horizon))[1]


def test_exactly_at_the_threshold_is_not_in_alarm() -> None:
    assert stays(rule(), (0, 10.0)) == []
    assert stays(rule(), (0, 10.5)) == [Stay(at(0), None, 10.5, 10.5)]
    assert stays(rule(condition=Condition.BELOW), (0, 10.0)) == []
    assert stays(rule(condition=Condition.BELOW), (0, 9.5)) == [Stay(at(0), None, 9.5, 9.5)]


def test_it_returns_only_beyond_the_deadband() -> None:
    assert stays(rule(deadband=2), (0, 11), (1, 9), (2, 12), (3, 8.5)) == [Stay(at(0), None, 11, 12)]
    assert stays(rule(deadband=2), (0, 11), (1, 8)) == [Stay(at(0), at(1), 11, 11)]
    below = rule(deadband=2, condition=Condition.BELOW)
    assert stays(below, (0, 9), (1, 11), (2, 7), (3, 12)) == [Stay(at(0), at(3), 9, 7)]


def test_a_delayed_alarm_is_raised_at_its_deadline_with_the_value_of_that_time() -> None:
    delayed = rule(on=10)
    assert stays(delayed, (0, 11), (4, 15), (12, 13)) == [Stay(at(10), None, 15, 15)]
    assert stays(delayed, (0, 11), (4, 15), horizon=9.9) == []
    assert stays(delayed, (0, 11), (4, 15), horizon=10) == [Stay(at(10), None, 15, 15)]


def test_a_break_at_the_very_deadline_cancels() -> None:
    delayed = rule(on=10)
    assert stays(delayed, (0, 11), (10, 9), (11, 12), (20, 12), horizon=20.9) == []
    assert stays(delayed, (0, 11), (10, 12)) == [Stay(at(10), None, 12, 12)]
    assert stays(delayed, (0, 11), (10.1, 9)) == [Stay(at(10), at(10.1), 11, 11)]


def test_a_broken_return_begins_anew() -> None:
    slow = rule(off=10)
    assert stays(slow, (0, 11), (1, 9), (8, 12), (9, 9), (19, 9)) == [Stay(at(0), at(19), 11, 12)]
    assert stays(slow, (0, 11), (1, 9), horizon=11) == [Stay(at(0), at(11), 11, 11)]


def test_the_deadband_cancels_a_raise_and_a_return() -> None:
    both = rule(on=10, off=10, deadband=2)
    assert stays(both, (0, 11), (5, 9.5), (6, 11), (15, 11), horizon=15.9) == []
    assert stays(both, (0, 11), (10, 11), (11, 7), (15, 9), horizon=30) == [Stay(at(10), None, 11, 11)]


def test_one_reading_may_show_two_things() -> None:
    state, first = step(rule(on=10), State(), Reading(at(0), 11))
    assert (state.phase, first) == (Phase.RAISING, ())
    state, second = step(rule(on=10), state, Reading(at(20), 3))
    assert second == (Transition(Turn.RAISED, at(10), 11), Transition(Turn.RETURNED, at(20), 3))
    assert state.phase is Phase.NORMAL


SERIES = st.dictionaries(st.integers(0, 60), VALUES, max_size=25).map(lambda d: sorted(d.items()))
RULES = rules([0, 1, 5, 12], [1, 10, 30], [3.0, 10.0])


@given(RULES, SERIES, SERIES, st.integers(0, 90))
def test_it_says_what_the_intervals_say(
    of: Rule, series: list[tuple[int, float]], others: list[tuple[int, float]], more: int
) -> None:
    readings, other = ([Reading(at(second), value) for second, value in one] for one in (series, others))
    horizon = at(max([0, *(second for second, _ in [*series, *others])]) + more)
    points = signal(of, readings, other, horizon)
    assert fold(of, State(), None, points, horizon)[1] == stays_of(of, readings, horizon, other)


@given(RULES, SERIES, st.lists(st.floats(0, 90), max_size=20))
def test_more_ticks_change_nothing(of: Rule, series: list[tuple[int, float]], ticks: list[float]) -> None:
    """Ticks in between, wherever they are, leave the final state and all transitions as they were."""
    readings: list[Reading | Tick] = [Reading(at(second), value) for second, value in series]
    inputs = readings + [Tick(at(second)) for second in ticks]
    inputs.sort(key=lambda one: (one.at, isinstance(one, Tick)))  # a tick knows the readings of its time
    end = Tick(at(100))
    assert _run(of, [*readings, end]) == _run(of, [*inputs, end])


def _run(of: Rule, inputs: list[Reading | Tick]) -> tuple[State, list[Transition]]:
    state, done = State(), list[Transition]()
    for one in inputs:
        state, transitions = step(of, state, one)
        done += transitions
    return state, done


@given(RULES, SERIES, st.lists(st.integers(0, 25), max_size=4), st.integers(0, 90))
def test_any_split_is_the_whole(of: Rule, series: list[tuple[int, float]], cuts: list[int], more: int) -> None:
    readings = [Reading(at(second), value) for second, value in series]
    horizon = at((series[-1][0] if series else 0) + more)
    whole = fold(of, State(), None, readings, horizon)
    state, stays = State(), list[Stay]()
    bounds = [0, *sorted(min(cut, len(readings)) for cut in cuts), len(readings)]
    for begin, end in pairwise(bounds):
        last = stays.pop() if stays and stays[-1].returned_at is None else None
        state, more_stays = fold(of, state, last, readings[begin:end], None)
        stays += more_stays
    last = stays.pop() if stays and stays[-1].returned_at is None else None
    state, more_stays = fold(of, state, last, [], horizon)
    assert (state, stays + more_stays) == whole
