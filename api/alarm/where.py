"""Which alarms, rules and events, and in which order."""

import enum
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Integer, and_, case, func, literal_column, or_

from api.planner.ordering import ordering
from api.planner.source import condition
from api.sensing.where import on_floor, on_level
from api.visibility import Other, among, both, some
from db import models
from db.models import AlarmState, Category, Priority, Role, SensorKind

IN_ALARM: ColumnElement[Any] = literal_column("'{ACTIVE,ACKNOWLEDGED}'::text[]")


def active(alarm: Any) -> ColumnElement[bool]:
    return alarm.state == func.any(IN_ALARM)  # type: ignore[no-any-return]


UNACKNOWLEDGED: ColumnElement[Any] = literal_column("'{ACTIVE,RETURNED}'::text[]")


def acknowledged(alarm: Any) -> ColumnElement[bool]:
    """Somebody has acknowledged all that was raised."""
    return and_(alarm.acknowledged_at.is_not(None), alarm.state != func.all(UNACKNOWLEDGED))


def annunciated(alarm: Any) -> ColumnElement[bool]:
    return and_(alarm.shelved_until.is_(None), ~alarm.suppressed, ~alarm.out_of_service)


def closed(alarm: Any) -> ColumnElement[bool]:
    return alarm.state == literal_column("'CLOSED'")  # type: ignore[no-any-return]


def collapsed(alarm: Any) -> ColumnElement[bool]:
    """An incident that is not over, and that the viewer sees, stands for it; a critical alarm stands for itself."""
    incident = Other(models.Incident)
    open_ = both(incident.closed_at.is_(None), alarm.sight.incident(incident))
    mine = some([incident], incident.id == alarm.incident_id, open_)
    return both(alarm.priority != literal_column("'CRITICAL'"), mine)


def severity(row: Any) -> ColumnElement[int]:
    """A priority as a number, LOW first."""
    return case(
        *(
            (row.priority == literal_column(f"'{each.name}'"), literal_column(str(n), Integer()))
            for n, each in enumerate(Priority)
        )
    )


def within(moment: Any, period: Any) -> ColumnElement[bool]:
    """From the one, without the other."""
    bounds = ((period.from_, moment.__ge__), (period.to, moment.__lt__))
    return both(*(compare(bound) for bound, compare in bounds if bound is not None))


def raised_within(alarm: Any, period: Any) -> ColumnElement[bool]:
    occurrence = Other(models.Occurrence)
    return some([occurrence], occurrence.alarm_id == alarm.id, within(occurrence.raised_at, period))


def covers_kind(rule: Any, kinds: Any) -> ColumnElement[bool]:
    """The rule is on one of these kinds, or on a sensor of one which the viewer sees."""
    sensor = Other(models.Sensor)
    mine = among([sensor], sensor.id, sensor.kind == func.any(kinds), rule.sight.sensor(sensor))
    return or_(rule.sensor_kind == func.any(kinds), rule.sensor_id.in_(mine))


@strawberry.enum(description="By what alarms are counted.")
class AlarmGroup(enum.Enum):
    ROOM = strawberry.enum_value("ROOM", description="The room of the sensor.")
    FLOOR = strawberry.enum_value("FLOOR", description="The floor of that room.")
    RULE = strawberry.enum_value("RULE", description="The rule that raised them.")
    SENSOR = strawberry.enum_value("SENSOR", description="The sensor.")
    SENSOR_KIND = strawberry.enum_value("SENSOR_KIND", description="What the sensor measures.")
    PRIORITY = strawberry.enum_value("PRIORITY", description="How urgent they are.")
    DAY = strawberry.enum_value("DAY", description="The building's day on which they were raised.")


@strawberry.input(description="Moments from and to, the last one outside.")
class Period:
    from_: datetime | None = condition("From this moment on.", name="from")
    to: datetime | None = condition("Up to this moment, without it.")


