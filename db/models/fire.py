"""Fire: the zones of a building's fire alarm panel, their rooms, and what the panel says of them (EN 54-2)."""

import enum

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
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


class PanelState(enum.Enum):
    """What a panel may say of a zone."""

    ALARM = "ALARM"
    FAULT = "FAULT"
    DISABLEMENT = "DISABLEMENT"
    TEST = "TEST"


class FireZone(SQLModel, table=True):
    """A zone of the fire alarm panel; `code` is what the panel shows, unique in the building."""

    __tablename__ = "zone"
    __table_args__ = (
        UniqueConstraint("building_id", "code"),
        UniqueConstraint("id", "building_id"),
        CheckConstraint("code <> '' AND code !~ '[[:space:]/]'", name="code_form"),
        {"schema": "fire"},
    )
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    code: str = text()
    name: str | None = text(null=True)


class ZoneRoom(SQLModel, table=True):
    """A room of a zone; both are in one building."""

    __tablename__ = "zone_room"
    __table_args__ = (
        PrimaryKeyConstraint("zone_id", "room_id"),
        ForeignKeyConstraint(["zone_id", "building_id"], ["fire.zone.id", "fire.zone.building_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["room_id", "building_id"], ["physical.room.id", "physical.room.building_id"], ondelete="CASCADE"
        ),
        Index(None, "room_id"),
        {"schema": "fire"},
    )
    zone_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    room_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    building_id: int = Field(sa_column=Column(BigInteger, nullable=False))


class PanelCondition(SQLModel, table=True):
    """What the panel said of a zone from `since` to `until` (null: it stands); one of a kind stands at a time."""

    __tablename__ = "condition"
    __table_args__ = (
        ForeignKeyConstraint(["zone_id", "building_id"], ["fire.zone.id", "fire.zone.building_id"], ondelete="CASCADE"),
        names("kind", PanelState),
        CheckConstraint("until >= since", name="period"),
        Index("ix_condition_stands", "zone_id", "kind", unique=True, postgresql_where=sql("until IS NULL")),
        Index(None, "building_id", "since"),
        Index(None, "zone_id"),
        {"schema": "fire"},
    )
    id: int = key()
    zone_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    building_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: PanelState = one_of(PanelState)
    since: datetime = moment()
    until: datetime | None = moment(null=True)
    note: str | None = text(null=True)
    reported_by_id: int | None = to("security.user.id", null=True, index=False)
    cleared_by_id: int | None = to("security.user.id", null=True, index=False)


__all__ = ["FireZone", "PanelCondition", "PanelState", "ZoneRoom"]
