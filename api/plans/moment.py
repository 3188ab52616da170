"""A floor as it was at a moment, for one viewer: what the one statement answers, as the drawing wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from api import ids, metrics
from api.context import Parts
from api.errors import Fault
from api.planner import plan
from api.planner.plan import Ask, Plan
from api.plans import rows
from api.plans.floor import AlarmPicture, FloorPicture, RoomPicture, SensorPicture, ZonePicture
from api.viewer import Viewer
from api.visibility import Sight
from db.models import AlarmState, Category, Priority, Role, RoomKind, SensorKind, SensorStatus


@dataclass(frozen=True, slots=True)
class Moment:
    """A floor at a moment as the database told it; `floor_id` is its key."""

    raw: bytes
    at: datetime
    told: Mapping[str, Any]

    @property
    def floor_id(self) -> int:
        return int(self.told["floor"]["id"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.told["floor"]["time_zone"])

    @property
    def digest(self) -> bytes:
        """Of all that is told: the same digest is the same picture."""
        return blake2b(self.raw + self.at.isoformat().encode(), digest_size=16).digest()

    def picture(self) -> FloorPicture:
        return _picture(self.told, self.at)


@cache
def _plan(roles: frozenset[Role], by_name: bool) -> Plan:
    names = ("code", "level", "at") if by_name else ("floor", "at")
    reads = {name: (lambda variables, name=name: variables[name]) for name in names}
    return plan.bound(rows.statement(Sight(roles), by_name=by_name), reads)


def _meant(floor: str | int) -> dict[str, Any] | None:
    """A key, a typed id, or `<building code>/<level>`. Raises WRONG_KIND_OF_ID."""
    key = floor if isinstance(floor, int) else ids.key("floor", floor)
    if key is not None:
        return {"floor": key}
    code, _, level = str(floor).partition("/")
    try:
        number = int(level)
    except ValueError:
        return None
    return {"code": code, "level": number} if "\0" not in code and abs(number) < 2**31 else None


async def floor_at(parts: Parts, viewer: Viewer, floor: str | int, at: datetime) -> Moment | None:
    """The floor (its key, its id or name) at that moment; None where the viewer sees none. Raises TOO_SLOW."""
    meant = _meant(floor)
    if meant is None:
        return None
    ask = Ask({**meant, "at": at}, viewer, parts.clock.now(), parts.clock.simulated)
    made = _plan(viewer.visibility, "code" in meant)
    try:
        with metrics.Statement("reads"):
            raw = await parts.reads.fetchval(made.sql, *made.values(ask))
    except asyncpg.QueryCanceledError as error:
        raise Fault("TOO_SLOW", seconds=int(parts.settings.database.read_patience.total_seconds())) from error
    return None if raw is None else Moment(raw, at, orjson.loads(raw))


def _picture(told: Mapping[str, Any], at: datetime) -> FloorPicture:
    floor = told["floor"]
    return FloorPicture(
        building=floor["building"],
        floor=floor["name"],
        level=floor["level"],
        at=at.astimezone(ZoneInfo(floor["time_zone"])),
        outline=floor["outline"],
        openings=floor["openings"] or [],
        rooms=[_room(row) for row in told["rooms"]],
        sensors=[_sensor(row) for row in told["sensors"]],
        alarms=[_alarm(row) for row in told["alarms"]],
        zones=[
            ZonePicture(row["id"], row["code"], row["name"], row["rooms"], row["conditions"]) for row in told["zones"]
        ],
    )


def _room(row: Mapping[str, Any]) -> RoomPicture:
    return RoomPicture(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        kind=RoomKind[row["kind"]],
        outline=row["outline"],
        area=row["area"],
        tenants=[(row["tenant_id"], row["tenant"])] if row["tenant_id"] is not None else [],
        vacant=row["vacant"],
        lease_until=date.fromisoformat(row["until"]) if row["until"] is not None else None,
    )


def _sensor(row: Mapping[str, Any]) -> SensorPicture:
    return SensorPicture(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        kind=SensorKind[row["kind"]],
        status=SensorStatus[row["status"] or ("UNKNOWN" if row["value"] is None else "OK")],
        x=row["x"],
        y=row["y"],
        room=row["room_id"],
        value=row["value"],
        unit=row["unit"],
    )


def _alarm(row: Mapping[str, Any]) -> AlarmPicture:
    return AlarmPicture(
        id=row["id"],
        priority=Priority[row["priority"]],
        state=AlarmState[row["state"]],
        category=Category[row["category"]],
        room=row["room_id"],
        sensor=row["sensor_id"],
        x=row["x"],
        y=row["y"],
        annunciated=row["annunciated"],
    )
