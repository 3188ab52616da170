"""All of a floor at a moment in one statement, each row through the predicates by which the graph shows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Float,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from api.planner.text import constant, finite
from api.plans.alarms import alarms
from api.plans.then import AT, ONE, interval, names
from api.visibility import NOW, Other, Sight, among, both, covers, over, some
from db import models
from db.vacancy import COMMON

ALERTING = ("DOOR", "LEAK", "MOTION")
"""Kinds that report when something happens, and may be silent for long."""


def statement(sight: Sight, *, by_name: bool = False) -> Select[Any]:
    """One JSON text; null where the viewer does not see the floor. It is bound `floor` (a key), or `code` and `level`,
    and `at`."""
    here = _here(sight, by_name).cte("here")
    parts = {
        "rooms": _listed(_rooms(sight, here), "number", "id"),
        "sensors": _listed(_sensors(sight, here), "code", "id"),
        "alarms": _listed(alarms(sight, here), "id"),
        "zones": _listed(_zones(sight, here), "code", "id"),
    }
    pairs = [each for name, part in parts.items() for each in (constant(name), part)]
    made = func.json_build_object(constant("floor"), func.row_to_json(literal_column("here")), *pairs)
    return select(func.convert_to(cast(made, Text), constant("UTF8"))).select_from(here)


def _listed(rows: Select[Any], *order: str) -> ColumnElement[Any]:
    """The rows as a JSON list of objects."""
    one = rows.subquery("one")
    in_order: Any = aggregate_order_by(literal_column("one"), *(one.c[name] for name in order))
    listed = select(func.json_agg(in_order)).select_from(one).scalar_subquery()
    return func.coalesce(listed, literal_column("'[]'::json"))


def _here(sight: Sight, by_name: bool) -> Select[Any]:
    """The floor, with its building's day of the moment."""
    floor, building = Other(models.Floor, sight), Other(models.Building, sight)
    if by_name:
        meant = both(
            building.code == bindparam("code", type_=Text()), floor.level == bindparam("level", type_=Integer())
        )
    else:
        meant = floor.id == bindparam("floor")
    return (
        select(
            floor.id,
            floor.level,
            floor.name,
            floor.outline,
            floor.openings,
            floor.building_id,
            building.name.label("building"),
            building.time_zone,
            cast(func.timezone(building.time_zone, AT), Date).label("day"),
        )
        .select_from(floor.alias.join(building.alias, building.id == floor.building_id))
        .where(meant, sight.floor(floor), sight.building(building))
    )


def _rooms(sight: Sight, here: CTE) -> Select[Any]:
    """Rooms of the floor, with who has them on that day."""
    room, placement = Other(models.Room, sight), Other(models.Placement, sight)
    lease, tenant = Other(models.Lease, sight), Other(models.Tenant, sight)
    placed = both(placement.room_id == room.id, covers(placement.period, here.c.day), sight.placement(placement))
    tables = (
        here.join(room.alias, room.floor_id == here.c.id)
        .outerjoin(placement.alias, placed)
        .outerjoin(lease.alias, lease.id == placement.lease_id)
        .outerjoin(tenant.alias, both(tenant.id == lease.tenant_id, sight.tenant(tenant)))
    )
    any_lease = Other(models.Lease)
    vacant = and_(
        placement.id.is_(None),
        room.kind != func.all(names(*(kind.name for kind in COMMON))),
        some([any_lease], any_lease.building_id == room.building_id),
        sight.staff(room.building_id),
    )
    return (
        select(
            room.id,
            room.number,
            room.name,
            room.kind,
            room.outline,
            finite(room.area).label("area"),
            tenant.id.label("tenant_id"),
            tenant.name.label("tenant"),
            (over(placement.period) - ONE).label("until"),
            vacant.label("vacant"),
        )
        .select_from(tables)
        .where(sight.room(room))
    )


def _sensors(sight: Sight, here: CTE) -> Select[Any]:
    """Sensors in rooms of the floor, with what they had said by then and whether they could be believed."""
    sensor, room, state = Other(models.Sensor, sight), Other(models.Room, sight), Other(models.SensorState, sight)
    tables = (
        here.join(room.alias, room.floor_id == here.c.id)
        .join(sensor.alias, sensor.room_id == room.id)
        .outerjoin(state.alias, state.sensor_id == sensor.id)
    )
    return (
        select(
            sensor.id,
            sensor.code,
            sensor.name,
            sensor.kind,
            sensor.unit,
            finite(sensor.x).label("x"),
            finite(sensor.y).label("y"),
            sensor.room_id,
            _value(sensor, state).label("value"),
            _status(sensor, state).label("status"),
        )
        .select_from(tables)
        .where(sight.sensor(sensor), sight.room(room))
    )


def _value(sensor: Any, state: Any) -> ColumnElement[Any]:
    """The latest value at the moment, unless it was too old by then: a day, three intervals, for what only reports when
    something happens a month. Nothing is known of what is to come."""
    often = func.greatest(interval("1 day"), sensor.interval * interval("3 seconds"))
    back = case((sensor.kind == func.any(names(*ALERTING)), interval("31 days")), else_=often)
    reading = Other(models.Reading)
    then = (
        among(
            [reading],
            finite(reading.value),
            reading.sensor_id == sensor.id,
            reading.at <= AT,
            reading.at > AT - interval("31 days"),
            reading.at > AT - back,
        )
        .order_by(reading.at.desc())
        .limit(ONE)
        .scalar_subquery()
    )
    return case(
        (AT > NOW, cast(null(), Float(53))),
        (state.at <= AT, case((state.at > AT - back, finite(state.value)))),
        else_=then,
    )


def _status(sensor: Any, state: Any) -> ColumnElement[Any]:
    """The status at the moment; null where nothing was noted of it by then."""
    change, any_change = Other(models.StatusChange), Other(models.StatusChange)
    then = (
        among([change], change.status, change.sensor_id == sensor.id, change.at <= AT)
        .order_by(change.at.desc(), change.id.desc())
        .limit(ONE)
        .scalar_subquery()
    )
    never_changed = ~some([any_change], any_change.sensor_id == sensor.id)
    first = and_(never_changed, or_(state.at.is_(None), state.at <= AT))
    return case((AT <= NOW, func.coalesce(then, case((first, state.status)))))


def _zones(sight: Sight, here: CTE) -> Select[Any]:
    """Fire zones with rooms on the floor, and what the panel reported of them at the moment."""
    zone, link, room = Other(models.FireZone, sight), Other(models.ZoneRoom, sight), Other(models.Room, sight)
    said = Other(models.PanelCondition, sight)
    inside = func.array_agg(aggregate_order_by(room.id, room.id), type_=ARRAY(BigInteger))
    told = both(
        said.zone_id == zone.id,
        said.since <= AT,
        or_(said.until.is_(None), said.until > AT),
        AT <= NOW,
        sight.panel_condition(said),
    )
    conditions = func.array(among([said], said.kind, told).order_by(said.kind).scalar_subquery())
    tables = (
        here.join(room.alias, room.floor_id == here.c.id)
        .join(link.alias, link.room_id == room.id)
        .join(zone.alias, zone.id == link.zone_id)
    )
    return (
        select(zone.id, zone.code, zone.name, inside.label("rooms"), conditions.label("conditions"))
        .select_from(tables)
        .where(sight.room(room), sight.fire_zone(zone))
        .group_by(zone.id, zone.code, zone.name)
    )
