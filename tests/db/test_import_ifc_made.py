"""What an IFC file may hold, drawn for the purpose: every kind of geometry, wrong units, odd names, odd storeys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("ifcopenshell", reason="the extra `ifc` is not installed")

import shapely

from db.imports.ifc.kinds import guess
from db.imports.ifc.levels import assign, number_in
from db.imports.ifc.model import Model, Space
from db.imports.ifc.names import code_from, meaningful
from db.imports.ifc.outline import polygon
from db.imports.ifc.reader import read
from db.models import RoomKind
from tests.db.ifc_files import KINDS, METRE, MILLIMETRE, Drawing, Ring

L_SHAPE: Ring = [(-3, -20), (4, -20), (4, -16), (0, -16), (0, -12), (-3, -12)]
L_AREA = 7 * 4 + 3 * 4
COURT: Ring = [(-1, -19), (-1, -18), (1, -18), (1, -19)]


def rooms(model: Model) -> dict[str, Space]:
    return {space.number: space for building in model.buildings for space in building.spaces}


def codes(model: Model) -> list[str]:
    return [notice.code for notice in model.notices if notice.code != "ifc.declared"]


def square(x: float, y: float, side: float = 4.0) -> Ring:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


# Geometry


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", [METRE, MILLIMETRE], ids=["metres", "millimetres"])
def test_every_kind_of_geometry_gives_the_outline(kind: str, unit: Any, tmp_path: Path) -> None:
    drawing = Drawing(unit)
    drawing.space(drawing.storey("Level 1", 0.0), "101", L_SHAPE, kind)
    drawing.storey("Level 2", 3.2)
    model = read(drawing.write(tmp_path))
    room = rooms(model)["101"]
    assert codes(model) == []
    assert room.outline is not None
    assert polygon(room.outline).equals(shapely.Polygon(L_SHAPE))
    assert room.area == pytest.approx(L_AREA)
    assert len(room.outline[0]) == 7


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "drawing"])
def test_holes_stay_holes(kind: str, tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.space(drawing.storey("Level 1", 0.0), "101", L_SHAPE, kind, holes=[COURT])
    room = rooms(read(drawing.write(tmp_path)))["101"]
    assert room.outline is not None
    assert len(room.outline) == 2
    assert room.area == pytest.approx(L_AREA - 2)
    assert polygon(room.outline).equals(shapely.Polygon(L_SHAPE, [COURT]))


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3"])
def test_every_schema_is_read(schema: str, tmp_path: Path) -> None:
    drawing = Drawing(schema=schema)
    drawing.space(drawing.storey("Level 1", 0.0), "101", L_SHAPE, "brep")
    assert rooms(read(drawing.write(tmp_path)))["101"].area == pytest.approx(L_AREA)


def test_a_room_without_geometry_is_kept_and_told(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.quantity(drawing.space(drawing.storey("Level 1", 0.0), "101"), "NetFloorArea", 18.5)
    model = read(drawing.write(tmp_path))
    room = rooms(model)["101"]
    assert (room.outline, room.area, room.declared_area) == (None, None, 18.5)
    assert room.declared_in == "Qto_SpaceBaseQuantities.NetFloorArea"
    assert codes(model) == ["ifc.no_outline"]


def test_a_room_in_two_pieces_keeps_its_whole_area(tmp_path: Path) -> None:
    drawing = Drawing()
    space = drawing.space(drawing.storey("Level 1", 0.0), "101", square(0, 0), "brep")
    other = drawing.space(None, "x", square(10, 0, 3.0), "brep")
    space.Representation.Representations[0].Items = [
        *space.Representation.Representations[0].Items,
        *other.Representation.Representations[0].Items,
    ]
    drawing.file.remove(other)
    model = read(drawing.write(tmp_path))
    room = rooms(model)["101"]
    assert room.outline is not None
    assert room.area == pytest.approx(25)
    assert polygon(room.outline).area == pytest.approx(16)
    assert codes(model) == ["ifc.parts"]


def test_outlines_are_the_buildings_own_wherever_it_stands(tmp_path: Path) -> None:
    """A building on a national grid, half a million metres away, keeps its millimetres."""
    drawing = Drawing(origin=(523_417.25, 6_178_002.5, 140.0))
    drawing.space(drawing.storey("Level 1", 0.0), "101", L_SHAPE, "brep")
    room = rooms(read(drawing.write(tmp_path)))["101"]
    assert room.outline is not None
    assert polygon(room.outline).equals_exact(shapely.Polygon(L_SHAPE).normalize(), 0.0015) or polygon(
        room.outline
    ).equals(shapely.Polygon(L_SHAPE))


@settings(max_examples=25)
@given(
    corners=st.lists(
        st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000)), min_size=3, max_size=12, unique=True
    ),
    kind=st.sampled_from(KINDS),
)
def test_any_simple_polygon_comes_back(
    corners: Sequence[tuple[int, int]], kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A star around its middle: simple, often concave, on both sides of the origin."""
    import math

    middle = [sum(axis) / len(corners) for axis in zip(*corners, strict=True)]
    around = sorted(corners, key=lambda one: math.atan2(one[1] - middle[1], one[0] - middle[0]))
    ring = [(x / 100, y / 100) for x, y in around]
    shape = shapely.Polygon(ring)
    if (
        not shape.is_valid
        or shape.area < 1
        or shape.buffer(-0.05).geom_type != "Polygon"
        or shape.buffer(-0.05).is_empty
    ):
        return
    drawing = Drawing()
    drawing.space(drawing.storey("Level 1", 0.0), "101", ring, kind)
    room = rooms(read(drawing.write(tmp_path_factory.mktemp("ifc"))))["101"]
    assert room.outline is not None
    assert room.area == pytest.approx(shape.area, abs=0.01)
    assert polygon(room.outline).symmetric_difference(shape).area < 0.02


