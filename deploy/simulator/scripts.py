"""Incidents as a person asks for them: found a place in the building, or told why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from deploy.simulator.chance import luck, seeded
from deploy.simulator.incidents import Death, Fire, Flood, Incident, riser_leak
from deploy.simulator.site import Device, Place, Site
from deploy.trouble import Trouble

KINDS = ("fire", "leak", "death", "flood")


@dataclass(frozen=True, slots=True)
class Wish:
    """An incident of one of `KINDS`; `begins` is house time, `lasts` seconds (None: as long as such things last)."""

    kind: str
    begins: float
    floor: int | None = None
    room: str | None = None
    riser: str | None = None
    sensor: str | None = None
    lasts: float | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An incident that will come, and where, for people."""

    incident: Incident
    kind: str
    where: str


def plan(site: Site, seed: int, wish: Wish) -> Planned:
    """The incident that was asked for. Raises Trouble when the building has no sensors for it."""
    wish = replace(wish, begins=round(wish.begins, 1))
    match wish.kind:
        case "fire":
            return _fire(site, seed, wish)
        case "leak":
            return _leak(site, seed, wish)
        case "death":
            return _death(site, seed, wish)
        case "flood":
            return Planned(Flood(seed, wish.begins, wish.lasts or 3600.0), "flood", site.name)
        case _:
            raise Trouble("simulate.no_incident", incident=wish.kind, incidents=", ".join(KINDS))


def _fire(site: Site, seed: int, wish: Wish) -> Planned:
    smoky = {
        device.place.number: device.place
        for device in site.devices
        if device.kind == "SMOKE" and device.place.number and wish.floor in (None, device.place.level)
    }
    found = sorted((place for place in smoky.values() if wish.room in (None, place.number)), key=_number)
    if not found:
        place = wish.room or ("" if wish.floor is None else str(wish.floor))
        raise Trouble("simulate.no_smoke", place=place or site.name)
    origin = found[int(luck(seed, "fire", site.code) * len(found))]
    fire = Fire(sorted(site.places, key=_number), origin, wish.begins, wish.lasts or 2400.0)
    return Planned(fire, "fire", f"{origin.level} · {origin.number}")


def _leak(site: Site, seed: int, wish: Wish) -> Planned:
    leaks = [device for device in site.devices if device.kind == "LEAK" and device.place.number]
    leaks = [device for device in leaks if wish.floor is None or device.place.level <= wish.floor]
    heights = Counter(riser for riser, _ in {(one.place.riser, one.place.level) for one in leaks})
    risers = sorted(heights, key=lambda riser: (-heights[riser], riser))
    riser = wish.riser if wish.riser is not None else next(iter(risers), "")
    struck = [device for device in leaks if device.place.riser == riser]
    if not struck:
        raise Trouble("simulate.no_leaks", place=riser or site.name)
    rooms = sorted({device.place.number for device in struck}, reverse=True)
    return Planned(riser_leak(struck, seed, wish.begins, wish.lasts or 3600.0), "leak", " → ".join(rooms))


def _death(site: Site, seed: int, wish: Wish) -> Planned:
    struck = list(_dying(site.devices, seed, wish))
    if not struck:
        raise Trouble("simulate.no_sensor", sensor=wish.sensor or "–")
    names = frozenset(device.name for device in struck)
    ends = wish.begins + wish.lasts if wish.lasts else inf
    return Planned(Death(names, wish.begins, ends), "death", ", ".join(device.code for device in struck))


def _dying(devices: Sequence[Device], seed: int, wish: Wish) -> Iterator[Device]:
    """The sensor that was named, else one that reports often enough to be missed."""
    if wish.sensor is not None:
        yield from (device for device in devices if wish.sensor in (device.code, device.name))
        return
    able = sorted((one for one in devices if one.playable and not one.switch), key=lambda one: one.name)
    if able:
        yield able[seeded(seed, "death") % len(able)]


def _number(place: Place) -> tuple[int, str]:
    return place.level, place.number


__all__ = ["KINDS", "Planned", "Wish", "plan"]
