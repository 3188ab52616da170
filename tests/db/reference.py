"""An independent reading of the rules: not a machine that steps, but unbroken runs of readings and how long they last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from db.evaluator import Reading, Rule, Stay
from db.models import Condition


def stays_of(rule: Rule, readings: Sequence[Reading], horizon: datetime) -> list[Stay]:
    """All stays in alarm of readings in time order, known up to `horizon` (not before the last reading)."""
    above = rule.condition is Condition.ABOVE
    edge = rule.threshold - rule.deadband if above else rule.threshold + rule.deadband

    def alarming(value: float) -> bool:
        return value > rule.threshold if above else value < rule.threshold

    def clear(value: float) -> bool:
        return value <= edge if above else value >= edge

    stays: list[Stay] = []
    rest = list(readings)
    while (raised_at := _lasted(rest, alarming, rule.on_delay, horizon)) is not None:
        value = [reading.value for reading in rest if reading.at <= raised_at][-1]
        rest = [reading for reading in rest if reading.at > raised_at]
        returned_at = _lasted(rest, clear, rule.off_delay, horizon)
        during = [value, *(r.value for r in rest if returned_at is None or r.at <= returned_at)]
        stays.append(Stay(raised_at, returned_at, value, max(during) if above else min(during)))
        if returned_at is None:
            break
        rest = [reading for reading in rest if reading.at > returned_at]
    return stays


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
