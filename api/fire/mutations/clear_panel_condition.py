"""Tell that the fire alarm panel no longer says something of a zone."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import PanelState, Role
from api.fire.mutations.report_panel_condition import LONGEST_NOTE
from api.fire.panel import tell
from api.fire.refusals import PanelConditionStays
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.queries import fire

if TYPE_CHECKING:
    from api.fire.types import FireZone

ClearPanelConditionResult = Annotated[
    Annotated["FireZone", strawberry.lazy("api.fire.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | PanelConditionStays
    | Unconfirmed,
    strawberry.union("ClearPanelConditionResult", description="The zone as it is now, or why not."),
]


@mutation(
    ClearPanelConditionResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER, Role.DISPATCHER, Role.GUARD),
    description="Tell that the fire alarm panel no longer says something of a zone; it is told as an event.",
)
async def clear_panel_condition(
    change: Change,
    zone: Annotated[strawberry.ID, strawberry.argument(description="Id or code of the zone.")],
    kind: Annotated[
        PanelState | None, strawberry.argument(description="What it no longer says; all that it says unless given.")
    ] = None,
    note: Annotated[str | None, strawberry.argument(description="What there is to note.")] = None,
) -> models.FireZone | NotAllowed | NotFound | InvalidInput | PanelConditionStays:
    found = await finding.fire_zone(change, zone, lock=True)
    if not isinstance(found, models.FireZone):
        return found
    wrong = checks.line("note", note, LONGEST_NOTE)
    if wrong is not None:
        return wrong
    standing = await change.session.scalars(fire.standing(found.id))
    over = [said for said in standing if kind in (None, said.kind)]
    if not over:
        return PanelConditionStays.over(found, kind)
    for said in over:
        said.until = max(change.now, said.since)
        said.cleared_by_id = change.viewer.user_id
    await tell(change, found, [said.kind for said in over], note, over=True)
    return found
