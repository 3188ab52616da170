"""Rule: when a sensor is in alarm, what the evaluator remembers, and who wants to hear nothing of it (ISA-18.2)."""

import enum

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlalchemy import text as sql

from db.models.base import (
    CheckConstraint,
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
    """What of its sensor a rule looks at: the value; how fast it changes; its silence; its distance from another."""

    ABOVE = "ABOVE"
    BELOW = "BELOW"
    BETWEEN = "BETWEEN"
    EQUALS = "EQUALS"
    RATE = "RATE"
    STALE = "STALE"
    DEVIATION = "DEVIATION"


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


class Rule(SQLModel, table=True):
    """When a sensor is in alarm; it watches one sensor, or all of a kind in a building or a room.

    Delays, `window` and the threshold of STALE are in seconds, the other bounds in the sensor's unit.
    """

    __tablename__ = "rule"
    __table_args__ = (
        names("sensor_kind", SensorKind),
        names("condition", Condition),
        names("priority", Priority),
        names("category", Category),
        CheckConstraint("(sensor_id IS NULL) <> (sensor_kind IS NULL)", name="scope"),
        CheckConstraint("deadband >= 0 AND on_delay >= 0 AND off_delay >= 0", name="sizes"),
        CheckConstraint("escalate_after > 0", name="escalate_after"),
        CheckConstraint("threshold NOT IN ('NaN', 'Infinity', '-Infinity') AND deadband < 'Infinity'", name="finite"),
        CheckConstraint(
            "(condition = 'BETWEEN') = (threshold_high IS NOT NULL)"
            " AND threshold_high > threshold AND threshold_high < 'Infinity'",
            name="between",
        ),
        CheckConstraint("condition <> 'EQUALS' OR deadband = 0", name="equals"),
        CheckConstraint(
            """(condition = 'RATE') = ("window" IS NOT NULL) AND "window" > 0"""
            " AND (condition <> 'RATE' OR threshold <> 0)",
            name="rate",
        ),
        CheckConstraint("condition <> 'STALE' OR (threshold > 0 AND deadband = 0 AND on_delay = 0)", name="stale"),
        CheckConstraint(
            "(condition = 'DEVIATION') = (reference_id IS NOT NULL) AND sensor_id <> reference_id"
            " AND (condition <> 'DEVIATION' OR (sensor_id IS NOT NULL AND deadband <= threshold))",
            name="deviation",
        ),
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
    threshold_high: float | None = None
    """The other bound of BETWEEN."""
    window: int | None = None
    """RATE: how far back it looks."""
    reference_id: int | None = to("telemetry.sensor.id", null=True, on_delete="CASCADE")
    """DEVIATION: the sensor that it compares with."""
    deadband: float = 0.0
    on_delay: int = 0
    off_delay: int = 0
    priority: Priority = one_of(Priority, default=Priority.MEDIUM)
    category: Category = one_of(Category, default=Category.COMFORT)
    latching: bool = False
    escalate_after: int | None = None
    """Seconds without an acknowledgement until the next role is told; None: as usual for the priority."""
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
    """`since` plus the delay: when it will have lasted long enough. STALE at rest: when to look next."""
    changed_at: datetime | None = moment(null=True)
    """Time of the latest RAISED or RETURNED."""
    begins_after: datetime | None = moment(null=True)
    """The newest reading that the sensor had when the watch began: only newer ones are judged."""
    heard_at: datetime | None = moment(null=True)
    """STALE: since when a sensor may be silent that has not spoken since the watch began; null: it has to speak."""


class Shelf(SQLModel, table=True):
    """Somebody wants to hear nothing of a rule on a sensor for a while; its alarms are born shelved until then."""

    __tablename__ = "shelf"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "rule_id"),
        Index(None, "until"),
        Index(None, "rule_id"),
        {"schema": "alarm"},
    )
    sensor_id: int = to("telemetry.sensor.id", index=False, on_delete="CASCADE")
    rule_id: int = to("alarm.rule.id", index=False, on_delete="CASCADE")
    at: datetime = moment()
    until: datetime = moment()
    user_id: int | None = to("security.user.id", null=True, index=False)
    reason: str = text()


__all__ = [
    "Category",
    "Condition",
    "Phase",
    "Priority",
    "Rule",
    "Shelf",
    "Watch",
]
