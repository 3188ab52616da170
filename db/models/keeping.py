"""Keeping: readings rolled up by hours, which of the hours are out of date, and how far the rolling has come."""

from sqlalchemy import DateTime, Index, PrimaryKeyConstraint, SmallInteger

from db.models.base import BigInteger, CheckConstraint, Column, Field, SQLModel, datetime, key, moment

ROLLED = ("count", "sum", "low", "low_at", "high", "high_at", "first", "last")
"""Columns of an hour, all of them in its key's index: the hours of one sensor lie side by side there."""


class ReadingHour(SQLModel, table=True):
    """The readings of a sensor in one hour of its building's zone; `hour` is when that began.

    `sum` is NaN when values are too large to be added; `low_at` and `high_at` are when the value was first so.
    """

    __tablename__ = "reading_hour"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "hour", postgresql_include=ROLLED),
        {"schema": "telemetry"},
    )
    sensor_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    hour: datetime = moment()
    count: int
    sum: float
    low: float
    low_at: datetime = moment()
    high: float
    high_at: datetime = moment()
    first: float
    last: float


class ReadingDirty(SQLModel, table=True):
    """Readings have come for an hour that may be rolled up already: until that is done anew it is not believed."""

    __tablename__ = "reading_dirty"
    __table_args__ = (Index(None, "sensor_id", "hour"), {"schema": "telemetry"})
    id: int = key()
    sensor_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    hour: datetime = moment()


class Rolling(SQLModel, table=True):
    """How far hours are rolled up: those before `rolled` are. Who writes a reading before `closing` says so."""

    __tablename__ = "rolling"
    __table_args__ = (
        CheckConstraint("one = 1", name="one"),
        CheckConstraint("rolled <= closing", name="order"),
        {"schema": "telemetry"},
    )
    one: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    closing: datetime | None = moment(null=True)
    rolled: datetime | None = moment(null=True)


class History(SQLModel, table=True):
    """A month that was imported when it was older than readings are kept: it stays. `month` is when it began (UTC)."""

    __tablename__ = "history"
    __table_args__ = ({"schema": "telemetry"},)
    month: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))


__all__ = ["ROLLED", "History", "ReadingDirty", "ReadingHour", "Rolling"]
