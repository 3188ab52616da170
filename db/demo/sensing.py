"""The sensors of the demo building, the rules that watch them, and what went wrong in the week before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from db.demo.space import Room
from db.models import UNITS, RoomKind, SensorKind

WEEK = timedelta(days=7)
INTERVAL = timedelta(minutes=15)
DWELT = {RoomKind.OFFICE, RoomKind.MEETING, RoomKind.RETAIL, RoomKind.LOBBY, RoomKind.KITCHEN}
POWERED = {RoomKind.SERVER, RoomKind.TECHNICAL, RoomKind.RETAIL, RoomKind.KITCHEN}
PASSED = {RoomKind.CORRIDOR, RoomKind.STAIRS}
NAMES = {
    SensorKind.TEMPERATURE: ("temp", "Температура"),
    SensorKind.HUMIDITY: ("hum", "Влажность"),
    SensorKind.CO2: ("co2", "CO₂"),
    SensorKind.OCCUPANCY: ("people", "Люди"),
    SensorKind.MOTION: ("motion", "Движение"),
    SensorKind.DOOR: ("door", "Дверь"),
    SensorKind.LEAK: ("leak", "Протечка"),
    SensorKind.SMOKE: ("smoke", "Дым"),
    SensorKind.POWER: ("power", "Мощность"),
    SensorKind.LIGHT: ("light", "Освещённость"),
}
"""How codes of a kind begin, and what people call it."""
PLACES = {
    SensorKind.TEMPERATURE: (0.3, 0.5),
    SensorKind.HUMIDITY: (0.3, 0.6),
    SensorKind.CO2: (0.5, 0.5),
    SensorKind.OCCUPANCY: (0.5, 0.9),
    SensorKind.MOTION: (0.5, 0.7),
    SensorKind.DOOR: (0.1, 0.05),
    SensorKind.LEAK: (0.85, 0.15),
    SensorKind.SMOKE: (0.6, 0.4),
    SensorKind.POWER: (0.9, 0.9),
    SensorKind.LIGHT: (0.4, 0.3),
}
"""Where in a room's box, as parts of its width and depth."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor with its profile: `base` when nobody is there, `swing` more when everybody is, `noise` around that."""

    code: str
    name: str
    kind: SensorKind
    room: Room
    base: float
    swing: float
    noise: float

    @property
    def unit(self) -> str:
        return UNITS[self.kind]

    @property
    def x(self) -> float:
        return round(self.room.box[0] + self.room.box[2] * PLACES[self.kind][0], 2)

    @property
    def y(self) -> float:
        return round(self.room.box[1] + self.room.box[3] * PLACES[self.kind][1], 2)


def chance(text: str) -> float:
    """A number from 0 to 1 that is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def sensors(rooms: list[Room]) -> Iterator[Sensor]:
    """Two hundred sensors of ten kinds."""
    for kind, (prefix, title) in NAMES.items():
        for room in rooms:
            if _has(kind, room):
                code = f"{prefix}-{room.number}"
                called = f"{title}, {room.number}"
                yield Sensor(code, called, kind, room, *_profile(kind, room, chance(code)))


def _has(kind: SensorKind, room: Room) -> bool:
    """Whether a room has a sensor of the kind."""
    dwelt = room.kind in DWELT and not room.number.endswith("93")
    match kind:
        case SensorKind.TEMPERATURE:
            return dwelt or room.kind in (RoomKind.SERVER, RoomKind.TECHNICAL)
        case SensorKind.CO2:
            return dwelt
        case SensorKind.HUMIDITY:
            return room.kind in (RoomKind.MEETING, RoomKind.SERVER, RoomKind.STORAGE, RoomKind.RETAIL) or (
                dwelt and int(room.number) % 3 == 0
            )
        case SensorKind.OCCUPANCY:
            return dwelt and (room.capacity or 0) >= 10
        case SensorKind.MOTION:
            return room.kind in PASSED or room.number.endswith("93") or room.number == "101"
        case SensorKind.DOOR:
            return room.kind in (RoomKind.STAIRS, RoomKind.SERVER, RoomKind.TECHNICAL) or room.number in ("101", "112")
        case SensorKind.LEAK:
            return room.kind in (RoomKind.TOILET, RoomKind.KITCHEN) or room.number in ("111", "210", "310", "103")
        case SensorKind.SMOKE:
            return room.kind not in (RoomKind.LIFT, RoomKind.TOILET, RoomKind.STAIRS)
        case SensorKind.POWER:
            return room.kind in POWERED or room.number.endswith("01")
        case _:
            return (dwelt and int(room.number) % 2 == 1) or room.kind is RoomKind.CORRIDOR


def _profile(kind: SensorKind, room: Room, luck: float) -> tuple[float, float, float]:
    """Base, swing and noise; bounded so that no rule is broken but where something goes wrong on purpose."""
    match kind:
        case SensorKind.TEMPERATURE if room.kind is RoomKind.SERVER:
            return 21.5, 0.6, 0.2
        case SensorKind.TEMPERATURE:
            return 20.5 + 1.5 * luck, 1.0 + luck, 0.15
        case SensorKind.HUMIDITY:
            return 33 + 6 * luck, 4, 1.0
        case SensorKind.CO2:
            return 425 + 30 * luck, 250 + 180 * luck, 25
        case SensorKind.OCCUPANCY:
            return 0, 0.8 * (room.capacity or 10), 0.3
        case SensorKind.MOTION:
            return 0, 0.75, 0
        case SensorKind.DOOR:
            return 0, 0.3, 0
        case SensorKind.SMOKE:
            return 0.03, 0.02, 0.02
        case SensorKind.POWER:
            return (9, 1, 0.4) if room.kind is RoomKind.SERVER else (1 + 2 * luck, 8 + 12 * luck, 0.5)
        case SensorKind.LIGHT:
            return 4, 420 + 80 * luck, 20
        case _:
            return 0, 0, 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the building; `room` narrows it. Delays in seconds."""

    name: str
    kind: SensorKind
    condition: str
    threshold: float
    deadband: float
    on_delay: int
    priority: str
    category: str
    room: str | None = None
    latching: bool = False