@strawberry.input(description="Which alarms.")
class AlarmWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda alarm, key: alarm.building_id == key, noun="building"
    )
    floor: strawberry.ID | None = condition("In rooms of this floor: id or <building>/<level>.", on_floor, noun="floor")
    level: int | None = condition("In rooms on floors of this level.", on_level)
    room: strawberry.ID | None = condition(
        "In this room: id or number.", lambda alarm, key: alarm.room_id == key, noun="room"
    )
    sensor: strawberry.ID | None = condition(
        "Of this sensor: id or code.", lambda alarm, key: alarm.sensor_id == key, noun="sensor"
    )
    rule: strawberry.ID | None = condition("Of this rule: id.", lambda alarm, key: alarm.rule_id == key, noun="rule")
    kind: list[SensorKind] | None = condition(
        "Of sensors of one of these kinds.", lambda alarm, kinds: alarm.sensor_kind == func.any(kinds)
    )
    state: list[AlarmState] | None = condition(
        "In one of these states.", lambda alarm, states: alarm.state == func.any(states)
    )
    active: bool | None = condition(
        "Whose cause lasts (true), or is over (false).", lambda alarm, yes: active(alarm) if yes else ~active(alarm)
    )
    acknowledged: bool | None = condition(
        "That somebody has acknowledged (true), or nobody (false).",
        lambda alarm, yes: acknowledged(alarm) if yes else ~acknowledged(alarm),
    )
    annunciated: bool | None = condition(
        "That are to be heard (true), or are shelved, suppressed or out of service (false).",
        lambda alarm, yes: annunciated(alarm) if yes else ~annunciated(alarm),
    )
    shelved: bool | None = condition(
        "Shelved (true) or not (false).",
        lambda alarm, yes: alarm.shelved_until.is_not(None) if yes else alarm.shelved_until.is_(None),
    )
    suppressed: bool | None = condition(
        "Suppressed because the room is vacant (true) or not (false).",
        lambda alarm, yes: alarm.suppressed if yes else ~alarm.suppressed,
    )
    out_of_service: bool | None = condition(
        "Whose sensor is under maintenance (true) or not (false).",
        lambda alarm, yes: alarm.out_of_service if yes else ~alarm.out_of_service,
    )
    escalated_to: list[Role] | None = condition(
        "Escalated to one of these roles.", lambda alarm, roles: alarm.escalated_to == func.any(roles)
    )
    priority: list[Priority] | None = condition(
        "Of one of these priorities.", lambda alarm, priorities: alarm.priority == func.any(priorities)
    )
    category: list[Category] | None = condition(
        "Of one of these categories.", lambda alarm, categories: alarm.category == func.any(categories)
    )
    raised: Period | None = condition("Raised within these at least once.", raised_within)
    incident: strawberry.ID | None = condition(
        "Of this incident: id.", lambda alarm, key: alarm.incident_id == key, noun="incident"
    )
    collapsed: bool | None = condition(
        "Whose incident stands for them (true), or that stand for themselves (false).",
        lambda alarm, yes: collapsed(alarm) if yes else ~collapsed(alarm),
    )


@strawberry.input(description="Which rules.")
class RuleWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda rule, key: rule.building_id == key, noun="building"
    )
    kind: list[SensorKind] | None = condition("On sensors of one of these kinds.", covers_kind)
    priority: list[Priority] | None = condition(
        "Of one of these priorities.", lambda rule, priorities: rule.priority == func.any(priorities)
    )
    category: list[Category] | None = condition(
        "Of one of these categories.", lambda rule, categories: rule.category == func.any(categories)
    )
    enabled: bool | None = condition(
        "Switched on (true) or off (false).", lambda rule, yes: rule.enabled if yes else ~rule.enabled
    )


@strawberry.input(description="Which events.")
class EventWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda event, key: event.building_id == key, noun="building"
    )
    room: strawberry.ID | None = condition(
        "In this room: id or number.", lambda event, key: event.room_id == key, noun="room"
    )
    kind: str | None = condition("Of this kind.", lambda event, kind: event.kind == kind)
    at: Period | None = condition("Within these.", lambda event, period: within(event.at, period))


AlarmOrder = ordering(
    "Alarm",
    descending=True,
    LAST_RAISED_AT=("By when it was last raised.", lambda alarm: alarm.last_raised_at),
    RAISED_AT=("By when it was first raised.", lambda alarm: alarm.raised_at),
    PRIORITY=("From the least urgent.", severity),
)
RuleOrder = ordering(
    "Rule",
    NAME=("By name.", lambda rule: rule.name),
    PRIORITY=("From the least urgent.", severity),
)
EventOrder = ordering("Event", descending=True, AT=("By time.", lambda event: event.at))
