"""Rings of points: areas, hulls, what lies inside, and where a box of a given height fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import atan2, ceil, cos, hypot, isfinite, pi, sin

from api.plans.floor import Outline

Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom (the lesser y first)."""
Span = tuple[float, float]

MOST = 400
"""A ring of more points is thinned out before it is looked at for crossings."""


def mended(outline: Outline | None) -> list[Ring] | None:
    """An outline fit for drawing, or none: rings without repetitions, a self-crossing one replaced by its hull."""
    rings = [ring for ring in (_tidy(points) for points in outline or []) if ring]
    if not rings or not outline or not _tidy(outline[0]):
        return None
    outer = _uncrossed(rings[0])
    if abs(area(outer)) < 1e-4:
        return None
    holes = [_uncrossed(ring) for ring in rings[1:]]
    return [outer, *(hole for hole in holes if abs(area(hole)) > 1e-4 and inside([outer], *middle(hole)))]


def _tidy(points: Sequence[Sequence[float]]) -> Ring | None:
    ring: Ring = []
    for point in points:
        if len(point) < 2 or not (isfinite(point[0]) and isfinite(point[1])):
            return None
        if not ring or hypot(point[0] - ring[-1][0], point[1] - ring[-1][1]) > 1e-6:
            ring.append((float(point[0]), float(point[1])))
    while len(ring) > 1 and hypot(ring[0][0] - ring[-1][0], ring[0][1] - ring[-1][1]) <= 1e-6:
        ring.pop()
    if len(ring) < 3:
        return None
    return ring[:: ceil(len(ring) / MOST)] if len(ring) > MOST else ring


def _uncrossed(ring: Ring) -> Ring:
    return hull(ring) if crosses(ring) else ring


def crosses(ring: Ring) -> bool:
    """Whether two edges of a ring that are no neighbours meet within both."""
    count = len(ring)
    edges = [(ring[i], ring[(i + 1) % count]) for i in range(count)]
    order = sorted(range(count), key=lambda i: min(edges[i][0][0], edges[i][1][0]))
    for place, i in enumerate(order):
        (a, b), reach = edges[i], max(edges[i][0][0], edges[i][1][0])
        for j in order[place + 1 :]:
            c, d = edges[j]
            if min(c[0], d[0]) > reach:
                break
            if (i - j) % count in (1, count - 1):
                continue
            if meet(a, b, c, d):
                return True
    return False


def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the lines from a to b and from c to d cross within both."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return value if abs(value) > 1e-9 else 0.0


def hull(points: Iterable[Point]) -> Ring:
    """The convex hull (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    halves: list[Ring] = []
    for way in (ordered, ordered[::-1]):
        half: Ring = []
        for point in way:
            while len(half) > 1 and _side(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def area(ring: Ring) -> float:
    """Signed: positive when counter-clockwise in a system whose y points up."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring)) / 2


def edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    """Every side of a ring."""
    return zip(ring, ring[1:] + ring[:1], strict=True)


def bounds(rings: Iterable[Ring]) -> Box:
    """The box around rings, of which there is at least one."""
    points = [point for ring in rings for point in ring]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def middle(ring: Ring) -> Point:
    """The centre of mass, of the corners where the area is nothing."""
    size = area(ring)
    if abs(size) < 1e-9:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in edges(ring))
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in edges(ring))
    return x / (6 * size), y / (6 * size)


def inside(rings: Iterable[Ring], x: float, y: float) -> bool:
    """Whether a point is within the outer ring and in none of the holes (even-odd)."""
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in edges(ring):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                odd = not odd
    return odd


def spans(rings: Sequence[Ring], top: float, bottom: float) -> list[Span]:
    """Where a strip between two heights lies wholly within rings: from left to right."""
    if len(rings) == 1 and (box := _upright(rings[0])):
        return [(box[0], box[2])] if box[1] <= top and bottom <= box[3] else []
    mid, crossings, cuts = (top + bottom) / 2, [], []
    for ring in rings:
        for (ax, ay), (bx, by) in edges(ring):
            low, high = (ay, by) if ay < by else (by, ay)
            if high <= top or low >= bottom:
                continue
            if low == high:
                cuts.append((min(ax, bx), max(ax, bx)))
                continue
            slope = (bx - ax) / (by - ay)
            first, last = ax + (max(low, top) - ay) * slope, ax + (min(high, bottom) - ay) * slope
            cuts.append((first, last) if first < last else (last, first))
            if (ay > mid) != (by > mid):
                crossings.append(ax + (mid - ay) * slope)
    crossings.sort()
    return without(list(zip(crossings[::2], crossings[1::2], strict=False)), cuts)


def _upright(ring: Ring) -> Box | None:
    """The box that a ring is, as most rooms are."""
    if len(ring) != 4:
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ring
    if (ax == bx and by == cy and cx == dx and dy == ay) or (ay == by and bx == cx and cy == dy and dx == ax):
        return min(ax, cx), min(ay, cy), max(ax, cx), max(ay, cy)
    return None


def without(free: list[Span], cuts: list[Span]) -> list[Span]:
    """Spans less what others take of them."""
    for left, right in cuts:
        rest: list[Span] = []
        for start, end in free:
            if right <= start or left >= end:
                rest.append((start, end))
                continue
            if left > start:
                rest.append((start, left))
            if right < end:
                rest.append((right, end))
        free = rest
    return free


def covered(rings: Sequence[Ring], top: float, bottom: float) -> list[Span]:
    """Where a strip touches rings at all: from left to right, perhaps overlapping."""
    found = []
    for ring in rings:
        xs = []
        for (ax, ay), (bx, by) in edges(ring):
            if max(ay, by) <= top or min(ay, by) >= bottom:
                continue
            if ay == by:
                xs += [ax, bx]
                continue
            slope = (bx - ax) / (by - ay)
            xs += [ax + (min(max(ay, top), bottom) - ay) * slope, ax + (min(max(by, top), bottom) - ay) * slope]
        if xs:
            found.append((min(xs), max(xs)))
    return found


def bearing(rings: Iterable[Ring]) -> float:
    """By how much (radians, −π/4 to π/4) most of the walls are turned away from the axes; 0 when they hardly are."""
    x = y = 0.0
    for ring in rings:
        for a, b in edges(ring):
            length, angle = hypot(b[0] - a[0], b[1] - a[1]), 4 * atan2(b[1] - a[1], b[0] - a[0])
            x, y = x + length**2 * cos(angle), y + length**2 * sin(angle)
    turned = atan2(y, x) / 4
    return 0.0 if abs(turned) < pi / 720 else turned


__all__ = [
    "Box",
    "Point",
    "Ring",
    "Span",
    "area",
    "bearing",
    "bounds",
    "covered",
    "crosses",
    "edges",
    "hull",
    "inside",
    "mended",
    "middle",
    "spans",
    "without",
]
