"""Units against common sense: files say millimetres and mean metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from db.imports.notices import Notice, notice

USUAL = (1.0, 0.001, 0.01, 0.3048, 0.0254)
"""Metre, millimetre, centimetre, foot, inch: the size of a unit in metres."""
HEIGHTS = (1.7, 25.0)
"""Metres that a room, or one storey above another, usually has: a unit is taken only if it leads here."""
DOUBTED = {"geometry": (0.95, 60.0), "elevations": (0.3, 60.0)}
"""Metres beyond which the declared unit is doubted."""
ALIKE = (0.5, 2.0)
"""How far declared areas may be from the measured ones before their unit is doubted."""
AREAS = (0.5, 5000.0)
"""Square metres that a room usually has, where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Metres (or square metres) per unit of the file, and what the person should know about it."""

    size: float
    notices: tuple[Notice, ...] = ()


def of_geometry(declared: float, heights: Sequence[float]) -> Scale:
    """The unit of shapes, from the heights of rooms (in file units)."""
    return _sensible("geometry", declared, [abs(height) for height in heights if height], USUAL)


def of_elevations(declared: float, geometry: Scale, elevations: Sequence[float]) -> Scale:
    """The unit of storey elevations (in file units), which may be another than that of the shapes."""
    ordered = sorted(set(elevations))
    gaps = [upper - lower for lower, upper in pairwise(ordered)]
    if not gaps:
        return Scale(geometry.size)
    return _sensible("elevations", declared, gaps, (geometry.size, *USUAL))


def _sensible(what: str, declared: float, lengths: Sequence[float], sizes: Sequence[float]) -> Scale:
    if not lengths:
        return Scale(declared)
    typical = median(lengths)
    if _within(typical * declared, DOUBTED[what]):
        return Scale(declared)
    figure = f"{typical * declared:.4g} m"
    for size in sizes:
        if _within(typical * size, HEIGHTS):
            return Scale(size, (notice(f"ifc.unit.{what}", declared=declared, figure=figure, taken=size),))
    return Scale(declared, (notice(f"ifc.unit_odd.{what}", figure=figure),))


def of_areas(declared: float, stated: Sequence[tuple[float, float | None]]) -> Scale:
    """The unit of declared areas, from pairs of declared (in file units) and measured (m², where there is one)."""
    ratios = [area / measured for area, measured in stated if measured]
    typical, bounds = (median(ratios), ALIKE) if ratios else (median([area for area, _ in stated] or [0.0]), AREAS)
    if not typical or _within(typical * declared, bounds):
        return Scale(declared)
    for size in (length * length for length in USUAL):
        if _within(typical * size, bounds):
            return Scale(size, (notice("ifc.area_unit", declared=declared, taken=size),))
    return Scale(declared)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


__all__ = ["Scale", "of_areas", "of_elevations", "of_geometry"]
