"""An IMDF archive understood: buildings, their floors and rooms, further names, and who is where."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db.imports.ifc.model import Space, Storey, Structure
from db.imports.ifc.names import code_from, free, meaningful
from db.imports.imdf.archive import Feature, Features, open_imdf
from db.imports.imdf.labels import NO_ROOM, best, kind_of, known, labels, looks, number_in, spoken
from db.imports.imdf.model import Archive, Names, Occupant, Venue
from db.imports.imdf.plane import Plane, Shape, centre, shape
from db.imports.notices import Notice, notice
from db.imports.words import listed
from db.models import Language

READ = ("building", "level", "unit", "anchor", "occupant", "address")
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
    lost = [unit for unit in features["unit"] if unit.properties.get("level_id") not in on_levels]
    if lost:
        notices.append(notice("imdf.lost_units", count=len(lost)))
    counts = {type_: len(found) for type_, found in features.items()}
    taken = {type_: counts[type_] for type_ in READ if counts.get(type_)}
    skipped = {type_: count for type_, count in sorted(counts.items()) if type_ not in READ}
    return Archive(path, tuple(venues), taken, skipped, tuple(notices))


def _language(features: Features) -> Language:
    """Russian, if the archive has Russian names."""
    named = [*features["level"], *features["unit"], *features.get("building", ())]
    return Language.RU if any(Language.RU in labels(each.properties.get("name")) for each in named) else Language.EN


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
        self._number(rooms)
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
                room_names[unit] = _joined(room_names[unit], _all(occupant, "name", "shortName", "alt_name"))
        own = {room.unit.id: (self._name(room) or "", room.number) for room in rooms}
        return Venue(
            structure,
            self.language,
            _without(_all(self.building, "name", "alt_name"), name),
            floor_names,
            {key: _without(names_, *own[key]) for key, names_ in room_names.items()},
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
        for level, number in self._numbered():
            drawn = shape(level.geometry, plane)
            spaces = tuple(self._space(room) for room in of_level[level.id])
            yield Storey(level.id, number, self._floor_name(level), None, drawn.outline if drawn else None, spaces)

    def _numbered(self) -> list[tuple[Feature, int]]:
        """Levels from below, by the numbers that people use: short names where these rise, else ordinals."""
        ordered = sorted(self.levels, key=_ordinal)
        shorts = [best(labels(level.properties.get("short_name")), self.language) or "" for level in ordered]
        said = [int(text) if re.fullmatch(r"-?\d{1,3}", text) else None for text in shorts]
        numbers = [number for number in said if number is not None]
        if len(numbers) == len(ordered) and numbers == sorted(set(numbers)):
            return list(zip(ordered, numbers, strict=True))
        found: list[tuple[Feature, int]] = []
        for level in ordered:
            number = _ordinal(level)
            if found and number <= found[-1][1]:
                number = found[-1][1] + 1
            found.append((level, number))
        self.notices.append(notice("imdf.levels", count=len(found)))
        return found

    def _floor_name(self, level: Feature) -> str:
        names = labels(level.properties.get("name")) or labels(level.properties.get("short_name"))
        return best(names, self.language) or str(_ordinal(level))

    def _further(self, level: Feature, name: str) -> Names:
        return _without(_all(level, "name", "alt_name"), name)

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

    def _number(self, rooms: list[Room]) -> None:
        """A number for each room: its own (`104-2` where it repeats), or one counted from the west (3-Л1)."""
        taken: dict[str, str] = {}
        again: list[str] = []
        for room in rooms:
            own = number_in(best(room.short, self.language), best(room.called, self.language))
            if own is None:
                continue
            if looks(own) in taken:
                own = free(own, set(taken.values()))
                again.append(own)
            room.number = taken[looks(own)] = own
        if again:
            self.notices.append(notice("imdf.same_number", count=len(again), which=listed(again)))
        unnumbered = [room for room in rooms if not room.number]
        counts: Counter[str] = Counter()
        for room in sorted(unnumbered, key=_from_the_west):
            _, _, _, russian, english = known(room.category)
            level = best(labels(room.level.properties.get("short_name")), self.language) or str(_ordinal(room.level))
            stem = f"{level.replace('/', '.')}-{russian if self.language is Language.RU else english}"
            while not room.number or looks(room.number) in taken:
                counts[stem] += 1
                room.number = f"{stem}{counts[stem]}"
            taken[looks(room.number)] = room.number
        if unnumbered:
            numbers = listed([room.number for room in unnumbered])
            self.notices.append(notice("imdf.no_number", count=len(unnumbered), which=numbers))

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
            return _joined({key: (text,) for key, text in room.called.items()}, _all(room.unit, "alt_name"))
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


def _ordinal(level: Feature) -> int:
    value = level.properties.get("ordinal")
    return int(value) if isinstance(value, int | float) else 0


def _from_the_west(room: Room) -> tuple[int, float, float, str]:
    x, y = room.shape.outline[0][0] if room.shape else (0.0, 0.0)
    return _ordinal(room.level), x, y, room.unit.id


def _all(feature: Feature, *keys: str) -> Names:
    """All that these properties call it, by language."""
    found: dict[Language, tuple[str, ...]] = {}
    for key in keys:
        for language, text in labels(feature.properties.get(key)).items():
            found[language] = (*found.get(language, ()), text)
    return found


def _joined(one: Names, other: Names) -> Names:
    return {language: (*one.get(language, ()), *other.get(language, ())) for language in (*one, *other)}


def _without(names: Names, *own: str) -> Names:
    """Names that add something to its own, each once."""
    known_names = {each.lower() for each in own}
    found: dict[Language, tuple[str, ...]] = {}
    for language in sorted(names, key=lambda each: each.value):
        for text in names[language]:
            if text.lower() not in known_names and not re.fullmatch(r"[\d\W]+", text):
                known_names.add(text.lower())
                found[language] = (*found.get(language, ()), text)
    return found


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
