"""Alarm: rules, what watches them, alarms with their occurrences and journal, and events (ISA-18.2, OPC UA Part 9)."""

import enum

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlalchemy import text as sql

from db.models.base import (
    BigInteger,
    CheckConstraint,
    Column,
    Field,
    SQLModel,
    datetime,
    key,
    moment,
    names,
    one_of,
    text,
    to,
)
from db.models.sensing import SensorKind


class Condition(enum.Enum):
    ABOVE = "ABOVE"
    BELOW = "BELOW"


class Priority(enum.Enum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Category(enum.Enum):
    COMFORT = "COMFORT"
    AIR = "AIR"
    LEAK = "LEAK"
    FIRE = "FIRE"
    SECURITY = "SECURITY"
    POWER = "POWER"
    EQUIPMENT = "EQUIPMENT"


class Phase(enum.Enum):
    """Where a watch stands: at rest, waiting for the on delay, in alarm, waiting for the off delay."""

    NORMAL = "NORMAL"
    RAISING = "RAISING"
    ACTIVE = "ACTIVE"
    RETURNING = "RETURNING"


class AlarmState(enum.Enum):
    """Active unacknowledged, active acknowledged, returned to normal unacknowledged, done with."""

    ACTIVE = "ACTIVE"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"
    CLOSED = "CLOSED"


class TransitionKind(enum.Enum):
    RAISED = "RAISED"
    RETURNED = "RETURNED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    AMENDED = "AMENDED"


class Rule(SQLModel, table=True):
    """When a sensor is in alarm; it watches one sensor, or all of a kind in a building or a room. Delays in seconds."""

    __tablename__ = "rule"
    __table_args__ = (
        names("sensor_kind", SensorKind),
        names("condition", Condition),
        names("priority", Priority),
        names("category", Category),
        CheckConstraint("(sensor_id IS NULL) <> (sensor_kind IS NULL)", name="scope"),
        CheckConstraint("deadband >= 0 AND on_delay >= 0 AND off_delay >= 0", name="sizes"),
        CheckConstraint("threshold NOT IN ('NaN', 'Infinity', '-Infinity') AND deadband < 'Infinity'", name="finite"),
        {"schema": "alarm"},
    )
    id: int = key()
    building_id: int = to("physical.building.id")
    room_id: int | None = to("physical.room.id", null=True)
    sensor_id: int | None = to("telemetry.sensor.id", null=True)
    sensor_kind: SensorKind | None = one_of(SensorKind, null=True)
    name: str = text()
    condition: Condition = one_of(Condition)
    threshold: float
    deadband: float = 0.0
    on_delay: int = 0
    off_delay: int = 0
    priority: Priority = one_of(Priority, default=Priority.MEDIUM)
    category: Category = one_of(Category, default=Category.COMFORT)
    latching: bool = False
    enabled: bool = True


class Watch(SQLModel, table=True):
    """One rule on one sensor: what the evaluator remembers between readings."""

    __tablename__ = "watch"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "rule_id"),
        names("phase", Phase),
        CheckConstraint("(since IS NULL) = (phase IN ('NORMAL', 'ACTIVE'))", name="since"),
        Index("ix_watch_deadline", "deadline", postgresql_where=sql("deadline IS NOT NULL")),
        Index(None, "rule_id"),
        {"schema": "alarm", "postgresql_with": {"fillfactor": "70"}},
    )
    sensor_id: int = to("telemetry.sensor.id", index=False, on_delete="CASCADE")
    rule_id: int = to("alarm.rule.id", index=False, on_delete="CASCADE")
    phase: Phase = one_of(Phase, default=Phase.NORMAL)
    since: datetime | None = moment(null=True)
    """When the condition of RAISING or RETURNING began."""
    deadline: datetime | None = moment(null=True)
    """`since` plus the delay: when it will have lasted long enough."""
    changed_at: datetime | None = moment(null=True)
    """Time of the latest RAISED or RETURNED."""
    begins_after: datetime | None = moment(null=True)
    """The newest reading that the sensor had when the watch began: only newer ones are judged."""


class Alarm(SQLModel, table=True):
    """What a person has to deal with: at most one live per rule and sensor, with all its occurrences."""

    __tablename__ = "alarm"
    __table_args__ = (
        names("state", AlarmState),
        names("priority", Priority),
        names("category", Category),
        names("sensor_kind", SensorKind),
        CheckConstraint("(closed_at IS NULL) = (state <> 'CLOSED')", name="closed"),
        Index("uq_alarm_live", "rule_id", "sensor_id", unique=True, postgresql_where=sql("closed_at IS NULL")),
        Index(None, "building_id", "last_raised_at"),
        Index(None, "sensor_id", "last_raised_at"),
        Index(None, "room_id"),
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
    closed_at: datetime | None = moment(null=True)
    value: float | None = None
    peak: float | None = None
    occurrences: int = 1
    note: str | None = text(null=True)


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
    "Category",
    "Condition",
    "Event",
    "Occurrence",
    "Phase",
    "Priority",
    "Rule",
    "Transition",
    "TransitionKind",
    "Watch",
]
