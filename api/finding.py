"""Rows that a change is about, by typed id or by name: what the viewer may not see is not found."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select
from sqlmodel import SQLModel

from api import ids
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.viewer import STAFF, Viewer
from api.writing import Change
from db.models import Alarm, Building, Lease, Role, Room, Sensor, Tenant
from db.queries import alarm as alarms
from db.queries import sensing, space, tenancy

Row = TypeVar("Row", bound=SQLModel)
Refused = NotFound | NotAllowed | InvalidInput


def seen(viewer: Viewer) -> list[int] | None:
    """Buildings that the viewer sees as staff; None: all."""
    return None if viewer.admin else viewer.on(*STAFF)


def managed(viewer: Viewer) -> list[int] | None:
    """Buildings whose leases the viewer sees; None: all."""
    return None if viewer.admin else viewer.on(Role.MANAGER)


async def _only(
    change: Change,
    found: Select[Row, str],
    value: str,
    argument: str,
    *,
    prefer: int | None = None,
    lock: bool = False,
) -> Row | NotFound | InvalidInput:
    """The only row found (the only one in the building `prefer`, if there are several), or a refusal."""
    if lock:
        found = found.with_for_update(of=found.column_descriptions[0]["entity"])
    rows = [(row, name) for row, name in await change.session.execute(found)]
    if len(rows) > 1 and prefer is not None:
        rows = [(row, name) for row, name in rows if getattr(row, "building_id", None) == prefer] or rows
    if len(rows) > 1:
        return InvalidInput.of("AMBIGUOUS_NAME", argument, value=value, candidates=sorted(name for _, name in rows))
    return rows[0][0] if rows else NotFound.of(argument, value)


async def building(change: Change, value: str, argument: str = "building") -> Building | Refused:
    """A building in which the viewer may make the change."""
    query = space.building(ids.key("building", value), value, seen(change.viewer))
    found = await _only(change, query, value, argument)
    return (change.allowed(found.id) or found) if isinstance(found, Building) else found


async def room(
    change: Change, value: str, argument: str = "room", *, prefer: int | None = None, lock: bool = False
) -> Room | Refused:
    """A room where the viewer may make the change; a bare number means one in the building `prefer` first."""
    query = space.room(ids.key("room", value), value, seen(change.viewer))
    found = await _only(change, query, value, argument, prefer=prefer, lock=lock)
    return (change.allowed(found.building_id) or found) if isinstance(found, Room) else found


async def sensor(
    change: Change, value: str, argument: str = "sensor", *, prefer: int | None = None
) -> Sensor | Refused:
    """A sensor where the viewer may make the change."""
    query = sensing.sensor(ids.key("sensor", value), value, seen(change.viewer))
    found = await _only(change, query, value, argument, prefer=prefer)
    return (change.allowed(found.building_id) or found) if isinstance(found, Sensor) else found


async def lease(change: Change, value: str, argument: str = "lease") -> Lease | Refused:
    """A lease that the viewer may change, locked."""
    query = tenancy.lease(ids.key("lease", value), value, managed(change.viewer))
    found = await _only(change, query, value, argument, lock=True)
    return (change.allowed(found.building_id) or found) if isinstance(found, Lease) else found


async def tenant(change: Change, value: str, argument: str = "tenant") -> Tenant | NotFound | InvalidInput:
    """A tenant that the viewer sees as a manager."""
    query = tenancy.tenant(ids.key("tenant", value), value, managed(change.viewer))
    return await _only(change, query, value, argument)


async def alarm(change: Change, value: str, argument: str = "alarm") -> Alarm | Refused:
    """An alarm where the viewer may make the change, locked."""
    query = alarms.alarm(ids.key("alarm", value), seen(change.viewer))
    found = await _only(change, query, value, argument, lock=True)
    return (change.allowed(found.building_id) or found) if isinstance(found, Alarm) else found
