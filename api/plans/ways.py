"""Ways out: which rooms touch, where one passes from one to the next, and by which doors the nearest exit is reached.

A plan knows walls but no doors: where two rooms share a wall, the middle of it is taken for one. Stairs and rooms that
are called an exit lead out, lifts never do. People walk along corridors and lobbies; through other rooms only where
there is no other way. (Dijkstra, 1959, from the exits inwards.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import hypot

from api.plans import geometry
from api.plans.floor import FloorPicture, RoomPicture
from api.plans.frame import Frame
from api.plans.geometry import Box, Point, Ring
from db.models import RoomKind

PASSED = (RoomKind.CORRIDOR, RoomKind.LOBBY)
GAP = 0.45
"""Metres: the thickest wall across which rooms touch."""
DOOR = 0.8
"""Metres of shared wall that a door needs."""
DETOUR = 6.0
"""How much longer a way through a room seems than one along a corridor."""
ASIDE = 60.0
"""Metres: how much farther stairs seem that open into a room instead of a corridor."""
EXITS = ("выход", "exit", "лестниц", "stair")


@dataclass(frozen=True, slots=True)
class Door:
    """Where one passes between two rooms."""

    one: int
    other: int
    at: Point

    def beyond(self, room: int) -> int:
        return self.other if room == self.one else self.one


@dataclass(frozen=True, slots=True)
class Step:
    """To leave through `door` one comes from `room`; `after` is the next door on the way, None at an exit."""

    door: Door
    room: int
    """The room that is left by the door."""
    length: float
    after: Door | None


@dataclass(slots=True)
class Ways:
    exits: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    """The nearest way first."""
    cut_off: list[int] = field(default_factory=list)


def ways(floor: FloorPicture, frame: Frame) -> Ways:
    """How to get out of every room that has a place on the plan."""
    rooms = {room.id: room for room in floor.rooms if room.id not in frame.strip}
    found = Ways([room.id for room in rooms.values() if leads_out(room)])
    if not found.exits or not frame.scale:
        return found
    doors = defaultdict(list)
    for door in touching({key: frame.rooms[key] for key in rooms}, frame.scale):
        doors[door.one].append(door)
        doors[door.other].append(door)
    found.steps = _taken(_walked(rooms, doors, found.exits, frame.scale))
    reached = {step.room for step in found.steps} | set(found.exits)
    found.cut_off = [key for key, room in rooms.items() if key not in reached and room.kind is not RoomKind.LIFT]
    return found


def leads_out(room: RoomPicture) -> bool:
    name = (room.name or "").casefold()
    return room.kind is RoomKind.STAIRS or any(name.startswith(word) for word in EXITS)


def _walked(
    rooms: dict[int, RoomPicture], doors: dict[int, list[Door]], exits: Iterable[int], scale: float
) -> list[Step]:
    """From the exits inwards: each door once, by the shortest way that leads out of it."""
    queue: list[tuple[float, int, Step]] = []
    count = 0
    for key in exits:
        for door in doors[key]:
            room = door.beyond(key)
            far = 0.0 if rooms[room].kind in PASSED else ASIDE * scale
            heappush(queue, (far, count := count + 1, Step(door, room, far, None)))
    done: set[Door] = set()
    steps = []
    outs = set(exits)
    while queue:
        length, _, step = heappop(queue)
        if step.door in done:
            continue
        done.add(step.door)
        if step.room in outs or rooms[step.room].kind is RoomKind.LIFT:
            continue
        steps.append(step)
        slow = 1.0 if rooms[step.room].kind in PASSED else DETOUR
        for door in doors[step.room]:
            if door not in done:
                far = length + slow * hypot(door.at[0] - step.door.at[0], door.at[1] - step.door.at[1])
                heappush(queue, (far, count := count + 1, Step(door, door.beyond(step.room), far, step.door)))
    return steps


def _taken(steps: list[Step]) -> list[Step]:
    """Of all ways the best one out of each room, with the steps that it goes on by."""
    by_door = {step.door: step for step in steps}
    best: dict[int, Step] = {}
    for step in steps:
        best.setdefault(step.room, step)
    taken: set[Door] = set()
    for step in best.values():
        way: Step | None = step
        while way is not None and way.door not in taken:
            taken.add(way.door)
            way = by_door[way.after] if way.after else None
    return [step for step in steps if step.door in taken]


def touching(rooms: dict[int, list[Ring]], scale: float) -> Iterator[Door]:
    """Every pair of rooms with a wall in common, and the middle of it; `scale` in pixels a metre."""
    gap, least = GAP * scale, DOOR * scale
    boxes = {key: geometry.bounds(rings[:1]) for key, rings in rooms.items()}
    order = sorted(boxes, key=lambda key: boxes[key][0])
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            if boxes[other][0] > boxes[one][2] + gap:
                break
            if _near(boxes[one], boxes[other], gap):
                walls = list(_shared(rooms[one][0], rooms[other][0], gap))
                length, at = max(walls, default=(0.0, (0.0, 0.0)))
                if length >= least:
                    yield Door(one, other, at)


def _near(one: Box, other: Box, gap: float) -> bool:
    return one[1] <= other[3] + gap and other[1] <= one[3] + gap and other[0] <= one[2] + gap


def _shared(one: Ring, other: Ring, gap: float) -> Iterator[tuple[float, Point]]:
    """The stretches along which sides of two rings run side by side, with their middles."""
    for (ax, ay), (bx, by) in geometry.edges(one):
        length = hypot(bx - ax, by - ay)
        if length < 1e-6:
            continue
        ux, uy = (bx - ax) / length, (by - ay) / length
        for (cx, cy), (dx, dy) in geometry.edges(other):
            off_c, off_d = (cx - ax) * uy - (cy - ay) * ux, (dx - ax) * uy - (dy - ay) * ux
            if abs(off_c) > gap or abs(off_d) > gap:
                continue
            start, end = sorted(((cx - ax) * ux + (cy - ay) * uy, (dx - ax) * ux + (dy - ay) * uy))
            start, end = max(0.0, start), min(length, end)
            if end > start:
                mid, off = (start + end) / 2, (off_c + off_d) / 4
                yield end - start, (ax + ux * mid + uy * off, ay + uy * mid - ux * off)


__all__ = ["Door", "Step", "Ways", "leads_out", "touching", "ways"]
