"""Buildings, floors and rooms, as they may be asked about."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import Text, cast, func

from api.nodes import Node
from api.planner.source import column, many, one, planned
from api.scalars import Polygon
from api.space.where import AS_OF, FloorOrder, FloorWhere, RoomOrder, RoomWhere, building_of, day_in
from api.visibility import Other, Sight, among, both, covers
from db import models
from db.models import Language, RoomKind


def aliases(noun):  # type: ignore[no-untyped-def]
    """Further names, of the row whose noun that is."""

    def names(row):  # type: ignore[no-untyped-def]
        alias = Other(models.Alias)
        mine = among([alias], alias.name, getattr(alias, f"{noun}_id") == row.id)
        return func.array(mine.order_by(alias.name, alias.id).scalar_subquery())

    return names


@planned(models.Building, "building", visible=Sight.building, named=[lambda building, name: building.code == name.whole])
class Building(Node):
    """A building."""

    code: str = column("How people and devices name it; unique.")
    name: str = column("What it is called.", label=True)
    address: str | None = column("Where it stands.")
    time_zone: str = column("Its zone, an IANA name: days and hours of the building are in it.")
    language: Language = column("The language it speaks when nobody's own is known.")
    aliases: list[str] = column("Other names that people use.", aliases("building"))
    floors: list["Floor"] = many(
        "Its floors.", lambda building, floor: floor.building_id == building.id, FloorWhere, FloorOrder
    )
    rooms: list["Room"] = many(
        "Its rooms.", lambda building, room: room.building_id == building.id, RoomWhere, RoomOrder, typical=200
    )


@planned(
    models.Floor,
    "floor",
    visible=Sight.floor,
    named=[
        lambda floor, name: both(building_of(floor).code == name.before, cast(floor.level, Text) == name.after),
    ],
)
class Floor(Node):
    """A storey of a building."""

    level: int = column("Orders floors from below; 0 may be the ground.")
    name: str = column("What it is called.", label=True)
    elevation: float | None = column("Height of its finished floor above the building's zero.", unit="m")
    outline: Polygon | None = column("Its outline, in metres.")
    aliases: list[str] = column("Other names that people use.", aliases("floor"))
    building: Building = one("The building it is in.", lambda floor, building: building.id == floor.building_id)
    rooms: list["Room"] = many(
        "Rooms on it.", lambda floor, room: room.floor_id == floor.id, RoomWhere, RoomOrder, typical=30
    )


@planned(
    models.Room,
    "room",
    visible=Sight.room,
    named=[
        lambda room, name: both(building_of(room).code == name.before, room.number == name.after),
        lambda room, name: room.number == name.whole,
    ],
)
class Room(Node):
    """A room."""

    number: str = column("The number on its door; unique in the building.", label=True)
    name: str | None = column("What it is called.")
    kind: RoomKind = column("What it is for.")
    area: float | None = column("Area measured from its outline.", unit="m²")
    declared_area: float | None = column("Area by its papers.", unit="m²")
    capacity: int | None = column("How many people it is for.")
    outline: Polygon | None = column("Its outline, in metres.")
    aliases: list[str] = column("Other names that people use.", aliases("room"))
    global_id: str | None = column("Its GlobalId in the imported model (IFC).")
    floor: Floor = one("The floor it is on.", lambda room, floor: floor.id == room.floor_id)
    building: Building = one("The building it is in.", lambda room, building: building.id == room.building_id)
