"""The air of rooms: it goes after what people, ventilation and heating want it to be, with the room's own slowness."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, pi, sin

from deploy.simulator.calendar import STEP
from deploy.simulator.chance import luck
from deploy.simulator.people import People
from deploy.simulator.site import Place
from deploy.simulator.weather import outdoors

FRESH = 420.0
"""CO₂ outside, ppm."""
BREATH = 0.018
"""CO₂ of one person at a desk, m³ an hour (ASHRAE 62.1: 0.3 L a minute)."""
HEIGHT = 2.8
OPEN_LONG = ("RETAIL", "LIVING")
"""Kinds of room whose plant also runs on free days."""
WARMING = 8 * 3600 // STEP
"""Steps of the day before that a day's air still remembers."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a room's air depends on: the hour, people there, °C outside."""

    hour: float
    people: int
    outside: float
    working: bool


Wish = Callable[[Place, Moment, float], tuple[float, float]]
"""Room, moment, the room's own habit from 0 to 1 → where the air tends to, and how fast (1/h)."""


def co2(place: Place, now: Moment, habit: float) -> tuple[float, float]:
    """Mass balance of one well-mixed room: breath in, ventilation out. One room in nine has a lazy fan."""
    open_long = place.kind in OPEN_LONG
    running = 6.5 <= now.hour < (22 if open_long else 20) and (now.working or open_long)
    changes = (0.9 if habit < 0.11 else 1.9 + 1.4 * habit) if running else 0.45
    volume = max(20.0, place.area * HEIGHT)
    return FRESH + now.people * BREATH / (volume * changes) * 1e6, changes


def warmth(place: Place, now: Moment, habit: float) -> tuple[float, float]:
    """Set point of the day or the night, people, a little of the weather, the sun of the afternoon."""
    if place.kind == "SERVER":
        return 21.3 + habit + 0.3 * sin(2 * pi * (now.hour - 9) / 24), 3.0
    if place.kind in ("STAIRS", "PARKING", "STORAGE", "LIFT"):
        return 18.5 + 2 * habit, 0.3
    if place.kind == "TECHNICAL":
        return 22.5 + 2 * habit, 0.5
    heated = 5.5 <= now.hour < 19.5 and (now.working or place.kind in OPEN_LONG)
    crowd = min(2.2, 18 * now.people / max(10.0, place.area))
    weather = max(-1.0, min(1.5, 0.05 * (now.outside - 8)))
    sun = 0.6 * sin(pi * (now.hour - 9) / 9) if 9 <= now.hour < 18 else 0.0
    return (21.2 + 1.2 * habit if heated else 19.4 + 0.6 * habit) + crowd + weather + sun, 0.7


def damp(place: Place, now: Moment, habit: float) -> tuple[float, float]:
    """Relative humidity, %: dry in winter, a little more where people breathe."""
    if place.kind == "SERVER":
        return 42 + 0.1 * now.outside, 0.4
    more = 8 if place.kind in ("TOILET", "KITCHEN") else 0
    return 33 + 5 * habit + 0.5 * now.outside + more + min(8.0, 25 * now.people / max(10.0, place.area)), 1.2


WISHES: dict[str, Wish] = {"CO2": co2, "TEMPERATURE": warmth, "HUMIDITY": damp}


def course(kind: str, place: Place, before: People, people: People, seed: int) -> array[float]:
    """A quantity of a room's air at each step of the day and at its end."""
    wish, habit = WISHES[kind], luck(seed, place.number, kind)
    first = before.day.steps - WARMING
    value = wish(place, next(_moments(place, before, seed, first)), habit)[0]
    for now in _moments(place, before, seed, first):
        value = _towards(value, *wish(place, now, habit))
    found = array("d", [value])
    for now in _moments(place, people, seed, 0):
        value = _towards(value, *wish(place, now, habit))
        found.append(value)
    return found


def _moments(place: Place, people: People, seed: int, first: int) -> Iterator[Moment]:
    day, there, outside = people.day, people.present(place), outdoors(people.day, seed)
    for step in range(first, day.steps):
        yield Moment(day.hour(step), there[step], outside[step], day.working)


def _towards(value: float, goal: float, rate: float) -> float:
    return goal + (value - goal) * exp(-rate * STEP / 3600)


__all__ = ["FRESH", "course"]
