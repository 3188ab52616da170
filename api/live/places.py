"""Where sensors are and who rents there, remembered for those who follow readings: these come without names."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.changes import Change
from db.engine import Pool

SENSORS = """
    SELECT s.id, s.code, s.kind, s.unit, b.id AS building_id, b.code AS building_code, b.name AS building, b.time_zone,
        o.id AS room_id, o.number AS room, f.id AS floor_id, f.level, f.name AS floor
    FROM telemetry.sensor s
    JOIN physical.building b ON b.id = s.building_id
    LEFT JOIN physical.room o ON o.id = s.room_id
    LEFT JOIN physical.floor f ON f.id = o.floor_id
    WHERE b.id = $1
"""
RENTED = """
    SELECT p.room_id, l.tenant_id, lower(p.period) AS first, upper(p.period) AS over
    FROM business.placement p JOIN business.lease l ON l.id = p.lease_id WHERE l.building_id = $1
"""
VERSION = "SELECT number FROM live.version WHERE subject = 'places'"


@dataclass(frozen=True, slots=True)
class Rented:
    """A tenant has a room from a day on, up to another one without it."""

    tenant_id: int
    first: date | None
    over: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A sensor, where it is, and who rents that room when."""

    sensor_id: int
    sensor: str
    kind: str
    unit: str
    building_id: int
    building_code: str
    building: str
    room_id: int | None
    room: str | None
    floor_id: int | None
    level: int | None
    floor: str | None
    zone: ZoneInfo
    rented: tuple[Rented, ...]

    def is_of(self, tenants: Collection[int], at: datetime) -> bool:
        """Whether one of the tenants has the room on the building's day of that time."""
        mine = [each for each in self.rented if each.tenant_id in tenants]
        if not mine:
            return False
        day = at.astimezone(self.zone).date()
        return any(
            (each.first is None or each.first <= day) and (each.over is None or day < each.over) for each in mine
        )


class Places:
    """The places of sensors by building, as fresh as the changes that are told with them."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._sensors: dict[int, dict[int, Place]] = {}
        self._versions: dict[int, int] = {}
        """By building: of what is remembered."""
        self._loading = asyncio.Lock()

    async def ready(self, change: Change) -> None:
        """Be as fresh as a change of readings."""
        building = change.building_id
        async with self._loading:
            if self._versions.get(building, -1) < change.places:
                await self._load(building)

    async def _load(self, building: int) -> None:
        async with self.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            version = await connection.fetchval(VERSION)
            rented: dict[int, list[Rented]] = {}
            for row in await connection.fetch(RENTED, building):
                rented.setdefault(row["room_id"], []).append(Rented(row["tenant_id"], row["first"], row["over"]))
            rows = await connection.fetch(SENSORS, building)
        self._sensors[building] = {
            row["id"]: Place(
                row["id"],
                row["code"],
                row["kind"],
                row["unit"],
                row["building_id"],
                row["building_code"],
                row["building"],
                row["room_id"],
                row["room"],
                row["floor_id"],
                row["level"],
                row["floor"],
                ZoneInfo(row["time_zone"]),
                tuple(rented.get(row["room_id"], ())),
            )
            for row in rows
        }
        self._versions[building] = version

    def of(self, building: int) -> dict[int, Place]:
        """The sensors of a building by their keys; those that are no more are missing."""
        return self._sensors.get(building, {})
