"""Ways out: by which doors the nearest exit is reached from each room.

Stairs and rooms that are called an exit lead out, lifts never do. People walk along corridors and lobbies; through
other rooms only where there is no other way. (Dijkstra, 1959, from the exits inwards.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import hypot

from api.plans.doors import Door, Opening, doors
from api.plans.floor import FloorPicture, RoomPicture
from api.plans.frame import Frame
from db.models import RoomKind

PASSED = (RoomKind.CORRIDOR, RoomKind.LOBBY)
DETOUR = 6.0
"""How much longer a way through a room seems than one along a corridor."""
ASIDE = 60.0
"""Metres: how much farther stairs seem that open into a room instead of a corridor."""
EXITS = ("выход", "exit", "лестниц", "stair")


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


def ways(floor: FloorPicture, frame: Frame, known: Iterable[Opening]) -> Ways:
    """How to get out of every room that has a place on the plan; `known` are the floor's openings."""
    rooms = {room.id: room for room in floor.rooms if room.id not in frame.strip}
    found = Ways([room.id for room in rooms.values() if leads_out(room)])
    if not found.exits or not frame.scale:
        return found
    of_room: dict[int, list[Door]] = defaultdict(list)
    for door in doors({key: frame.rooms[key] for key in rooms}, known, frame.scale):
        of_room[door.one].append(door)
        of_room[door.other].append(door)
    found.steps = _taken(_walked(rooms, of_room, found.exits, frame.scale))
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


__all__ = ["PASSED", "Step", "Ways", "leads_out", "ways"]
