"""Buildings, floors and rooms, as they may be asked about."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import Text, cast, func

from api.alarm.where import AlarmOrder, AlarmWhere
from api.fire.where import FireZoneOrder, FireZoneWhere, on_floor
from api.nodes import Node
from api.planner.source import Expression, column, many, one, planned
from api.scalars import MultiLineString, Polygon
from api.sensing.where import SensorOrder, SensorWhere
from api.space.where import AS_OF, FloorOrder, FloorWhere, RoomOrder, RoomWhere, building_of, in_zone
from api.tenancy.where import PlacementOrder, PlacementWhere
from api.visibility import Other, Sight, among, both, covers, today
from db import models
from db.models import Language, RoomKind

if TYPE_CHECKING:
    from api.alarm.types import Alarm
    from api.fire.types import FireZone
    from api.sensing.types import Sensor
    from api.tenancy.types import Placement, Tenant

LazyAlarm = Annotated["Alarm", strawberry.lazy("api.alarm.types")]
LazyFireZone = Annotated["FireZone", strawberry.lazy("api.fire.types")]
LazySensor = Annotated["Sensor", strawberry.lazy("api.sensing.types")]
LazyTenant = Annotated["Tenant", strawberry.lazy("api.tenancy.types")]
LazyPlacement = Annotated["Placement", strawberry.lazy("api.tenancy.types")]


def aliases(noun: str) -> Expression:
    """Further names, of the row whose noun that is."""

    def names(row: Any) -> Any:
        alias = Other(models.Alias)
        mine = among([alias], alias.name, getattr(alias, f"{noun}_id") == row.id)
        return func.array(mine.order_by(alias.name, alias.id).scalar_subquery())

    return names


def renter(room: Any, tenant: Any, as_of: Any) -> Any:
    """The tenant of the placement that has the room on that day."""
    day = today(building_of(room).time_zone) if as_of is None else as_of
    placement = room.join(
        None, models.Placement, lambda placement: both(placement.room_id == room.id, covers(placement.period, day))
    )
    lease = room.join(None, models.Lease, lambda lease: lease.id == placement.lease_id)
    return tenant.id == lease.tenant_id


@planned(
    models.Building, "building", visible=Sight.building, named=[lambda building, name: building.code == name.whole]
)
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
    sensors: list[LazySensor] = many(
        "Its sensors.",
        lambda building, sensor: sensor.building_id == building.id,
        SensorWhere,
        SensorOrder,
        typical=1000,
    )
    alarms: list[LazyAlarm] = many(
        "Its alarms.",
        lambda building, alarm: alarm.building_id == building.id,
        AlarmWhere,
        AlarmOrder,
        long=True,
        typical=50,
    )
    fire_zones: list[LazyFireZone] = many(
        "Its fire zones.", lambda building, zone: zone.building_id == building.id, FireZoneWhere, FireZoneOrder
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
    openings: MultiLineString | None = column(
        "Its doors and passages, each as a line across which one walks; for staff.", visible=Sight.floor_openings
    )
    aliases: list[str] = column("Other names that people use.", aliases("floor"))
    building: Building = one("The building it is in.", lambda floor, building: building.id == floor.building_id)
    rooms: list["Room"] = many(
        "Rooms on it.", lambda floor, room: room.floor_id == floor.id, RoomWhere, RoomOrder, typical=30
    )
    fire_zones: list[LazyFireZone] = many(
        "Fire zones that have rooms on it.",
        lambda floor, zone: on_floor(zone, floor.id),
        FireZoneWhere,
        FireZoneOrder,
        typical=2,
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
    tenant: LazyTenant | None = one("Who rents it on a day.", renter, as_of=AS_OF)
    placements: list[LazyPlacement] = many(
        "Who has, had or will have it.",
        lambda room, placement: placement.room_id == room.id,
        PlacementWhere,
        PlacementOrder,
    )
    sensors: list[LazySensor] = many(
        "Sensors in it.", lambda room, sensor: sensor.room_id == room.id, SensorWhere, SensorOrder
    )
    alarms: list[LazyAlarm] = many(
        "Alarms raised in it.",
        lambda room, alarm: alarm.room_id == room.id,
        AlarmWhere,
        AlarmOrder,
        long=True,
        typical=3,
    )
    fire_zones: list[LazyFireZone] = many(
        "Fire zones that it is in.",
        lambda room, zone: in_zone(room, zone.id),
        FireZoneWhere,
        FireZoneOrder,
        typical=1,
    )
