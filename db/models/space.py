"""Space: buildings, their floors and rooms, and the names that people use for them."""

import enum

from sqlalchemy import Index, UniqueConstraint

from db.models.base import (
    CheckConstraint,
    ForeignKeyConstraint,
    Lines,
    Outline,
    SQLModel,
    json,
    key,
    names,
    one_of,
    text,
    to,
)


class Language(enum.Enum):
    RU = "ru"
    EN = "en"


class RoomKind(enum.Enum):
    OFFICE = "OFFICE"
    MEETING = "MEETING"
    CORRIDOR = "CORRIDOR"
    LOBBY = "LOBBY"
    STAIRS = "STAIRS"
    LIFT = "LIFT"
    TOILET = "TOILET"
    KITCHEN = "KITCHEN"
    STORAGE = "STORAGE"
    TECHNICAL = "TECHNICAL"
    SERVER = "SERVER"
    RETAIL = "RETAIL"
    PARKING = "PARKING"
    LIVING = "LIVING"
    OTHER = "OTHER"


class Building(SQLModel, table=True):
    """A building; `time_zone` is an IANA name, `code` how people and devices name it."""

    __tablename__ = "building"
    __table_args__ = (
        names("language", Language),
        CheckConstraint("code ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'", name="code_form"),
        {"schema": "physical"},
    )
    id: int = key()
    code: str = text(unique=True)
    name: str = text()
    address: str | None = text(null=True)
    time_zone: str = text()
    language: Language = one_of(Language, default=Language.RU)
    global_id: str | None = text(null=True, unique=True)


class Floor(SQLModel, table=True):
    """A storey; `level` orders floors (0 may be the ground), `elevation` is in metres, `openings`: its doors."""

    __tablename__ = "floor"
    __table_args__ = (
        UniqueConstraint("building_id", "level"),
        UniqueConstraint("building_id", "global_id"),
        UniqueConstraint("id", "building_id"),
        {"schema": "physical"},
    )
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    level: int
    name: str = text()
    elevation: float | None = None
    outline: Outline | None = json()
    openings: Lines | None = json()
    global_id: str | None = text(null=True)


class Room(SQLModel, table=True):
    """A room; `area` (m²) is measured from the outline (m), `declared_area` is what its papers say."""

    __tablename__ = "room"
    __table_args__ = (
        ForeignKeyConstraint(["floor_id", "building_id"], ["physical.floor.id", "physical.floor.building_id"]),
        UniqueConstraint("building_id", "number"),
        UniqueConstraint("building_id", "global_id"),
        UniqueConstraint("id", "building_id"),
        names("kind", RoomKind),
        CheckConstraint("area >= 0 AND declared_area >= 0 AND capacity >= 0", name="sizes"),
        Index(None, "floor_id"),
        {"schema": "physical"},
    )
    id: int = key()
    building_id: int = to("physical.building.id", index=False)
    floor_id: int = to("physical.floor.id", index=False)
    number: str = text()
    name: str | None = text(null=True)
    kind: RoomKind = one_of(RoomKind, default=RoomKind.OTHER)
    area: float | None = None
    declared_area: float | None = None
    capacity: int | None = None
    outline: Outline | None = json()
    global_id: str | None = text(null=True)


class Alias(SQLModel, table=True):
    """A further name of a building, a floor or a room (exactly one of them)."""

    __tablename__ = "alias"
    __table_args__ = (
        CheckConstraint("num_nonnulls(building_id, floor_id, room_id) = 1", name="one_target"),
        names("language", Language),
        UniqueConstraint("building_id", "floor_id", "room_id", "name", postgresql_nulls_not_distinct=True),
        {"schema": "physical"},
    )
    id: int = key()
    building_id: int | None = to("physical.building.id", null=True, on_delete="CASCADE")
    floor_id: int | None = to("physical.floor.id", null=True, on_delete="CASCADE")
    room_id: int | None = to("physical.room.id", null=True, on_delete="CASCADE")
    name: str = text()
    language: Language = one_of(Language, default=Language.RU)


__all__ = ["Alias", "Building", "Floor", "Language", "Room", "RoomKind"]
