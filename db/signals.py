"""What of its readings a rule looks at: the value itself, its change, the distance from another sensor, silence. Pure.

A signal is again readings in time order, for `db.evaluator` to judge. It is made of readings alone, so that it is the
same whoever brought them, and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from db.evaluator import Reading, Rule
from db.models import Condition


def signal(rule: Rule, own: Sequence[Reading], other: Sequence[Reading], horizon: datetime | None) -> list[Reading]:
    """The signal of a sensor, and of the `other` where two are compared; silence is known up to `horizon`."""
    match rule.condition:
        case Condition.RATE:
            return list(changes(own, rule.window))
        case Condition.DEVIATION:
            return list(distances(own, other))
        case Condition.STALE:
            return list(silences(own, timedelta(seconds=rule.threshold), horizon))
    return list(own)


def changes(readings: Sequence[Reading], window: timedelta) -> Iterator[Reading]:
    """How far each value is from that of the oldest reading in the window before it; 0 where there is none."""
    oldest = 0
    for reading in readings:
        while readings[oldest].at < reading.at - window:
            oldest += 1
        yield Reading(reading.at, reading.value - readings[oldest].value)


def distances(own: Sequence[Reading], other: Sequence[Reading]) -> Iterator[Reading]:
    """How far the two are apart, at each reading of either, once both are known; what is of one time counts as one."""
    values: list[float | None] = [None, None]
    merged = sorted([(reading, 0) for reading in own] + [(reading, 1) for reading in other], key=lambda one: one[0].at)
    for number, (reading, whose) in enumerate(merged):
        values[whose] = reading.value
        first, second = values
        last_of_its_time = number + 1 == len(merged) or merged[number + 1][0].at > reading.at
        if first is not None and second is not None and last_of_its_time:
            yield Reading(reading.at, abs(first - second))


def silences(readings: Iterable[Reading], limit: timedelta, horizon: datetime | None) -> Iterator[Reading]:
    """Seconds since the latest reading: when they reach the limit, all of them when it speaks again, and then 0."""
    last: datetime | None = None
    for reading in readings:
        if last is not None and last + limit < reading.at:
            yield Reading(last + limit, limit.total_seconds())
            yield Reading(reading.at, (reading.at - last).total_seconds())
        yield Reading(reading.at, 0.0)
        last = reading.at
    if last is not None and horizon is not None and last + limit <= horizon:
        yield Reading(last + limit, limit.total_seconds())
