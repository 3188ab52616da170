"""What an IMDF archive tells of its buildings, parsed once at the door; in metres and square metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from db.imports.ifc.model import Structure
from db.imports.notices import Notice
from db.models import Language

Names = Mapping[Language, tuple[str, ...]]
"""Further names of a thing, by language."""


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who is in a room; `start` and `end` are days, both inside, where the archive tells them."""

    global_id: str
    name: str
    unit: str
    """The GlobalId of the room."""
    phone: str | None = None
    email: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """A building with its floors and rooms, the further names of each, and who is in it."""

    structure: Structure
    language: Language
    names: Names
    floor_names: Mapping[str, Names]
    """By the floor's GlobalId."""
    room_names: Mapping[str, Names]
    """By the room's GlobalId."""
    occupants: tuple[Occupant, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """The whole archive; `read` and `skipped` count its features by type."""

    path: Path
    venues: tuple[Venue, ...]
    read: Mapping[str, int]
    skipped: Mapping[str, int]
    notices: tuple[Notice, ...] = field(default=())


__all__ = ["Archive", "Names", "Occupant", "Venue"]
