"""What is free on a page: what is taken of it, and the stretches within the outline of a room that are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot

from api.plans import geometry
from api.plans.geometry import Box, Point, Ring, Span


@dataclass(slots=True)
class Page:
    """What is taken: markers and labels so far, in a grid of squares for looking up."""

    unit: float
    square: float = 96.0
    taken: dict[tuple[int, int], list[Box]] = field(default_factory=dict)

    def take(self, box: Box) -> None:
        for key in self._squares(box):
            self.taken.setdefault(key, []).append(box)

    def near(self, box: Box) -> list[Box]:
        """What is taken of a box; some of it perhaps twice."""
        left, top, right, bottom = box
        return [
            other
            for key in self._squares(box)
            for other in self.taken.get(key, ())
            if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        ]

    def _squares(self, box: Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box[0] // self.square), int(box[2] // self.square) + 1):
            for row in range(int(box[1] // self.square), int(box[3] // self.square) + 1):
                yield column, row


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@dataclass(slots=True)
class Place:
    """A room's free space; strips are remembered, since labels of one height are tried again and again."""

    rings: list[Ring]
    above: list[list[Ring]]
    page: Page
    box: Box = (0.0, 0.0, 0.0, 0.0)
    centre: Point = (0.0, 0.0)
    strips: dict[tuple[float, float], list[Span]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.box = geometry.bounds(self.rings[:1])
        self.centre = geometry.middle(self.rings[0])

    def spans(self, top: float, bottom: float) -> list[Span]:
        key = (round(top, 1), round(bottom, 1))
        if key not in self.strips:
            free = geometry.spans(self.rings, top, bottom)
            for rings in self.above:
                free = geometry.without(free, geometry.covered(rings[:1], top, bottom))
            strip = (self.box[0], top, self.box[2], bottom)
            cuts = [(taken[0], taken[2]) for taken in self.page.near(strip)]
            self.strips[key] = geometry.without(free, cuts)
        return self.strips[key]

    def fit(self, width: float, height: float) -> Box | None:
        """Where a box of this size fits best: near the middle."""
        left, top, right, bottom = self.box
        if width > right - left or height > bottom - top:
            return None
        best: tuple[float, Box] | None = None
        for y in self._heights(height):
            for start, end in self.spans(y, y + height):
                if end - start < width:
                    continue
                x = min(max(self.centre[0], start + width / 2), end - width / 2)
                far = hypot(x - self.centre[0], 1.3 * (y + height / 2 - self.centre[1]))
                if best is None or far < best[0]:
                    best = far, (x - width / 2, y, x + width / 2, y + height)
            if best and best[0] <= 1.3 * abs(y + height / 2 - self.centre[1]) + 1e-6:
                break
        return best[1] if best else None

    def _heights(self, height: float) -> list[float]:
        top, bottom = self.box[1], self.box[3] - height
        wanted = min(max(self.centre[1] - height / 2, top), bottom)
        count = min(8, int((bottom - top) // max(height / 2, 4.0)) + 1)
        ladder = [top + (bottom - top) * i / count for i in range(count + 1)] if bottom > top else []
        return sorted({wanted, *ladder}, key=lambda y: abs(y - wanted))


def inner_point(rings: list[Ring]) -> Point:
    """A point well within a room: in the middle of its longest stretch."""
    x, y = geometry.middle(rings[0])
    if geometry.inside(rings, x, y):
        return x, y
    _, top, _, bottom = geometry.bounds(rings[:1])
    best, height = (x, y), (bottom - top) / 60
    longest = 0.0
    for i in range(1, 16):
        row = top + (bottom - top) * i / 16
        for start, end in geometry.spans(rings, row - height, row + height):
            if end - start > longest:
                longest, best = end - start, ((start + end) / 2, row)
    return best


__all__ = ["Page", "Place", "inner_point", "overlap"]
