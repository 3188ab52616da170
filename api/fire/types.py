"""Fire zones, and what the fire alarm panel says of them."""

from datetime import datetime

from api.access.types import User
from api.fire.where import PanelConditionOrder, PanelConditionWhere, standing, stands
from api.nodes import Node
from api.planner.source import column, many, one, planned
from api.space.types import Building, Room
from api.space.where import RoomOrder, RoomWhere, building_of, in_zone
from api.visibility import Sight, both
from db import models
from db.models import PanelState


@planned(
    models.FireZone,
    "zone",
    visible=Sight.fire_zone,
    named=[
        lambda zone, name: both(building_of(zone).code == name.before, zone.code == name.after),
        lambda zone, name: zone.code == name.whole,
    ],
)
class FireZone(Node):
    """A zone of the fire alarm panel: the rooms of which it speaks together."""

    code: str = column("What the panel calls it; unique in the building.", label=True)
    name: str | None = column("What people call it.")
    standing: bool = column("The panel says something of it now.", standing)
    building: Building | None = one("The building.", lambda zone, building: building.id == zone.building_id)
    rooms: list[Room] = many(
        "Its rooms; with their tenants the list of whom to lead out.",
        lambda zone, room: in_zone(room, zone.id),
        RoomWhere,
        RoomOrder,
        typical=20,
    )
    conditions: list["PanelCondition"] = many(
        "What the panel said of it, the latest first.",
        lambda zone, said: said.zone_id == zone.id,
        PanelConditionWhere,
        PanelConditionOrder,
        typical=3,
    )


@planned(models.PanelCondition, "condition", visible=Sight.panel_condition)
class PanelCondition(Node):
    """Something that the fire alarm panel said of a zone, as a person told it."""

    kind: PanelState = column("What it said.")
    standing: bool = column("It says so now.", stands)
    since: datetime = column("Since when.")
    until: datetime | None = column("Until when; null while it stands.")
    note: str | None = column("What was noted of it.")
    zone: FireZone | None = one("Of which zone.", lambda said, zone: zone.id == said.zone_id)
    building: Building | None = one("The building.", lambda said, building: building.id == said.building_id)
    reported_by: User | None = one("Who reported it.", lambda said, user: user.id == said.reported_by_id)
    cleared_by: User | None = one("Who said that it is over.", lambda said, user: user.id == said.cleared_by_id)
