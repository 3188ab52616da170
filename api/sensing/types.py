"""Sensors, what they measure, and whether they can be believed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import and_, func, or_

from api.access.types import User
from api.alarm.where import AlarmOrder, AlarmWhere
from api.nodes import Node
from api.planner.cursor import Key
from api.planner.source import argument, column, many, one, planned
from api.sensing import readings
from api.sensing.where import FROM, TO, Aggregate, Bucket, state_of
from api.space.types import Building, Floor, Room
from api.space.where import building_of
from api.visibility import Sight, both
from db import models
from db.models import SensorKind, SensorStatus

if TYPE_CHECKING:
    from api.access.types import User
    from api.alarm.types import Alarm, AlarmRule

LazyAlarm = Annotated["Alarm", strawberry.lazy("api.alarm.types")]
LazyUser = Annotated["User", strawberry.lazy("api.access.types")]
LazyRule = Annotated["AlarmRule", strawberry.lazy("api.alarm.types")]

BUCKET = argument(Bucket | None, "Put readings together by these; each by itself unless given.")
AGGREGATE = argument(Aggregate | None, "What becomes of the readings of a bucket.", default=Aggregate.MEAN)


def watches(sensor: Any, rule: Any) -> Any:
    """The rule is on the sensor, or on its kind in its building or room."""
    here = or_(rule.room_id.is_(None), rule.room_id == sensor.room_id)
    by_kind = and_(rule.building_id == sensor.building_id, rule.sensor_kind == sensor.kind, here)
    return or_(rule.sensor_id == sensor.id, by_kind)


@planned(
    models.Sensor,
    "sensor",
    visible=Sight.sensor,
    named=[
        lambda sensor, name: both(building_of(sensor).code == name.before, sensor.code == name.after),
        lambda sensor, name: sensor.code == name.whole,
    ],
)
class Sensor(Node):
    """A sensor, with the latest it said."""

    code: str = column("How people and devices name it; unique in the building.", label=True)
    name: str | None = column("What it is called.")
    kind: SensorKind = column("What it measures.")
    unit: str = column("Unit of its values; empty for those that are 0 or 1.")
    interval: int | None = column("Expected time between readings.", unit="s")
    external_id: str | None = column("What the system that it came from calls it.")
    x: float | None = column("Where it is on the floor, eastwards.", unit="m")
    y: float | None = column("Where it is on the floor, northwards.", unit="m")
    value: float | None = column(
        "Its latest value; 0 or 1 for motion, doors and leaks.", lambda sensor: state_of(sensor).value, unit=".unit"
    )
    at: datetime | None = column("When that was measured.", lambda sensor: state_of(sensor).at)
    status: SensorStatus = column(
        "Whether it can be believed.", lambda sensor: func.coalesce(state_of(sensor).status, "UNKNOWN")
    )
    out_of_service: bool = column(
        "It is under maintenance: its alarms call nobody.", lambda sensor: sensor.out_of_service_at.is_not(None)
    )
    out_of_service_until: datetime | None = column("When it returns by itself; null: when somebody says so.")
    out_of_service_reason: str | None = column("Why it is out of service.")
    room: Room | None = one("The room it is in.", lambda sensor, room: room.id == sensor.room_id)
    floor: Floor | None = one("The floor it is on.", lambda sensor, floor: floor.id == room_of(sensor).floor_id)
    building: Building | None = one("The building.", lambda sensor, building: building.id == sensor.building_id)
    out_of_service_by: User | None = one(
        "Who took it out of service.", lambda sensor, user: user.id == sensor.out_of_service_by_id
    )
    readings: list["Reading"] = many(
        "Its readings in order of time, the latest `first` of them; for WHOLE one.",
        rows=readings.of_sensor,
        order=readings.in_order,
        typical=5000,
        from_=argument(datetime | None, FROM, name="from"),
        to=argument(datetime | None, TO),
        bucket=BUCKET,
        aggregate=AGGREGATE,
    )
    status_changes: list["StatusChange"] = many(
        "When its status became another, the latest first.",
        lambda sensor, change: change.sensor_id == sensor.id,
        order=lambda change: [Key(change.at, descending=True, nullable=False)],
        long=True,
    )
    alarms: list[LazyAlarm] = many(
        "Its alarms.", lambda sensor, alarm: alarm.sensor_id == sensor.id, AlarmWhere, AlarmOrder, long=True, typical=3
    )
    rules: list[LazyRule] = many("Rules that watch it.", watches, order=lambda rule: [rule.name])


def room_of(sensor: Any) -> Any:
    """The room of a row, if the viewer sees it."""
    return sensor.join("room", models.Room, lambda room: both(room.id == sensor.room_id, sensor.sight.room(room)))


@planned(None)
class Reading:
    """One reading, or what became of those of a bucket."""

    at: datetime = column("When it was measured; of a bucket its start, but for MIN and MAX when that was.")
    value: float | None = column("The value.", unit=".unit")
    unit: str = column("Its unit; empty for COUNT.")
    bucket_start: datetime | None = column("When the bucket begins; null for readings as they were.")
    count: int = column("How many readings it stands for.")
    sensor: Sensor | None = one("The sensor.", lambda reading, sensor: sensor.id == reading.sensor_id)


@planned(models.StatusChange)
class StatusChange:
    """A sensor's status became another."""

    at: datetime = column("When.")
    status: SensorStatus = column("What it became.")
    reason: str | None = column("Why, where a person said so.")
    changed_by: LazyUser | None = one(
        "Who said so; null where it was found out.", lambda change, user: user.id == change.user_id
    )
