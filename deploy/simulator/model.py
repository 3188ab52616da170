"""What every sensor of a building says at any moment: a pure function of the seed, the sensor and the moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
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


class _Step(NamedTuple):
    """What a switch does within one step of the day: what it was before, and its changes."""

    begins: float
    ends: float
    before: float
    changes: tuple[switches.Change, ...]


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
        self._incidents: dict[date, tuple[Incident, ...]] = {}
        self._steps: dict[str, _Step] = {}
        self._beating = [(device, round(device.interval * 1000), _phase(device)) for device in self.devices]

    def value(self, device: Device, at: float) -> float | None:
        """What a sensor shows at a moment, in its unit; None while it is silent."""
        shown: float | None = self._shown(device, at)
        for incident in self._of_the_day(self.calendar.of(at)):
            if shown is not None and incident.begins <= at < incident.ends and incident.touches(device):
                shown = incident.bend(device, at, shown)
        return None if shown is None else self._rounded(device, shown)

    def readings(self, since: float, until: float) -> list[Sample]:
        """All readings after `since` up to `until`, in order of time. However a stretch is cut, it gives the same."""
        astir = self._astir(since, until)
        first, last = _thousandths(since), _thousandths(until)
        found: list[Sample] = []
        for device, interval, phase in self._beating:
            if device.switch or astir or phase + (last - phase) // interval * interval > first:
                found.extend(self._of(device, _beats(interval, phase, first, last), since, until, astir))
        found.sort()
        return found

    def of(self, device: Device, since: float, until: float) -> list[Sample]:
        """Those of one sensor: numbers at its interval; switches when they change, and at their interval if any."""
        beats = _beats(round(device.interval * 1000), _phase(device), _thousandths(since), _thousandths(until))
        return list(self._of(device, beats, since, until, self._astir(since, until)))

    def opening(self, at: float) -> list[Sample]:
        """What the switches say at first that otherwise report nothing but their changes."""
        silent = (device for device in self.devices if not device.interval)
        told = ((device.name, self.value(device, at)) for device in silent)
        return [Sample(at, name, value) for name, value in told if value is not None]

    def _of(
        self, device: Device, beats: Iterator[float], since: float, until: float, astir: Sequence[Incident]
    ) -> Iterator[Sample]:
        regular = set(beats)
        moments = set(regular)
        for incident in astir:
            if incident.touches(device):
                moments.update(incident.moments(device, since, until))
        if device.switch:
            moments.update(self._changes(device, since, until))
            yield from self._switched(device, since, moments, regular)
            return
        for at in sorted(moments):
            value = self.value(device, at)
            if value is not None:
                yield Sample(at, device.name, value)

    def _switched(self, device: Device, since: float, moments: set[float], beats: set[float]) -> Iterator[Sample]:
        """Of the moments at which a switch may speak those at which it changes, and its beats."""
        if not moments:
            return
        before = self.value(device, since)
        for at in sorted(moments):
            value = self.value(device, at)
            if value is not None and (value != before or at in beats):
                yield Sample(at, device.name, value)
            before = value

    def _changes(self, device: Device, since: float, until: float) -> Iterator[float]:
        """When a switch may change by itself in (since, until]."""
        if device.kind == "LEAK":
            return
        at = since
        while at <= until:
            step = self._step(device, at)
            for when, _ in step.changes:
                if since < when <= until:
                    yield when
            at = step.ends

    def _step(self, device: Device, at: float) -> _Step:
        """What a switch does in the step in which a moment lies; the latest one is remembered."""
        known = self._steps.get(device.name)
        if known is None or not known.begins <= at < known.ends:
            book = self._book(self.calendar.of(at))
            number = int((at - book.day.begins) / STEP)
            begins = book.day.begins + number * STEP
            changes = tuple(switches.changes(device, book.people, number, book.key(device)))
            before = switches.before(device, book.people, number, book.key(device))
            known = self._steps[device.name] = _Step(begins, min(begins + STEP, book.day.ends), before, changes)
        return known

    def _shown(self, device: Device, at: float) -> float:
        if not device.switch:
            book = self._book(self.calendar.of(at))
            return book.measured(device, at) + book.noise(device, at)
        if device.kind == "LEAK":
            return 0.0
        step = self._step(device, at)
        return next((value for when, value in reversed(step.changes) if when <= at), step.before)

    def _rounded(self, device: Device, value: float) -> float:
        low, high = RANGES[device.kind]
        factor, offset = SCALES[device.kind, device.unit]
        return round(max(low, min(high, value)) * factor + offset, DIGITS.get(device.kind, 2))

    def _astir(self, since: float, until: float) -> list[Incident]:
        """Incidents that may make sensors speak in this stretch."""
        found = {id(one): one for one in self.incidents}
        at = since
        while at <= until:
            day = self.calendar.of(at)
            found |= {id(one): one for one in self._of_the_day(day)}
            at = day.ends
        return [one for one in found.values() if one.begins <= until and one.ends >= since]

    def _of_the_day(self, day: Day) -> tuple[Incident, ...]:
        """The mishaps of a day, and then those by script, which have the last word."""
        known = self._incidents.get(day.date)
        if known is None:
            own = () if self.calm else mishaps(self.devices, self.seed, day)
            known = self._incidents[day.date] = (*own, *self.incidents)
        return known

    def _book(self, day: Day) -> Book:
        known = self._books.get(day.date)
        if known is None:
            yesterday = self.calendar.of(day.begins - 1)
            known = self._books[day.date] = Book(self._of_day(day), self._of_day(yesterday), self.seed)
            if len(self._books) > DAYS_KEPT:
                forgotten, _ = self._books.popitem(last=False)
                self._incidents.pop(forgotten, None)
        return known

    def _of_day(self, day: Day) -> People:
        known = self._people.get(day.date)
        if known is None:
            known = self._people[day.date] = People(self.site, self.seed, day)
            if len(self._people) > DAYS_KEPT:
                self._people.popitem(last=False)
        return known


def _thousandths(at: float) -> int:
    """Whole milliseconds: moments of reports are counted in these, so that none falls between two stretches."""
    return floor(at * 1000 + 0.01)


def _phase(device: Device) -> int:
    """Each sensor reports at its own moment within its interval (ms)."""
    return int(device.interval * 10 * flicker(device.key, 0)) * 100


def _beats(interval: int, phase: int, since: int, until: int) -> Iterator[float]:
    """The moments of an interval in (since, until]; arguments in ms."""
    if interval:
        first = phase + ((since - phase) // interval + 1) * interval
        return (at / 1000 for at in range(first, until + 1, interval))
    return iter(())


__all__ = ["Model", "Sample"]
