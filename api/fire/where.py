"""Which fire zones and conditions of the panel, and in which order."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Text, func, literal_column

from api.alarm.where import Period, within
from api.planner.ordering import ordering
from api.planner.source import condition
from api.planner.text import constant
from api.space.where import contains
from api.visibility import Other, some
from db import models
from db.models import PanelState


def has_room(zone: Any, room: Any) -> ColumnElement[bool]:
    """The room, which the viewer sees, is in the zone."""
    link = Other(models.ZoneRoom)
    return some([link], link.zone_id == zone.id, link.room_id == room)


def on_floor(zone: Any, floor: Any) -> ColumnElement[bool]:
    """A room of the floor that the viewer sees is in the zone."""
    link, room = Other(models.ZoneRoom), Other(models.Room)
    met = (link.zone_id == zone.id, room.id == link.room_id, room.floor_id == floor)
    return some([link, room], *met, zone.sight.room(room))


def stands(condition: Any) -> ColumnElement[bool]:
    return condition.until.is_(None)  # type: ignore[no-any-return]


def standing(zone: Any, kinds: Any = None) -> ColumnElement[bool]:
    """The panel says something of the zone now, of one of the kinds; who sees the zone sees that."""
    said = Other(models.PanelCondition)
    of_kind = [] if kinds is None else [said.kind == func.any(kinds)]
    return some([said], said.zone_id == zone.id, stands(said), *of_kind)


@strawberry.input(description="Which fire zones.")
class FireZoneWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda zone, key: zone.building_id == key, noun="building"
    )
    code: str | None = condition("Of this code.", lambda zone, code: zone.code == code)
    name: str | None = condition(
        "Whose name contains this, in any case.", lambda zone, name: contains(func.coalesce(zone.name, ""), name)
    )
    room: strawberry.ID | None = condition("With this room: id or number.", has_room, noun="room")
    floor: strawberry.ID | None = condition(
        "With rooms on this floor: id or <building>/<level>.", on_floor, noun="floor"
    )
    panel: list[PanelState] | None = condition("Of which the panel says one of these now.", standing)
    standing: bool | None = condition(
        "Of which the panel says something now (true), or nothing (false).",
        lambda zone, yes: standing(zone) if yes else ~standing(zone),
    )


@strawberry.input(description="Which conditions of the fire alarm panel.")
class PanelConditionWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda said, key: said.building_id == key, noun="building"
    )
    zone: strawberry.ID | None = condition(
        "Of this zone: id, code or <building>/<code>.", lambda said, key: said.zone_id == key, noun="zone"
    )
    kind: list[PanelState] | None = condition(
        "Of one of these kinds.", lambda said, kinds: said.kind == func.any(kinds)
    )
    standing: bool | None = condition(
        "That stand now (true), or are over (false).", lambda said, yes: stands(said) if yes else ~stands(said)
    )
    since: Period | None = condition("That began within these.", lambda said, period: within(said.since, period))


def by_code(code: Any) -> Any:
    """Codes such as 2, 10 and A3 as people count them."""
    return func.lpad(code, literal_column("24"), constant("0"), type_=Text)


FireZoneOrder = ordering(
    "FireZone",
    CODE=("By code, numbers by their size.", lambda zone: by_code(zone.code)),
    NAME=("By name.", lambda zone: zone.name),
)
PanelConditionOrder = ordering("PanelCondition", descending=True, SINCE=("By when it began.", lambda said: said.since))
