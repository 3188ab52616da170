"""Ways out go through the doors that the house knows, and through walls only where it knows of none."""

from __future__ import annotations

import pytest

from api.plans import drawing
from api.plans.doors import doors, openings
from api.plans.floor import FloorPicture, Layer, Lines, RoomPicture, Wish
from api.plans.frame import frame
from api.plans.shapes import Polyline
from api.plans.walks import Ground
from api.plans.ways import Ways, ways
from db.demo.space import rectangle
from db.models import RoomKind
from tests.api.plans.floors import AT

STAIRS, CORRIDOR, OFFICE, STORE, NICHE = 1, 2, 3, 4, 5


def floor(*lines: tuple[tuple[float, float], tuple[float, float]]) -> FloorPicture:
    """Stairs and two rooms along a corridor, which goes around a niche; the rooms touch one another, too."""
    rooms = [
        RoomPicture(STAIRS, "S", "Stairs", RoomKind.STAIRS, rectangle(0, 0, 3, 2)),
        RoomPicture(CORRIDOR, "C", None, RoomKind.CORRIDOR, rectangle(3, 0, 12, 2)),
        RoomPicture(OFFICE, "1", None, RoomKind.OFFICE, rectangle(3, 2, 5, 4)),
        RoomPicture(STORE, "2", None, RoomKind.STORAGE, rectangle(8, 2, 5, 4)),
        RoomPicture(NICHE, "3", None, RoomKind.STORAGE, rectangle(11, 0.5, 1, 1)),
    ]
    drawn: Lines = [[list(one), list(other)] for one, other in lines]
    return FloorPicture("Дом", "1", 1, AT, None, rooms, openings=drawn)


def out(made: FloorPicture) -> Ways:
    laid = frame(made, 1600)
    return ways(made, laid, openings(made, laid))


def way(found: Ways, room: int) -> list[int]:
    """The rooms on the way out of one."""
    taken, steps = [room], {step.room: step for step in reversed(found.steps)}
    while taken[-1] in steps:
        taken.append(steps[taken[-1]].door.beyond(taken[-1]))
    return taken


TO_STAIRS, TO_OFFICE, TO_STORE = ((3, 0.5), (3, 1.5)), ((4, 2), (5, 2)), ((9, 2), (10, 2))
BETWEEN, OF_NICHE = ((8, 4), (8, 5)), ((11, 0.8), (11, 1.2))


def test_each_opening_joins_the_rooms_beside_it_or_around_it() -> None:
    made = floor(TO_STAIRS, BETWEEN, OF_NICHE, ((15, 0.5), (15, 1.5)), ((40, 40), (41, 40)))
    found = openings(made, frame(made, 1600))
    assert [set(one.rooms) for one in found] == [{STAIRS, CORRIDOR}, {OFFICE, STORE}, {CORRIDOR, NICHE}, {CORRIDOR}]


def test_without_openings_every_wall_in_common_has_a_door() -> None:
    found = out(floor())
    assert way(found, STORE) == [STORE, CORRIDOR, STAIRS]
    assert way(found, OFFICE) == [OFFICE, CORRIDOR, STAIRS]
    assert found.cut_off == [NICHE]


def test_one_goes_through_doors_not_through_walls() -> None:
    found = out(floor(TO_STAIRS, TO_OFFICE, BETWEEN, OF_NICHE))
    assert way(found, STORE) == [STORE, OFFICE, CORRIDOR, STAIRS]
    assert way(found, NICHE) == [NICHE, CORRIDOR, STAIRS]
    assert found.cut_off == []


def test_a_room_without_a_door_on_the_plan_has_one_in_every_wall() -> None:
    found = out(floor(TO_STAIRS, TO_OFFICE, OF_NICHE))
    assert way(found, STORE) == [STORE, CORRIDOR, STAIRS]


