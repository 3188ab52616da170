"""A building as an IFC file tells it, parsed once at the door; in metres and square metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from db.imports.notices import Notice
from db.models import RoomKind
from db.models.base import Lines, Outline

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Space:
    """A room; `area` is measured from the outline, `declared_area` is what `declared_in` says (m²)."""

    global_id: str
    number: str
    name: str | None
    kind: RoomKind
    outline: Outline | None = None
    area: float | None = None
    declared_area: float | None = None
    declared_in: str | None = None


@dataclass(frozen=True, slots=True)
class Storey:
    """A floor; `elevation` in metres above the building's zero."""

    global_id: str
    level: int
    name: str
    elevation: float | None
    outline: Outline | None
    spaces: tuple[Space, ...]
    openings: Lines | None = None
    """Doors and passages; None: the file does not tell of any."""

    @property
    def area(self) -> float:
        return sum(space.area or 0.0 for space in self.spaces)

    @property
    def declared_area(self) -> float:
        return sum(space.declared_area or 0.0 for space in self.spaces)


@dataclass(frozen=True, slots=True)
class Structure:
    """A building of a file."""

    global_id: str
    name: str
    code: str
    address: str | None
    storeys: tuple[Storey, ...]
    nouns: tuple[str, str] = ("IfcBuildingStorey", "IfcSpace")
    """What the file calls its storeys and rooms."""

    @property
    def spaces(self) -> tuple[Space, ...]:
        return tuple(space for storey in self.storeys for space in storey.spaces)


@dataclass(frozen=True, slots=True)
class Model:
    """The whole file."""

    path: Path
    schema: str
    buildings: tuple[Structure, ...]
    notices: tuple[Notice, ...] = field(default=())


__all__ = ["Model", "Progress", "Space", "Storey", "Structure"]
