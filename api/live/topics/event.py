"""Events that people report, as those who follow them are told."""

from collections.abc import Mapping
from datetime import datetime

import strawberry

from api.directives import Label
from api.live.choosing import Condition, chosen, is_, places, within
from api.live.reach import Face
from api.live.topics.topic import Told, Topic
from api.scalars import Cursor


@strawberry.type(description="An event; names and places are those of its time.")
class EventSnapshot:
    id: strawberry.ID = strawberry.field(description="The event's id.")
    at: datetime = strawberry.field(description="When it happened.")
    kind: str = strawberry.field(description="What kind of event.")
    text: str = strawberry.field(description="What happened.", directives=[Label()])
    room: str | None = strawberry.field(description="The room's number.")
    floor: str | None = strawberry.field(description="The floor's name.")
    building: str = strawberry.field(description="The building's name.")
    sensor: str | None = strawberry.field(description="The code of the sensor that it is about.")
    reported_by: str | None = strawberry.field(description="Who reported it.")


@strawberry.type(description="Somebody reported an event.")
class EventChange:
    cursor: Cursor = strawberry.field(description="The place after this event: come back with it as `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    event: EventSnapshot = strawberry.field(description="The event.")


def told(what: Told) -> EventChange:
    """An event, as those of that face may see it: tenants do not see the people of the house."""
    event = what.change.payload["event"]
    return EventChange(
        cursor=Cursor(what.cursor),
        at=what.change.at,
        event=EventSnapshot(
            id=strawberry.ID(event["id"]),
            at=datetime.fromisoformat(event["at"]),
            kind=event["kind"],
            text=event["text"],
            room=event["room"],
            floor=event["floor"],
            building=event["building"],
            sensor=event["sensor"],
            reported_by=event["reportedBy"] if what.face is Face.STAFF else None,
        ),
    )


CONDITIONS: Mapping[str, Condition] = {
    **places("event"),
    "kind": is_("event", "kind"),
    "at": within(("event", "at")),
}
"""By field of EventWhere."""

TOPIC = Topic("eventHappened", "event", lambda where: chosen(CONDITIONS, where))
