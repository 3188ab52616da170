"""The heat map: what sensors of one kind measure, spread over each room from its own sensors, else from those around.

Values are weighted by the inverse of the squared distance (Shepard, 1968). A room is a world of its own: its walls stop
what its neighbours measure, unless it has no sensor; then it is an estimate, and is hatched.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

from api.plans import geometry, words
from api.plans.fills import Fills
from api.plans.floor import FloorPicture, Layer, SensorPicture, Wish
from api.plans.frame import Frame
from api.plans.free import inner_point
from api.plans.geometry import Point, Ring
from api.plans.legend import Item, swatch
from api.plans.palette import HOT, MORE, Palette, along, mix
from api.plans.shapes import Colour, Hatch, LegendEntry, LegendScale, Patch, hexed
from db.models import SensorKind

CELL = 16
"""Pixels (of a page 1600 wide) of a side of a cell of the field."""
MOST = 24
"""Cells in a row or column of a room's field: it is stretched smoothly."""
STEPS = 6
"""Round steps that a scale has at most between its ends."""
NEAREST = 5
"""Sensors around that an estimate is made of."""
NUMERIC = (
    SensorKind.TEMPERATURE,
    SensorKind.CO2,
    SensorKind.HUMIDITY,
    SensorKind.NOISE,
    SensorKind.LIGHT,
    SensorKind.POWER,
)
"""Kinds that are taken when none is asked for, the usual first."""

Measured = tuple[Point, float]


@dataclass(slots=True)
class Heat:
    """The fields to paint by room, what their colours mean, and what the legend says beside."""

    patches: dict[int, Patch] = field(default_factory=dict)
    scale: LegendScale | None = None
    items: list[Item] = field(default_factory=list)


def heat(floor: FloorPicture, wish: Wish, frame: Frame, fills: Fills, colours: Palette) -> Heat:
    """The map of the kind that is wished; rooms that it covers get their mean as ground, for their labels."""
    if Layer.HEAT not in wish.layers:
        return Heat()
    kind = wish.heat or _usual(floor.sensors)
    told = [(sensor, sensor.value) for sensor in floor.sensors if sensor.kind is kind and sensor.value is not None]
    found = [((at, value), sensor) for sensor, value in told if (at := _place(sensor, frame)) is not None]
    if not found:
        name = words.said(words.SENSORS[kind], wish.language) if kind else words.phrase("no_sensors", wish.language)
        note = LegendEntry(Layer.HEAT, "NOTE", words.phrase("no_readings", wish.language, kind=name))
        return Heat(items=[Item(note, None)])
    assert kind is not None
    return Map(floor, wish, frame, fills, colours, kind, found).made()


def _usual(sensors: Sequence[SensorPicture]) -> SensorKind | None:
    counts = Counter(sensor.kind for sensor in sensors if sensor.value is not None)
    return max((kind for kind in NUMERIC if counts[kind]), key=lambda kind: counts[kind], default=None)


def _place(sensor: SensorPicture, frame: Frame) -> Point | None:
    if sensor.x is not None and sensor.y is not None and frame.scale:
        return frame.place(sensor.x, sensor.y)
    rings = frame.rooms.get(sensor.room) if sensor.room is not None else None
    return inner_point(rings) if rings else None


class Map:
    """One heat map while it is made."""

    def __init__(
        self,
        floor: FloorPicture,
        wish: Wish,
        frame: Frame,
        fills: Fills,
        colours: Palette,
        kind: SensorKind,
        found: Sequence[tuple[Measured, SensorPicture]],
    ) -> None:
        self.floor, self.wish, self.frame, self.fills, self.colours = floor, wish, frame, fills, colours
        self.kind, self.unit = kind, found[0][1].unit
        self.all = [measured for measured, _ in found]
        self.own: dict[int, list[Measured]] = defaultdict(list)
        for measured, sensor in found:
            if sensor.room is not None:
                self.own[sensor.room].append(measured)
        self.low, self.high = rounded([value for _, value in self.all])
        self.tones = HOT if kind is SensorKind.TEMPERATURE else MORE

    def made(self) -> Heat:
        estimated = 0
        patches = {}
        for room in self.floor.rooms:
            rings, own = self.frame.rooms[room.id], self.own.get(room.id)
            if not own:
                if room.id in self.frame.strip:
                    continue
                estimated += 1
            patches[room.id] = self._field(room.id, rings, own or self._around(rings), own is not None)
        label = words.said(words.SENSORS[self.kind], self.wish.language)
        scale = LegendScale(
            label, self.unit, self.low, self.high, [hexed(along(self.tones, part / 24)) for part in range(25)]
        )
        return Heat(patches, scale, list(self._notes(estimated)))

    def _around(self, rings: list[Ring]) -> list[Measured]:
        x, y = geometry.middle(rings[0])
        return sorted(self.all, key=lambda one: (one[0][0] - x) ** 2 + (one[0][1] - y) ** 2)[:NEAREST]

    def _field(self, room: int, rings: list[Ring], near: Sequence[Measured], known: bool) -> Patch:
        left, top, right, bottom = box = geometry.bounds(rings[:1])
        cell = CELL * self.frame.unit
        columns, rows = (max(2, min(MOST, ceil(length / cell))) for length in (right - left, bottom - top))
        wide, high = (right - left) / columns, (bottom - top) / rows
        values = [
            spread(left + (column + 0.5) * wide, top + (row + 0.5) * high, near, cell)
            for row in range(rows)
            for column in range(columns)
        ]
        cells = bytes(part for value in values for part in self._tone(value))
        fill = self.fills[room]
        mean = sum(values) / len(values)
        fill.colour = self._tone(mean)
        fill.hatch = None if known else self._guessed(fill.colour)
        if known:
            unit = f"\u00a0{self.unit}" if self.unit else ""
            fill.details.append(f"{words.number(mean, self.wish.language)}{unit}")
        return Patch(box, columns, rows, cells, rings)

    def _tone(self, value: float) -> Colour:
        span = self.high - self.low
        tone = along(self.tones, (value - self.low) / span if span else 0.5)
        return mix(self.colours.page, tone, 0.85) if self.colours.dark else tone

    def _guessed(self, ground: Colour) -> Hatch:
        unit = self.frame.unit
        return Hatch(mix(ground, self.colours.readable(ground), 0.22), 45, 14 * unit, max(1.0, 1.2 * unit))

    def _notes(self, estimated: int) -> Iterator[Item]:
        if estimated:
            ground = self._tone((self.low + self.high) / 2)
            hatch = self._guessed(ground)
            label = words.phrase("estimated", self.wish.language)
            entry = LegendEntry(Layer.HEAT, "HATCH", label, hexed(ground), estimated)
            yield Item(entry, swatch(ground, hatch, self.colours))


def spread(x: float, y: float, near: Sequence[Measured], soft: float) -> float:
    """The value at a point: every sensor counts by the inverse of its squared distance, within `soft` evenly."""
    whole = weights = 0.0
    for (ax, ay), value in near:
        weight = 1 / ((x - ax) ** 2 + (y - ay) ** 2 + soft**2)
        whole += weight * value
        weights += weight
    return whole / weights


def rounded(values: Sequence[float]) -> tuple[float, float]:
    """The ends of a scale: round numbers just outside of what was measured."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        return low - 0.5, high + 0.5
    power = 10 ** floor(log10((high - low) / STEPS))
    step = next(power * times for times in (1, 2, 5, 10) if (high - low) / (power * times) <= STEPS or times == 10)
    return floor(low / step) * step, ceil(high / step) * step


__all__ = ["Heat", "heat", "rounded", "spread"]
