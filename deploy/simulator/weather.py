"""The weather outside, invented for the middle of Russia: seasons, days and nights, warmer and colder spells."""

from __future__ import annotations

from datetime import date
from math import cos, pi, sin

from deploy.simulator.calendar import Day
from deploy.simulator.chance import luck


def outdoors(day: Day, hour: float, seed: int) -> float:
    """°C at an hour (4 to 28) of a day."""
    season = 6 - 13 * cos(2 * pi * (_of_year(day.date) - 20) / 365)
    spell = 8 * (_spell(day.date, seed) + (hour - 16) / 24 * 0.1) - 4
    return season + spell + 3.5 * cos(2 * pi * (hour - 15) / 24)


def daylight(day: Day, hour: float, seed: int) -> float:
    """Light behind a window, lx."""
    length = 12 + 5.5 * sin(2 * pi * (_of_year(day.date) - 80) / 365)
    height = sin(pi * (hour - 12.5 + length / 2) / length) if abs(hour - 12.5) < length / 2 else 0.0
    return 900 * height * (0.35 + 0.65 * _spell(day.date, seed))


def _spell(day: date, seed: int) -> float:
    return luck(seed, "weather", day.toordinal())


def _of_year(day: date) -> int:
    return day.timetuple().tm_yday


__all__ = ["daylight", "outdoors"]
