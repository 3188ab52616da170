"""Sensors that are 0 or 1: doors that people pass, motion, and leaks (which come only from mishaps)."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.simulator.calendar import STEP, Day
from deploy.simulator.chance import flicker
from deploy.simulator.people import People
from deploy.simulator.site import Device

Change = tuple[float, float]
"""When (seconds since 1970), and what it is from then on."""
BUSY = {"STAIRS": 1.0, "LOBBY": 1.0, "CORRIDOR": 1.0}


def changes(device: Device, people: People, step: int, key: int) -> Iterator[Change]:
    """What may change within one step of the day, in order; `key` is of the sensor's luck that day."""
    if device.kind == "DOOR":
        yield from _door(device, people, step, key)
    elif device.kind == "MOTION":
        now = _moves(device, people, step, key)
        if now != _moves(device, people, step - 1, key):
            yield round(_begin(people.day, step) + 20 + 200 * flicker(key, 4 * step + 1), 1), float(now)


def before(device: Device, people: People, step: int, key: int) -> float:
    """What it is when a step begins."""
    return float(_moves(device, people, step - 1, key)) if device.kind == "MOTION" else 0.0


def _door(device: Device, people: People, step: int, key: int) -> Iterator[Change]:
    """Open for some seconds when somebody passes; closed again before the step is over."""
    there = people.present(device.place)[step]
    often = BUSY.get(device.place.kind, 0.6)
    if there == 0 or flicker(key, 4 * step) >= min(0.9, often * there / (there + 2)):
        return
    opened = round(_begin(people.day, step) + 5 + 200 * flicker(key, 4 * step + 1), 1)
    yield opened, 1.0
    yield round(opened + 8 + 60 * flicker(key, 4 * step + 2), 1), 0.0


def _moves(device: Device, people: People, step: int, key: int) -> bool:
    """Whether somebody moves there in this step; nobody does in the first and the last one of a day."""
    if not 0 < step < people.day.steps - 1:
        return False
    there = people.present(device.place)[step]
    return there > 0 and flicker(key, 4 * step + 3) < 0.45 + 0.5 * there / (there + 2)


def _begin(day: Day, step: int) -> float:
    return day.begins + step * STEP


__all__ = ["Change", "before", "changes"]
