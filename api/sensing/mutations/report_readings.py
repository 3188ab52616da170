"""Report what sensors have measured: in columns, for devices; each reading is taken or refused by itself."""

from datetime import datetime
from typing import Annotated

import strawberry

from api import ids
from api.context import Context, Info
from api.directives import Requires, Risk, RiskLevel
from api.enums import Role
from api.errors import Fault
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.sentences import say
from db.ingest import Batch, Refused, Window, ingest
from db.queries import space

REPORTERS = (Role.ADMIN, Role.MANAGER, Role.DEVICE)
MOST = 20_000
"""Readings in one call."""


@strawberry.input(description="Readings in three columns of one length.")
class ReadingsInput:
    sensors: list[str] = strawberry.field(description="Id or code of each sensor, or building/code.")
    at: list[datetime] = strawberry.field(description="When each was measured.")
    values: list[float | None] = strawberry.field(description="What was measured, in each sensor's unit.")
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
        told = {"sensor": self.sensor, "argument": "values", "roles": [role.name for role in REPORTERS]}
        return say(self.code, info.context.language, told)


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
    buildings = None if viewer.admin else viewer.on(*REPORTERS)
    if input.building is not None:
        building = await _building(context, input.building)
        if building is None or (buildings is not None and building not in buildings):
            return NotFound.of("building", input.building)
        buildings = [building]
    database = context.parts.settings.database
    window = Window(database.window_back, database.window_ahead)
    report = await ingest(context.pool, context.clock, Batch(input.sensors, input.at, input.values), buildings, window)
    return ReadingsReport(
        accepted=report.accepted, duplicates=report.duplicates, refused=[_told(one) for one in report.refused]
    )


def _told(refused: Refused) -> ReadingRefused:
    return ReadingRefused(index=refused.index, sensor=refused.sensor, code=refused.reason.value)


async def _building(context: Context, value: str) -> int | None:
    key = ids.key("building", value)
    if not value.isprintable():
        return None
    async with context.pool.acquire() as connection:
        found: int | None = await connection.fetchval(space.BUILDING_KEY, key, value)
    return found