RULES = (
    Rule("Душно: CO₂ выше 1000 ppm", SensorKind.CO2, "ABOVE", 1000, 100, 900, "MEDIUM", "AIR"),
    Rule("Жарко: выше 27 °C", SensorKind.TEMPERATURE, "ABOVE", 27, 1, 1800, "LOW", "COMFORT"),
    Rule("Холодно: ниже 17 °C", SensorKind.TEMPERATURE, "BELOW", 17, 1, 1800, "LOW", "COMFORT"),
    Rule("Перегрев серверной", SensorKind.TEMPERATURE, "ABOVE", 25, 1, 300, "HIGH", "EQUIPMENT", room="210"),
    Rule("Сухой воздух", SensorKind.HUMIDITY, "BELOW", 25, 3, 3600, "LOW", "COMFORT"),
    Rule("Протечка", SensorKind.LEAK, "ABOVE", 0.5, 0, 0, "CRITICAL", "LEAK", latching=True),
    Rule("Дым", SensorKind.SMOKE, "ABOVE", 2, 0.5, 0, "CRITICAL", "FIRE", latching=True),
    Rule("Дверь открыта больше 30 минут", SensorKind.DOOR, "ABOVE", 0.5, 0, 1800, "MEDIUM", "SECURITY"),
    Rule("Перегрузка сети", SensorKind.POWER, "ABOVE", 40, 5, 900, "HIGH", "POWER"),
    Rule("Датчик серверной молчит час", SensorKind.TEMPERATURE, "STALE", 3600, 0, 0, "HIGH", "EQUIPMENT", room="210"),
    Rule("Термометр молчит 6 часов", SensorKind.TEMPERATURE, "STALE", 21600, 0, 0, "LOW", "EQUIPMENT", room="308"),
)


@dataclass(frozen=True, slots=True)
class Incident:
    """A sensor's values bent towards `peak` between two moments, in hours before the planting.

    `hump` rises and falls, `ramp` rises within the first half and stays, `step` is `peak` all along.
    """

    code: str
    since: float
    until: float
    peak: float
    shape: str


INCIDENTS = (
    Incident("smoke-103", 131.0, 130.5, 3.2, "step"),
    Incident("temp-301", 125.0, 119.0, 28.6, "hump"),
    Incident("co2-204", 98.0, 95.0, 1190, "hump"),
    Incident("door-192", 81.0, 79.5, 1, "step"),
    Incident("co2-105", 74.0, 71.0, 1140, "hump"),
    Incident("temp-210", 52.0, 49.0, 26.6, "hump"),
    Incident("power-301", 49.0, 47.0, 46.0, "hump"),
    Incident("co2-204", 26.0, 23.0, 1230, "hump"),
    Incident("leak-196", 20.0, 19.0, 1, "step"),
    Incident("temp-210", 6.0, 3.5, 26.2, "hump"),
    Incident("leak-207", 4.2, 0.0, 1, "step"),
    Incident("co2-204", 2.0, 0.0, 1260, "ramp"),
    Incident("co2-301", 1.5, 0.0, 1110, "ramp"),
)
STALE = ("temp-308", "light-311")
"""Sensors that have been silent for `SILENT`."""
SILENT = timedelta(hours=9)
UNSEEN = 8.0
"""Alarms younger than so many hours have not been acknowledged, except leaks."""


def profile_rows(all_sensors: list[Sensor], keys: dict[str, int]) -> list[tuple[Any, ...]]:
    """What the history is made of: key, kind, code, base, swing, noise."""
    return [(keys[one.code], one.kind.name, one.code, one.base, one.swing, one.noise) for one in all_sensors]


__all__ = ["INCIDENTS", "INTERVAL", "RULES", "SILENT", "STALE", "UNSEEN", "WEEK", "Incident", "Rule", "Sensor",
           "chance", "profile_rows", "sensors"]  # fmt: skip
