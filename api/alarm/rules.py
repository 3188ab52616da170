"""What an alarm rule may say: the same for a new one and for one that is changed."""

from __future__ import annotations

from dataclasses import dataclass

from api import checks
from api.refusals import InvalidInput
from db.models import Condition, Sensor

LONGEST_DELAY = 30 * 24 * 3600
LONGEST_WINDOW = 24 * 3600
OWN = {"thresholdHigh": Condition.BETWEEN, "window": Condition.RATE, "reference": Condition.DEVIATION}
"""Arguments that one condition needs and the others do not take."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When a rule is in alarm, as somebody says it. Delays, window and the threshold of STALE in seconds."""

    condition: Condition
    threshold: float
    threshold_high: float | None
    window: int | None
    compares: bool
    """Whether a reference is given."""
    deadband: float
    on_delay: int
    off_delay: int


def checked(terms: Terms) -> InvalidInput | None:
    """What is wrong with the terms, if anything is."""
    return _numbers(terms) or _belonging(terms) or _of_condition(terms)


def comparable(sensor: Sensor | None, reference: Sensor | None) -> InvalidInput | None:
    """Whether two sensors can be compared; None where there are no two."""
    if sensor is None or reference is None:
        return None
    if sensor.id == reference.id:
        return InvalidInput.of("SAME_SENSOR", "reference")
    if sensor.unit != reference.unit:
        return InvalidInput.of("OTHER_UNIT", "reference", unit=sensor.unit, other=reference.unit)
    return None


def _numbers(terms: Terms) -> InvalidInput | None:
    return (
        checks.number("threshold", terms.threshold)
        or checks.number("thresholdHigh", terms.threshold_high)
        or checks.number("window", terms.window, least=1, most=LONGEST_WINDOW)
        or checks.number("deadband", terms.deadband, least=0)
        or checks.number("onDelay", terms.on_delay, least=0, most=LONGEST_DELAY)
        or checks.number("offDelay", terms.off_delay, least=0, most=LONGEST_DELAY)
    )


def _belonging(terms: Terms) -> InvalidInput | None:
    """Each condition takes what is its own, and nothing else."""
    given = {
        "thresholdHigh": terms.threshold_high is not None,
        "window": terms.window is not None,
        "reference": terms.compares,
    }
    name = terms.condition.name
    for argument, condition in OWN.items():
        if given[argument] != (condition is terms.condition):
            return InvalidInput.of("NOT_FOR_CONDITION" if given[argument] else "NEEDED_FOR", argument, condition=name)
    if terms.deadband and terms.condition in (Condition.EQUALS, Condition.STALE):
        return InvalidInput.of("NOT_FOR_CONDITION", "deadband", condition=name)
    if terms.on_delay and terms.condition is Condition.STALE:
        return InvalidInput.of("NOT_FOR_CONDITION", "onDelay", condition=name)
    return None


def _of_condition(terms: Terms) -> InvalidInput | None:
    match terms.condition:
        case Condition.BETWEEN:
            assert terms.threshold_high is not None
            if terms.threshold_high <= terms.threshold:
                return InvalidInput.of("HIGH_NOT_ABOVE_LOW", "thresholdHigh")
        case Condition.RATE:
            if terms.threshold == 0:
                return InvalidInput.of("NO_CHANGE", "threshold")
        case Condition.STALE:
            return checks.number("threshold", terms.threshold, least=1, most=LONGEST_DELAY)
        case Condition.DEVIATION:
            wrong = checks.number("threshold", terms.threshold, least=0)
            return wrong or checks.number("deadband", terms.deadband, most=terms.threshold)
    return None
