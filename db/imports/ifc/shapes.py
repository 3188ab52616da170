"""The shapes of an IFC file's spaces as the geometry kernel makes them, in the building's own frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ifcopenshell.geom
import ifcopenshell.util.placement
import numpy as np
from numpy.typing import NDArray

from db.imports.ifc import outline

kernel: Any = ifcopenshell.geom

CURVES = {"Curve2D", "GeometricCurveSet", "GeometricSet", "Annotation2D", "Curve3D"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A space as triangles (n × 3 × 3), or as edges seen from above (n × 2 × 2); metres as the file declares them."""

    triangles: NDArray[np.float64] | None = None
    edges: NDArray[np.float64] | None = None

    @property
    def height(self) -> float:
        """From the lowest to the highest point."""
        return 0.0 if self.triangles is None else float(np.ptp(self.triangles[:, :, 2]))

    @property
    def bottom(self) -> float | None:
        return None if self.triangles is None else float(self.triangles[:, :, 2].min())

    def footprint(self, factor: float) -> outline.Footprint | None:
        """Seen from above, with every length multiplied by `factor`."""
        if self.triangles is not None:
            return outline.footprint(self.triangles * factor)
        return None if self.edges is None else outline.loops(self.edges * factor)


def of_spaces(building: Any, spaces: Sequence[Any], scale: float, done: Callable[[int], None]) -> dict[int, Shape]:
    """The shape of each space that has one, by its number in the file; `scale` is metres per declared unit."""
    inwards = np.linalg.inv(_frame(building, scale)).astype(np.float64)
    solid, flat = _settings("SURFACES_AND_SOLIDS"), _settings("CURVES_SURFACES_AND_SOLIDS")
    shapes = {}
    for count, space in enumerate(spaces, start=1):
        shape = _shape(space, solid, inwards) or _drawn(space, flat, inwards)
        if shape is not None:
            shapes[space.id()] = shape
        done(count)
    return shapes


def _settings(dimensionality: str) -> Any:
    settings = kernel.settings()
    settings.set("use-world-coords", True)
    settings.set("disable-opening-subtractions", True)
    settings.set("no-normals", True)
    settings.set("dimensionality", getattr(ifcopenshell.ifcopenshell_wrapper, dimensionality))
    return settings


def _frame(building: Any, scale: float) -> NDArray[np.float64]:
    """Where the building stands in the world (metres)."""
    placement = getattr(building, "ObjectPlacement", None)
    if placement is None:
        return np.eye(4)
    frame = np.array(ifcopenshell.util.placement.get_local_placement(placement), dtype=np.float64)
    frame[:3, 3] *= scale
    return frame


def _shape(space: Any, settings: Any, inwards: NDArray[np.float64]) -> Shape | None:
    """The space's body."""
    geometry = _made(space, settings)
    if geometry is None:
        return None
    vertices, faces = _vertices(geometry, inwards), np.array(geometry.faces, dtype=np.int64).reshape(-1, 3)
    return Shape(triangles=vertices[faces]) if len(faces) else None


def _drawn(space: Any, settings: Any, inwards: NDArray[np.float64]) -> Shape | None:
    """The space's outline as a flat drawing, for want of a body."""
    representation = getattr(space, "Representation", None)
    kinds = {entry.RepresentationType for entry in representation.Representations} if representation else set()
    geometry = _made(space, settings) if kinds & CURVES else None
    if geometry is None:
        return None
    vertices, edges = _vertices(geometry, inwards), np.array(geometry.edges, dtype=np.int64).reshape(-1, 2)
    return Shape(edges=vertices[edges][:, :, :2]) if len(edges) else None


def _made(space: Any, settings: Any) -> Any:
    """What the kernel makes of a space; None if it has no geometry or the kernel cannot."""
    if getattr(space, "Representation", None) is None:
        return None
    try:
        return kernel.create_shape(settings, space).geometry
    except RuntimeError:
        return None


def _vertices(geometry: Any, inwards: NDArray[np.float64]) -> NDArray[np.float64]:
    vertices = np.array(geometry.verts, dtype=np.float64).reshape(-1, 3)
    return vertices @ inwards[:3, :3].T + inwards[:3, 3]


__all__ = ["Shape", "of_spaces"]
