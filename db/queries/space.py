"""Space: buildings and rooms by the names that people give."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlmodel import col

from db.models import Alias, Building, Room

BUILDING_KEY = "SELECT id FROM physical.building WHERE id = $1 OR ($1::bigint IS NULL AND code = $2)"
"""The key of a building by its key or its code."""


def building(key: int | None, name: str) -> Select[Building, str]:
    """Buildings by key or code, each with its code."""
    return select(Building, col(Building.code)).where(
        col(Building.id) == key if key is not None else col(Building.code) == name
    )


def room(key: int | None, name: str) -> Select[Room, str]:
    """Rooms by key, number or `<building>/<number>`, each with its full name."""
    full = col(Building.code) + "/" + col(Room.number)
    found = select(Room, full).join(Building, col(Room.building_id) == col(Building.id))
    return found.where(col(Room.id) == key if key is not None else or_(col(Room.number) == name, full == name))


def aliases_of_room(room_id: int) -> Select[Alias]:
    return select(Alias).where(col(Alias.room_id) == room_id)


def today(building: Building, now: datetime) -> date:
    """The day in the building's zone."""
    return now.astimezone(ZoneInfo(building.time_zone)).date()
