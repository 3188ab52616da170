"""An independent reading of the rules: not a machine that steps, but unbroken runs of readings and how long they last.

A signal is looked up point by point from the set of readings; nothing is carried from one point to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from db.evaluator import Reading, Rule, Stay
from db.models import Condition


def stays_of(rule: Rule, readings: Sequence[Reading], horizon: datetime, other: Sequence[Reading] = ()) -> list[Stay]:
    """All stays in alarm of readings in time order, known up to `horizon` (not before the last reading)."""
    if rule.condition is Condition.STALE:
        return silences_of(rule, readings, horizon)
    return _stays(rule, signal_of(rule, readings, other), horizon)


def signal_of(rule: Rule, readings: Sequence[Reading], other: Sequence[Reading]) -> list[Reading]:
    """What the rule looks at, at each time at which it can become another."""
    if rule.condition is Condition.RATE:
        points = []
        for reading in readings:
            window = [one for one in readings if reading.at - rule.window <= one.at < reading.at]
            points.append(Reading(reading.at, reading.value - window[0].value if window else 0.0))
        return points
    if rule.condition is Condition.DEVIATION:
        points = []
        for at in sorted({one.at for one in [*readings, *other]}):
            mine, theirs = ([one.value for one in series if one.at <= at] for series in (readings, other))
            if mine and theirs:
                points.append(Reading(at, abs(mine[-1] - theirs[-1])))
        return points
    return list(readings)


def _in_alarm(rule: Rule, value: float) -> bool:
    threshold = rule.threshold
    match rule.condition:
        case Condition.ABOVE | Condition.DEVIATION:
            return value > threshold
        case Condition.BELOW:
            return value < threshold
        case Condition.BETWEEN:
            assert rule.threshold_high is not None
            return value > threshold and value < rule.threshold_high
        case Condition.EQUALS:
            return value == threshold
        case Condition.RATE:
            return value > threshold if threshold > 0 else value < threshold
    raise AssertionError(rule.condition)


def _is_clear(rule: Rule, value: float) -> bool:
    """No value within the deadband of it is in alarm: by the rule with its bounds moved."""
    threshold, deadband = rule.threshold, rule.deadband
    match rule.condition:
        case Condition.ABOVE | Condition.DEVIATION:
            return value <= threshold - deadband
        case Condition.BELOW:
            return value >= threshold + deadband
        case Condition.BETWEEN:
            assert rule.threshold_high is not None
            return value <= threshold - deadband or value >= rule.threshold_high + deadband
        case Condition.EQUALS:
            return value != threshold
        case Condition.RATE:
            return value <= threshold - deadband if threshold > 0 else value >= threshold + deadband
    raise AssertionError(rule.condition)


def worst_of(rule: Rule, values: Sequence[float]) -> float:
    """The value that is furthest in alarm."""
    match rule.condition:
        case Condition.BELOW:
            return min(values)
        case Condition.RATE if rule.threshold < 0:
            return min(values)
        case Condition.BETWEEN:
            assert rule.threshold_high is not None
            middle = (rule.threshold + rule.threshold_high) / 2
            return min(values, key=lambda value: (abs(value - middle), value))
        case Condition.EQUALS:
            return rule.threshold
    return max(values)


def _stays(rule: Rule, points: Sequence[Reading], horizon: datetime) -> list[Stay]:
    def alarming(value: float) -> bool:
        return _in_alarm(rule, value)

    def clear(value: float) -> bool:
        return _is_clear(rule, value)

    stays: list[Stay] = []
    rest = list(points)
    while (raised_at := _lasted(rest, alarming, rule.on_delay, horizon)) is not None:
        value = [reading.value for reading in rest if reading.at <= raised_at][-1]
        rest = [reading for reading in rest if reading.at > raised_at]
        returned_at = _lasted(rest, clear, rule.off_delay, horizon)
        during = [value, *(r.value for r in rest if returned_at is None or r.at <= returned_at)]
        stays.append(Stay(raised_at, returned_at, value, worst_of(rule, during)))
        if returned_at is None:
            break
        rest = [reading for reading in rest if reading.at > returned_at]
    return stays


def silences_of(rule: Rule, readings: Sequence[Reading], horizon: datetime) -> list[Stay]:
    """Stays in silence: from the limit after a reading to the first reading that none misses for the off delay."""
    limit = timedelta(seconds=rule.threshold)
    times = [reading.at for reading in readings]
    gaps = [(one, other) for one, other in zip(times, [*times[1:], None], strict=False)]
    silent = [(one, other) for one, other in gaps if one + limit < (other or datetime.max.replace(tzinfo=one.tzinfo))]
    stays: list[Stay] = []
    for began, _ in silent:
        raised_at = began + limit
        if raised_at > horizon or (stays and (stays[-1].returned_at is None)):
            continue
        returned_at, longest = _heard_again(rule, [gap for gap in silent if gap[0] >= began], horizon)
        stays.append(Stay(raised_at, returned_at, limit.total_seconds(), longest))
    return _apart(stays)


def _heard_again(
    rule: Rule, silent: Sequence[tuple[datetime, datetime | None]], horizon: datetime
) -> tuple[datetime | None, float]:
    limit = timedelta(seconds=rule.threshold)
    longest = rule.threshold
    for number, (began, spoke) in enumerate(silent):
        if spoke is None:
            return None, longest
        longest = max(longest, (spoke - began).total_seconds())
        following = silent[number + 1][0] + limit if number + 1 < len(silent) else None
        returned_at = spoke + rule.off_delay
        if following is None or following > returned_at:
            return (returned_at if returned_at <= horizon else None), longest
    raise AssertionError("the last silence has no end, or is not followed by another")


def _apart(stays: Sequence[Stay]) -> list[Stay]:
    """Those that do not begin within one before."""
    apart: list[Stay] = []
    for stay in stays:
        last = apart[-1] if apart else None
        if last is None or (last.returned_at is not None and stay.raised_at > last.returned_at):
            apart.append(stay)
    return apart


def _lasted(
    readings: Sequence[Reading], holds: Callable[[float], bool], delay: timedelta, horizon: datetime
) -> datetime | None:
    """The first time at which the condition had held for the whole delay."""
    for number, reading in enumerate(readings):
        begins = holds(reading.value) and (number == 0 or not holds(readings[number - 1].value))
        if not begins:
            continue
        until = reading.at + delay
        if until <= horizon and all(holds(r.value) for r in readings[number:] if r.at <= until):
            return until
    return None