# Units


def two_storeys(drawing: Drawing, **more: Any) -> Drawing:
    ground = drawing.storey("Level 1", 0.0)
    drawing.storey("Level 2", 3.1)
    drawing.storey("T/FDN", -1.25)
    drawing.space(ground, "101", square(0, 0), **more)
    return drawing


@pytest.mark.parametrize(
    ("unit", "meant", "taken"), [(MILLIMETRE, 1.0, 1.0), (METRE, 0.001, 0.001), (METRE, 0.01, 0.01)]
)
def test_a_unit_that_cannot_be_is_corrected(unit: Any, meant: float, taken: float, tmp_path: Path) -> None:
    model = read(two_storeys(Drawing(unit, meant)).write(tmp_path))
    assert codes(model) == ["ifc.unit.geometry", "ifc.unit.elevations"]
    assert [storey.elevation for storey in model.buildings[0].storeys] == [-1.25, 0.0, 3.1]
    assert rooms(model)["101"].area == pytest.approx(16)
    assert f"{taken:g} m" in str(model.notices[0])


def test_elevations_alone_may_be_wrong(tmp_path: Path) -> None:
    """Millimetres are declared and drawn, but elevations are written in metres."""
    drawing = two_storeys(Drawing(MILLIMETRE))
    for storey in drawing.file.by_type("IfcBuildingStorey"):
        storey.Elevation = storey.Elevation / 1000
    model = read(drawing.write(tmp_path))
    assert codes(model) == ["ifc.unit.elevations"]
    assert [storey.elevation for storey in model.buildings[0].storeys] == [-1.25, 0.0, 3.1]
    assert rooms(model)["101"].area == pytest.approx(16)


def test_areas_alone_may_be_wrong(tmp_path: Path) -> None:
    """Square metres are declared, square millimetres written."""
    drawing = two_storeys(Drawing(MILLIMETRE))
    drawing.quantity(drawing.file.by_type("IfcSpace")[0], "NetFloorArea", 15_800_000.0)
    model = read(drawing.write(tmp_path))
    assert codes(model) == ["ifc.area_unit"]
    assert rooms(model)["101"].declared_area == pytest.approx(15.8)


def test_net_area_of_the_quantities_is_the_best_source(tmp_path: Path) -> None:
    drawing = two_storeys(Drawing())
    space = drawing.file.by_type("IfcSpace")[0]
    drawing.quantity(space, "GrossFloorArea", 17.0, "A first set")
    drawing.quantity(space, "NetFloorArea", 15.5, "Z last set")
    assert rooms(read(drawing.write(tmp_path)))["101"].declared_in == "Z last set.NetFloorArea"


