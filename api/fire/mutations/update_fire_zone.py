"""Change what a fire zone is called, and which rooms it has; what is not given stays as it is."""

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


@strawberry.input(description="What is to be changed in a fire zone; what is not given stays as it is.")
class UpdateFireZoneInput:
    zone: strawberry.ID = strawberry.field(description="Id or code of the zone.")
    code: str | None = strawberry.field(default=strawberry.UNSET, description="Another code.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Another name; null: none.")
    rooms: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="All its rooms, instead of those it had: ids or numbers; null: none."
    )


UpdateFireZoneResult = Annotated[
    Annotated["FireZone", strawberry.lazy("api.fire.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | FireZoneCodeTaken
    | Unconfirmed,
    strawberry.union("UpdateFireZoneResult", description="The zone as it is now, or why not."),
]


@mutation(
    UpdateFireZoneResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Change a fire zone's code, name or rooms.",
)
async def update_fire_zone(
    change: Change,
    input: Annotated[UpdateFireZoneInput, strawberry.argument(description="Which zone, and what changes.")],
) -> models.FireZone | NotAllowed | NotFound | InvalidInput | FireZoneCodeTaken:
    zone = await finding.fire_zone(change, input.zone, lock=True)
    if not isinstance(zone, models.FireZone):
        return zone
    if input.code is None:
        return InvalidInput.of("CANNOT_BE_NULL", "code")
    code = zone.code if input.code is strawberry.UNSET else input.code
    name = zone.name if input.name is strawberry.UNSET else input.name
    rooms = None if input.rooms is strawberry.UNSET else input.rooms or []
    wrong = checked(code, name, rooms)
    if wrong is not None:
        return wrong
    if code != zone.code and (other := await taken(change, zone.building_id, code)) is not None:
        return other
    zone.code, zone.name = code, name
    return (None if rooms is None else await fill(change, zone, rooms)) or zone
