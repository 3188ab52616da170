"""Rows that a change is about, by typed id or by name: what the viewer may not see is not found."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Select
from sqlmodel import SQLModel

from api import ids
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.seen import Seen
from api.writing import Change
from db import models
from db.models import Role
from db.queries import alarm as alarms
from db.queries import fire, links, sensing, space, tenancy

Row = TypeVar("Row", bound=SQLModel)
Refused = NotFound | NotAllowed | InvalidInput


async def _only(
    change: Change,
    model: type[Row],
    found: Select[Row, str],
    value: str,
    argument: str,
    *,
    prefer: int | None = None,
    lock: bool = False,
) -> Row | NotFound | InvalidInput:
    """The only row found (the only one in the building `prefer`, if there are several), or a refusal."""
    if "\x00" in value:  # which the database does not take, so that nothing is called so
        return NotFound.of(argument, value)
    condition = change.seen.rows(model)
    found = found.where(condition)
    if lock:
        found = found.with_for_update(of=model)
    rows = [(row, name) for row, name in await change.session.execute(found, change.seen.bound(condition))]
    if len(rows) > 1 and prefer is not None:
        rows = [(row, name) for row, name in rows if getattr(row, "building_id", None) == prefer] or rows
    if len(rows) > 1:
        return InvalidInput.of("AMBIGUOUS_NAME", argument, value=value, candidates=sorted(name for _, name in rows))
    return rows[0][0] if rows else NotFound.of(argument, value)


async def building(change: Change, value: str, argument: str = "building") -> models.Building | Refused:
    """A building in which the viewer may make the change."""
    query = space.building(ids.key("building", value), value)
    found = await _only(change, models.Building, query, value, argument)
    return (change.allowed(found.id) or found) if isinstance(found, models.Building) else found


async def room(
    change: Change, value: str, argument: str = "room", *, prefer: int | None = None, lock: bool = False
) -> models.Room | Refused:
    """A room where the viewer may make the change; a bare number means one in the building `prefer` first."""
    query = space.room(ids.key("room", value), value)
    found = await _only(change, models.Room, query, value, argument, prefer=prefer, lock=lock)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.Room) else found


async def sensor(
    change: Change, value: str, argument: str = "sensor", *, prefer: int | None = None
) -> models.Sensor | Refused:
    """A sensor where the viewer may make the change."""
    query = sensing.sensor(ids.key("sensor", value), value)
    found = await _only(change, models.Sensor, query, value, argument, prefer=prefer)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.Sensor) else found


async def unknown_device(change: Change, value: str, argument: str = "device") -> models.UnknownDevice | Refused:
    """An unknown device that the viewer may adopt, locked: who comes second no longer finds it."""
    query = sensing.unknown_device(ids.key("unknown", value), value)
    return await _only(change, models.UnknownDevice, query, value, argument, lock=True)


async def room_of_theirs(change: Change, value: str, *, prefer: int | None = None) -> models.Room | Refused:
    """A room where the viewer may make the change, or that they speak for as a tenant today."""
    query = space.room(ids.key("room", value), value)
    found = await _only(change, models.Room, query, value, "room", prefer=prefer)
    if not isinstance(found, models.Room) or await _theirs(change, models.Room, found.id):
        return found
    return change.allowed(found.building_id) or found


async def sensor_of_theirs(change: Change, value: str, *, prefer: int | None = None) -> models.Sensor | Refused:
    """A sensor where the viewer may make the change, or in a room that they speak for as a tenant today."""
    query = sensing.sensor(ids.key("sensor", value), value)
    found = await _only(change, models.Sensor, query, value, "sensor", prefer=prefer)
    if not isinstance(found, models.Sensor) or await _theirs(change, models.Sensor, found.id):
        return found
    return change.allowed(found.building_id) or found


async def _theirs(change: Change, model: type[Row], key: int) -> bool:
    """Whether tenants may make the change, and the viewer sees the row as one."""
    tenant = replace(change.viewer, admin=False, buildings={})
    return Role.TENANT in change.roles and key in await Seen(change.session, tenant, change.now).of(model, [key])


async def lease(change: Change, value: str, argument: str = "lease") -> models.Lease | Refused:
    """A lease that the viewer may change, locked."""
    query = tenancy.lease(ids.key("lease", value), value)
    found = await _only(change, models.Lease, query, value, argument, lock=True)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.Lease) else found


async def tenant(change: Change, value: str, argument: str = "tenant") -> models.Tenant | NotFound | InvalidInput:
    """A tenant that the viewer sees as a manager."""
    query = tenancy.tenant(ids.key("tenant", value), value)
    return await _only(change, models.Tenant, query, value, argument)


async def rule(change: Change, value: str, argument: str = "rule") -> models.Rule | Refused:
    """An alarm rule where the viewer may make the change; who locks the sensors that it watches has it."""
    found = await _only(change, models.Rule, alarms.rule(ids.key("rule", value), value), value, argument)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.Rule) else found


async def alarm(change: Change, value: str, argument: str = "alarm") -> models.Alarm | Refused:
    """An alarm where the viewer may make the change; not locked: who locks its sensor's state has it."""
    query = alarms.alarm(ids.key("alarm", value))
    found = await _only(change, models.Alarm, query, value, argument)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.Alarm) else found


async def link(change: Change, value: str, argument: str = "link") -> models.Link | NotFound | InvalidInput:
    """A link that the viewer sees, locked: one's own, or any for an ADMIN."""
    return await _only(change, models.Link, links.link_of(ids.key("link", value)), value, argument, lock=True)


async def fire_zone(
    change: Change, value: str, argument: str = "zone", *, lock: bool = False
) -> models.FireZone | Refused:
    """A fire zone where the viewer may make the change."""
    query = fire.zone(ids.key("zone", value), value)
    found = await _only(change, models.FireZone, query, value, argument, lock=lock)
    return (change.allowed(found.building_id) or found) if isinstance(found, models.FireZone) else found
