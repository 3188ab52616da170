"""Sensors whose status became another, as those who follow them are told."""

from datetime import datetime

import strawberry

from api.directives import Label
from api.enums import SensorKind, SensorStatus
from api.live.choosing import chosen, one_of, places
from api.live.reach import Face
from api.live.topics.topic import Told, Topic
from api.scalars import Cursor


@strawberry.type(description="A sensor at the time of a change; names and places are those of that time.")
class SensorSnapshot:
    id: strawberry.ID = strawberry.field(description="The sensor's id.")
    code: str = strawberry.field(description="How people and devices name it.", directives=[Label()])
    name: str | None = strawberry.field(description="What it is called.")
    kind: SensorKind = strawberry.field(description="What it measures.")
    unit: str = strawberry.field(description="The unit of its values.")
    room: str | None = strawberry.field(description="The room's number.")
    floor: str | None = strawberry.field(description="The floor's name.")
    building: str = strawberry.field(description="The building's name.")


@strawberry.type(description="A sensor's status became another.")
class SensorChange:
    cursor: Cursor = strawberry.field(description="The place after this change: come back with it as `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    before: SensorStatus = strawberry.field(description="What it was.")
    status: SensorStatus = strawberry.field(description="What it became.")
    reason: str | None = strawberry.field(description="Why, if a person said so.")
    changed_by: str | None = strawberry.field(description="Who said so.")
    sensor: SensorSnapshot = strawberry.field(description="The sensor.")


@strawberry.input(description="Which changes of sensors' statuses.")
class StatusWhere:
    building: strawberry.ID | None = strawberry.field(default=None, description="In this building: id or code.")
    floor: strawberry.ID | None = strawberry.field(
        default=None, description="In rooms of this floor: id or <building>/<level>."
    )
    level: int | None = strawberry.field(default=None, description="In rooms on floors of this level.")
    room: strawberry.ID | None = strawberry.field(default=None, description="In this room: id or number.")
    sensor: strawberry.ID | None = strawberry.field(default=None, description="Of this sensor: id or code.")
    kind: list[SensorKind] | None = strawberry.field(default=None, description="Of sensors of one of these kinds.")
    status: list[SensorStatus] | None = strawberry.field(default=None, description="That became one of these.")


def told(what: Told) -> SensorChange:
    """A change of a status, as those of that face may see it: tenants do not see the people of the house."""
    sensor = what.change.payload["sensor"]
    return SensorChange(
        cursor=Cursor(what.cursor),
        at=what.change.at,
        before=SensorStatus[sensor["before"]],
        status=SensorStatus[sensor["status"]],
        reason=sensor["reason"],
        changed_by=sensor.get("changedBy") if what.face is Face.STAFF else None,
        sensor=SensorSnapshot(
            id=strawberry.ID(sensor["id"]),
            code=sensor["code"],
            name=sensor["name"],
            kind=SensorKind[sensor["kind"]],
            unit=sensor["unit"],
            room=sensor["room"],
            floor=sensor["floor"],
            building=sensor["building"],
        ),
    )


CONDITIONS = {
    **places("sensor", sensor="code"),
    "kind": one_of("sensor", "kind"),
    "status": one_of("sensor", "status"),
}
"""By field of StatusWhere."""

TOPIC = Topic("statusChanged", "status", lambda where: chosen(CONDITIONS, where))
