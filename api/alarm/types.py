"""Alarms, the rules that raise them, what happened to them, and events."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import case, func

from api.access.types import User
from api.alarm import impact
from api.alarm.where import AlarmOrder, AlarmWhere, acknowledged, active, annunciated, closed, collapsed
from api.nodes import Node
from api.planner.source import column, many, one, planned
from api.planner.text import constant
from api.sensing.types import Sensor, room_of
from api.space.types import Building, Floor, Room
from api.visibility import Sight, both
from db import models
from db.models import AlarmState, Category, Condition, Priority, Role, SensorKind, TransitionKind

if TYPE_CHECKING:
    from api.alarm.incident import Incident
    from api.tenancy.types import Placement, Tenant

LazyIncident = Annotated["Incident", strawberry.lazy("api.alarm.incident")]
LazyTenant = Annotated["Tenant", strawberry.lazy("api.tenancy.types")]
LazyPlacement = Annotated["Placement", strawberry.lazy("api.tenancy.types")]


def unit_of(rule: Any) -> Any:
    """The unit of the sensor, or the one in which the kind is kept; of silence, seconds."""
    sensor = rule.join("sensor", models.Sensor, lambda sensor: sensor.id == rule.sensor_id)
    usual = {constant(kind.name): constant(unit) for kind, unit in models.UNITS.items()}
    measured = func.coalesce(sensor.unit, case(usual, value=rule.sensor_kind))
    return case({constant(Condition.STALE.name): constant("s")}, value=rule.condition, else_=measured)


@planned(models.Rule, "rule", visible=Sight.rule)
class AlarmRule(Node):
    """When a sensor is in alarm: one sensor, or all of a kind in a building or a room."""

    name: str = column("What it is called.", label=True)
    sensor_kind: SensorKind | None = column("On sensors of this kind; null: on one sensor.")
    condition: Condition = column("What raises an alarm.")
    threshold: float = column("The bound; the lower one of BETWEEN.", unit=".unit")
    threshold_high: float | None = column("The upper bound of BETWEEN.", unit=".unit")
    window: int | None = column("How far back RATE looks.", unit="s")
    unit: str | None = column("Unit of thresholds and deadband.", unit_of)
    deadband: float = column("How far back from the threshold the value has to come for the return.", unit=".unit")
    on_delay: int = column("How long the condition has to last.", unit="s")
    off_delay: int = column("How long the return has to last.", unit="s")
    priority: Priority = column("How urgent its alarms are.")
    category: Category = column("What its alarms are about.")
    latching: bool = column("Its alarms stay until somebody resets them.")
    escalate_after: int | None = column(
        "How long an alarm may wait for an acknowledgement until the next role is told; null: by its priority.",
        unit="s",
    )
    enabled: bool = column("It is switched on.")
    building: Building | None = one("The building.", lambda rule, building: building.id == rule.building_id)
    room: Room | None = one("Only in this room; null: everywhere.", lambda rule, room: room.id == rule.room_id)
    sensor: Sensor | None = one("On this sensor; null: on a kind.", lambda rule, sensor: sensor.id == rule.sensor_id)
    reference: Sensor | None = one(
        "The sensor that DEVIATION compares with.", lambda rule, sensor: sensor.id == rule.reference_id
    )
    alarms: list["Alarm"] = many(
        "Alarms that it raised.",
        lambda rule, alarm: alarm.rule_id == rule.id,
        AlarmWhere,
        AlarmOrder,
        long=True,
        typical=3,
    )


@planned(models.Alarm, "alarm", visible=Sight.alarm)
class Alarm(Node):
    """What somebody has to deal with (ISA-18.2): one for each rule and sensor at a time, with all its occurrences."""

    title: str = column("What it is called.", label=True)
    state: AlarmState = column("Where it stands.")
    active: bool = column("Its cause lasts.", active)
    acknowledged: bool = column("Somebody has acknowledged it, and it was not raised since.", acknowledged)
    annunciated: bool = column("It is to be heard: not shelved, not suppressed, not out of service.", annunciated)
    latching: bool = column("It stays until somebody resets it.")
    priority: Priority = column("How urgent it is.")
    category: Category = column("What it is about.")
    raised_at: datetime = column("When it was first raised.")
    last_raised_at: datetime = column("When it was last raised.")
    returned_at: datetime | None = column("When its cause was last over; null while it lasts.")
    acknowledged_at: datetime | None = column(
        "When somebody acknowledged it; null again when it is raised since.",
        lambda alarm: case((acknowledged(alarm), alarm.acknowledged_at)),
    )
    reset_at: datetime | None = column("When somebody reset it.", lambda alarm: case((closed(alarm), alarm.reset_at)))
    closed_at: datetime | None = column("When it was done with.")
    value: float | None = column("The value that raised it.", unit=".unit")
    peak: float | None = column("The worst value.", unit=".unit")
    unit: str = column("Unit of the values.")
    occurrences: int = column("How often it was raised.")
    note: str | None = column("What was noted last.")
    shelved_until: datetime | None = column("Until when it is shelved; null: it is not.")
    shelved_reason: str | None = column("Why it is shelved.")
    suppressed: bool = column("It is about comfort in a room that is vacant by lease.")
    out_of_service: bool = column("Its sensor is under maintenance.")
    escalated_to: Role | None = column("To whom it was told when nobody acknowledged it in time; null: to nobody else.")
    escalated_at: datetime | None = column("When that was.")
    acknowledged_by: User | None = one(
        "Who acknowledged it.",
        lambda alarm, user: both(user.id == alarm.acknowledged_by_id, acknowledged(alarm)),
    )
    rule: AlarmRule | None = one("The rule that raised it.", lambda alarm, rule: rule.id == alarm.rule_id)
    sensor: Sensor | None = one("The sensor that it is about.", lambda alarm, sensor: sensor.id == alarm.sensor_id)
    room: Room | None = one("The room where it was raised.", lambda alarm, room: room.id == alarm.room_id)
    floor: Floor | None = one("The floor of that room.", lambda alarm, floor: floor.id == room_of(alarm).floor_id)
    building: Building | None = one("The building.", lambda alarm, building: building.id == alarm.building_id)
    reset_by: User | None = one("Who reset it.", lambda alarm, user: both(user.id == alarm.reset_by_id, closed(alarm)))
    shelved_by: User | None = one("Who shelved it.", lambda alarm, user: user.id == alarm.shelved_by_id)
    collapsed: bool = column("Its incident, which is not over, stands for it; never for a critical one.", collapsed)
    incident: LazyIncident | None = one(
        "The incident that it is a part of.", lambda alarm, incident: incident.id == alarm.incident_id
    )
    impact: list["Impact"] = many(
        "Whom it hits: its room, for a leak also the rooms below it.",
        rows=impact.of_alarm,
        order=impact.in_order,
        typical=2,
    )
    transitions: list["AlarmTransition"] = many(
        "Its journal, from the beginning.",
        lambda alarm, transition: transition.alarm_id == alarm.id,
        order=lambda transition: [],
        long=True,
    )


@planned(None)
class Impact:
    """A room that an alarm hits, and who has it: today while the alarm is live, else on the day it was last raised."""

    below: bool = column("The room lies below the one with the leak.")
    contact: str | None = column("Whom of the tenant to speak to; as Tenant.contact.")
    phone: str | None = column("The tenant's telephone; as Tenant.phone.")
    email: str | None = column("The tenant's e-mail; as Tenant.email.")
    room: Room | None = one("The room.", lambda impact, room: room.id == impact.room_id)
    tenant: LazyTenant | None = one("Who has the room.", lambda impact, tenant: tenant.id == impact.tenant_id)
    placement: LazyPlacement | None = one(
        "Since when, until when and under which lease.", lambda impact, placement: placement.id == impact.placement_id
    )


@planned(models.Transition)
class AlarmTransition:
    """Something happened to an alarm."""

    at: datetime = column("When it happened.")
    kind: TransitionKind = column("What happened.")
    value: float | None = column("The value at that moment, in the alarm's unit.")
    user: User | None = one("Who did it.", lambda transition, user: user.id == transition.user_id)
    note: str | None = column("What they noted.")


@planned(None)
class AlarmCount:
    """How often alarms of a group were raised."""

    label: str = column("What the group is called; empty where it has no name.", label=True)
    count: int = column("How often alarms were raised.")
    alarms: int = column("How many alarms that were.")
    room: Room | None = one("The room, when counted by rooms.", lambda count, room: room.id == count.room_id)
    floor: Floor | None = one("The floor, when counted by floors.", lambda count, floor: floor.id == count.floor_id)
    rule: AlarmRule | None = one("The rule, when counted by rules.", lambda count, rule: rule.id == count.rule_id)
    sensor: Sensor | None = one("The sensor, when counted by sensors.", lambda count, row: row.id == count.sensor_id)
    sensor_kind: SensorKind | None = column("The kind, when counted by kinds.")
    priority: Priority | None = column("The priority, when counted by priorities.")
    day: date | None = column("The building's day, when counted by days.")


@planned(models.Event, "event", visible=Sight.event)
class Event(Node):
    """Anything worth remembering in a building."""

    at: datetime = column("When.")
    kind: str = column("What kind of event.")
    text: str = column("What happened.", label=True)
    building: Building | None = one("Where.", lambda event, building: building.id == event.building_id)
    room: Room | None = one("In which room.", lambda event, room: room.id == event.room_id)
    sensor: Sensor | None = one("About which sensor.", lambda event, sensor: sensor.id == event.sensor_id)
    reported_by: User | None = one("Who reported it.", lambda event, user: user.id == event.user_id)
