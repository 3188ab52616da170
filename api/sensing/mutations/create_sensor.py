"""Add a sensor to a building; readings are taken for it from then on."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlmodel import col, select

from api import checks, finding
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.enums import Role, SensorKind
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, SensorCodeTaken, Unconfirmed
from api.writing import Change
from db import models
from db.models import UNITS

if TYPE_CHECKING:
    from api.sensing.types import Sensor


@strawberry.input(description="A new sensor.")
class CreateSensorInput:
    building: strawberry.ID = strawberry.field(description="Id or code of the building.")
    room: strawberry.ID | None = strawberry.field(
        default=None, description="Id or number of the room it is in, if it is in one."
    )
    code: str = strawberry.field(description="How devices name it: unique in the building, no spaces, no slash.")
    name: str | None = strawberry.field(default=None, description="How people call it.")
    kind: SensorKind = strawberry.field(description="What it measures.")
    unit: str | None = strawberry.field(default=None, description="Unit of its values; the usual one unless said.")
    interval: int | None = strawberry.field(
        default=None, description="Expected time between readings.", directives=[Unit(symbol="s")]
    )
    external_id: str | None = strawberry.field(default=None, description="Its id in the system it comes from.")
    x: float | None = strawberry.field(
        default=None, description="Where it is on the floor, to the right.", directives=[Unit(symbol="m")]
    )
    y: float | None = strawberry.field(
        default=None, description="Where it is on the floor, upwards.", directives=[Unit(symbol="m")]
    )


CreateSensorResult = Annotated[
    Annotated["Sensor", strawberry.lazy("api.sensing.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | SensorCodeTaken
    | Unconfirmed,
    strawberry.union("CreateSensorResult", description="The sensor made, or why not."),
]


@mutation(
    CreateSensorResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Add a sensor to a building.",
)
async def create_sensor(
    change: Change, input: Annotated[CreateSensorInput, strawberry.argument(description="The sensor.")]
) -> models.Sensor | NotAllowed | NotFound | InvalidInput | SensorCodeTaken:
    return await made(change, input)


async def made(
    change: Change, input: CreateSensorInput
) -> models.Sensor | NotAllowed | NotFound | InvalidInput | SensorCodeTaken:
    """A new sensor, or why it cannot be."""
    building = await finding.building(change, input.building)
    if not isinstance(building, models.Building):
        return building
    room = None if input.room is None else await finding.room(change, input.room, prefer=building.id)
    if room is not None and not isinstance(room, models.Room):
        return room
    if room is not None and room.building_id != building.id:
        return InvalidInput.of("ELSEWHERE", "room", value=room.number)
    wrong = _checked(input)
    if wrong is not None:
        return wrong
    taken = await change.session.scalar(
        select(models.Sensor.id).where(
            col(models.Sensor.building_id) == building.id, col(models.Sensor.code) == input.code
        )
    )
    if taken is not None:
        return SensorCodeTaken.of(taken, input.code, building.name)
    sensor = models.Sensor(
        building_id=building.id,
        room_id=room.id if room is not None else None,
        code=input.code,
        name=input.name,
        kind=input.kind,
        unit=UNITS[input.kind] if input.unit is None else input.unit,
        interval=input.interval,
        x=input.x,
        y=input.y,
        external_id=input.external_id,
    )
    change.session.add(sensor)
    await change.session.flush()
    return sensor


def _checked(input: CreateSensorInput) -> InvalidInput | None:
    return (
        checks.code("code", input.code)
        or checks.line("name", input.name)
        or checks.line("unit", input.unit or None, longest=20)
        or checks.line("externalId", input.external_id)
        or checks.number("interval", input.interval, least=1)
        or checks.number("x", input.x, least=-1e6, most=1e6)
        or checks.number("y", input.y, least=-1e6, most=1e6)
    )
