"""From degrees on the earth (WGS84) to metres on a floor, and the sizes of what lies there.

A building is small: the tangent plane at its centre does. One degree north is pi/180 · M metres there, one degree east
pi/180 · N · cos(latitude), with the radii of curvature of the ellipsoid in the meridian (M) and the prime vertical (N);
J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), formulas 4-18 to 4-20. Within
200 m of the centre this is right to some millimetres.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from db.models.base import Lines, Outline

A = 6378137.0
"""Half the equator's diameter, m."""
E2 = 6.69437999014e-3
"""The square of the ellipsoid's eccentricity."""

Point = tuple[float, float]
Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane at a centre, given in degrees; x to the east, y to the north, in metres."""

    longitude: float
    latitude: float

    def metres(self, longitude: float, latitude: float) -> Point:
        sine = math.sin(math.radians(self.latitude))
        bent = 1 - E2 * sine * sine
        north = A * (1 - E2) / bent**1.5
        east = A / math.sqrt(bent) * math.cos(math.radians(self.latitude))
        return math.radians(longitude - self.longitude) * east, math.radians(latitude - self.latitude) * north


@dataclass(frozen=True, slots=True)
class Shape:
    """The largest piece as rings, the area of all pieces (m²), and how many there are."""

    outline: Outline
    area: float
    pieces: int


def centre(geometries: Iterable[Mapping[str, Any] | None]) -> Plane | None:
    """The plane in the middle of what these shapes cover; None if there are none."""
    points = [point for geometry in geometries for rings in _polygons(geometry) for ring in rings for point in ring]
    if not points:
        return None
    sides = list(zip(*points, strict=True))
    return Plane(*((min(side) + max(side)) / 2 for side in sides))


def shape(geometry: Mapping[str, Any] | None, plane: Plane) -> Shape | None:
    """A polygon in metres, to the millimetre: the outer ring counter-clockwise, holes clockwise, each closed."""
    pieces = []
    for polygon in _polygons(geometry):
        rings = [made for ring in polygon if (made := _ring(ring, plane)) is not None]
        for outer, holes in _apart(rings):
            outline = [_turned(outer, left=True), *(_turned(hole, left=False) for hole in holes)]
            area = abs(_signed(outer)) - sum(abs(_signed(hole)) for hole in holes)
            if area > 0:
                pieces.append((area, outline))
    if not pieces:
        return None
    largest = max(pieces, key=lambda piece: piece[0])
    return Shape(largest[1], round(sum(area for area, _ in pieces), 4), len(pieces))


def lines(geometry: Mapping[str, Any] | None, plane: Plane) -> Lines:
    """A line or several in metres, to the millimetre; empty where there are none, or they cannot be read."""
    told = geometry or {}
    given = told.get("coordinates")
    each: Any = {"LineString": [given], "MultiLineString": given}.get(str(told.get("type")))
    try:
        read = [[_degrees(point) for point in line] for line in each or []]
    except (TypeError, ValueError, IndexError, KeyError):
        return []
    return [made for line in read if len(made := _points(line, plane)) > 1]


def _apart(rings: Sequence[Ring]) -> list[tuple[Ring, list[Ring]]]:
    """Each outer ring with its holes; a ring outside the first one is no hole, whatever the archive says."""
    found: list[tuple[Ring, list[Ring]]] = []
    for ring in rings:
        around = next((holes for outer, holes in found if _inside(ring[0], outer)), None)
        if around is None:
            found.append((ring, []))
        else:
            around.append(ring)
    return found


def _inside(point: list[float], ring: Ring) -> bool:
    """Whether a point is inside a closed ring, by how often a line from it to the east crosses that."""
    x, y = point
    crossed = [
        (y0 > y) is not (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0) for (x0, y0), (x1, y1) in pairwise(ring)
    ]
    return sum(crossed) % 2 == 1


def _polygons(geometry: Mapping[str, Any] | None) -> list[list[list[Point]]]:
    """The polygons of a geometry in degrees; empty where there are none, or they cannot be read."""
    if geometry is None:
        return []
    given = geometry.get("coordinates")
    match geometry.get("type"):
        case "Polygon":
            polygons = [given]
        case "MultiPolygon":
            polygons = given if isinstance(given, list) else []
        case _:
            return []
    try:
        return [[[_degrees(point) for point in ring] for ring in rings] for rings in polygons if rings]
    except (TypeError, ValueError, IndexError, KeyError):
        return []


def _degrees(point: Sequence[Any]) -> Point:
    longitude, latitude = float(point[0]), float(point[1])
    if not (abs(longitude) <= 180 and abs(latitude) < 89):
        raise ValueError(point)
    return longitude, latitude


def _ring(points: Sequence[Point], plane: Plane) -> Ring | None:
    """Closed, in metres, without points that repeat the one before; None if nothing is inside."""
    ring = _points(points, plane)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < 3 or abs(_signed([*ring, ring[0]])) < 1e-3:
        return None
    return [*ring, ring[0][:]]


def _points(points: Sequence[Point], plane: Plane) -> list[list[float]]:
    """In metres, without those that repeat the one before."""
    found: list[list[float]] = []
    for longitude, latitude in points:
        x, y = (round(value, 3) + 0.0 for value in plane.metres(longitude, latitude))
        if not found or found[-1] != [x, y]:
            found.append([x, y])
    return found


def _signed(ring: Ring) -> float:
    """The area of a closed ring: positive when it turns left (counter-clockwise)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _turned(ring: Ring, *, left: bool) -> Ring:
    return ring if (_signed(ring) > 0) is left else ring[::-1]


__all__ = ["Plane", "Shape", "centre", "lines", "shape"]
