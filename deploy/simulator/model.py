"""What every sensor of a building says at any moment: a pure function of the seed, the sensor and the moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import floor
from typing import NamedTuple

from deploy.simulator import switches
from deploy.simulator.calendar import STEP, Calendar, Day
from deploy.simulator.chance import flicker
from deploy.simulator.incidents import Incident
from deploy.simulator.measures import DIGITS, RANGES, Book
from deploy.simulator.mishaps import mishaps
from deploy.simulator.people import People
from deploy.simulator.site import SCALES, Device, Site

DAYS_KEPT = 4


class Sample(NamedTuple):
    """A reading: seconds since 1970 (house time), the sensor's name, the value in the sensor's unit."""

    at: float
    name: str
    value: float


class Model:
    """One building under one seed; `incidents` are the scripted ones, small mishaps come by themselves."""

    def __init__(self, site: Site, seed: int = 0, incidents: Sequence[Incident] = (), *, calm: bool = False) -> None:
        self.site = site
        self.seed = seed
        self.calendar = Calendar(site.zone)
        self.devices = tuple(device for device in site.devices if device.playable)
        self.incidents = tuple(incidents)
        self.calm = calm
        self._people: OrderedDict[date, People] = OrderedDict()
        self._books: OrderedDict[date, Book] = OrderedDict()
        self._touched: dict[tuple[date, str], tuple[Incident, ...]] = {}
        self._mishaps: dict[date, tuple[Incident, ...]] = {}

    def value(self, device: Device, at: float) -> float | None:
        """What a sensor shows at a moment, in its unit; None while it is silent."""
        shown = self._shown(device, at)
        for incident in self._touching(device, self.calendar.of(at)):
            if shown is not None and incident.begins <= at < incident.ends:
                shown = incident.bend(device, at, shown)
        return None if shown is None else self._rounded(device, shown)

    def readings(self, since: float, until: float) -> list[Sample]:
        """All readings after `since` up to `until`, in order of time. However a stretch is cut, it gives the same."""
        found = [sample for device in self.devices for sample in self.of(device, since, until)]
        found.sort()
        return found

    def opening(self, at: float) -> list[Sample]:
        """What the switches say at first that otherwise report nothing but their changes."""
        silent = (device for device in self.devices if not device.interval)
        told = ((device.name, self.value(device, at)) for device in silent)
        return [Sample(at, name, value) for name, value in told if value is not None]

    def of(self, device: Device, since: float, until: float) -> Iterator[Sample]:
        """Those of one sensor: numbers at its interval; switches when they change, and at their interval if any."""
        beats = self._beats(device, since, until)
        if not device.switch:
            moments: Iterable[float] = beats
            for incident in self._about(device, since, until):
                moments = [*moments, *incident.moments(device, since, until)]
            for at in sorted(set(moments)):
                value = self.value(device, at)
                if value is not None:
                    yield Sample(at, device.name, value)
            return
        yield from self._switched(device, since, until, beats)

    def _switched(self, device: Device, since: float, until: float, beats: list[float]) -> Iterator[Sample]:
        moments = set(self._changes(device, since, until)).union(beats)
        for incident in self._about(device, since, until):
            moments.update(incident.moments(device, since, until))
        if not moments:
            return
        before, told = self.value(device, since), set(beats)
        for at in sorted(moments):
            value = self.value(device, at)
            if value is not None and (value != before or at in told):
                yield Sample(at, device.name, value)
            before = value

    def _beats(self, device: Device, since: float, until: float) -> list[float]:
        """The moments of its interval in (since, until]; each sensor has its own within it."""
        interval = device.interval
        if not interval:
            return []
        phase = round(interval * flicker(device.key, 0), 1)
        first = floor((since - phase) / interval) + 1
        last = floor((until - phase) / interval)
        return [round(phase + number * interval, 3) for number in range(first, last + 1)]

    def _changes(self, device: Device, since: float, until: float) -> Iterator[float]:
        """When a switch may change by itself in (since, until]."""
        if device.kind == "LEAK":
            return
        at = since
        while at <= until:
            book = self._book(self.calendar.of(at))
            step = int((at - book.day.begins) / STEP)
            for when, _ in switches.changes(device, book.people, step, book.key(device)):
                if since < when <= until:
                    yield when
            at = min(book.day.begins + (step + 1) * STEP, book.day.ends)

    def _shown(self, device: Device, at: float) -> float:
        book = self._book(self.calendar.of(at))
        if device.switch:
            step = int((at - book.day.begins) / STEP)
            return switches.state(device, book.people, step, at, book.key(device))
        return book.measured(device, at) + book.noise(device, at)

    def _rounded(self, device: Device, value: float) -> float:
        low, high = RANGES[device.kind]
        factor, offset = SCALES[device.kind, device.unit]
        return round(max(low, min(high, value)) * factor + offset, DIGITS.get(device.kind, 2))

    def _about(self, device: Device, since: float, until: float) -> list[Incident]:
        """Incidents of the sensor that may make it speak in this stretch."""
        days = {self.calendar.of(since).date: self.calendar.of(since)}
        at = self.calendar.of(since).ends
        while at <= until:
            days[self.calendar.of(at).date] = self.calendar.of(at)
            at = self.calendar.of(at).ends
        found = {id(one): one for day in days.values() for one in self._touching(device, day)}
        return [one for one in found.values() if one.begins <= until and one.ends >= since]

    def _touching(self, device: Device, day: Day) -> tuple[Incident, ...]:
        known = self._touched.get((day.date, device.name))
        if known is None:
            known = tuple(one for one in (*self._of_the_day(day), *self.incidents) if one.touches(device))
            self._touched[day.date, device.name] = known
        return known

    def _of_the_day(self, day: Day) -> tuple[Incident, ...]:
        if self.calm:
            return ()
        known = self._mishaps.get(day.date)
        if known is None:
            known = self._mishaps[day.date] = tuple(mishaps(self.devices, self.seed, day))
        return known

    def _book(self, day: Day) -> Book:
        known = self._books.get(day.date)
        if known is None:
            yesterday = self.calendar.of(day.begins - 1)
            known = self._books[day.date] = Book(self._of(day), self._of(yesterday), self.seed)
            if len(self._books) > DAYS_KEPT:
                forgotten, _ = self._books.popitem(last=False)
                self._touched = {key: kept for key, kept in self._touched.items() if key[0] != forgotten}
                self._mishaps.pop(forgotten, None)
        return known

    def _of(self, day: Day) -> People:
        known = self._people.get(day.date)
        if known is None:
            known = self._people[day.date] = People(self.site, self.seed, day)
            if len(self._people) > DAYS_KEPT:
                self._people.popitem(last=False)
        return known


__all__ = ["Model", "Sample"]
