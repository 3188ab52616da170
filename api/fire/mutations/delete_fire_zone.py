"""Do away with a fire zone that the panel no longer has."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.fire.refusals import FireZoneNotQuiet
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.queries import fire

if TYPE_CHECKING:
    from api.space.types import Building

DeleteFireZoneResult = Annotated[
    Annotated["Building", strawberry.lazy("api.space.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | FireZoneNotQuiet
    | Unconfirmed,
    strawberry.union("DeleteFireZoneResult", description="The building whose zone it was, or why not."),
]


@mutation(
    DeleteFireZoneResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Do away with a fire zone and what the panel said of it; its rooms stay, and so do the events.",
)
async def delete_fire_zone(
    change: Change, zone: Annotated[strawberry.ID, strawberry.argument(description="Id or code of the zone.")]
) -> models.Building | NotAllowed | NotFound | InvalidInput | FireZoneNotQuiet:
    found = await finding.fire_zone(change, zone, lock=True)
    if not isinstance(found, models.FireZone):
        return found
    says = [said.kind for said in await change.session.scalars(fire.standing(found.id))]
    if says:
        return FireZoneNotQuiet.of(found, says)
    building = await change.session.get_one(models.Building, found.building_id)
    for link in await change.session.scalars(fire.links_of(found.id)):
        await change.session.delete(link)
    await change.session.flush()
    await change.session.delete(found)
    return building
