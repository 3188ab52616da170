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
BETWEEN = 0.3
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
        self.seen, self.at, _ = _look(house)


def meet(house: HouseClient, wish: float | None) -> Pace:
    """How this house's clock goes; `wish` is the speed asked for (None: none). Raises Trouble when it cannot be."""
    first, begun, simulated = _look(house)
    if not simulated:
        if wish not in (None, 1.0):
            raise Trouble("simulate.real_time")
        return Pace(Clocking.REAL, 1.0, first, begun)
    time.sleep(BETWEEN)
    second, ended, _ = _look(house)
    if second > first:
        speed = (second - first) / (ended - begun)
        return Pace(Clocking.SPEED, speed, second, ended)
    return Pace(Clocking.MAX, DRIVEN if wish is None else wish, second, ended)


def _look(house: HouseClient) -> tuple[float, float, bool]:
    asked = time.monotonic()
    told = house.graph(HOUSE)["house"]
    return datetime.fromisoformat(told["now"]).timestamp(), (asked + time.monotonic()) / 2, bool(told["simulated"])


__all__ = ["Clocking", "Pace", "meet"]
