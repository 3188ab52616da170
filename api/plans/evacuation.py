"""The evacuation view: exits, and arrows along the ways to them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import atan2, hypot

from api.plans import geometry, symbols, words
from api.plans.doors import Opening
from api.plans.floor import FloorPicture, Layer, Wish
from api.plans.frame import Frame
from api.plans.free import Page, inner_point
from api.plans.geometry import Point, Ring
from api.plans.legend import Item
from api.plans.palette import GREEN, Palette, mix
from api.plans.shapes import Circle, Instruction, LegendEntry, Polyline, hexed
from api.plans.walks import Ground
from api.plans.ways import PASSED, Step, Ways, ways
from db.models import RoomKind

APART = 84
"""Pixels (of a page 1600 wide) between two heads of arrows on one line."""


class Evacuation:
    """The ways out of one floor, as they are drawn."""

    def __init__(
        self,
        floor: FloorPicture,
        wish: Wish,
        frame: Frame,
        known: Sequence[Opening],
        above: Mapping[int, list[list[Ring]]],
        colours: Palette,
    ) -> None:
        """`above` has for a room the rooms that lie on it."""
        self.floor, self.wish, self.frame, self.unit = floor, wish, frame, frame.unit
        self.tone = GREEN if not colours.dark else mix(GREEN, (255, 255, 255), 0.35)
        self.ink = colours.ink
        self.rooms = {room.id: room for room in floor.rooms}
        self.ways: Ways = ways(floor, frame, known)
        self.signs = {key: inner_point(frame.rooms[key]) for key in self.ways.exits}
        self.above, self.grounds = above, dict[int, Ground]()
        self.paths = {step: self._path(step) for step in self.ways.steps}
        self.heads: list[Point] = []

    def take(self, page: Page) -> None:
        """Keep labels away from the signs of the exits, and from the ways to them."""
        r = 20 * self.unit
        for x, y in self.signs.values():
            page.take((x - r, y - r, x + r, y + r))
        half = 6 * self.unit
        for step in self.ways.steps:
            for (ax, ay), (bx, by) in itertools.pairwise(self.paths[step]):
                count = max(1, round(hypot(bx - ax, by - ay) / (2 * half)))
                for part in range(count + 1):
                    x, y = ax + (bx - ax) * part / count, ay + (by - ay) * part / count
                    page.take((x - half, y - half, x + half, y + half))

    def lines(self) -> Iterator[Instruction]:
        """Under the labels: along corridors to the exits."""
        seen: set[tuple[tuple[int, int], ...]] = set()
        for step in self.ways.steps:
            for a, b in itertools.pairwise(self.paths[step]):
                key = tuple(sorted(((round(a[0]), round(a[1])), (round(b[0]), round(b[1])))))
                if key not in seen and hypot(b[0] - a[0], b[1] - a[1]) > 1:
                    seen.add(key)
                    yield Polyline([a, b], self.tone, 3.2 * self.unit, (9 * self.unit, 7 * self.unit))
                    yield from self._head(a, b)

    def arrows(self) -> Iterator[Instruction]:
        """Over the labels: out of each room, and the signs of the exits."""
        for step in self.ways.steps:
            if self.rooms[step.room].kind not in PASSED:
                yield from self._out(step)
        for x, y in self.signs.values():
            yield from symbols.exit_sign(x, y, 15 * self.unit)

    def _path(self, step: Step) -> Ring:
        """From a door along the room behind it to the next door, or into the exit; along the axis of a corridor."""
        leads = step.door.beyond(step.room)
        if step.after is None:
            return [step.door.at, self.signs[leads]]
        start, end, ground = step.door.at, step.after.at, self._ground(leads)
        first, last = ground.entered(start) or start, ground.entered(end) or end
        left, top, right, bottom = geometry.bounds(ground.rings[:1])
        x, y = (left + right) / 2, (top + bottom) / 2
        level = right - left >= bottom - top
        axis = [(start[0], y), (end[0], y)] if level else [(x, start[1]), (x, end[1])]
        legs = itertools.pairwise([first, *axis, last])
        free = self.rooms[leads].kind in PASSED and all(ground.free(*turn) for turn in axis)
        if free and all(ground.clear(*leg) for leg in legs):
            return [start, *axis, end]
        way = ground.walk(first, last)
        return [start, end] if len(way) == 2 else [start, *way, end]

    def _ground(self, room: int) -> Ground:
        if room not in self.grounds:
            self.grounds[room] = Ground(self.frame.rooms[room], self.above.get(room, []), self.frame.scale)
        return self.grounds[room]

    def _head(self, a: Point, b: Point) -> Iterator[Instruction]:
        length = hypot(b[0] - a[0], b[1] - a[1])
        count = int(length // (APART * self.unit))
        for part in range(count):
            share = (part + 0.5) / count
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            if all(hypot(x - hx, y - hy) > APART * self.unit * 0.7 for hx, hy in self.heads):
                self.heads.append((x, y))
                yield symbols.arrow(x, y, atan2(b[1] - a[1], b[0] - a[0]), 9 * self.unit, self.tone)

    def _out(self, step: Step) -> Iterator[Instruction]:
        (dx, dy), (x, y) = step.door.at, inner_point(self.frame.rooms[step.room])
        length = hypot(x - dx, y - dy) or 1.0
        far = min(0.6, 30 * self.unit / length)
        tail = (dx + (x - dx) * far, dy + (y - dy) * far)
        yield Polyline([tail, (dx, dy)], self.tone, 3.2 * self.unit)
        yield symbols.arrow(dx, dy, atan2(dy - y, dx - x), 8.5 * self.unit, self.tone)

    def legend(self) -> Iterator[Item]:
        language, unit = self.wish.language, self.unit
        if not self.ways.exits:
            yield Item(LegendEntry(Layer.EVACUATION, "NOTE", words.phrase("no_exit", language)), None)
            return
        entry = LegendEntry(
            Layer.EVACUATION, "LINE", words.phrase("exit", language), hexed(GREEN), len(self.ways.exits)
        )
        yield Item(entry, lambda x, y, r: symbols.exit_sign(x, y, r * 0.95))
        tone = self.tone

        def way(x: float, y: float, r: float) -> Iterator[Instruction]:
            yield Polyline([(x - 1.4 * r, y), (x + r, y)], tone, 3.2 * unit, (5 * unit, 4 * unit))
            yield symbols.arrow(x + r, y, 0.0, 0.8 * r, tone)

        yield Item(LegendEntry(Layer.EVACUATION, "LINE", words.phrase("way", language), hexed(tone)), way)
        if self.ways.cut_off:
            label = words.phrase("cut_off", language)
            yield Item(LegendEntry(Layer.EVACUATION, "NOTE", label, None, len(self.ways.cut_off)), self._ring)
        if any(room.kind is RoomKind.LIFT for room in self.floor.rooms):
            yield Item(LegendEntry(Layer.EVACUATION, "NOTE", words.phrase("no_lift", language)), None)

    def _ring(self, x: float, y: float, r: float) -> Iterator[Instruction]:
        yield Circle(x, y, r * 0.8, None, self.ink, max(1.5, r * 0.2))

    def lost(self) -> Iterator[Instruction]:
        """Rooms without a way out: a ring, which the legend explains."""
        for key in self.ways.cut_off:
            x, y = inner_point(self.frame.rooms[key])
            yield from self._ring(x, y - 22 * self.unit, 9 * self.unit)


__all__ = ["Evacuation"]
