"""Alarm: alarms with their incidents, occurrences and journal, and events (ISA-18.2, OPC UA Part 9)."""

import enum

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlalchemy import text as sql

from db.models.access import Role
from db.models.base import (
    BigInteger,
    CheckConstraint,
    Column,
    Field,
    SQLModel,
    datetime,
    flag,
    key,
    moment,
    names,
    one_of,
    text,
    to,
)
from db.models.rule import Category, Priority
from db.models.sensing import SensorKind


class AlarmState(enum.Enum):
    """Active unacknowledged, active acknowledged, returned unacknowledged, returned and to be reset, done with."""

    ACTIVE = "ACTIVE"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"
    LATCHED = "LATCHED"
    CLOSED = "CLOSED"


class TransitionKind(enum.Enum):
    RAISED = "RAISED"
    RETURNED = "RETURNED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    AMENDED = "AMENDED"
    RESET = "RESET"
    SHELVED = "SHELVED"
    UNSHELVED = "UNSHELVED"
    SUPPRESSED = "SUPPRESSED"
    UNSUPPRESSED = "UNSUPPRESSED"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    IN_SERVICE = "IN_SERVICE"
    ESCALATED = "ESCALATED"
    NOTED = "NOTED"


class IncidentKind(enum.Enum):
    """What the alarms of a flood have in common: leaks above one another, the floor, or the building only."""

    RISER = "RISER"
    FLOOR = "FLOOR"
    BUILDING = "BUILDING"


class Incident(SQLModel, table=True):
    """Alarms of one flood that belong together; open as long as any of them is live."""

    __tablename__ = "incident"
    __table_args__ = (
        names("kind", IncidentKind),
        CheckConstraint("(kind = 'FLOOR') = (floor_id IS NOT NULL)", name="floor"),
        Index(None, "building_id", "opened_at"),
        Index("ix_incident_open", "id", postgresql_where=sql("closed_at IS NULL")),
        {"schema": "alarm"},
    )
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    floor_id: int | None = to("physical.floor.id", null=True, index=False)
    kind: IncidentKind = one_of(IncidentKind)
    title: str = text()
    opened_at: datetime = moment()
    """When the first of its alarms was raised."""
    last_at: datetime = moment()
    """When the last one was."""
    closed_at: datetime | None = moment(null=True)


class Alarm(SQLModel, table=True):
    """What a person has to deal with: at most one live per rule and sensor, with all its occurrences."""

    __tablename__ = "alarm"
    __table_args__ = (
        names("state", AlarmState),
        names("priority", Priority),
        names("category", Category),
        names("sensor_kind", SensorKind),
        names("escalated_to", Role),
        CheckConstraint("(closed_at IS NULL) = (state <> 'CLOSED')", name="closed"),
        CheckConstraint("(shelved_until IS NULL) = (shelved_reason IS NULL)", name="shelved"),
        Index("uq_alarm_live", "rule_id", "sensor_id", unique=True, postgresql_where=sql("closed_at IS NULL")),
        Index(None, "building_id", "last_raised_at"),
        Index(None, "sensor_id", "last_raised_at"),
        Index(None, "room_id"),
        Index("ix_alarm_incident_id", "incident_id", postgresql_where=sql("incident_id IS NOT NULL")),
        Index("ix_alarm_waits", "waits_since", postgresql_where=sql("waits_since IS NOT NULL")),
        Index("ix_alarm_comfort", "id", postgresql_where=sql("closed_at IS NULL AND category = 'COMFORT'")),
        {"schema": "alarm"},
    )
    id: int = key()
    rule_id: int = to("alarm.rule.id", index=False)
    sensor_id: int = to("telemetry.sensor.id", index=False)
    building_id: int = to("physical.building.id", index=False)
    room_id: int | None = to("physical.room.id", null=True, index=False)
    title: str = text()
    sensor_kind: SensorKind = one_of(SensorKind)
    unit: str = text()
    state: AlarmState = one_of(AlarmState, default=AlarmState.ACTIVE)
    priority: Priority = one_of(Priority)
    category: Category = one_of(Category)
    raised_at: datetime = moment()
    last_raised_at: datetime = moment()
    returned_at: datetime | None = moment(null=True)
    acknowledged_at: datetime | None = moment(null=True)
    acknowledged_by_id: int | None = to("security.user.id", null=True, index=False)
    acknowledged_to: datetime | None = moment(null=True)
    """Raises up to here are acknowledged: a latching alarm that is raised later needs it anew."""
    latching: bool = flag()
    reset_at: datetime | None = moment(null=True)
    reset_by_id: int | None = to("security.user.id", null=True, index=False)
    reset_to: datetime | None = moment(null=True)
    """Returns up to here need no other reset."""
    closed_at: datetime | None = moment(null=True)
    value: float | None = None
    peak: float | None = None
    occurrences: int = 1
    note: str | None = text(null=True)
    shelved_until: datetime | None = moment(null=True)
    shelved_by_id: int | None = to("security.user.id", null=True, index=False)
    shelved_reason: str | None = text(null=True)
    suppressed: bool = flag()
    out_of_service: bool = flag()
    escalated_to: Role | None = one_of(Role, null=True)
    escalated_at: datetime | None = moment(null=True)
    waits_since: datetime | None = moment(null=True)
    """Since when it has been unacknowledged and annunciated, or with the role that it is escalated to."""
    incident_id: int | None = to("alarm.incident.id", null=True, index=False)


class Occurrence(SQLModel, table=True):
    """One stay in alarm, from raise to return, as the readings say it: never edited by people."""

    __tablename__ = "occurrence"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "rule_id", "raised_at"),
        CheckConstraint("returned_at >= raised_at", name="order"),
        Index(None, "alarm_id"),
        Index(None, "raised_at"),
        {"schema": "alarm"},
    )
    sensor_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    rule_id: int = to("alarm.rule.id", index=False, on_delete="CASCADE")
    raised_at: datetime = moment()
    returned_at: datetime | None = moment(null=True)
    alarm_id: int = to("alarm.alarm.id", index=False, on_delete="CASCADE")
    value: float
    peak: float


class Transition(SQLModel, table=True):
    """The journal of an alarm: what happened to it, when it happened, when it was written, by whom."""

    __tablename__ = "transition"
    __table_args__ = (names("kind", TransitionKind), Index(None, "alarm_id", "id"), {"schema": "alarm"})
    id: int = key()
    alarm_id: int = to("alarm.alarm.id", index=False, on_delete="CASCADE")
    kind: TransitionKind = one_of(TransitionKind)
    at: datetime = moment()
    recorded_at: datetime = moment()
    value: float | None = None
    user_id: int | None = to("security.user.id", null=True, index=False)
    note: str | None = text(null=True)


class Event(SQLModel, table=True):
    """Anything worth remembering in a building."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "building_id", "at"), {"schema": "alarm"})
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    room_id: int | None = to("physical.room.id", null=True)
    sensor_id: int | None = to("telemetry.sensor.id", null=True, index=False)
    user_id: int | None = to("security.user.id", null=True, index=False)
    at: datetime = moment()
    kind: str = text()
    text: str = text()


__all__ = [
    "Alarm",
    "AlarmState",
    "Event",
    "Incident",
    "IncidentKind",
    "Occurrence",
    "Transition",
    "TransitionKind",
]
