"""Questions about buildings, floors and rooms."""

import strawberry

from api.nodes import Connection
from api.planner.source import by_key, page
from api.space.types import Building, Floor, Room
from api.space.where import BuildingOrder, BuildingWhere, FloorOrder, FloorWhere, RoomOrder, RoomWhere


@strawberry.type
class SpaceQuery:
    building: Building | None = by_key("One building.", "building", "Its id (building_1) or code.")
    buildings: Connection[Building] = page("Buildings.", BuildingWhere, BuildingOrder, typical=3)
    floor: Floor | None = by_key("One floor.", "floor", "Its id (floor_3) or <building code>/<level>.")
    floors: Connection[Floor] = page("Floors.", FloorWhere, FloorOrder, typical=30)
    room: Room | None = by_key(
        "One room.", "room", "Its id (room_12), <building code>/<number>, or its number where only one room has it."
    )
    rooms: Connection[Room] = page("Rooms.", RoomWhere, RoomOrder)
