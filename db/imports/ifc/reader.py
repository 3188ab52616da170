"""An IFC file parsed into buildings, storeys and rooms: grouped by containment, in metres, with what was odd noted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.imports.ifc import areas, levels, units
from db.imports.ifc.kinds import guess
from db.imports.ifc.model import Model, Progress, Space, Storey, Structure
from db.imports.ifc.names import address, code_from, meaningful, numbers_made_unique
from db.imports.ifc.source import open_ifc
from db.imports.notices import Notice, notice
from db.imports.words import listed

if TYPE_CHECKING:
    from db.imports.ifc.shapes import Shape

DEEPEST = 50
"""The longest way from a space up to its building; a longer one goes in a circle."""


@dataclass(slots=True)
class Sheet:
    """What is gathered of one building before it is understood."""

    building: Any
    storeys: list[Any] = field(default_factory=list)
    spaces: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Spaces by the number of their storey in the file; 0 for those without one."""

    @property
    def all_spaces(self) -> list[Any]:
        return [space for spaces in self.spaces.values() for space in spaces]


def read(path: Path, progress: Progress | None = None) -> Model:
    """The file, parsed. Raises `BrokenFile`, `ExtraMissing`."""
    file, notices = open_ifc(path)
    import ifcopenshell.util.unit

    length = float(ifcopenshell.util.unit.calculate_unit_scale(file))
    area = float(ifcopenshell.util.unit.calculate_unit_scale(file, "AREAUNIT"))
    sheets = list(_sheets(file, notices))
    taken: set[str] = set()
    buildings = []
    for sheet in sheets:
        structure, found = _Reading(path, sheet, length, area, taken, len(sheets) > 1).structure(progress)
        buildings.append(structure)
        notices += found
    if not any(structure.spaces for structure in buildings):
        notices.append(notice("ifc.no_spaces"))
    return Model(path, file.schema, tuple(buildings), tuple(notices))


def _sheets(file: Any, notices: list[Notice]) -> Iterator[Sheet]:
    """One sheet for each building, or one for the project when it has none."""
    roots = file.by_type("IfcBuilding")
    if not roots:
        roots = file.by_type("IfcProject")[:1]
        notices.append(notice("ifc.no_building"))
    sheets = {root.id(): Sheet(root) for root in roots}
    first = next(iter(sheets.values()), None)
    for storey in file.by_type("IfcBuildingStorey"):
        sheet = sheets.get(_above(storey, "IfcBuilding"), first)
        if sheet is not None:
            sheet.storeys.append(storey)
    for space in file.by_type("IfcSpace"):
        sheet = sheets.get(_above(space, "IfcBuilding"), first)
        if sheet is not None:
            sheet.spaces[_above(space, "IfcBuildingStorey")].append(space)
    return iter(sheets.values())


def _above(entity: Any, kind: str) -> int:
    """The number of the nearest entity of this kind that contains it, or 0."""
    for _ in range(DEEPEST):
        if entity is None:
            return 0
        if entity.is_a(kind):
            return int(entity.id())
        links = [*getattr(entity, "Decomposes", ()), *getattr(entity, "ContainedInStructure", ())]
        parents = [getattr(link, "RelatingObject", None) or getattr(link, "RelatingStructure", None) for link in links]
        entity = next((parent for parent in parents if parent is not None), None)
    return 0


