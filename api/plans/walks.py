"""How one walks within a room from a door to the next: around its corners, and around the rooms that lie on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from heapq import heappop, heappush
from math import hypot

from api.plans import geometry
from api.plans.free import inner_point
from api.plans.geometry import Point, Ring

SIDE = 0.4
"""Metres that one keeps from a corner, and goes straight ahead behind a door."""
MOST = 400
"""Walls of a ground on which one looks for ways around its corners."""


class Ground:
    """Where one can walk in a room; `above` are the outlines of rooms that lie on it, `scale` is in pixels a metre."""

    def __init__(self, rings: list[Ring], above: list[list[Ring]], scale: float) -> None:
        self.rings = rings
        self.above = [other[0] for other in above if geometry.inside(rings, *inner_point(other))]
        self.side = SIDE * scale
        self.walls = [side for ring in (*rings, *self.above) for side in geometry.edges(ring)]
        self._clear: dict[tuple[Point, Point], bool] = {}

    @cached_property
    def corners(self) -> list[Point]:
        """Where one turns; none on a ground so cluttered that looking for ways on it would take seconds."""
        if len(self.walls) > MOST:
            return []
        return [turn for ring in (*self.rings, *self.above) for corner in ring for turn in self._around(corner)]

    def free(self, x: float, y: float) -> bool:
        return geometry.inside(self.rings, x, y) and not any(geometry.inside([ring], x, y) for ring in self.above)

    def clear(self, a: Point, b: Point) -> bool:
        """Whether one can go straight from one free point to the other."""
        key = (a, b) if a <= b else (b, a)
        if key not in self._clear:
            self._clear[key] = not any(geometry.meet(a, b, c, d) for c, d in self.walls)
        return self._clear[key]

    def entered(self, door: Point) -> Point | None:
        """The point straight behind a door."""
        for far in (self.side, 2 * self.side):
            for dx, dy in ((far, 0.0), (-far, 0.0), (0.0, far), (0.0, -far)):
                if self.free(door[0] + dx, door[1] + dy) and not self.free(door[0] - dx, door[1] - dy):
                    return door[0] + dx, door[1] + dy
        return None

    def _around(self, corner: Point) -> Iterator[Point]:
        """Where one passes a corner that stands in the way: three of the four quarters around it are free."""
        x, y = corner
        quarters = [(dx, dy) for dx in (-self.side, self.side) for dy in (-self.side, self.side)]
        taken = [(dx, dy) for dx, dy in quarters if not self.free(x + dx, y + dy)]
        if len(taken) == 1:
            yield x - taken[0][0], y - taken[0][1]

    def walk(self, start: Point, end: Point) -> Ring:
        """The shortest way between two free points (Dijkstra, 1959); a straight line where there is none."""
        if self.clear(start, end):
            return [start, end]
        queue: list[tuple[float, Point, Point | None]] = [(0.0, start, None)]
        came: dict[Point, Point | None] = {}
        while queue:
            far, at, before = heappop(queue)
            if at in came:
                continue
            came[at] = before
            if at == end:
                return _back(came, end)
            for turn in (*self.corners, end):
                if turn not in came and self.clear(at, turn):
                    heappush(queue, (far + hypot(turn[0] - at[0], turn[1] - at[1]), turn, at))
        return [start, end]


def _back(came: dict[Point, Point | None], end: Point) -> Ring:
    way: Ring = []
    at: Point | None = end
    while at is not None:
        way.append(at)
        at = came[at]
    return way[::-1]


__all__ = ["Ground"]
