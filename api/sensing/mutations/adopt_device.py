"""Make a sensor of a device that nobody knows: its next readings are taken."""

import re
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import finding, ids
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.enums import Role, SensorKind
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, SensorCodeTaken, Unconfirmed
from api.sensing.mutations.create_sensor import CreateSensorInput, made
from api.writing import Change
from db import models

if TYPE_CHECKING:
    from api.sensing.types import Sensor


@strawberry.input(description="An unknown device, and the sensor that it shall be.")
class AdoptDeviceInput:
    device: strawberry.ID = strawberry.field(
        description="Id of the unknown device, or the name under which it reports."
    )
    building: strawberry.ID | None = strawberry.field(
        default=None, description="Id or code of the building; needed where it is not known where the device is."
    )
    room: strawberry.ID | None = strawberry.field(
        default=None, description="Id or number of the room it is in, if it is in one."
    )
    code: str | None = strawberry.field(
        default=None, description="Code of the sensor, unique in the building; made of the device's name unless said."
    )
    name: str | None = strawberry.field(default=None, description="How people call it.")
    kind: SensorKind = strawberry.field(description="What it measures.")
    unit: str | None = strawberry.field(default=None, description="Unit of its values; the usual one unless said.")
    interval: int | None = strawberry.field(
        default=None, description="Expected time between readings.", directives=[Unit(symbol="s")]
    )


AdoptDeviceResult = Annotated[
    Annotated["Sensor", strawberry.lazy("api.sensing.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | SensorCodeTaken
    | Unconfirmed,
    strawberry.union("AdoptDeviceResult", description="The sensor made, or why not."),
]


@mutation(
    AdoptDeviceResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Make a sensor of a device that reports and belongs to none. What it reports from then on is taken.",
)
async def adopt_device(
    change: Change, input: Annotated[AdoptDeviceInput, strawberry.argument(description="The device and its sensor.")]
) -> models.Sensor | NotAllowed | NotFound | InvalidInput | SensorCodeTaken:
    device = await finding.unknown_device(change, input.device)
    if not isinstance(device, models.UnknownDevice):
        return device
    building = await _building(change, input, device)
    if not isinstance(building, str):
        return building
    sensor = await made(
        change,
        CreateSensorInput(
            building=strawberry.ID(building),
            room=input.room,
            code=re.sub(r"[\s/]+", "-", device.name).strip("-") if input.code is None else input.code,
            name=input.name,
            kind=input.kind,
            unit=input.unit,
            interval=input.interval,
            external_id=device.name,
        ),
    )
    if isinstance(sensor, models.Sensor):
        await change.session.delete(device)
    return sensor


async def _building(
    change: Change, input: AdoptDeviceInput, device: models.UnknownDevice
) -> str | NotAllowed | NotFound | InvalidInput:
    """The id of the building in which the sensor will be: the device's own, where that is known."""
    if input.building is None:
        if device.building_id is None:
            return InvalidInput.of("BUILDING_NEEDED", "building")
        return ids.typed("building", device.building_id)
    named = await finding.building(change, input.building)
    if not isinstance(named, models.Building):
        return named
    if device.building_id not in (None, named.id):
        return InvalidInput.of("ELSEWHERE", "device", value=device.name)
    return ids.typed("building", named.id)
