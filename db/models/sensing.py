"""Sensing: sensors, their latest state, their readings and the changes of their status."""

import enum

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql

from db.models.base import (
    BigInteger,
    CheckConstraint,
    Column,
    Field,
    ForeignKeyConstraint,
    SQLModel,
    datetime,
    key,
    moment,
    names,
    one_of,
    text,
    to,
)


class SensorKind(enum.Enum):
    TEMPERATURE = "TEMPERATURE"
    HUMIDITY = "HUMIDITY"
    CO2 = "CO2"
    OCCUPANCY = "OCCUPANCY"
    MOTION = "MOTION"
    DOOR = "DOOR"
    LEAK = "LEAK"
    SMOKE = "SMOKE"
    POWER = "POWER"
    LIGHT = "LIGHT"
    NOISE = "NOISE"
    VALVE = "VALVE"
    OTHER = "OTHER"


UNITS: dict[SensorKind, str] = {
    SensorKind.TEMPERATURE: "°C",
    SensorKind.HUMIDITY: "%",
    SensorKind.CO2: "ppm",
    SensorKind.OCCUPANCY: "people",
    SensorKind.MOTION: "",
    SensorKind.DOOR: "",
    SensorKind.LEAK: "",
    SensorKind.SMOKE: "%/m",
    SensorKind.POWER: "kW",
    SensorKind.LIGHT: "lx",
    SensorKind.NOISE: "dB",
    SensorKind.VALVE: "%",
    SensorKind.OTHER: "",
}
"""The unit in which a kind is kept unless the sensor says otherwise; 0/1 kinds have none."""


class SensorStatus(enum.Enum):
    OK = "OK"
    STALE = "STALE"
    FAULT = "FAULT"
    UNKNOWN = "UNKNOWN"


class Sensor(SQLModel, table=True):
    """A sensor; `interval` is the expected time between readings in seconds, `x`, `y` metres on the floor."""

    __tablename__ = "sensor"
    __table_args__ = (
        ForeignKeyConstraint(["room_id", "building_id"], ["physical.room.id", "physical.room.building_id"]),
        UniqueConstraint("building_id", "code"),
        names("kind", SensorKind),
        CheckConstraint("code ~ '^[^/[:space:]]+$'", name="code_form"),
        CheckConstraint("interval > 0", name="interval"),
        CheckConstraint("(out_of_service_at IS NULL) = (out_of_service_reason IS NULL)", name="out_of_service"),
        Index(
            "ix_sensor_out_of_service",
            "out_of_service_until",
            postgresql_where=sql("out_of_service_until IS NOT NULL"),
        ),
        Index(None, "room_id"),
        Index(None, "external_id"),
        {"schema": "telemetry"},
    )
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    room_id: int | None = to("physical.room.id", null=True, index=False)
    code: str = text()
    name: str | None = text(null=True)
    kind: SensorKind = one_of(SensorKind)
    unit: str = text()
    interval: int | None = None
    x: float | None = None
    y: float | None = None
    external_id: str | None = text(null=True)
    out_of_service_at: datetime | None = moment(null=True)
    """Since when it is under maintenance: its alarms do not call anybody."""
    out_of_service_until: datetime | None = moment(null=True)
    out_of_service_by_id: int | None = to("security.user.id", null=True, index=False)
    out_of_service_reason: str | None = text(null=True)


class SensorState(SQLModel, table=True):
    """The latest of a sensor: one hot row each, the row that writers lock."""

    __tablename__ = "sensor_state"
    __table_args__ = (
        names("status", SensorStatus),
        {"schema": "telemetry", "postgresql_with": {"fillfactor": "50"}},
    )
    sensor_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("telemetry.sensor.id", ondelete="CASCADE"), primary_key=True)
    )
    at: datetime | None = moment(null=True)
    value: float | None = None
    status: SensorStatus = one_of(SensorStatus, default=SensorStatus.UNKNOWN)


class Reading(SQLModel, table=True):
    """One measured value; the table is partitioned by month of `at` (UTC) and unique by sensor and time."""

    __tablename__ = "reading"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "at"),
        {"schema": "telemetry", "postgresql_partition_by": "RANGE (at)"},
    )
    sensor_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: datetime = moment()
    value: float


class StatusChange(SQLModel, table=True):
    """A sensor's status became another; by whom and why, where a person said so."""

    __tablename__ = "status_change"
    __table_args__ = (
        names("status", SensorStatus),
        Index(None, "sensor_id", "at"),
        {"schema": "telemetry"},
    )
    id: int = key()
    sensor_id: int = to("telemetry.sensor.id", index=False, on_delete="CASCADE")
    at: datetime = moment()
    status: SensorStatus = one_of(SensorStatus)
    reason: str | None = text(null=True)
    user_id: int | None = to("security.user.id", null=True, index=False)


class Door(enum.Enum):
    """By which door readings come in."""

    NDJSON = "NDJSON"
    GRAPHQL = "GRAPHQL"
    LINE = "LINE"
    MQTT = "MQTT"


class UnknownDevice(SQLModel, table=True):
    """A device that reports under a name that no sensor has; `value` is the latest number that it said."""

    __tablename__ = "unknown_device"
    __table_args__ = (
        names("door", Door),
        UniqueConstraint("building_id", "name", postgresql_nulls_not_distinct=True),
        {"schema": "telemetry"},
    )
    id: int = key()
    building_id: int | None = to("physical.building.id", null=True, index=False, on_delete="CASCADE")
    name: str = text()
    door: Door = one_of(Door)
    key_id: int | None = to("security.api_key.id", null=True, on_delete="SET NULL")
    first_at: datetime = moment()
    last_at: datetime = moment()
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
    value: float | None = None


class Naming(SQLModel, table=True):
    """A version of all sensors' names, another after each change of them (by triggers)."""

    __tablename__ = "naming"
    __table_args__ = (CheckConstraint("one = 1", name="one"), {"schema": "telemetry"})
    one: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    version: str = text()


__all__ = [
    "UNITS",
    "Door",
    "Naming",
    "Reading",
    "Sensor",
    "SensorKind",
    "SensorState",
    "SensorStatus",
    "StatusChange",
    "UnknownDevice",
]
