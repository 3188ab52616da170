"""Decides when a rule is in alarm: a pure function of a signal's readings in the order of their time.

    state, transitions = step(rule, state, Reading(at, value))     # or Tick(at)
    state, stays = fold(rule, state, stay, readings, horizon)      # many readings, then a tick at `horizon`

Nothing here knows a database or the time of day. The inputs of one watch must not go back in time; for a reading that
comes late the watch is folded again from an earlier state (`db.refold`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from math import inf

from db.models import Condition, Phase


@dataclass(frozen=True, slots=True)
class Rule:
    """When a signal is in alarm, and how long it must last. The signal is made of readings by `db.signals`.

    Threshold and deadband are in the signal's unit: the sensor's, or seconds for STALE.
    """

    condition: Condition
    threshold: float
    deadband: float = 0.0
    on_delay: timedelta = timedelta()
    off_delay: timedelta = timedelta()
    threshold_high: float | None = None
    """The other bound of BETWEEN."""
    window: timedelta = timedelta()
    """How far back RATE looks."""
    low: float = field(init=False, repr=False, compare=False)
    high: float = field(init=False, repr=False, compare=False)
    """The signal is in alarm between the two; what is exactly at one of them is so only where `closed`."""
    closed: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        low, high = self._bounds()
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        object.__setattr__(self, "closed", self.condition in (Condition.EQUALS, Condition.STALE))

    def _bounds(self) -> tuple[float, float]:
        match self.condition:
            case Condition.BELOW:
                return -inf, self.threshold
            case Condition.RATE if self.threshold < 0:
                return -inf, self.threshold
            case Condition.EQUALS:
                return self.threshold, self.threshold
            case Condition.BETWEEN:
                return self.threshold, self.threshold if self.threshold_high is None else self.threshold_high
        return self.threshold, inf

    @property
    def worst(self) -> float:
        """The value that would be furthest in alarm; `alarm.depth` in SQL measures by it."""
        if self.low == -inf:
            return -inf
        return inf if self.high == inf else (self.low + self.high) / 2

    def alarming(self, value: float) -> bool:
        """Within the bounds; exactly at one it is only where the condition says so."""
        return self.low <= value <= self.high if self.closed else self.low < value < self.high

    def clear(self, value: float) -> bool:
        """Out by the whole deadband; exactly at its edge is. Never true together with `alarming`."""
        if self.closed:
            return not self.low <= value <= self.high
        return value <= self.low - self.deadband or value >= self.high + self.deadband

    def worse(self, one: float, other: float) -> float:
        """The value that is further in alarm; of two that are equally far, the smaller."""
        return max(one, other, key=self._badness)

    def _badness(self, value: float) -> tuple[float, float]:
        worst = self.worst
        return (value if worst == inf else -value if worst == -inf else -abs(value - worst)), -value


@dataclass(frozen=True, slots=True)
class State:
    """What a watch remembers: its phase, since when RAISING or RETURNING, and the latest value of its signal."""

    phase: Phase = Phase.NORMAL
    since: datetime | None = None
    value: float | None = None

    @property
    def in_alarm(self) -> bool:
        return self.phase in (Phase.ACTIVE, Phase.RETURNING)


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Tick:
    """The house's time has come to `at`, and all readings up to then are known."""

    at: datetime


class Turn(Enum):
    RAISED = "RAISED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class Transition:
    """A raise or a return at its exact time, with the value that the signal had then."""

    turn: Turn
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in alarm; `value` was there when it was raised, `peak` is the worst since."""

    raised_at: datetime
    returned_at: datetime | None
    value: float
    peak: float
    cleared: float | None = field(default=None, compare=False)
    """The value at the return, where this fold saw it."""


def deadline(rule: Rule, state: State) -> datetime | None:
    """When the condition that is pending will have lasted long enough."""
    if state.since is None:
        return None
    return state.since + (rule.on_delay if state.phase is Phase.RAISING else rule.off_delay)


def step(rule: Rule, state: State, input: Reading | Tick) -> tuple[State, tuple[Transition, ...]]:
    """The next state, and what happened on the way: at most a deadline that had passed and one at the reading's time.

    A condition must hold without a break through its whole delay; a reading exactly at the deadline is looked at first.
    """
    due = deadline(rule, state)
    done: tuple[Transition, ...] = ()
    if due is not None and (due < input.at or (due == input.at and isinstance(input, Tick))):
        state, done = _turn(state, due)
    if isinstance(input, Tick):
        return state, done
    state = _seen(rule, state, input)
    due = deadline(rule, state)
    if due is not None and due <= input.at:
        state, last = _turn(state, due)
        done += last
    return state, done


def _turn(state: State, at: datetime) -> tuple[State, tuple[Transition, ...]]:
    assert state.value is not None
    if state.phase is Phase.RAISING:
        return State(Phase.ACTIVE, None, state.value), (Transition(Turn.RAISED, at, state.value),)
    return State(Phase.NORMAL, None, state.value), (Transition(Turn.RETURNED, at, state.value),)


def _seen(rule: Rule, state: State, reading: Reading) -> State:
    """The state by what the reading says, before any deadline."""
    if not state.in_alarm:
        began, pending, rest = rule.alarming(reading.value), Phase.RAISING, Phase.NORMAL
    else:
        began, pending, rest = rule.clear(reading.value), Phase.RETURNING, Phase.ACTIVE
    if not began:
        return State(rest, None, reading.value)
    since = state.since if state.phase is pending else reading.at
    return State(pending, since, reading.value)


def fold(
    rule: Rule, state: State, stay: Stay | None, readings: Iterable[Reading], horizon: datetime | None
) -> tuple[State, list[Stay]]:
    """The state after `readings` in time order and a tick at `horizon`, and the stays: `stay` (open, if any) first."""
    stays = [] if stay is None else [stay]
    for reading in readings:
        state, transitions = step(rule, state, reading)
        _record(rule, stays, transitions)
        if state.in_alarm:
            last = stays[-1]
            if (peak := rule.worse(last.peak, reading.value)) != last.peak:
                stays[-1] = replace(last, peak=peak)
    if horizon is not None:
        state, transitions = step(rule, state, Tick(horizon))
        _record(rule, stays, transitions)
    return state, stays


def _record(rule: Rule, stays: list[Stay], transitions: Iterable[Transition]) -> None:
    for transition in transitions:
        if transition.turn is Turn.RAISED:
            stays.append(Stay(transition.at, None, transition.value, transition.value))
        else:
            stays[-1] = replace(stays[-1], returned_at=transition.at, cleared=transition.value)
