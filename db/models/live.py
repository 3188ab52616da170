"""Live: the change stream, its epoch, and the house's clock."""

import enum
from typing import Any

from sqlalchemy import Index, Sequence, SmallInteger, Text
from sqlalchemy import text as sql_text

from db.models.base import (
    BigInteger,
    CheckConstraint,
    Column,
    Field,
    SQLModel,
    datetime,
    json,
    keys,
    metadata,
    moment,
    names,
    one_of,
    text,
)

change_number = Sequence("change_number", schema="live", metadata=metadata)


class Change(SQLModel, table=True):
    """Something that happened, with a snapshot of it; number order is commit order."""

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "at"),
        Index("ix_change_arrivals", "at", postgresql_where=sql_text("kind = 'readings' AND payload <> '{}'::jsonb")),
        {"schema": "live"},
    )
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = moment()
    kind: str = text()
    building_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    tenant_ids: list[int] = keys()
    """Tenants whom it concerns: those placed in the room at that time."""
    subject_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    payload: dict[str, Any] = json(null=False)


class Epoch(SQLModel, table=True):
    """Which life of the stream this is: a restored backup begins another."""

    __tablename__ = "epoch"
    __table_args__ = (CheckConstraint("one = 1", name="one"), {"schema": "live"})
    one: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    epoch: str = Field(sa_column=Column(Text, nullable=False))
    began_at: datetime = moment()
    lives_in: str | None = text(null=True)
    """The server, its line of history, the database and the table in which the last cursors were given out."""


class Version(SQLModel, table=True):
    """Another number after each change, by triggers, of `access` (users, grants, keys) or `places` (of sensors).

    Whoever reads the stream reads them in the same statement, and so knows whether what they remember held by then.
    """

    __tablename__ = "version"
    __table_args__ = {"schema": "live"}
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False))


class Interest(SQLModel, table=True):
    """Until when (real time) readings are appended to the stream, and after which change all of them have been."""

    __tablename__ = "interest"
    __table_args__ = (CheckConstraint("one = 1", name="one"), {"schema": "live"})
    one: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    since: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """Null: it has just begun, and some may not have been."""
    until: datetime = moment()


class ClockMode(enum.Enum):
    REAL = "REAL"
    SPEED = "SPEED"
    MAX = "MAX"


class HouseClock(SQLModel, table=True):
    """The house's time: the real one, the real one scaled from an anchor, or as far as the readings have come."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("one = 1", name="one"), names("mode", ClockMode), {"schema": "live"})
    one: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    mode: ClockMode = one_of(ClockMode, default=ClockMode.REAL)
    house_at: datetime | None = moment(null=True)
    real_at: datetime | None = moment(null=True)
    speed: float = 1.0


__all__ = ["Change", "ClockMode", "Epoch", "HouseClock", "Interest", "Version", "change_number"]
