"""Which alarms of a flood belong together. Pure: raises in, incidents and their new alarms out.

A flood begins when more than 10 alarms are raised in a building within 10 minutes, and lasts as long as 5 or more are
(EEMUA 191, ISA-18.2: an operator cannot follow more than one a minute). What it collects: leaks in rooms that lie above
one another are a RISER, alarms on one floor a FLOOR, the rest the BUILDING.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.models import Category, IncidentKind

WINDOW = timedelta(minutes=10)
BEGINS = 10
"""More than so many alarms in the window are a flood."""
LASTS = 5
"""So many keep it going."""
LEAST = 3
"""Fewer alarms of one floor, or of the building, are left as they are."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm with its latest raise, and where that is; `incident_id`: where it has been collected already."""

    alarm_id: int
    sensor_id: int
    building_id: int
    at: datetime
    title: str
    category: Category
    level: int | None = None
    floor_id: int | None = None
    floor: str | None = None
    room_id: int | None = None
    room: str | None = None
    building: str = ""
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """An incident that is not over; `rooms` are those of its leaks."""

    id: int
    building_id: int
    kind: IncidentKind
    floor_id: int | None
    opened_at: datetime
    last_at: datetime
    rooms: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class New:
    """An incident that begins."""

    kind: IncidentKind
    alarms: tuple[Raised, ...]

    @property
    def title(self) -> str:
        """Where, and what most of its alarms are about: names that people gave, in no language of ours."""
        [(what, _)] = Counter(one.title for one in self.alarms).most_common(1)
        if self.kind is IncidentKind.RISER:
            top = sorted(self.alarms, key=lambda one: (-(one.level or 0), one.room or ""))
            rooms = list(dict.fromkeys(one.room for one in top if one.room is not None))
            return f"{what}: {', '.join(rooms[:4])}{' …' if len(rooms) > 4 else ''}"
        where = self.alarms[0].floor if self.kind is IncidentKind.FLOOR else self.alarms[0].building
        return f"{where}: {what}"


@dataclass(slots=True)
class Collected:
    """Alarms that join incidents, and incidents that begin."""

    joined: list[tuple[Raised, Open]] = field(default_factory=list)
    begun: list[New] = field(default_factory=list)


Stacked = Collection[frozenset[int]]
"""Pairs of rooms that lie one above the other."""


def collect(raises: Iterable[Raised], incidents: Sequence[Open], stacked: Stacked = ()) -> Collected:
    """What becomes of the raises of some time, of any number of buildings."""
    made = Collected()
    buildings: dict[int, list[Raised]] = defaultdict(list)
    for one in raises:
        buildings[one.building_id].append(one)
    for building_id, here in sorted(buildings.items()):
        here.sort(key=lambda one: (one.at, one.alarm_id))
        rates = rates_of([one.at for one in here])
        _join(made, here, rates, [each for each in incidents if each.building_id == building_id], stacked)
        joined = {one.alarm_id for one, _ in made.joined}
        floods = _in_flood(here, rates)
        free = [one for one in floods if one.incident_id is None and one.alarm_id not in joined]
        made.begun += begin(free, stacked)
    return made


def rates_of(times: Sequence[datetime]) -> list[int]:
    """For each of the sorted times: how many of them lie in the window that ends with it."""
    rates, first = [], 0
    for number, at in enumerate(times):
        while times[first] <= at - WINDOW:
            first += 1
        rates.append(number - first + 1)
    for number in range(len(times) - 2, -1, -1):  # those of one moment are raised together
        if times[number] == times[number + 1]:
            rates[number] = rates[number + 1]
    return rates


def _in_flood(here: Sequence[Raised], rates: Sequence[int]) -> list[Raised]:
    """Those in a window that holds too many."""
    found: list[Raised] = []
    flooded: datetime | None = None
    for one, rate in zip(reversed(here), reversed(rates), strict=True):
        if rate > BEGINS:
            flooded = one.at
        if flooded is not None and one.at > flooded - WINDOW:
            found.append(one)
    return found[::-1]


def _join(
    made: Collected, here: Sequence[Raised], rates: Sequence[int], incidents: Sequence[Open], stacked: Stacked
) -> None:
    last = {each.id: each.last_at for each in incidents}
    rooms = {each.id: set(each.rooms) for each in incidents}
    order = list(IncidentKind)
    for one, rate in zip(here, rates, strict=True):
        if one.incident_id is not None or rate < LASTS:
            continue
        for each in sorted(incidents, key=lambda each: (order.index(each.kind), each.id)):
            lasts = each.opened_at <= one.at <= last[each.id] + WINDOW
            if lasts and _belongs(one, each, rooms[each.id], stacked):
                made.joined.append((one, each))
                last[each.id] = max(last[each.id], one.at)
                if one.room_id is not None:
                    rooms[each.id].add(one.room_id)
                break


def _belongs(one: Raised, each: Open, rooms: Collection[int], stacked: Stacked) -> bool:
    match each.kind:
        case IncidentKind.RISER:
            if one.category is not Category.LEAK or one.room_id is None:
                return False
            return one.room_id in rooms or any(frozenset((one.room_id, room)) in stacked for room in rooms)
        case IncidentKind.FLOOR:
            return one.floor_id is not None and one.floor_id == each.floor_id
    return True


def begin(free: Sequence[Raised], stacked: Stacked) -> list[New]:
    """The incidents that alarms of one building, in a flood and in no incident, come to."""
    begun = [New(IncidentKind.RISER, riser) for riser in risers(free, stacked)]
    taken = {one.alarm_id for new in begun for one in new.alarms}
    floors: dict[int, list[Raised]] = defaultdict(list)
    for one in free:
        if one.alarm_id not in taken and one.floor_id is not None:
            floors[one.floor_id].append(one)
    begun += [New(IncidentKind.FLOOR, tuple(each)) for _, each in sorted(floors.items()) if len(each) >= LEAST]
    taken |= {one.alarm_id for new in begun for one in new.alarms}
    rest = tuple(one for one in free if one.alarm_id not in taken)
    return [*begun, New(IncidentKind.BUILDING, rest)] if len(rest) >= LEAST else begun


def risers(free: Iterable[Raised], stacked: Stacked) -> list[tuple[Raised, ...]]:
    """Leaks in rooms that lie above one another, over two floors or more."""
    leaks = [one for one in free if one.category is Category.LEAK and one.room_id is not None]
    rooms = {one.room_id: one for one in leaks if one.room_id is not None}
    pipe = {room: room for room in rooms}

    def root(room: int) -> int:
        while pipe[room] != room:
            pipe[room] = room = pipe[pipe[room]]
        return room

    for pair in stacked:
        if len(pair) == 2 and pair <= rooms.keys():
            one, other = pair
            pipe[root(one)] = root(other)
    for alike in _numbered_alike(rooms):
        for room in alike:
            pipe[root(room)] = root(alike[0])
    groups: dict[int, list[Raised]] = defaultdict(list)
    for leak in leaks:
        groups[root(leak.room_id or 0)].append(leak)
    return [tuple(group) for group in groups.values() if len({one.floor_id for one in group}) > 1]


def _numbered_alike(rooms: Mapping[int, Raised]) -> list[list[int]]:
    """Rooms whose numbers end alike, where they are on several floors."""
    ends: dict[str, list[int]] = defaultdict(list)
    for room, one in sorted(rooms.items()):
        end = (one.room or "")[-2:]
        if len(end) == 2 and end.isascii() and end.isdecimal():
            ends[end].append(room)
    return [alike for alike in ends.values() if len({rooms[room].floor_id for room in alike}) > 1]
