"""Which sensors, in which order, and how readings are put together."""

import enum
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, func

from api.planner.ordering import ordering
from api.planner.source import condition
from api.planner.text import finite
from api.visibility import Other, among, both
from db import models
from db.models import SensorKind, SensorStatus


@strawberry.enum(description="What becomes of the readings of a bucket.")
class Aggregate(enum.Enum):
    MIN = strawberry.enum_value("MIN", description="The smallest, with its own time.")
    MAX = strawberry.enum_value("MAX", description="The largest, with its own time.")
    MEAN = strawberry.enum_value("MEAN", description="The mean of the values.")
    SUM = strawberry.enum_value("SUM", description="The sum of the values.")
    COUNT = strawberry.enum_value("COUNT", description="How many there are.")
    FIRST = strawberry.enum_value("FIRST", description="The earliest.")
    LAST = strawberry.enum_value("LAST", description="The latest.")


@strawberry.enum(description="Stretches of time that readings are put together by, in the building's zone.")
class Bucket(enum.Enum):
    QUARTER_HOUR = strawberry.enum_value("QUARTER_HOUR", description="15 minutes.")
    HOUR = strawberry.enum_value("HOUR", description="An hour.")
    DAY = strawberry.enum_value("DAY", description="A day of the building.")
    WEEK = strawberry.enum_value("WEEK", description="A week of the building, from Monday.")
    MONTH = strawberry.enum_value("MONTH", description="A calendar month of the building.")
    WHOLE = strawberry.enum_value("WHOLE", description="The whole period: one row for each sensor.")


def state_of(sensor: Any) -> Any:
    """The latest of a sensor."""
    return sensor.join("state", models.SensorState, lambda state: state.sensor_id == sensor.id)


def value_of(sensor: Any) -> ColumnElement[Any]:
    return finite(state_of(sensor).value)


def in_rooms(sensor: Any, *conditions: Any, room: Other) -> ColumnElement[bool]:
    return sensor.room_id.in_(among([room], room.id, *conditions, sensor.sight.room(room)))  # type: ignore[no-any-return]


def on_floor(sensor: Any, floor: Any) -> ColumnElement[bool]:
    room = Other(models.Room)
    return in_rooms(sensor, room.floor_id == floor, room=room)


def on_level(sensor: Any, level: Any) -> ColumnElement[bool]:
    room, floor = Other(models.Room), Other(models.Floor)
    seen = both(floor.level == level, sensor.sight.floor(floor))
    return in_rooms(sensor, room.floor_id.in_(among([floor], floor.id, seen)), room=room)


FROM = "From this moment on; a week before `to` unless given."
TO = "Up to this moment, without it; to the latest unless given."


@strawberry.input(description="Which sensors.")
class SensorWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda sensor, key: sensor.building_id == key, noun="building"
    )
    floor: strawberry.ID | None = condition("In rooms of this floor: id or <building>/<level>.", on_floor, noun="floor")
    level: int | None = condition("In rooms on floors of this level.", on_level)
    room: strawberry.ID | None = condition(
        "In this room: id or number.", lambda sensor, key: sensor.room_id == key, noun="room"
    )
    code: str | None = condition("Of this code.", lambda sensor, code: sensor.code == code)
    kind: list[SensorKind] | None = condition(
        "Of one of these kinds.", lambda sensor, kinds: sensor.kind == func.any(kinds)
    )
    status: list[SensorStatus] | None = condition(
        "Of one of these statuses.", lambda sensor, statuses: state_of(sensor).status == func.any(statuses)
    )
    value_above: float | None = condition(
        "Whose latest value is more than this, in the sensor's unit.", lambda sensor, value: value_of(sensor) > value
    )
    value_below: float | None = condition(
        "Whose latest value is less than this, in the sensor's unit.", lambda sensor, value: value_of(sensor) < value
    )


SensorOrder = ordering(
    "Sensor",
    CODE=("By code.", lambda sensor: sensor.code),
    VALUE=("By the latest value; without one last.", lambda sensor: state_of(sensor).value),
    AT=("By the time of the latest value; without one last.", lambda sensor: state_of(sensor).at),
)


@strawberry.input(description="Readings of which sensors, over which time.")
class ReadingWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda sensor, key: sensor.building_id == key, noun="building"
    )
    floor: strawberry.ID | None = condition("In rooms of this floor: id or <building>/<level>.", on_floor, noun="floor")
    level: int | None = condition("In rooms on floors of this level.", on_level)
    room: strawberry.ID | None = condition(
        "In this room: id or number.", lambda sensor, key: sensor.room_id == key, noun="room"
    )
    sensor: strawberry.ID | None = condition(
        "Of this sensor: id or code.", lambda sensor, key: sensor.id == key, noun="sensor"
    )
    kind: list[SensorKind] | None = condition(
        "Of sensors of one of these kinds.", lambda sensor, kinds: sensor.kind == func.any(kinds)
    )
    from_: datetime | None = condition(FROM, name="from")
    to: datetime | None = condition(TO)
