"""Labels never overlap, never leave their room, and stand on nothing; whatever the floor."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.plans import drawing, geometry
from api.plans.floor import FloorPicture, Layer, Theme, Wish
from api.plans.free import overlap
from api.plans.palette import DARK, LIGHT, OKABE_ITO, contrast
from api.plans.shapes import Drawing, Polygon, Text
from db.models import Language, RoomKind

spec = importlib.util.spec_from_file_location("plan_floors", Path(__file__).with_name("floors.py"))
assert spec
assert spec.loader
floors = importlib.util.module_from_spec(spec)
sys.modules["plan_floors"] = floors
spec.loader.exec_module(floors)

LAYERS = st.frozensets(st.sampled_from(list(Layer)), max_size=5)


def holds(rings: list[geometry.Ring], box: geometry.Box) -> bool:
    return any(
        start - 0.6 <= box[0] and box[2] <= end + 0.6
        for start, end in geometry.spans(rings, box[1] + 0.6, box[3] - 0.6)
    )


def check(floor: FloorPicture, made: Drawing) -> None:
    boxes = [label.box for label in made.labels]
    ordered = sorted(boxes)
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other[0] >= one[2]:
                break
            assert not overlap(one, other)
    kinds = {room.id: room.kind for room in floor.rooms}
    open_ = [made.regions[key] for key, kind in kinds.items() if kind in (RoomKind.CORRIDOR, RoomKind.LOBBY)]
    for label in made.labels:
        if label.leader is None:
            assert holds(made.regions[label.room], label.box), label
        else:
            assert any(holds(rings, label.box) for rings in open_), label


@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(0, 120),
    st.integers(0, 10_000),
    st.floats(-0.7, 0.7),
    LAYERS,
    st.integers(320, 2400),
)
def test_labels_keep_to_their_rooms_and_off_one_another(
    rooms: int, sensors: int, seed: int, turned: float, layers: frozenset[Layer], size: int
) -> None:
    floor = floors.cells(rooms, sensors, seed, turned)
    check(floor, drawing.draw(floor, Wish(layers, size=size)))


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("layer", Layer)
def test_the_demo_floor_is_labelled_whole(layer: Layer, theme: Theme) -> None:
    floor = floors.demo()
    made = drawing.draw(floor, Wish(frozenset({Layer.ROOMS, layer}), theme=theme, language=Language.EN))
    check(floor, made)
    assert {label.room for label in made.labels} == {room.id for room in floor.rooms}
    assert made.legend or made.scale


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_are_readable_on_every_ground(colours: object) -> None:
    assert colours in (LIGHT, DARK)
    shades = LIGHT if colours is LIGHT else DARK
    grounds = [shades.tenant(tenant) for tenant in range(len(OKABE_ITO))] + [shades.kind(kind) for kind in RoomKind]
    assert all(contrast(shades.readable(ground), ground) >= 4.5 for ground in grounds)
    assert contrast(shades.ink, shades.page) >= 7
    assert contrast(shades.muted, shades.page) >= 4.5
    assert len({shades.tenant(tenant) for tenant in range(8)}) == 8


def test_a_tenant_keeps_its_colour_and_forty_can_be_told_apart() -> None:
    looks = {(LIGHT.tenant(tenant), LIGHT.tenant_hatch(tenant, 1.0)) for tenant in range(40)}
    assert len(looks) == 40


ODD = {
    "empty": FloorPicture("Дом", "1", 1, floors.AT),
    "bare": FloorPicture("Дом", "1", 1, floors.AT, None, [floors.RoomPicture(i, f"{i}", "Склад") for i in range(1, 30)]),
    "crossed": FloorPicture("Дом", "1", 1, floors.AT, None, [floors.RoomPicture(1, "1", "Зал", outline=[[[0, 0], [9, 6], [9, 0], [0, 6]]])]),
    "broken": FloorPicture("Дом", "1", 1, floors.AT, None, [floors.RoomPicture(1, "1", None, outline=[[[0, 0], [float("nan"), 1], [2, 2]]]), floors.RoomPicture(2, "2", None, outline=[[[1, 1], [1, 1], [1, 1]]])]),
    "holed": FloorPicture("Дом", "1", 1, floors.AT, None, [floors.RoomPicture(1, "1", "Кольцо", outline=[[[0, 0], [20, 0], [20, 12], [0, 12]], [[2, 2], [18, 2], [18, 10], [2, 10]]])]),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("language", Language)
def test_odd_floors_are_still_a_sensible_page(name: str, language: Language) -> None:
    floor = ODD[name]
    made = drawing.draw(floor, Wish(frozenset(Layer), language=language))
    check(floor, made)
    assert {label.room for label in made.labels} == {room.id for room in floor.rooms}
    assert 100 < made.height < 4 * made.width
    texts = [part.text for part in made.instructions if isinstance(part, Text)]
    if name == "empty":
        assert ("На этом этаже помещений нет" if language is Language.RU else "This floor has no rooms") in texts
    if name == "crossed":
        assert any(isinstance(part, Polygon) and len(part.rings[0]) == 4 for part in made.instructions)