# Numbers and names


def test_numbers_are_made_unique_and_nobody_loses_theirs(tmp_path: Path) -> None:
    drawing = Drawing()
    storey = drawing.storey("1", 0.0)
    names = ["104", "104-2", "104", None, "", "104", "101а"]
    for number, name in enumerate(names):
        drawing.space(storey, name, square(5 * number, 0))
    model = read(drawing.write(tmp_path))
    assert list(rooms(model)) == ["104", "104-2", "104-3", "n1", "n2", "104-4", "101а"]
    assert sorted(codes(model)) == ["ifc.no_number", "ifc.same_number"]


def test_names_of_templates_are_no_names(tmp_path: Path) -> None:
    drawing = Drawing(building="// BUILDING/NAME //")
    drawing.project.Name = "Project Number"
    storey = drawing.storey("Level 1", 0.0)
    drawing.space(storey, "1", square(0, 0), long_name="oldSpaceGuids_3x")
    drawing.space(storey, "2", square(5, 0), long_name="Кабинет")
    drawing.space(storey, "3", square(10, 0), long_name="  OPEN   OFFICE ")
    model = read(drawing.write(tmp_path, "Дом 7.ifc"))
    assert (model.buildings[0].code, model.buildings[0].name) == ("dom-7", "Дом 7")
    assert [(space.name, space.kind) for space in rooms(model).values()] == [
        (None, RoomKind.OTHER),
        ("Кабинет", RoomKind.OFFICE),
        ("OPEN OFFICE", RoomKind.OFFICE),
    ]


def test_a_global_id_used_twice_is_kept_apart(tmp_path: Path) -> None:
    drawing = Drawing()
    storey = drawing.storey("1", 0.0)
    one, other = drawing.space(storey, "1", square(0, 0)), drawing.space(storey, "2", square(5, 0))
    other.GlobalId = one.GlobalId
    model = read(drawing.write(tmp_path))
    assert [space.global_id for space in rooms(model).values()] == [one.GlobalId, f"{one.GlobalId}-2"]
    assert codes(model) == ["ifc.same_id"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Серверная",), RoomKind.SERVER),
        (("Переговорная №3",), RoomKind.MEETING),
        (("Conference Room",), RoomKind.MEETING),
        (("С/У мужской",), RoomKind.TOILET),
        (("Лестничная клетка",), RoomKind.STAIRS),
        (("Лифтовой холл",), RoomKind.LIFT),
        (("Кабинет 104",), RoomKind.OFFICE),
        (("Техническое помещение",), RoomKind.TECHNICAL),
        (("Storage",), RoomKind.STORAGE),
        (("Подземная автостоянка",), RoomKind.PARKING),
        ((None, "Living room"), RoomKind.LIVING),
        (("Room", "Kitchen"), RoomKind.KITCHEN),
        (("Room", None), RoomKind.OTHER),
    ],
)
def test_kinds_are_guessed_in_both_languages(names: tuple[str | None, ...], kind: RoomKind) -> None:
    assert guess(*names) is kind


def test_codes_and_placeholders() -> None:
    assert [code_from(text) for text in ("Дом №5, корпус Б", "  ", "duplex", "A_b.1")] == [
        "dom-5-korpus-b",
        "building",
        "duplex",
        "a_b.1",
    ]
    assert [meaningful(text) for text in (None, " ", "-", "Default", "n/a", " 12  а ")] == [None] * 5 + ["12 а"]


# Storeys


