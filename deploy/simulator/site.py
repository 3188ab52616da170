"""What the model knows of a building: its zone, its rooms, and the sensors in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from deploy.simulator.chance import seeded

SWITCHES = frozenset({"MOTION", "DOOR", "LEAK"})
"""Kinds that are 0 or 1."""
SCALES: dict[tuple[str, str], tuple[float, float]] = {
    ("TEMPERATURE", "°C"): (1.0, 0.0),
    ("TEMPERATURE", "°F"): (1.8, 32.0),
    ("TEMPERATURE", "K"): (1.0, 273.15),
    ("HUMIDITY", "%"): (1.0, 0.0),
    ("CO2", "ppm"): (1.0, 0.0),
    ("OCCUPANCY", "people"): (1.0, 0.0),
    ("OCCUPANCY", ""): (1.0, 0.0),
    ("MOTION", ""): (1.0, 0.0),
    ("DOOR", ""): (1.0, 0.0),
    ("LEAK", ""): (1.0, 0.0),
    ("SMOKE", "%/m"): (1.0, 0.0),
    ("POWER", "kW"): (1.0, 0.0),
    ("POWER", "W"): (1000.0, 0.0),
    ("LIGHT", "lx"): (1.0, 0.0),
    ("NOISE", "dB"): (1.0, 0.0),
    ("VALVE", "%"): (1.0, 0.0),
}
"""What the model can play: kind and unit, with the factor and offset from the kind's usual unit to this one."""
SEATED = {"OFFICE": 8.0, "MEETING": 4.0, "RETAIL": 6.0, "LOBBY": 12.0, "KITCHEN": 5.0, "LIVING": 20.0}
"""Square metres for one person where nobody said how many a room is for."""
DEFAULT_INTERVAL = 300.0
AREA = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """A room: `area` in m², `x` and `y` of its middle in metres where known."""

    number: str
    kind: str
    level: int
    area: float = AREA
    capacity: int | None = None
    x: float | None = None
    y: float | None = None

    @property
    def seats(self) -> int:
        if self.capacity:
            return self.capacity
        return max(1, round(self.area / SEATED[self.kind])) if self.kind in SEATED else 2

    @property
    def riser(self) -> str:
        """What rooms above each other share: the last two digits of their numbers."""
        return "".join(re.findall(r"\d", self.number))[-2:]


NOWHERE = Place("", "OTHER", 0)
"""Where sensors are that hang in no room."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor: `name` is how it is sent, `interval` seconds between its reports (0: a switch that reports changes)."""

    name: str
    code: str
    kind: str
    place: Place
    interval: float = DEFAULT_INTERVAL
    unit: str = ""
    key: int = field(default=0, compare=False)
    """Of its luck, made of its name."""

    @property
    def switch(self) -> bool:
        return self.kind in SWITCHES

    @property
    def playable(self) -> bool:
        return (self.kind, self.unit) in SCALES


def device(
    building: str, code: str, kind: str, place: Place = NOWHERE, interval: float | None = None, unit: str | None = None
) -> Device:
    """A sensor of a building, with its own luck; `unit` is the kind's usual one unless told."""
    usual = next((known for played, known in SCALES if played == kind), "")
    name = f"{building}/{code}"
    spoken = interval if interval else (0.0 if kind in SWITCHES else DEFAULT_INTERVAL)
    return Device(name, code, kind, place, float(spoken), usual if unit is None else unit, seeded(name))


@dataclass(frozen=True, slots=True)
class Site:
    """A building: its code, its zone, its rooms by number, its sensors."""

    code: str
    name: str
    zone: ZoneInfo
    places: tuple[Place, ...]
    devices: tuple[Device, ...]


__all__ = ["NOWHERE", "SCALES", "SWITCHES", "Device", "Place", "Site", "device"]
