"""The rooms of a building on their way: each gets a number by which people can name it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from db.imports.ifc.names import free
from db.imports.imdf.archive import Feature
from db.imports.imdf.labels import best, known, labels, looks, number_in
from db.imports.imdf.plane import Shape
from db.imports.notices import Notice, notice
from db.imports.words import listed
from db.models import Language


@dataclass(slots=True)
class Room:
    """A unit on its way to a room."""

    unit: Feature
    level: Feature
    called: Mapping[Language, str]
    short: Mapping[Language, str]
    shape: Shape | None
    number: str = ""

    @property
    def category(self) -> str:
        return str(self.unit.properties.get("category") or "")


def give_numbers(rooms: list[Room], language: Language) -> list[Notice]:
    """To each room its own (`104-2` where it repeats), or one counted from the west (3-Л1); says which are so."""
    notices: list[Notice] = []
    taken: dict[str, str] = {}
    again: list[str] = []
    for room in rooms:
        own = number_in(best(room.short, language), best(room.called, language))
        if own is None:
            continue
        if looks(own) in taken:
            own = free(own, set(taken.values()))
            again.append(own)
        room.number = taken[looks(own)] = own
    if again:
        notices.append(notice("imdf.same_number", count=len(again), which=listed(again)))
    unnumbered = [room for room in rooms if not room.number]
    counts: Counter[str] = Counter()
    for room in sorted(unnumbered, key=_from_the_west):
        _, _, _, russian, english = known(room.category)
        level = best(labels(room.level.properties.get("short_name")), language) or str(ordinal(room.level))
        stem = f"{level.replace('/', '.')}-{russian if language is Language.RU else english}"
        while not room.number or looks(room.number) in taken:
            counts[stem] += 1
            room.number = f"{stem}{counts[stem]}"
        taken[looks(room.number)] = room.number
    if unnumbered:
        numbers = listed([room.number for room in unnumbered])
        notices.append(notice("imdf.no_number", count=len(unnumbered), which=numbers))
    return notices


def ordinal(level: Feature) -> int:
    """Which level it is, counted from the ground."""
    value = level.properties.get("ordinal")
    return int(value) if isinstance(value, int | float) else 0


def _from_the_west(room: Room) -> tuple[int, float, float, str]:
    x, y = room.shape.outline[0][0] if room.shape else (0.0, 0.0)
    return ordinal(room.level), x, y, room.unit.id
