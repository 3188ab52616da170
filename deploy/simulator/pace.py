"""How the simulator keeps the house's time: with a clock that goes by itself, or driving one that follows readings."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from math import inf

from deploy.house_client import HouseClient
from deploy.trouble import Trouble

HOUSE = "{ house { now simulated } }"
LOOK = 10.0
"""Seconds between two looks at the house's clock."""
BETWEEN, DOUBT = 0.3, 0.1
"""Seconds between two looks that measure its speed, and the part of that time that may pass in asking."""
DRIVEN = 60.0
"""House seconds a second in a house whose clock follows its readings, unless told."""


class Clocking(Enum):
    REAL = "real"
    SPEED = "speed"
    MAX = "max"


@dataclass
class Pace:
    """The house's time now, as known from the last look."""

    clocking: Clocking
    speed: float
    """House seconds a second; inf: as fast as the house takes readings."""
    seen: float
    """The house's time at that look, seconds since 1970."""
    at: float
    """The monotonic moment of it."""

    def now(self) -> float:
        if self.speed == inf:
            return inf
        return self.seen + (time.monotonic() - self.at) * self.speed

    def follow(self, house: HouseClient) -> None:
        """Look again, where the house's clock goes by itself and the last look is old."""
        if self.clocking is Clocking.MAX or time.monotonic() - self.at < LOOK:
            return
        look = _look(house)
        self.seen, self.at = look.now, look.answered


@dataclass(frozen=True)
class Look:
    """The house's time at some moment between asking and being answered."""

    now: float
    simulated: bool
    asked: float
    answered: float

    @property
    def took(self) -> float:
        return self.answered - self.asked


def meet(house: HouseClient, wish: float | None) -> Pace:
    """How this house's clock goes; `wish` is the speed asked for (None: none). Raises Trouble when it cannot be.

    A speed is measured until it is known well, and never as more than it is: readings of the future are refused.
    """
    first = _look(house)
    if not first.simulated:
        if wish not in (None, 1.0):
            raise Trouble("simulate.real_time")
        return Pace(Clocking.REAL, 1.0, first.now, first.answered)
    while True:
        time.sleep(BETWEEN)
        second = _look(house)
        if second.now <= first.now:
            return Pace(Clocking.MAX, DRIVEN if wish is None else wish, second.now, second.answered)
        passed = second.answered - first.asked  # at most
        if first.took + second.took <= DOUBT * passed:
            return Pace(Clocking.SPEED, (second.now - first.now) / passed, second.now, second.answered)
        if second.took < first.took:
            first = second


def _look(house: HouseClient) -> Look:
    asked = time.monotonic()
    told = house.graph(HOUSE)["house"]
    return Look(datetime.fromisoformat(told["now"]).timestamp(), bool(told["simulated"]), asked, time.monotonic())


__all__ = ["Clocking", "Pace", "meet"]