@pytest.mark.parametrize(
    ("storeys", "levels"),
    [
        ([("Level 1", 0.0), ("Level 2", 3.1), ("T/FDN", -1.25), ("Roof", 6.0)], [1, 2, 0, 3]),
        ([("Ground", 0.0), ("First", 4.0), ("Basement", -3.0)], [0, 1, -1]),
        ([("1 этаж", 0.0), ("-1 этаж", -3.0), ("5 этаж", 13.0), ("Кровля", 17.0)], [1, -1, 5, 6]),
        ([("Главный", 0.15), ("Верх", 4.0)], [1, 2]),
        ([("EG", 0.0), ("1. OG", 3.0), ("2. OG", 6.0)], [0, 1, 2]),
        ([("", None), ("", None)], [1, 2]),
        ([("Level 3", 0.0), ("Level 1", 3.0)], [3, 4]),
        ([("Level 1", 0.0), ("Mezzanine", 2.0), ("Level 2", 4.0)], [1, 2, 3]),
        ([("A", 100.0), ("B", 103.0)], [1, 2]),
        ([], []),
    ],
)
def test_levels_follow_heights_and_names(storeys: list[tuple[str, float | None]], levels: list[int]) -> None:
    assert assign(storeys)[0] == levels


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Level 1", "Level 2", "3 этаж", "Roof", "", "-1", "Ground"]),
            st.none() | st.floats(-50, 50),
        )
    )
)
def test_levels_never_repeat_and_rise_with_height(storeys: list[tuple[str, float | None]]) -> None:
    levels, _ = assign(storeys)
    assert len(set(levels)) == len(storeys)
    placed = sorted((height, level) for (_, height), level in zip(storeys, levels, strict=True) if height is not None)
    heights = [height for height, _ in placed]
    if len(set(heights)) == len(heights):
        assert [level for _, level in placed] == sorted(level for _, level in placed)


@pytest.mark.parametrize(
    ("name", "number"),
    [("Level 2", 2), ("2-й этаж", 2), ("Этаж 05", 5), ("3rd floor", 3), ("-1", -1), ("L4", 4), ("Отм. +3.600", None),
     ("Level 1.5", 1), ("Ground floor", 0), ("Roof", None)],
)  # fmt: skip
def test_numbers_in_names(name: str, number: int | None) -> None:
    assert number_in(name) == number


def test_rooms_belong_where_they_are_contained_not_where_they_lie(tmp_path: Path) -> None:
    drawing = Drawing()
    first, _ = drawing.storey("Level 1", 0.0), drawing.storey("Level 0", -3.0)
    drawing.space(first, "101", square(0, 0), above=-1.22)
    model = read(drawing.write(tmp_path))
    assert [(storey.level, len(storey.spaces)) for storey in model.buildings[0].storeys] == [(0, 0), (1, 1)]


def test_rooms_outside_any_storey_go_where_they_lie(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.storey("Level 1", 0.0), drawing.storey("Level 2", 3.0)
    lost = drawing.space(drawing.building, "201", square(0, 0), above=3.0)
    model = read(drawing.write(tmp_path))
    assert [len(storey.spaces) for storey in model.buildings[0].storeys] == [0, 1]
    assert codes(model) == ["ifc.orphans"]
    assert f"#{lost.id()} IfcSpace 201" in str(model.notices[0])


def test_no_storeys_and_no_rooms(tmp_path: Path) -> None:
    bare = Drawing()
    bare.space(bare.building, "1", square(0, 0))
    model = read(bare.write(tmp_path))
    assert [(storey.level, len(storey.spaces)) for storey in model.buildings[0].storeys] == [(1, 1)]
    assert codes(model) == ["ifc.no_storey"]
    empty = Drawing()
    empty.storey("Roof", 9.0)
    assert codes(read(empty.write(tmp_path))) == ["ifc.no_spaces"]


def test_two_buildings_in_one_file_are_two(tmp_path: Path) -> None:
    drawing = Drawing(building="Корпус А")
    drawing.space(drawing.storey("1", 0.0), "101", square(0, 0))
    other = drawing._root("IfcBuilding", "Корпус Б")
    drawing._part(drawing.project, other)
    drawing.space(drawing.storey("1", 0.0, under=other), "101", square(50, 0))
    model = read(drawing.write(tmp_path))
    assert [(one.code, [room.number for room in one.spaces]) for one in model.buildings] == [
        ("korpus-a", ["101"]),
        ("korpus-b", ["101"]),
    ]


def test_a_floor_has_the_outline_of_its_rooms_and_the_walls_between(tmp_path: Path) -> None:
    drawing = Drawing()
    storey = drawing.storey("Level 1", 0.0)
    drawing.space(storey, "1", square(0, 0))
    drawing.space(storey, "2", square(4.2, 0))
    outline = read(drawing.write(tmp_path)).buildings[0].storeys[0].outline
    assert outline is not None
    assert polygon(outline).area == pytest.approx(8.2 * 4)
