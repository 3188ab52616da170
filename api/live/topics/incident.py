"""Changes of incidents, as the staff that follow them are told."""

import enum
from collections.abc import Mapping
from datetime import datetime

import strawberry

from api.directives import Label
from api.enums import IncidentKind, Priority
from api.live.choosing import Condition, chosen, named, one_of, there, within
from api.live.topics.topic import Told, Topic
from api.scalars import Cursor


@strawberry.enum(description="What happened to an incident.")
class IncidentChangeKind(enum.Enum):
    OPENED = strawberry.enum_value("OPENED", description="A flood of alarms began.")
    REOPENED = strawberry.enum_value("REOPENED", description="Late readings said that one of its alarms goes on.")
    GREW = strawberry.enum_value("GREW", description="More alarms joined it.")
    CLOSED = strawberry.enum_value("CLOSED", description="The last of its alarms is done with.")


@strawberry.type(description="An incident as it was right after a change; names are those of that time.")
class IncidentSnapshot:
    id: strawberry.ID = strawberry.field(description="The incident's id.")
    title: str = strawberry.field(description="Where, and what most of its alarms are about.", directives=[Label()])
    kind: IncidentKind = strawberry.field(description="What its alarms have in common.")
    priority: Priority | None = strawberry.field(description="How urgent the most urgent of its alarms was.")
    opened_at: datetime = strawberry.field(description="When the first of its alarms was raised.")
    last_raised_at: datetime = strawberry.field(description="When the last of its alarms was raised.")
    closed_at: datetime | None = strawberry.field(description="When it was over, if it was.")
    alarms: int = strawberry.field(description="How many alarms it had.")
    live: int = strawberry.field(description="How many of these were not done with.")
    unacknowledged: int = strawberry.field(description="How many of these nobody had acknowledged.")
    floor: str | None = strawberry.field(description="The floor's name, for FLOOR.")
    building: str = strawberry.field(description="The building's name.")
    building_code: str = strawberry.field(description="The building's code.")


@strawberry.type(description="Something that happened to an incident.")
class IncidentChange:
    cursor: Cursor = strawberry.field(description="The place after this change: come back with it as `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    kind: IncidentChangeKind = strawberry.field(description="What happened.")
    incident: IncidentSnapshot = strawberry.field(description="The incident right after.")


def told(what: Told) -> IncidentChange:
    """A change of an incident; only the staff of its building sees any."""
    payload = what.change.payload
    incident = payload["incident"]
    closed = incident["closedAt"]
    return IncidentChange(
        cursor=Cursor(what.cursor),
        at=what.change.at,
        kind=IncidentChangeKind[payload["kind"]],
        incident=IncidentSnapshot(
            id=strawberry.ID(incident["id"]),
            title=incident["title"],
            kind=IncidentKind[incident["kind"]],
            priority=Priority[incident["priority"]] if incident["priority"] else None,
            opened_at=datetime.fromisoformat(incident["openedAt"]),
            last_raised_at=datetime.fromisoformat(incident["lastRaisedAt"]),
            closed_at=datetime.fromisoformat(closed) if closed else None,
            alarms=incident["alarms"],
            live=incident["live"],
            unacknowledged=incident["unacknowledged"],
            floor=incident["floor"],
            building=incident["building"],
            building_code=payload["keys"]["code"],
        ),
    )


CONDITIONS: Mapping[str, Condition] = {
    "building": named("building", lambda p: (p["keys"]["code"],)),
    "kind": one_of("incident", "kind"),
    "closed": there("incident", "closedAt"),
    "opened": within(("incident", "openedAt")),
}
"""By field of IncidentWhere."""

TOPIC = Topic("incidentChanged", "incident", lambda where: chosen(CONDITIONS, where))
