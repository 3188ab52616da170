"""What goes wrong by script: a fire on a floor, a leak down a riser, sensors that die, a flood of alarms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, hypot, inf
from typing import Protocol

from deploy.simulator.chance import luck
from deploy.simulator.site import Device, Place


class Incident(Protocol):
    """Something that bends what sensors show, between two moments (seconds since 1970)."""

    @property
    def begins(self) -> float: ...

    @property
    def ends(self) -> float: ...

    def touches(self, device: Device) -> bool:
        """Whether it can concern the sensor at all."""

    def bend(self, device: Device, at: float, value: float) -> float | None:
        """What the sensor shows instead of `value`, in its kind's usual unit; None: nothing at all."""

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        """When in (since, until] it makes the sensor report."""


def every(seconds: float, first: float, last: float, since: float, until: float) -> Iterator[float]:
    """The moments first, first + seconds … up to last that lie in (since, until]."""
    number = max(0, int((since - first) // seconds) + 1) if since >= first else 0
    while (at := round(first + number * seconds, 3)) <= min(last, until):
        if at > since:
            yield at
        number += 1


def among(moments: Iterable[float], since: float, until: float) -> Iterator[float]:
    """Those that lie in (since, until]."""
    return (at for at in moments if since < at <= until)


class Fire:
    """Smoke goes from room to room of one floor, it gets hot, people leave the building, the breaker falls."""

    SPREAD = 0.15
    """Metres a second."""
    LAST_OUT = 300.0
    """Seconds until everybody is out."""

    def __init__(self, places: Sequence[Place], origin: Place, begins: float, lasts: float = 2400.0) -> None:
        self.begins, self.ends = begins, begins + lasts
        self.out = begins + 0.6 * lasts
        """From then on it is extinguished, and the smoke thins."""
        self.origin = origin
        self.arrives = {
            place.number: round(begins + self.distance(place, number) / self.SPREAD, 1)
            for number, place in enumerate(places)
            if place.level == origin.level
        }

    def distance(self, place: Place, number: int) -> float:
        """Metres from where it began; rooms without a place on the plan lie 4 m further each."""
        if None in (place.x, place.y, self.origin.x, self.origin.y):
            return 0.0 if place == self.origin else 4.0 * (1 + number % 20)
        assert place.x is not None and place.y is not None  # noqa: PT018
        assert self.origin.x is not None and self.origin.y is not None  # noqa: PT018
        return hypot(place.x - self.origin.x, place.y - self.origin.y)

    def touches(self, device: Device) -> bool:
        if device.kind in ("SMOKE", "TEMPERATURE", "LIGHT", "POWER"):
            return device.place.number in self.arrives
        if device.kind == "DOOR":
            return device.place.kind in ("STAIRS", "LOBBY")
        return device.kind in ("OCCUPANCY", "MOTION")

    def bend(self, device: Device, at: float, value: float) -> float | None:
        match device.kind:
            case "SMOKE" | "TEMPERATURE":
                return value + self._rise(device, at)
            case "LIGHT" | "POWER":
                return value if at < self.begins + 600 else 0.0
            case "DOOR":
                return 1.0 if self.begins + 30 <= at < self.begins + self.LAST_OUT else 0.0
            case "MOTION":
                return float(at < self.begins + self.LAST_OUT)
            case _:
                return round(value * max(0.0, 1 - max(0.0, at - self.begins - 60) / (self.LAST_OUT - 60)))

    def _rise(self, device: Device, at: float) -> float:
        """What smoke (%/m) or heat (K) there is more: it comes with the front and thins when the fire is out."""
        arrives = self.arrives[device.place.number]
        if at < arrives:
            return 0.0
        far = (arrives - self.begins) * self.SPREAD
        most, slow = (max(6.0, 20 - 0.25 * far), 60.0) if device.kind == "SMOKE" else (70 * exp(-far / 6), 240.0)
        grown = most * (1 - exp(-(min(at, self.out) - arrives) / slow)) if arrives < self.out else 0.0
        return grown * exp(-max(0.0, at - self.out) / ((self.ends - self.out) / 5))

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        out = self.begins + self.LAST_OUT
        match device.kind:
            case "SMOKE":
                yield from every(10, self.arrives[device.place.number], self.ends, since, until)
            case "TEMPERATURE":
                yield from every(30, self.begins, self.ends, since, until)
            case "OCCUPANCY":
                yield from every(60, self.begins + 60, out, since, until)
                yield from among((self.ends,), since, until)
            case "LIGHT" | "POWER":
                yield from among((self.begins + 600, self.ends), since, until)
            case _:
                yield from among((self.begins, self.begins + 30, out, self.ends), since, until)


class Wet:
    """Water at leak sensors, each from a moment of its own on."""

    def __init__(self, since: dict[str, float], ends: float) -> None:
        self.since = since
        """From when on, by the sensor's name."""
        self.begins, self.ends = min(since.values()), ends

    def touches(self, device: Device) -> bool:
        return device.name in self.since

    def bend(self, device: Device, at: float, value: float) -> float | None:
        return 1.0 if at >= self.since[device.name] else value

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        yield from among((self.since[device.name], self.ends), since, until)


def riser_leak(devices: Sequence[Device], seed: int, begins: float, lasts: float = 3600.0) -> Wet:
    """Down a riser: the uppermost sensors at once, those of each floor below two to five minutes later."""
    at, since = begins, {}
    for level in sorted({device.place.level for device in devices}, reverse=True):
        since.update({device.name: round(at, 1) for device in devices if device.place.level == level})
        at += 120 + 180 * luck(seed, "riser", level)
    return Wet(since, round(max(begins + lasts, at), 1))


@dataclass(frozen=True)
class Death:
    """Sensors say nothing any more."""

    names: frozenset[str]
    begins: float
    ends: float = inf

    def touches(self, device: Device) -> bool:
        return device.name in self.names

    def bend(self, device: Device, at: float, value: float) -> float | None:
        return None

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        if self.ends < inf:
            yield from among((self.ends,), since, until)


class Flood:
    """Ventilation and cooling fail everywhere, doors unlock: dozens of alarms within minutes."""

    EXTREMES = {"CO2": 1800.0, "TEMPERATURE": 34.0, "HUMIDITY": 14.0, "DOOR": 1.0, "POWER": 60.0, "NOISE": 78.0}
    RISING = 150.0
    """Seconds from the first sign to the extreme."""

    def __init__(self, seed: int, begins: float, lasts: float = 3600.0) -> None:
        self.seed = seed
        self.begins, self.ends = begins, begins + lasts

    def touches(self, device: Device) -> bool:
        return device.kind in self.EXTREMES

    def onset(self, device: Device) -> float:
        """Each sensor at its own moment within the first three minutes."""
        return round(self.begins + 180 * luck(self.seed, "flood", device.name), 1)

    def bend(self, device: Device, at: float, value: float) -> float | None:
        onset, most = self.onset(device), self.EXTREMES[device.kind]
        if at < onset:
            return value
        if device.switch:
            return most
        return value + (most - value) * min(1.0, (at - onset) / self.RISING)

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        onset = self.onset(device)
        if not device.switch:
            yield from every(30, onset, onset + self.RISING, since, until)
        yield from among((onset, self.ends), since, until)


@dataclass(frozen=True)
class Bent:
    """One numeric sensor goes to `peak` and back, as a hump; a switch is on all along."""

    name: str
    peak: float
    begins: float
    ends: float

    def touches(self, device: Device) -> bool:
        return device.name == self.name

    def bend(self, device: Device, at: float, value: float) -> float | None:
        if device.switch:
            return self.peak
        part = (at - self.begins) / (self.ends - self.begins)
        return value + (self.peak - value) * min(1.0, 4 * part, 4 * (1 - part))

    def moments(self, device: Device, since: float, until: float) -> Iterator[float]:
        yield from among((self.begins, self.ends), since, until)


__all__ = ["Bent", "Death", "Fire", "Flood", "Incident", "Wet", "riser_leak"]
