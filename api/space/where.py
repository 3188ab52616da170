"""Which buildings, floors and rooms, and in which order."""

from datetime import date
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, func, literal_column

from api.planner.ordering import ordering
from api.planner.source import argument, condition
from api.planner.text import finite
from api.visibility import Other, among, both, covers, some, today
from db import models
from db.models import RoomKind

DAY = "A day; today in the building's zone unless given."


def contains(text: Any, part: Any) -> ColumnElement[bool]:
    """Whether a text has a part, whatever the case."""
    return func.strpos(func.lower(text), func.lower(part)) > literal_column("0")


def day_in(building_id: Any, as_of: Any = None) -> Any:
    """The day that is asked about: the one given, or today in the building's zone."""
    if as_of is not None:
        return as_of
    building = Other(models.Building)
    return among([building], today(building.time_zone), building.id == building_id).scalar_subquery()


def in_zone(room: Any, zone: Any) -> ColumnElement[bool]:
    """The room is in a fire zone that the viewer sees."""
    link = Other(models.ZoneRoom)
    return some([link], link.room_id == room.id, link.zone_id == zone)


def occupied(room: Any, as_of: Any = None, tenant: Any = None) -> ColumnElement[bool]:
    """A placement that the viewer sees (of a tenant) has the room on that day."""
    placement, lease = Other(models.Placement), Other(models.Lease)
    day = covers(placement.period, day_in(room.building_id, as_of))
    placed = both(placement.room_id == room.id, day, room.sight.placement(placement))
    if tenant is None:
        return some([placement], placed)
    return some([placement, lease], placed, lease.id == placement.lease_id, lease.tenant_id == tenant)


def on_level(row: Any, level: Any) -> ColumnElement[bool]:
    """A row with `floor_id` is on a floor of that level which the viewer sees."""
    floor = Other(models.Floor)
    on_it = among([floor], floor.id, floor.level == level, row.sight.floor(floor))
    return row.floor_id.in_(on_it)  # type: ignore[no-any-return]


@strawberry.input(description="Which buildings.")
class BuildingWhere:
    code: str | None = condition("Of this code.", lambda building, code: building.code == code)
    name: str | None = condition(
        "Whose name contains this, in any case.", lambda building, name: contains(building.name, name)
    )


@strawberry.input(description="Which floors.")
class FloorWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda floor, key: floor.building_id == key, noun="building"
    )
    level: int | None = condition("Of this level; 0 may be the ground.", lambda floor, level: floor.level == level)
    name: str | None = condition(
        "Whose name contains this, in any case.", lambda floor, name: contains(floor.name, name)
    )


@strawberry.input(description="Which rooms.")
class RoomWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda room, key: room.building_id == key, noun="building"
    )
    floor: strawberry.ID | None = condition(
        "On this floor: id or <building>/<level>.", lambda room, key: room.floor_id == key, noun="floor"
    )
    level: int | None = condition("On floors of this level.", on_level)
    fire_zone: strawberry.ID | None = condition(
        "In this fire zone: id, code or <building>/<code>.", in_zone, noun="zone"
    )
    number: str | None = condition("Of this number.", lambda room, number: room.number == number)
    kind: list[RoomKind] | None = condition("Of one of these kinds.", lambda room, kinds: room.kind == func.any(kinds))
    vacant: bool | None = condition(
        "Without (true) or with (false) a tenant on the day `asOf`.",
        lambda room, vacant, as_of: ~occupied(room, as_of) if vacant else occupied(room, as_of),
    )
    as_of: date | None = condition(f"The day for `vacant` and `tenant`. {DAY}")
    tenant: strawberry.ID | None = condition(
        "Let to this tenant on the day `asOf`: id, name or tax number.",
        lambda room, tenant, as_of: occupied(room, as_of, tenant),
        noun="tenant",
    )
    area_at_least: float | None = condition(
        "Of at least this area.", lambda room, area: finite(room.area) >= area, unit="m²"
    )
    area_at_most: float | None = condition(
        "Of at most this area.", lambda room, area: finite(room.area) <= area, unit="m²"
    )
    capacity_at_least: int | None = condition(
        "For at least so many people.", lambda room, people: room.capacity >= people
    )


BuildingOrder = ordering(
    "Building",
    CODE=("By code.", lambda building: building.code),
    NAME=("By name.", lambda building: building.name),
)
FloorOrder = ordering(
    "Floor",
    LEVEL=("From the lowest.", lambda floor: floor.level),
    NAME=("By name.", lambda floor: floor.name),
)
RoomOrder = ordering(
    "Room",
    NUMBER=("By number, as text.", lambda room: room.number),
    AREA=("By area.", lambda room: room.area),
    LEVEL=("By the level of the floor.", lambda room: floor_of(room).level),
)
AS_OF = argument(date | None, DAY)


def floor_of(room: Any) -> Any:
    """The floor of a room, for orders: joined, and not for people to see."""
    return room.join("floor", models.Floor, lambda floor: floor.id == room.floor_id)


def building_of(row: Any) -> Any:
    return row.join("building", models.Building, lambda building: building.id == row.building_id)
