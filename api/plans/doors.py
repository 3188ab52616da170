"""Where one passes from room to room: by the floor's openings; where a room has none, through walls that it shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot, isfinite

from api.plans import geometry
from api.plans.floor import FloorPicture
from api.plans.frame import Frame
from api.plans.geometry import Box, Point, Ring

GAP = 0.45
"""Metres: the thickest wall across which rooms touch, and the farthest that an opening lies from its rooms."""
DOOR = 0.8
"""Metres of shared wall that a door needs."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A door or passage on the page, and the rooms on either side of it: the nearest two, or fewer."""

    line: Ring
    middle: Point
    rooms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """Where one passes between two rooms."""

    one: int
    other: int
    at: Point

    def beyond(self, room: int) -> int:
        return self.other if room == self.one else self.one


def openings(floor: FloorPicture, frame: Frame) -> list[Opening]:
    """The openings of the rooms that are drawn in their places; of other rooms nothing is told."""
    gap = GAP * frame.scale
    rooms = {key: rings for key, rings in frame.rooms.items() if key not in frame.strip}
    boxes = {key: geometry.bounds(rings[:1]) for key, rings in rooms.items()}
    found = []
    for points in floor.openings:
        if len(points) > 1 and all(len(point) == 2 and all(map(isfinite, point)) for point in points):
            line = [frame.place(*point) for point in points]
            middle = (line[0][0] + line[-1][0]) / 2, (line[0][1] + line[-1][1]) / 2
            near = sorted(_around(middle, rooms, boxes, gap))[:2]
            if near:
                found.append(Opening(line, middle, tuple(key for _, key in near)))
    return found


def _around(at: Point, rooms: dict[int, list[Ring]], boxes: dict[int, Box], gap: float) -> Iterator[tuple[float, int]]:
    """How far the walls of rooms near a point are from it; rooms around it (which others lie on) come after those."""
    x, y = at
    for key, (left, top, right, bottom) in boxes.items():
        if left - gap <= x <= right + gap and top - gap <= y <= bottom + gap:
            far = min(_far(at, a, b) for ring in rooms[key] for a, b in geometry.edges(ring))
            if far <= gap or geometry.inside(rooms[key], x, y):
                yield min(far, gap), key


def _far(at: Point, a: Point, b: Point) -> float:
    """From a point to a side."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(at[0] - a[0] - along * dx, at[1] - a[1] - along * dy)


def doors(rooms: dict[int, list[Ring]], known: Iterable[Opening], scale: float) -> list[Door]:
    """Every door between two of the rooms; `scale` in pixels a metre. A room without any opening has one to each room
    that it touches, in the middle of their wall."""
    known = list(known)
    told = {key for opening in known for key in opening.rooms}
    found = [Door(*opening.rooms, opening.middle) for opening in known if len(opening.rooms) == 2]
    return found + [door for door in touching(rooms, scale) if not {door.one, door.other} <= told]


def touching(rooms: dict[int, list[Ring]], scale: float) -> Iterator[Door]:
    """Every pair of rooms with a wall in common, and the middle of it; `scale` in pixels a metre."""
    gap, least = GAP * scale, DOOR * scale
    boxes = {key: geometry.bounds(rings[:1]) for key, rings in rooms.items()}
    order = sorted(boxes, key=lambda key: boxes[key][0])
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            if boxes[other][0] > boxes[one][2] + gap:
                break
            if _near(boxes[one], boxes[other], gap):
                walls = list(_shared(rooms[one][0], rooms[other][0], gap))
                length, at = max(walls, default=(0.0, (0.0, 0.0)))
                if length >= least:
                    yield Door(one, other, at)


def _near(one: Box, other: Box, gap: float) -> bool:
    return one[1] <= other[3] + gap and other[1] <= one[3] + gap and other[0] <= one[2] + gap


def _shared(one: Ring, other: Ring, gap: float) -> Iterator[tuple[float, Point]]:
    """The stretches along which sides of two rings run side by side, with their middles."""
    for (ax, ay), (bx, by) in geometry.edges(one):
        length = hypot(bx - ax, by - ay)
        if length < 1e-6:
            continue
        ux, uy = (bx - ax) / length, (by - ay) / length
        for (cx, cy), (dx, dy) in geometry.edges(other):
            off_c, off_d = (cx - ax) * uy - (cy - ay) * ux, (dx - ax) * uy - (dy - ay) * ux
            if abs(off_c) > gap or abs(off_d) > gap:
                continue
            start, end = sorted(((cx - ax) * ux + (cy - ay) * uy, (dx - ax) * ux + (dy - ay) * uy))
            start, end = max(0.0, start), min(length, end)
            if end > start:
                mid, off = (start + end) / 2, (off_c + off_d) / 4
                yield end - start, (ax + ux * mid + uy * off, ay + uy * mid - ux * off)


__all__ = ["Door", "Opening", "doors", "openings", "touching"]
