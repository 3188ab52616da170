"""The demo building as the simulator sees it, made without a house."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from db.demo import sensing, space
from deploy.simulator.site import Device, Place, Site, device

HERE = ZoneInfo("Europe/Moscow")


@cache
def ladoga(zone: str = "Europe/Moscow", interval: int = 300) -> Site:
    rooms = list(space.rooms())
    places = {
        room.number: Place(
            room.number,
            room.kind.name,
            room.level,
            room.area,
            room.capacity,
            room.box[0] + room.box[2] / 2,
            room.box[1] + room.box[3] / 2,
        )
        for room in rooms
    }
    devices = [
        device("ladoga", one.code, one.kind.name, places[one.room.number], interval) for one in sensing.sensors(rooms)
    ]
    devices += [
        device("ladoga", f"noise-{room.number}", "NOISE", places[room.number], interval)
        for room in rooms
        if room.kind.name in ("OFFICE", "SERVER")
    ]
    devices += [device("ladoga", "valve-201", "VALVE", places["201"], interval)]
    devices += [device("ladoga", "door-free", "DOOR", places["191"], None)]
    return Site("ladoga", "Ладога", ZoneInfo(zone), tuple(places.values()), tuple(devices))


def named(site: Site, code: str) -> Device:
    return next(one for one in site.devices if one.code == code)


def moment(text: str) -> float:
    """`2026-11-23T11:00` in the building's zone, in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE).timestamp()
