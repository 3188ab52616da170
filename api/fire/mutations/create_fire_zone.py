"""Make a fire zone as the fire alarm panel has it, with its rooms."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.fire.refusals import FireZoneCodeTaken
from api.fire.zoning import checked, fill, taken
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models

if TYPE_CHECKING:
    from api.fire.types import FireZone


@strawberry.input(description="A new fire zone.")
class CreateFireZoneInput:
    building: strawberry.ID = strawberry.field(description="Id or code of the building.")
    code: str = strawberry.field(description="What the panel calls it; unique in the building.")
    name: str | None = strawberry.field(default=None, description="What people call it.")
    rooms: list[strawberry.ID] = strawberry.field(default_factory=list, description="Its rooms: ids or numbers.")


CreateFireZoneResult = Annotated[
    Annotated["FireZone", strawberry.lazy("api.fire.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | FireZoneCodeTaken
    | Unconfirmed,
    strawberry.union("CreateFireZoneResult", description="The zone made, or why not."),
]


@mutation(
    CreateFireZoneResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Make a zone of the fire alarm panel, with its rooms.",
)
async def create_fire_zone(
    change: Change, input: Annotated[CreateFireZoneInput, strawberry.argument(description="The zone.")]
) -> models.FireZone | NotAllowed | NotFound | InvalidInput | FireZoneCodeTaken:
    building = await finding.building(change, input.building)
    if not isinstance(building, models.Building):
        return building
    wrong = checked(input.code, input.name, input.rooms) or await taken(change, building.id, input.code)
    if wrong is not None:
        return wrong
    zone = models.FireZone(building_id=building.id, code=input.code, name=input.name)
    change.session.add(zone)
    await change.session.flush()
    return await fill(change, zone, input.rooms) or zone
