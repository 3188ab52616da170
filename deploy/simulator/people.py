"""Who is where through a day: people with an hour of coming, a lunch and an hour of going; meetings; customers."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import cos, pi

from deploy.simulator.calendar import Day
from deploy.simulator.chance import flicker, seeded
from deploy.simulator.site import Place, Site

Stay = tuple[float, float]
"""Hours of the day: from, until."""
PASSED = frozenset({"CORRIDOR", "LOBBY", "STAIRS", "LIFT", "PARKING"})
SHARED = {"KITCHEN": 0.12, "TOILET": 0.05, "OTHER": 0.03}
"""Which part of a floor's people is in such a room at a time."""
NIGHT_OUT = 28.0


class People:
    """The people of one building on one day, by room and by floor: a count for each step of the day."""

    def __init__(self, site: Site, seed: int, day: Day) -> None:
        self.day = day
        self.seed = seed
        self._rooms: dict[str, array[int]] = {}
        self._floors: dict[int, tuple[array[int], array[int]]] = {}
        self._desks: dict[int, list[Place]] = {}
        for place in site.places:
            if place.kind in ("OFFICE", "MEETING", "RETAIL"):
                self._desks.setdefault(place.level, []).append(place)
        self._ground = min((place.level for place in site.places), default=0)

    def present(self, place: Place) -> array[int]:
        """How many are in a room, at each step."""
        known = self._rooms.get(place.number)
        if known is None:
            known = self._rooms[place.number] = self._count(place)
        return known

    def _count(self, place: Place) -> array[int]:
        if place.kind == "RETAIL":
            return self._customers(place)
        if place.kind in ("OFFICE", "MEETING", "LIVING"):
            return self._filled(self._stays(place))
        if place.kind in PASSED:
            return self._passers(place)
        if place.kind in SHARED:
            return self._guests(place)
        return self._rare(place)

    def floor(self, level: int) -> tuple[array[int], array[int]]:
        """How many are at work on a floor, and how many come or go, at each step."""
        known = self._floors.get(level)
        if known is None:
            there, moving = array("i", [0]) * (self.day.steps + 1), array("i", [0]) * (self.day.steps + 1)
            for place in self._desks.get(level, ()):
                last = 0
                for step, count in enumerate(self.present(place)):
                    there[step] += count
                    moving[step] += abs(count - last)
                    last = count
            known = self._floors[level] = there, moving
        return known

    def _filled(self, stays: Iterator[Stay]) -> array[int]:
        count = array("i", [0]) * (self.day.steps + 1)
        for since, until in stays:
            for step in range(self.day.step(since), self.day.step(until)):
                count[step] += 1
        count[-1] = count[-2]
        return count

    def _stays(self, place: Place) -> Iterator[Stay]:
        match place.kind:
            case "OFFICE":
                return self._workers(place)
            case "MEETING":
                return self._meetings(place)
            case _:
                return self._tenants(place)

    def _workers(self, place: Place) -> Iterator[Stay]:
        """Each seat has its habits; on free days hardly anybody comes."""
        for seat in range(place.seats):
            habit = seeded(self.seed, place.number, seat, self.day.date)
            if flicker(habit, 0) > (0.82 if self.day.working else 0.04):
                continue
            begin = 7.6 + 1.2 * (flicker(habit, 1) + flicker(habit, 2))
            end = begin + 8.3 + 1.6 * flicker(habit, 3)
            lunch = 12.2 + 1.6 * flicker(habit, 4)
            out = 9.5 + 7 * flicker(habit, 5)
            breaks = sorted([(lunch, lunch + 0.75), (out, out + 0.3 + 0.7 * flicker(habit, 6))])
            for away, back in breaks:
                if begin < away < end:
                    yield begin, away
                    begin = max(begin, back)
            if begin < end:
                yield begin, end

    def _meetings(self, place: Place) -> Iterator[Stay]:
        if not self.day.working:
            return
        hour = 9.0
        while hour < 18.5:
            habit = seeded(self.seed, place.number, "meeting", hour, self.day.date)
            if flicker(habit, 0) > 0.55:
                hour += 0.5
                continue
            length = (0.5, 1.0, 1.0, 1.5)[int(flicker(habit, 1) * 4)]
            for _ in range(max(2, round(place.seats * (0.3 + 0.7 * flicker(habit, 2))))):
                yield hour, hour + length
            hour += length

    def _tenants(self, place: Place) -> Iterator[Stay]:
        """Who lives somewhere is there when offices are empty."""
        for one in range(place.seats):
            habit = seeded(self.seed, place.number, one, self.day.date)
            if self.day.working or flicker(habit, 0) < 0.4:
                yield 4.0, 7.3 + 1.4 * flicker(habit, 1)
                yield 17.5 + 3 * flicker(habit, 2), NIGHT_OUT
            else:
                yield 4.0, NIGHT_OUT

    def _customers(self, place: Place) -> array[int]:
        """Open from 8 to 21, on free days from 10 to 20; most come at noon and after work."""
        opens, closes = (8.0, 21.0) if self.day.working else (10.0, 20.0)
        key = seeded(self.seed, place.number, self.day.date)
        count = array("i", [0]) * (self.day.steps + 1)
        for step in range(len(count)):
            hour = self.day.hour(step)
            if opens <= hour < closes:
                rush = 0.35 + 0.3 * _near(hour, 13.0, 1.5) + 0.3 * _near(hour, 18.0, 2.0)
                count[step] = 1 + round(place.seats * rush * (0.5 + 0.7 * flicker(key, step // 3)))
        return count

    def _passers(self, place: Place) -> array[int]:
        """Corridors and stairs live by who comes and goes; the ground floor's lobby sees the whole house."""
        levels = list(self._desks) if place.level == self._ground else [place.level]
        key = seeded(self.seed, place.number, self.day.date)
        share = {"LOBBY": 0.5, "CORRIDOR": 0.4}.get(place.kind, 0.2)
        moving = [sum(row) for row in zip(*(self.floor(level)[1] for level in levels), strict=True)] or [0]
        return array(
            "i", [int(moving[min(step, len(moving) - 1)] * share + flicker(key, step))
                  for step in range(self.day.steps + 1)]
        )  # fmt: skip

    def _guests(self, place: Place) -> array[int]:
        key = seeded(self.seed, place.number, self.day.date)
        there = self.floor(place.level)[0]
        share = SHARED[place.kind]
        noon = 2.0 if place.kind == "KITCHEN" else 0.0
        return array(
            "i", [min(place.seats, int(count * share * (1 + noon * _near(self.day.hour(step), 13.0, 1.0))
                                       + flicker(key, step)))
                  if count else 0 for step, count in enumerate(there)]
        )  # fmt: skip

    def _rare(self, place: Place) -> array[int]:
        """Stores, plant rooms and server rooms: somebody looks in now and then."""
        key = seeded(self.seed, place.number, self.day.date)
        chance = 0.03 if self.day.working else 0.004
        return array(
            "i", [int(7 <= self.day.hour(step) < 20 and flicker(key, step) < chance)
                  for step in range(self.day.steps + 1)]
        )  # fmt: skip


def _near(hour: float, middle: float, width: float) -> float:
    """1 in the middle, 0 from `width` hours off."""
    far = abs(hour - middle) / width
    return (1 + cos(pi * far)) / 2 if far < 1 else 0.0


__all__ = ["People"]
