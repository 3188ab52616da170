"""How often alarms were raised, by what one asks for."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Date, Select, Text, cast, func, null, select
from sqlalchemy.types import TypeEngine

from api.alarm.where import AlarmGroup, within
from api.planner.cursor import Key
from api.planner.lists import Listing
from api.planner.row import Frame, Row
from api.visibility import Other, both
from db import models

KEYS: dict[str, TypeEngine[Any]] = {
    "room_id": BigInteger(),
    "floor_id": BigInteger(),
    "rule_id": BigInteger(),
    "sensor_id": BigInteger(),
    "sensor_kind": Text(),
    "priority": Text(),
    "day": Date(),
}


def of_alarms(_: None, listing: Listing) -> Select[Any]:
    """Occurrences of the alarms that `where` names and the viewer sees, raised within `where.raised`, by group."""
    frame = Frame(Other(models.Occurrence).alias, listing.sight)
    occurrence = frame.row
    alarm = occurrence.join("alarm", models.Alarm, lambda alarm: alarm.id == occurrence.alarm_id)
    conditions = [listing.sight.alarm(alarm), *listing.where(alarm)]
    where = listing.given["where"]
    if where is not None and where.raised is not None:
        conditions.append(within(occurrence.raised_at, where.raised))
    group: AlarmGroup = listing.given["by"]
    key, value, label = GROUPS[group](occurrence, alarm)
    count = func.count()
    return (
        select(
            func.coalesce(label, "").label("label"),
            count.label("count"),
            func.count(alarm.id.distinct()).label("alarms"),
            *((value if name == key else cast(null(), type_)).label(name) for name, type_ in KEYS.items()),
        )
        .select_from(frame.clause())
        .where(alarm.id.is_not(None), *conditions)
        .group_by(value, label)
        .order_by(count.desc(), label, value)
        .limit(listing.first)
    )


def _seen(alarm: Row, name: str, model: Any, on: Callable[[Row], Any]) -> Row:
    """A row beside the alarm, if the viewer sees it."""
    return alarm.join(name, model, lambda other: both(on(other), getattr(alarm.sight, name)(other)))


def _room(alarm: Row) -> Row:
    return _seen(alarm, "room", models.Room, lambda room: room.id == alarm.room_id)


def _by_room(_: Row, alarm: Row) -> tuple[str, Any, Any]:
    room = _room(alarm)
    return "room_id", room.id, room.number


def _by_floor(_: Row, alarm: Row) -> tuple[str, Any, Any]:
    room = _room(alarm)
    floor = _seen(alarm, "floor", models.Floor, lambda floor: floor.id == room.floor_id)
    return "floor_id", floor.id, floor.name


def _by_rule(_: Row, alarm: Row) -> tuple[str, Any, Any]:
    rule = _seen(alarm, "rule", models.Rule, lambda rule: rule.id == alarm.rule_id)
    return "rule_id", rule.id, rule.name


def _by_sensor(_: Row, alarm: Row) -> tuple[str, Any, Any]:
    sensor = _seen(alarm, "sensor", models.Sensor, lambda sensor: sensor.id == alarm.sensor_id)
    return "sensor_id", sensor.id, sensor.code


def _by_day(occurrence: Row, alarm: Row) -> tuple[str, Any, Any]:
    building = alarm.join("building", models.Building, lambda building: building.id == alarm.building_id)
    day = cast(func.timezone(building.time_zone, occurrence.raised_at), Date)
    return "day", day, cast(day, Text)


GROUPS: dict[AlarmGroup, Callable[[Row, Row], tuple[str, Any, Any]]] = {
    AlarmGroup.ROOM: _by_room,
    AlarmGroup.FLOOR: _by_floor,
    AlarmGroup.RULE: _by_rule,
    AlarmGroup.SENSOR: _by_sensor,
    AlarmGroup.SENSOR_KIND: lambda _, alarm: ("sensor_kind", alarm.sensor_kind, alarm.sensor_kind),
    AlarmGroup.PRIORITY: lambda _, alarm: ("priority", alarm.priority, alarm.priority),
    AlarmGroup.DAY: _by_day,
}
"""Which column tells the group, its value, and what the group is called."""


def in_order(row: Any) -> Sequence[Any]:
    return [Key(row.count, descending=True, nullable=False), row.label]
