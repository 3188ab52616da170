"""The weather outside, invented for the middle of Russia: seasons, days and nights, warmer and colder spells."""

from __future__ import annotations

from array import array
from datetime import date
from functools import lru_cache
from math import cos, pi, sin

from deploy.simulator.calendar import Day
from deploy.simulator.chance import luck


@lru_cache(maxsize=16)
def outdoors(day: Day, seed: int) -> array[float]:
    """°C at each step of a day; spells go over into each other."""
    warm = 8 * (_spell(day.date, seed) - 0.5)
    warmer = 8 * (_spell(date.fromordinal(day.date.toordinal() + 1), seed) - 0.5)
    season = 6 - 13 * cos(2 * pi * (_of_year(day.date) - 20) / 365)
    return array(
        "d", [season + warm + (warmer - warm) * step / day.steps + 3.5 * cos(2 * pi * (day.hour(step) - 15) / 24)
              for step in range(day.steps + 1)]
    )  # fmt: skip


@lru_cache(maxsize=16)
def daylight(day: Day, seed: int) -> array[float]:
    """Light behind a window at each step of a day, lx."""
    length = 12 + 5.5 * sin(2 * pi * (_of_year(day.date) - 80) / 365)
    clear = 900 * (0.35 + 0.65 * _spell(day.date, seed))
    hours = (day.hour(step) - 12.5 + length / 2 for step in range(day.steps + 1))
    return array("d", [clear * sin(pi * hour / length) if 0 < hour < length else 0.0 for hour in hours])


def _spell(day: date, seed: int) -> float:
    return luck(seed, "weather", day.toordinal())


def _of_year(day: date) -> int:
    return day.timetuple().tm_yday


__all__ = ["daylight", "outdoors"]
