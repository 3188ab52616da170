"""Report what sensors have measured: in columns, for devices; each reading is taken or refused by itself."""

from typing import Annotated

import strawberry

from api.context import Info
from api.directives import Requires, Risk, RiskLevel
from api.errors import Fault
from api.ingest.columns import MomentColumn, NumberColumn, SensorColumn, sheet_of
from api.ingest.doors import Sender
from api.ingest.sender import building_key, doors_of
from api.ingest.sheet import REPORTERS, TOLD
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.sentences import say
from db.ingest import Refused
from db.models import Door

MOST = 20_000
"""Readings in one call."""


@strawberry.input(description="Readings in three columns of one length.")
class ReadingsInput:
    sensors: SensorColumn = strawberry.field(description="Id or code of each sensor, or building/code.")
    at: MomentColumn = strawberry.field(description="When each was measured.")
    values: NumberColumn = strawberry.field(description="What was measured, in each sensor's unit.")
    building: strawberry.ID | None = strawberry.field(
        default=None, description="Id or code of the building in which the codes are meant."
    )


@strawberry.type(description="A reading that was not taken.")
class ReadingRefused:
    index: int = strawberry.field(description="Its place in the columns, from 0.")
    sensor: str = strawberry.field(description="The sensor as it was named.")
    code: str = strawberry.field(description="Why, for programs.")

    @strawberry.field(description="Why, in the caller's language.")
    def message(self, info: Info) -> str:
        return say(self.code, info.context.language, {**TOLD, "sensor": self.sensor, "argument": "values"})


@strawberry.type(description="What became of the readings; everything accepted is stored.")
class ReadingsReport:
    accepted: int = strawberry.field(description="So many were new.")
    duplicates: int = strawberry.field(description="So many were known already, with the same value.")
    refused: list[ReadingRefused] = strawberry.field(description="Those not taken, and why.")


ReportReadingsResult = Annotated[
    ReadingsReport | NotAllowed | NotFound | InvalidInput,
    strawberry.union("ReportReadingsResult", description="What became of the readings, or why none was looked at."),
]


@strawberry.mutation(
    description="Report readings of sensors. Sending the same ones again does no harm.",
    directives=[Risk(level=RiskLevel.LOW), Requires(roles=list(REPORTERS))],
)
async def report_readings(
    info: Info, input: Annotated[ReadingsInput, strawberry.argument(description="The readings.")]
) -> ReportReadingsResult:
    context = info.context
    viewer = context.viewer
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    if not viewer.may(*REPORTERS):
        return NotAllowed.without(REPORTERS)
    if not len(input.sensors) == len(input.at) == len(input.values):
        return InvalidInput.of("UNEQUAL_LENGTHS", "input")
    if len(input.sensors) > MOST:
        return InvalidInput.of("TOO_MANY", "sensors", most=MOST)
    buildings = None if viewer.admin else tuple(viewer.on(*REPORTERS))
    if input.building is not None:
        building = await building_key(context, input.building)
        if building is None or (buildings is not None and building not in buildings):
            return NotFound.of("building", input.building)
        buildings = (building,)
    sheet = sheet_of(input.sensors, input.at, input.values, context.clock.now())
    who = Sender(buildings, Door.GRAPHQL, viewer.key_id, viewer.readings_per_minute)
    report = await doors_of(context.parts).take(who, sheet.batch)
    return ReadingsReport(
        accepted=report.accepted,
        duplicates=report.duplicates,
        refused=[_told(one) for one in sheet.refused(report)],
    )


def _told(refused: Refused) -> ReadingRefused:
    return ReadingRefused(index=refused.index, sensor=refused.sensor, code=refused.reason.value)
