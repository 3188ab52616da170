"""What a plan is made from: a floor at a moment, and what whoever asks wants to see of it.

Coordinates are metres of the floor (x to the right, y up), outlines rings of them: the outer ring, then holes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime

from db.models import AlarmState, Category, Language, Priority, RoomKind, SensorKind, SensorStatus

Outline = list[list[list[float]]]
Lines = list[list[list[float]]]


class Layer(enum.Enum):
    ROOMS = "ROOMS"
    TENANTS = "TENANTS"
    VACANCY = "VACANCY"
    LEASES = "LEASES"
    SENSORS = "SENSORS"
    ALARMS = "ALARMS"
    HEAT = "HEAT"
    FIRE_ZONES = "FIRE_ZONES"
    EVACUATION = "EVACUATION"


class Theme(enum.Enum):
    LIGHT = "LIGHT"
    DARK = "DARK"


@dataclass(frozen=True, slots=True)
class RoomPicture:
    """A room; `area` in m², `tenants` (id, name) on that day, `lease_until` the day on which the first lease ends."""

    id: int
    number: str
    name: str | None = None
    kind: RoomKind = RoomKind.OTHER
    outline: Outline | None = None
    area: float | None = None
    tenants: list[tuple[int, str]] = field(default_factory=list)
    vacant: bool = False
    lease_until: date | None = None


@dataclass(frozen=True, slots=True)
class SensorPicture:
    """A sensor where it hangs (metres; without a place: in its room), its value at that moment in its `unit`."""

    id: int
    code: str
    name: str | None
    kind: SensorKind
    status: SensorStatus
    x: float | None = None
    y: float | None = None
    room: int | None = None
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AlarmPicture:
    """A live alarm; it stands at its place (metres), else at its sensor, else in its room."""

    id: int
    priority: Priority
    state: AlarmState
    category: Category
    room: int | None = None
    sensor: int | None = None
    x: float | None = None
    y: float | None = None
    annunciated: bool = True


@dataclass(frozen=True, slots=True)
class ZonePicture:
    """A fire zone: its rooms' ids, and the conditions (ALARM, FAULT, DISABLEMENT, TEST) that the panel reports."""

    id: int
    code: str
    name: str | None
    rooms: list[int] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FloorPicture:
    """A floor of a building `at` a moment (aware, in the building's own zone)."""

    building: str
    floor: str
    level: int
    at: datetime
    outline: Outline | None = None
    rooms: list[RoomPicture] = field(default_factory=list)
    sensors: list[SensorPicture] = field(default_factory=list)
    alarms: list[AlarmPicture] = field(default_factory=list)
    zones: list[ZonePicture] = field(default_factory=list)
    openings: Lines = field(default_factory=list)
    """Doors and passages, as lines from point to point."""
    north: float = 0.0
    """Where north is: degrees clockwise from up."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How the floor shall be drawn: its layers, rooms to point out (ids), the picture's width in pixels.

    `heat` is the kind of the heat map (with the layer HEAT; none: the kind that most sensors have).
    `evacuation` asks for the evacuation view as the layer EVACUATION does.
    """

    layers: frozenset[Layer] = frozenset({Layer.ROOMS, Layer.ALARMS})
    highlight: frozenset[int] = frozenset()
    size: int = 1600
    theme: Theme = Theme.LIGHT
    language: Language = Language.RU
    heat: SensorKind | None = None
    evacuation: bool = False


__all__ = [
    "AlarmPicture",
    "FloorPicture",
    "Layer",
    "Lines",
    "Outline",
    "RoomPicture",
    "SensorPicture",
    "Theme",
    "Wish",
    "ZonePicture",
]