def test_between_rooms_that_have_doors_there_are_no_others() -> None:
    made = floor(TO_STAIRS, TO_OFFICE, TO_STORE, OF_NICHE)
    laid = frame(made, 1600)
    found = doors(laid.rooms, openings(made, laid), laid.scale)
    assert {frozenset((one.one, one.other)) for one in found} == {
        frozenset(pair) for pair in ((STAIRS, CORRIDOR), (CORRIDOR, OFFICE), (CORRIDOR, STORE), (CORRIDOR, NICHE))
    }


@pytest.mark.parametrize("evacuation", [False, True])
def test_openings_are_drawn_of_rooms_that_are_shown(evacuation: bool) -> None:
    """Who sees one room of a floor is told of its doors only."""
    made = floor(TO_STAIRS, TO_OFFICE, TO_STORE, BETWEEN)
    made.rooms[:] = [room for room in made.rooms if room.id == OFFICE]
    layers = frozenset({Layer.EVACUATION if evacuation else Layer.ROOMS})
    laid = frame(made, 1600)
    lines = [part.points for part in drawing.draw(made, Wish(layers)).instructions if isinstance(part, Polyline)]
    for known, shown in ((TO_OFFICE, True), (BETWEEN, True), (TO_STAIRS, False), (TO_STORE, False)):
        assert ([laid.place(*point) for point in known] in lines) is shown, known


@pytest.mark.parametrize("line", [[], [[4, 2]], [[4, 2], [float("nan"), 2]], [[4], [5]], [[4, 2], [4, 2]]])
def test_odd_openings_do_no_harm(line: list[list[float]]) -> None:
    made = floor(TO_STAIRS)
    made.openings.append(line)
    assert drawing.draw(made, Wish(frozenset(Layer))).instructions


ELL = [(0.0, 0.0), (10.0, 0.0), (10.0, 2.0), (2.0, 2.0), (2.0, 10.0), (0.0, 10.0)]
"""A corridor around a corner."""


def test_one_walks_around_corners() -> None:
    ground = Ground([ELL], [], 1.0)
    assert ground.walk((9.0, 1.0), (1.0, 1.0)) == [(9.0, 1.0), (1.0, 1.0)]
    way = ground.walk((9.0, 1.5), (1.5, 9.0))
    assert way == [(9.0, 1.5), (pytest.approx(1.6), pytest.approx(1.6)), (1.5, 9.0)]


def test_one_walks_around_what_stands_on_the_floor() -> None:
    hall = [(0.0, 0.0), (12.0, 0.0), (12.0, 6.0), (0.0, 6.0)]
    kiosk = [(4.0, 1.0), (8.0, 1.0), (8.0, 5.0), (4.0, 5.0)]
    for rings, above in (([hall], [[kiosk]]), ([hall, kiosk], [])):
        ground = Ground(rings, above, 1.0)
        way = ground.walk((1.0, 4.0), (11.0, 4.0))
        assert [round(y, 6) for _, y in way] == [4.0, 5.4, 5.4, 4.0]
        assert all(ground.free(*point) for point in way)


def test_behind_a_door_one_is_in_the_room() -> None:
    ground = Ground([ELL], [], 1.0)
    assert ground.entered((5.0, 0.0)) == (5.0, 0.4)
    assert ground.entered((10.45, 1.0)) == (pytest.approx(9.65), 1.0), "in the middle of a thick wall"
    assert ground.entered((30.0, 1.0)) is None


def test_a_hall_of_hundreds_of_kiosks_is_crossed_in_a_line() -> None:
    hall = [(0.0, 0.0), (400.0, 0.0), (400.0, 6.0), (0.0, 6.0)]
    kiosks = [[[(x, 2.0), (x + 0.2, 2.0), (x + 0.2, 3.0), (x, 3.0)]] for x in range(1, 399)]
    assert Ground([hall], kiosks, 1.0).walk((0.5, 2.5), (399.5, 2.5)) == [(0.5, 2.5), (399.5, 2.5)]


def test_where_no_way_is_a_line_shows_the_direction() -> None:
    assert Ground([ELL], [], 1.0).walk((9.0, 1.0), (30.0, 9.0)) == [(9.0, 1.0), (30.0, 9.0)]
