"""The air of rooms: it goes after what people, ventilation and heating want it to be, with the room's own slowness."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import exp, pi, sin

from deploy.simulator.calendar import STEP, Day
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

Wish = Callable[[Place, Day, int, int, int], tuple[float, float]]
"""Room, day, step, people there, seed → where the air tends to, and how fast (1/h)."""


def co2(place: Place, day: Day, step: int, people: int, seed: int) -> tuple[float, float]:
    """Mass balance of one well-mixed room: breath in, ventilation out. One room in nine has a lazy fan."""
    habit = luck(seed, place.number, "fan")
    open_long = place.kind in OPEN_LONG
    running = 6.5 <= day.hour(step) < (22 if open_long else 20) and (day.working or open_long)
    changes = (0.9 if habit < 0.11 else 1.9 + 1.4 * habit) if running else 0.45
    volume = max(20.0, place.area * HEIGHT)
    return FRESH + people * BREATH / (volume * changes) * 1e6, changes


def warmth(place: Place, day: Day, step: int, people: int, seed: int) -> tuple[float, float]:
    """Set point of the day or the night, people, a little of the weather, the sun of the afternoon."""
    hour = day.hour(step)
    habit = luck(seed, place.number, "warmth")
    if place.kind == "SERVER":
        return 21.3 + habit + 0.3 * sin(2 * pi * (hour - 9) / 24), 3.0
    if place.kind in ("STAIRS", "PARKING", "STORAGE", "LIFT"):
        return 18.5 + 2 * habit, 0.3
    if place.kind == "TECHNICAL":
        return 22.5 + 2 * habit, 0.5
    heated = 5.5 <= hour < 19.5 and (day.working or place.kind in OPEN_LONG)
    crowd = min(2.2, 18 * people / max(10.0, place.area))
    weather = max(-1.0, min(1.5, 0.05 * (outdoors(day, hour, seed) - 8)))
    sun = 0.6 * max(0.0, sin(pi * (hour - 9) / 9)) if 9 <= hour < 18 else 0.0
    return (21.2 + 1.2 * habit if heated else 19.4 + 0.6 * habit) + crowd + weather + sun, 0.7


def damp(place: Place, day: Day, step: int, people: int, seed: int) -> tuple[float, float]:
    """Relative humidity, %: dry in winter, a little more where people breathe."""
    hour = day.hour(step)
    season = 0.5 * outdoors(day, hour, seed)
    if place.kind == "SERVER":
        return 42 + 0.2 * season, 0.4
    more = 8 if place.kind in ("TOILET", "KITCHEN") else 0
    return 33 + 5 * luck(seed, place.number, "damp") + season + more + min(8.0, 25 * people / max(10, place.area)), 1.2


WISHES: dict[str, Wish] = {"CO2": co2, "TEMPERATURE": warmth, "HUMIDITY": damp}


def course(kind: str, place: Place, before: People, people: People, seed: int) -> array[float]:
    """A quantity of a room's air at each step of the day and at its end."""
    wish = WISHES[kind]
    yesterday, today = before.day, people.day
    there = before.present(place)
    first = yesterday.steps - WARMING
    value = wish(place, yesterday, first, there[first], seed)[0]
    for step in range(first, yesterday.steps):
        value = _towards(value, *wish(place, yesterday, step, there[step], seed))
    there = people.present(place)
    found = array("d", [value])
    for step in range(today.steps):
        value = _towards(value, *wish(place, today, step, there[step], seed))
        found.append(value)
    return found


def _towards(value: float, goal: float, rate: float) -> float:
    return goal + (value - goal) * exp(-rate * STEP / 3600)


__all__ = ["FRESH", "course"]
