"""Report what happened in a building: people's own words, kept with where, when and who."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models, reports
from db.changes import append
from db.engine import Connection

if TYPE_CHECKING:
    from api.alarm.types import Event

LONGEST_TEXT = 1000
LONGEST_KIND = 40
USUAL_KIND = "report"

Refused: TypeAlias = NotAllowed | NotFound | InvalidInput


@dataclass(frozen=True, slots=True)
class Place:
    """Keys of where it happened."""

    building_id: int
    room_id: int | None = None
    sensor_id: int | None = None


@strawberry.input(description="What happened where: give a building, a room or a sensor.")
class ReportEventInput:
    text: str = strawberry.field(description="What happened, in one's own words.")
    kind: str = strawberry.field(
        default=USUAL_KIND, description="What kind of event, a word: report, visit, maintenance and so on."
    )
    building: strawberry.ID | None = strawberry.field(default=None, description="Id or code of the building.")
    room: strawberry.ID | None = strawberry.field(default=None, description="Id or number of the room.")
    sensor: strawberry.ID | None = strawberry.field(default=None, description="Id or code of the sensor it is about.")
    at: datetime | None = strawberry.field(default=None, description="When it happened; now unless given.")


ReportEventResult = Annotated[
    Annotated["Event", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("ReportEventResult", description="The event, or why not."),
]


@mutation(
    ReportEventResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER, Role.DISPATCHER, Role.GUARD, Role.TENANT),
    description="Report what happened. Tenants report of the rooms that they have today.",
)
async def report_event(
    change: Change, input: Annotated[ReportEventInput, strawberry.argument(description="What happened.")]
) -> models.Event | NotAllowed | NotFound | InvalidInput:
    wrong = _checked(change, input)
    if wrong is not None:
        return wrong
    place = await _place(change, input)
    if not isinstance(place, Place):
        return place
    event = models.Event(
        building_id=place.building_id,
        room_id=place.room_id,
        sensor_id=place.sensor_id,
        user_id=change.viewer.user_id,
        at=input.at or change.now,
        kind=input.kind,
        text=input.text,
    )
    change.session.add(event)
    await change.session.flush()

    async def tell(connection: Connection) -> None:
        await append(connection, [await reports.news(connection, event.id)])

    change.last.append(tell)
    return event


def _checked(change: Change, input: ReportEventInput) -> InvalidInput | None:
    if input.building is None and input.room is None and input.sensor is None:
        return InvalidInput.of("NO_PLACE", "building")
    if input.at is not None and input.at > change.now:
        return InvalidInput.of("NOT_YET", "at")
    if input.at is not None and (wrong := checks.day("at", input.at)) is not None:
        return wrong
    return checks.line("text", input.text, LONGEST_TEXT) or checks.line("kind", input.kind, LONGEST_KIND)


async def _place(change: Change, input: ReportEventInput) -> Place | Refused:
    """Where it happened: a sensor is in its room, a room in its building; what is given has to agree."""
    building = None if input.building is None else await finding.building(change, input.building)
    if building is not None and not isinstance(building, models.Building):
        return building
    prefer = building.id if building is not None else None
    room = None if input.room is None else await finding.room_of_theirs(change, input.room, prefer=prefer)
    if room is not None and not isinstance(room, models.Room):
        return room
    sensor = None if input.sensor is None else await finding.sensor_of_theirs(change, input.sensor, prefer=prefer)
    if sensor is not None and not isinstance(sensor, models.Sensor):
        return sensor
    if room is not None and prefer not in (None, room.building_id):
        return InvalidInput.of("ELSEWHERE", "room", value=input.room)
    if sensor is not None:
        elsewhere = room is not None and room.id != sensor.room_id
        if elsewhere or prefer not in (None, sensor.building_id):
            return InvalidInput.of("ELSEWHERE", "sensor", value=input.sensor)
        return Place(sensor.building_id, sensor.room_id, sensor.id)
    if room is not None:
        return Place(room.building_id, room.id)
    assert building is not None
    return Place(building.id)
