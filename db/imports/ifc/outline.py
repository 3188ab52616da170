"""The shape of a room as seen from above: one polygon with holes, in metres, whatever kind of geometry the file has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from db.models.base import Outline

GRID = 0.001
"""Coordinates are kept to the millimetre."""
SPECK = 0.01
"""Holes and pieces smaller than this (m²) are cracks between triangles."""
SEAM = 0.005
"""Pieces nearer than twice this (m) are one."""
WALL = 0.35
"""Half the thickest wall between two rooms of one floor (m)."""

Triangles = NDArray[np.float64]
"""n × 3 corners × 3 coordinates."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The largest piece as rings, the area of all pieces (m²), and how many there were."""

    outline: Outline
    area: float
    pieces: int


def footprint(triangles: Triangles) -> Footprint | None:
    """The union of the horizontal projections of triangles (metres); None if nothing is left of it."""
    flat = shapely.polygons(triangles[:, :, :2])
    flat = flat[shapely.area(flat) > 1e-9]
    return of_area(shapely.union_all(shapely.set_precision(flat, GRID), grid_size=GRID)) if len(flat) else None


def loops(edges: NDArray[np.float64]) -> Footprint | None:
    """The faces that a flat drawing of edges (n × 2 ends × 2 coordinates, metres) encloses."""
    lines = shapely.node(shapely.set_precision(shapely.union_all(shapely.linestrings(edges)), GRID))
    return of_area(shapely.union_all(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))))


def of_area(shape: Any) -> Footprint | None:
    """The cleaned polygon of any area."""
    if shapely.area(shape) < SPECK:
        return None
    if len(shapely.get_parts(shape)) > 1:
        shape = shape.buffer(SEAM, join_style="mitre").buffer(-SEAM, join_style="mitre")
    pieces = [_clean(piece) for piece in shapely.get_parts(shape) if shapely.area(piece) >= SPECK]
    if not pieces:
        return None
    largest = max(pieces, key=shapely.area)
    return Footprint(rings(largest), round(float(sum(piece.area for piece in pieces)), 4), len(pieces))


def around(outlines: Sequence[Outline]) -> Outline | None:
    """The outer line of a floor: its rooms and the walls between them."""
    if not outlines:
        return None
    rooms = shapely.union_all([polygon(outline) for outline in outlines])
    floor = rooms.buffer(WALL, join_style="mitre").buffer(-WALL, join_style="mitre")
    return rings(shapely.Polygon(max(shapely.get_parts(floor), key=shapely.area).exterior))


def polygon(outline: Outline) -> Any:
    """The rings as shapely has them."""
    return shapely.Polygon(outline[0], outline[1:])


def rings(shape: Any) -> Outline:
    """The rings of a polygon: the outer one counter-clockwise, holes clockwise, each closed, to the millimetre."""
    shape = shapely.orient_polygons(_clean(shape))
    return [_ring(shape.exterior), *(_ring(ring) for ring in shape.interiors)]


def _ring(ring: Any) -> list[list[float]]:
    return [[round(x, 3) + 0.0, round(y, 3) + 0.0] for x, y in ring.coords]


def _clean(shape: Any) -> Any:
    holes = [ring for ring in shape.interiors if shapely.Polygon(ring).area >= SPECK]
    simple = shapely.simplify(shapely.Polygon(shape.exterior, holes), GRID)
    return shapely.normalize(shapely.set_precision(simple, GRID))


__all__ = ["Footprint", "Triangles", "around", "footprint", "loops", "polygon", "rings"]
