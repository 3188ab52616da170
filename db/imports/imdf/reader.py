"""An IMDF archive understood: buildings, their floors and rooms, further names, and who is where."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from db.imports.ifc.model import Space, Storey, Structure
from db.imports.ifc.names import code_from, meaningful
from db.imports.imdf.archive import Feature, Features, open_imdf
from db.imports.imdf.labels import NO_ROOM, best, kind_of, known, labels, number_in, spoken
from db.imports.imdf.model import Archive, Names, Occupant, Venue
from db.imports.imdf.names import joined, names_of, without
from db.imports.imdf.plane import Plane, centre, lines, shape
from db.imports.imdf.rooms import Room, give_numbers, ordinal
from db.imports.notices import Notice, notice
from db.imports.words import listed
from db.models import Language
from db.models.base import Lines

READ = ("building", "level", "unit", "opening", "anchor", "occupant", "address")
"""Feature types that are read; of all others it is counted how many there are."""
PLACEHOLDERS = frozenset(("city", "locality", "town"))
"""Localities that say nothing."""


def read(path: Path, language: Language | None = None) -> Archive:
    """The archive, parsed; names are in the language, else in that of most of its rooms. Raises `BrokenFile`."""
    features = open_imdf(path)
    speech = language or _language(features)
    notices: list[Notice] = []
    buildings = features.get("building") or [Feature("", "building", {}, None)]
    if not features.get("building"):
        notices.append(notice("imdf.no_building"))
    known_ids = [building.id for building in buildings]
    levels: dict[str, list[Feature]] = {key: [] for key in known_ids}
    for level in features["level"]:
        owners = [key for key in level.properties.get("building_ids") or () if key in levels]
        levels[owners[0] if owners else known_ids[0]].append(level)
    venues = [
        _Reading(path, features, building, levels[building.id], speech, len(known_ids) > 1).venue(notices)
        for building in buildings
        if levels[building.id]
    ]
    on_levels = {level.id for level in features["level"]}
    for type_ in ("unit", "opening"):
        lost = [each for each in features.get(type_, ()) if each.properties.get("level_id") not in on_levels]
        if lost:
            notices.append(notice(f"imdf.lost_{type_}s", count=len(lost)))
    counts = {type_: len(found) for type_, found in features.items()}
    taken = {type_: counts[type_] for type_ in READ if counts.get(type_)}
    skipped = {type_: count for type_, count in sorted(counts.items()) if type_ not in READ}
    return Archive(path, tuple(venues), taken, skipped, tuple(notices))


def _language(features: Features) -> Language:
    """Russian, if the archive has Russian names."""
    named = [*features["level"], *features["unit"], *features.get("building", ())]
    return Language.RU if any(Language.RU in labels(each.properties.get("name")) for each in named) else Language.EN


class _Reading:
    """One building being understood."""

    def __init__(
        self, path: Path, features: Features, building: Feature, levels: list[Feature], language: Language, many: bool
    ) -> None:
        self.path, self.features, self.building, self.levels = path, features, building, levels
        self.language, self.many = language, many
        self.addresses = {each.id: each for each in features.get("address", ())}
        self.notices: list[Notice] = []

    def venue(self, notices: list[Notice]) -> Venue:
        self.notices = notices
        names = labels(self.building.properties.get("name"))
        name = best(names, self.language) or self.path.stem
        plane = self._plane()
        rooms = list(self._rooms(plane))
        self.notices += give_numbers(rooms, self.language)
        stem = re.sub(r"[ _.-]*imdf$", "", self.path.stem, flags=re.I)
        structure = Structure(
            global_id=self.building.id or f"imdf:{code_from(stem)}",
            name=name,
            code=code_from(name if self.many else stem),
            address=self._address(),
            storeys=tuple(self._storeys(rooms, plane)),
            nouns=("level", "unit"),
        )
        floor_names = {level.id: self._further(level, self._floor_name(level)) for level in self.levels}
        occupants = tuple(self._occupants({room.unit.id for room in rooms}))
        room_names = {room.unit.id: self._room_names(room) for room in rooms}
        for occupant in self.features.get("occupant", ()):
            if (unit := self._unit_of(occupant)) in room_names:
                room_names[unit] = joined(room_names[unit], names_of(occupant, "name", "shortName", "alt_name"))
        own = {room.unit.id: (self._name(room) or "", room.number) for room in rooms}
        return Venue(
            structure,
            self.language,
            without(names_of(self.building, "name", "alt_name"), name),
            floor_names,
            {key: without(names_, *own[key]) for key, names_ in room_names.items()},
            occupants,
        )

    # -- where it lies

    def _plane(self) -> Plane:
        found = centre([self.building.geometry]) or centre(level.geometry for level in self.levels)
        own = {level.id for level in self.levels}
        units = (unit.geometry for unit in self.features["unit"] if unit.properties.get("level_id") in own)
        return found or centre(units) or Plane(0.0, 0.0)

    def _address(self) -> str | None:
        feature = self.addresses.get(str(self.building.properties.get("address_id")))
        if feature is None:
            return None
        parts = [meaningful(feature.properties.get(key)) for key in ("address", "locality", "postal_code")]
        return ", ".join(part for part in parts if part and part.lower() not in PLACEHOLDERS) or None

    # -- floors

    def _storeys(self, rooms: list[Room], plane: Plane) -> Iterable[Storey]:
        of_level: dict[str, list[Room]] = defaultdict(list)
        for room in rooms:
            of_level[room.level.id].append(room)
        openings = self._openings(plane)
        for level, number in self._numbered():
            drawn = shape(level.geometry, plane)
            outline = drawn.outline if drawn else None
            spaces = tuple(self._space(room) for room in of_level[level.id])
            yield Storey(level.id, number, self._floor_name(level), None, outline, spaces, openings.get(level.id))

    def _openings(self, plane: Plane) -> Mapping[str, Lines]:
        """Doors and passages of each level; those that cannot be read are told."""
        given = self.features.get("opening")
        if not given:
            return {}
        found: dict[str, Lines] = {level.id: [] for level in self.levels}
        shapeless = 0
        for opening in given:
            level = str(opening.properties.get("level_id"))
            if level in found:
                drawn = lines(opening.geometry, plane)
                found[level] += drawn
                shapeless += not drawn
        if shapeless:
            self.notices.append(notice("imdf.shapeless_openings", count=shapeless))
        return found

    def _numbered(self) -> list[tuple[Feature, int]]:
        """Levels from below, by the numbers that people use: short names where these rise, else ordinals."""
        ordered = sorted(self.levels, key=ordinal)
        shorts = [best(labels(level.properties.get("short_name")), self.language) or "" for level in ordered]
        said = [int(text) if re.fullmatch(r"-?\d{1,3}", text) else None for text in shorts]
        numbers = [number for number in said if number is not None]
        if len(numbers) == len(ordered) and numbers == sorted(set(numbers)):
            return list(zip(ordered, numbers, strict=True))
        found: list[tuple[Feature, int]] = []
        for level in ordered:
            number = ordinal(level)
            if found and number <= found[-1][1]:
                number = found[-1][1] + 1
            found.append((level, number))
        self.notices.append(notice("imdf.levels", count=len(found)))
        return found

    def _floor_name(self, level: Feature) -> str:
        names = labels(level.properties.get("name")) or labels(level.properties.get("short_name"))
        return best(names, self.language) or str(ordinal(level))

    def _further(self, level: Feature, name: str) -> Names:
        return without(names_of(level, "name", "alt_name"), name)

    # -- rooms

    def _rooms(self, plane: Plane) -> Iterable[Room]:
        levels = {level.id: level for level in self.levels}
        outside: Counter[str] = Counter()
        shapeless: list[str] = []
        for unit in self.features["unit"]:
            level = levels.get(str(unit.properties.get("level_id")))
            if level is None:
                continue
            category = str(unit.properties.get("category") or "")
            if category.split(".")[0] in NO_ROOM:
                outside[category] += 1
                continue
            drawn = shape(unit.geometry, plane)
            called, short = labels(unit.properties.get("name")), labels(unit.properties.get("alt_name"))
            if drawn is None:
                shapeless.append(best(called, self.language) or unit.id)
            yield Room(unit, level, called, short, drawn)
        if outside:
            which = listed([f"{name} {count}" for name, count in sorted(outside.items())])
            self.notices.append(notice("imdf.no_rooms", count=sum(outside.values()), which=which))
        if shapeless:
            self.notices.append(notice("imdf.shapeless", count=len(shapeless), which=listed(shapeless)))

    def _space(self, room: Room) -> Space:
        drawn = room.shape
        return Space(
            global_id=room.unit.id,
            number=room.number,
            name=self._name(room),
            kind=kind_of(room.category, room.called.values()),
            outline=drawn.outline if drawn else None,
            area=drawn.area if drawn else None,
        )

    def _name(self, room: Room) -> str | None:
        """What it is called without its number, else what rooms of its category are called."""
        own = best(room.called, self.language)
        said = spoken(own, number_in(own, None)) if own else None
        _, russian, english, _, _ = known(room.category)
        return said or (russian if self.language is Language.RU else english)

    def _room_names(self, room: Room) -> Names:
        if room.called:
            return joined({key: (text,) for key, text in room.called.items()}, names_of(room.unit, "alt_name"))
        _, russian, english, _, _ = known(room.category)
        return {Language.RU: (russian,), Language.EN: (english,)}

    # -- who is there

    def _unit_of(self, occupant: Feature) -> str:
        anchors = {each.id: each for each in self.features.get("anchor", ())}
        anchor = anchors.get(str(occupant.properties.get("anchor_id")))
        return str(anchor.properties.get("unit_id")) if anchor else ""

    def _occupants(self, units: set[str]) -> Iterable[Occupant]:
        lost: list[str] = []
        for each in self.features.get("occupant", ()):
            own = best(labels(each.properties.get("name")), self.language)
            unit = self._unit_of(each)
            if own is None or unit not in units:
                if not self.many:
                    lost.append(own or each.id)
                continue
            start, end = _validity(each.properties.get("validity"))
            said = spoken(own, number_in(own, None))
            generic = said is None or (number_in(own, None) is not None and "," not in own)
            yield Occupant(
                each.id,
                own if generic or said is None else said,
                unit,
                meaningful(each.properties.get("phone")),
                meaningful(each.properties.get("email")),
                start,
                end,
            )
        if lost:
            self.notices.append(notice("imdf.lost_occupants", count=len(lost), which=listed(lost)))


def _validity(value: Any) -> tuple[date | None, date | None]:
    """The days of a `validity` (`{"start": …, "end": …}`, ISO 8601)."""
    if not isinstance(value, dict):
        return None, None
    days: list[date | None] = []
    for key in ("start", "end"):
        try:
            days.append(date.fromisoformat(str(value.get(key))[:10]))
        except ValueError:
            days.append(None)
    return days[0], days[1]


__all__ = ["read"]