class _Reading:
    """One building being understood: units first, then storeys, then rooms."""

    def __init__(self, path: Path, sheet: Sheet, length: float, area: float, taken: set[str], many: bool) -> None:
        self.path = path
        self.sheet = sheet
        self.length = length
        self.area = area
        self.taken = taken
        self.many = many
        self.notices: list[Notice] = []

    def structure(self, progress: Progress | None) -> tuple[Structure, list[Notice]]:
        shapes = self._shapes(progress)
        geometry = units.of_geometry(self.length, [shape.height / self.length for shape in shapes.values()])
        elevations = self._elevations(geometry)
        factor = geometry.size / self.length
        self._adopt_orphans(shapes, factor, elevations)
        spaces = self._spaces(shapes, factor)
        building = self.sheet.building
        name = next((text for text in map(meaningful, _names(building)) if text), None)
        structure = Structure(
            global_id=self._own_id(building),
            name=name or self.path.stem,
            code=code_from(self.path.stem if not self.many else name or building.GlobalId),
            address=address(getattr(building, "BuildingAddress", None)),
            storeys=tuple(self._storeys(spaces, elevations)),
        )
        return structure, self.notices

    def _shapes(self, progress: Progress | None) -> dict[int, Shape]:
        from db.imports.ifc.shapes import of_spaces

        spaces = self.sheet.all_spaces

        def done(count: int) -> None:
            if progress is not None:
                progress("geometry", count, len(spaces))

        return of_spaces(self.sheet.building, spaces, self.length, done)

    def _elevations(self, geometry: units.Scale) -> dict[int, float | None]:
        """Each storey's elevation in metres; from its placement where it states none."""
        stated = {storey.id(): _elevation(storey) for storey in self.sheet.storeys}
        known = [value for value in stated.values() if value is not None]
        scale = units.of_elevations(self.length, geometry, known)
        self.notices += [*geometry.notices, *scale.notices]
        return {key: None if value is None else round(value * scale.size, 3) for key, value in stated.items()}

    def _adopt_orphans(self, shapes: dict[int, Shape], factor: float, elevations: dict[int, float | None]) -> None:
        """Rooms outside any storey go to the highest storey that is not above their floor."""
        orphans = self.sheet.spaces.pop(0, [])
        if not orphans:
            return
        if not self.sheet.storeys:
            self.sheet.spaces[0] = orphans
            self.notices.append(notice("ifc.no_storey"))
            return
        ladder = sorted((value or 0.0, key) for key, value in elevations.items())
        for space in orphans:
            shape = shapes.get(space.id())
            bottom = 0.0 if shape is None or shape.bottom is None else shape.bottom * factor
            below = [key for height, key in ladder if height <= bottom + 0.5]
            self.sheet.spaces[below[-1] if below else ladder[0][1]].append(space)
        self.notices.append(notice("ifc.orphans", count=len(orphans), which=listed([_label(one) for one in orphans])))

    def _spaces(self, shapes: dict[int, Shape], factor: float) -> dict[int, list[Space]]:
        """The rooms of each storey, with unique numbers and checked areas."""
        order = [(key, entity) for key, entities in self.sheet.spaces.items() for entity in entities]
        prints = {number: shape.footprint(factor) for number, shape in shapes.items()}
        statements = {entity.id(): areas.stated(entity) for _, entity in order}
        pairs = [
            (statement.area, found.area if (found := prints.get(number)) else None)
            for number, statement in statements.items()
            if statement is not None
        ]
        scale = units.of_areas(self.area, pairs)
        self.notices += scale.notices
        numbers, odd = numbers_made_unique([entity for _, entity in order])
        self.notices += odd
        rooms: dict[int, list[Space]] = defaultdict(list)
        for (key, entity), number in zip(order, numbers, strict=True):
            shape, statement = prints.get(entity.id()), statements[entity.id()]
            if shape is not None and shape.pieces > 1:
                self.notices.append(notice("ifc.parts", entity=_label(entity), parts=shape.pieces))
            room = Space(self._own_id(entity), number, _title(entity, number), _kind(entity))
            if shape is not None:
                room = replace(room, outline=shape.outline, area=shape.area)
            if statement is not None:
                declared = round(statement.area * scale.size, 4)
                room = replace(room, declared_area=declared, declared_in=statement.source)
            rooms[key].append(room)
        self._tell_of([room for storey in rooms.values() for room in storey])
        return rooms

    def _tell_of(self, rooms: Sequence[Space]) -> None:
        bare = [room.number for room in rooms if room.outline is None]
        if bare:
            self.notices.append(notice("ifc.no_outline", count=len(bare), which=listed(bare)))
        sources = Counter(room.declared_in for room in rooms if room.declared_in)
        if sources:
            told = ", ".join(f"{source} ({count})" for source, count in sources.most_common())
            self.notices.append(notice("ifc.declared", sources=told))

    def _storeys(self, spaces: dict[int, list[Space]], elevations: dict[int, float | None]) -> Iterator[Storey]:
        from db.imports.ifc.outline import around

        storeys = self.sheet.storeys
        if not storeys:
            rooms = tuple(room for group in spaces.values() for room in group)
            outline = around([room.outline for room in rooms if room.outline])
            yield Storey(f"{self.sheet.building.GlobalId}-1", 1, "1", None, outline, rooms)
            return
        given, unfollowed = levels.assign([(_floor_name(storey), elevations[storey.id()]) for storey in storeys])
        if unfollowed is not None:
            self.notices.append(notice("ifc.levels", reference=unfollowed))
        for level, storey in sorted(zip(given, storeys, strict=True), key=lambda pair: pair[0]):
            rooms = tuple(spaces.get(storey.id(), ()))
            outline = around([room.outline for room in rooms if room.outline])
            name = _floor_name(storey) or str(level)
            yield Storey(self._own_id(storey), level, name, elevations[storey.id()], outline, rooms)

    def _own_id(self, entity: Any) -> str:
        """Its GlobalId; one that the file uses twice gets a number behind it."""
        given = str(entity.GlobalId)
        kept, count = given, 1
        while kept in self.taken:
            count += 1
            kept = f"{given}-{count}"
        self.taken.add(kept)
        if kept != given:
            self.notices.append(notice("ifc.same_id", entity=_label(entity), global_id=given, kept=kept))
        return kept


def _label(entity: Any) -> str:
    """As people look for it in the file: `#514 IfcSpace A101`."""
    return f"#{entity.id()} {entity.is_a()} {entity.Name or ''}".strip()


def _names(building: Any) -> tuple[str | None, ...]:
    """What the building may be called: its own names, then the project's."""
    above = building
    for _ in range(DEEPEST):
        parents = [link.RelatingObject for link in getattr(above, "Decomposes", ()) or ()]
        if not parents:
            break
        above = parents[0]
    project = (above.LongName, above.Name) if above.is_a("IfcProject") else ()
    return (building.LongName, building.Name, *project)


def _floor_name(storey: Any) -> str:
    return meaningful(storey.Name) or meaningful(storey.LongName) or ""


def _elevation(storey: Any) -> float | None:
    """In file units."""
    if storey.Elevation is not None:
        return float(storey.Elevation)
    if storey.ObjectPlacement is None:
        return None
    import ifcopenshell.util.placement

    return float(ifcopenshell.util.placement.get_local_placement(storey.ObjectPlacement)[2][3])


def _title(entity: Any, number: str) -> str | None:
    """What the room is called, where that says more than its number."""
    for text in (entity.LongName, entity.ObjectType, entity.Name):
        found = meaningful(text)
        if found and found != number:
            return found
    return None


def _kind(entity: Any) -> Any:
    return guess(meaningful(entity.LongName), entity.ObjectType, entity.Name, areas.category(entity))


__all__ = ["read"]
