"""What sensors show: the air, the light, the noise and the power of a room at one moment, in usual units."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import log10

from deploy.simulator.air import course
from deploy.simulator.calendar import STEP, Day
from deploy.simulator.chance import flicker, luck, seeded
from deploy.simulator.people import People
from deploy.simulator.site import Device, Place
from deploy.simulator.weather import daylight

NOISE = {
    "TEMPERATURE": 0.08, "HUMIDITY": 0.5, "CO2": 8.0, "SMOKE": 0.015, "POWER": 0.05, "LIGHT": 6.0, "NOISE": 1.5,
    "VALVE": 0.5,
}  # fmt: skip
"""Most that a sensor is off, either way."""
DIGITS = {"CO2": 0, "LIGHT": 0, "OCCUPANCY": 0, "VALVE": 0, "NOISE": 1, "SMOKE": 3}
RANGES = {
    "TEMPERATURE": (-30.0, 120.0),
    "HUMIDITY": (5.0, 98.0),
    "CO2": (380.0, 5000.0),
    "OCCUPANCY": (0.0, 10_000.0),
    "MOTION": (0.0, 1.0),
    "DOOR": (0.0, 1.0),
    "LEAK": (0.0, 1.0),
    "SMOKE": (0.0, 30.0),
    "POWER": (0.0, 1000.0),
    "LIGHT": (0.0, 2000.0),
    "NOISE": (25.0, 110.0),
    "VALVE": (0.0, 100.0),
}
"""What a sensor of a kind can show at all."""
HOURLY = {"SERVER": 55.0, "TECHNICAL": 62.0}
"""Decibels of rooms that hum by themselves."""


def between(course: Sequence[float], step: float) -> float:
    """The value between two steps, in a straight line."""
    whole = min(int(step), len(course) - 2)
    return course[whole] + (course[whole + 1] - course[whole]) * (step - whole)


class Book:
    """All that is known of one day: who is where, and the course of the air in each room, computed when asked for."""

    def __init__(self, people: People, before: People, seed: int) -> None:
        self.day: Day = people.day
        self.people = people
        self._before = before
        self._seed = seed
        self._courses: dict[tuple[str, str], array[float]] = {}
        self._keys: dict[str, int] = {}

    def key(self, device: Device) -> int:
        """Of the sensor's luck on this day."""
        known = self._keys.get(device.name)
        if known is None:
            known = self._keys[device.name] = seeded(self._seed, device.key, self.day.date)
        return known

    def course(self, kind: str, place: Place, step: float) -> float:
        """A quantity of a room's air."""
        known = self._courses.get((kind, place.number))
        if known is None:
            known = course(kind, place, self._before, self.people, self._seed)
            self._courses[kind, place.number] = known
        return between(known, step)

    def measured(self, device: Device, at: float) -> float:
        """What a numeric sensor would show, without its own noise."""
        step = (at - self.day.begins) / STEP
        place, kind = device.place, device.kind
        if kind in ("CO2", "TEMPERATURE", "HUMIDITY"):
            return self.course(kind, place, step)
        if kind == "SMOKE":
            return 0.03 + 0.02 * luck(self._seed, place.number, "dust")
        people = self.people.present(place)[int(step)]
        match kind:
            case "OCCUPANCY":
                return people
            case "LIGHT":
                return self._light(place, step, people)
            case "NOISE":
                return HOURLY.get(place.kind, 31.0) + 9 * log10(1 + 4 * people)
            case "POWER":
                return self._power(place, self.day.hour(step), people)
            case _:
                return max(0.0, min(100.0, 40 * (22.5 - self.course("TEMPERATURE", place, step)) + 10))

    def noise(self, device: Device, at: float) -> float:
        """How far the sensor is off at a moment."""
        return NOISE.get(device.kind, 0.0) * (2 * flicker(self.key(device), int(at * 1000)) - 1)

    def _light(self, place: Place, step: float, people: int) -> float:
        hour = self.day.hour(step)
        window = 0.0 if place.kind in ("CORRIDOR", "LIFT", "TOILET", "STORAGE", "SERVER", "TECHNICAL") else 0.35
        passed = place.kind in ("CORRIDOR", "LOBBY", "STAIRS") and 7 <= hour < 21 and self.day.working
        lamps = 380 + 90 * luck(self._seed, place.number, "lamps") if people or passed else 0.0
        return 3 + lamps + window * between(daylight(self.day, self._seed), step)

    def _power(self, place: Place, hour: float, people: int) -> float:
        """kW: what is always on, lamps (9 W/m²), machines of those who are there, kitchens at noon."""
        habit = luck(self._seed, place.number, "power")
        base = {"SERVER": 9.0, "TECHNICAL": 4 + 4 * habit, "RETAIL": 2 + habit}.get(place.kind, 0.3 + 0.5 * habit)
        lamps = 0.009 * place.area if people else 0.0
        plant = 6.0 * habit if place.kind == "TECHNICAL" and self.day.working and 6 <= hour < 20 else 0.0
        each = 0.9 if place.kind == "KITCHEN" else 0.16
        return min(38.0, base + lamps + plant + each * people)


__all__ = ["DIGITS", "RANGES", "Book"]
