"""Tell what the fire alarm panel says of a zone: fire, a fault, that it is switched off or being tested."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import PanelState, Role
from api.fire.panel import tell
from api.fire.refusals import PanelConditionStays
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.queries import fire

if TYPE_CHECKING:
    from api.fire.types import FireZone

LONGEST_NOTE = 1000


@strawberry.input(description="What the panel says of a zone.")
class ReportPanelConditionInput:
    zone: strawberry.ID = strawberry.field(description="Id or code of the zone.")
    kind: PanelState = strawberry.field(description="What it says.")
    note: str | None = strawberry.field(default=None, description="What there is to note.")
    since: datetime | None = strawberry.field(default=None, description="Since when it says so; now unless given.")


ReportPanelConditionResult = Annotated[
    Annotated["FireZone", strawberry.lazy("api.fire.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | PanelConditionStays
    | Unconfirmed,
    strawberry.union("ReportPanelConditionResult", description="The zone as it is now, or why not."),
]


@mutation(
    ReportPanelConditionResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER, Role.DISPATCHER, Role.GUARD),
    description="Tell what the fire alarm panel says of a zone; it stands until it is cleared; told as an event.",
)
async def report_panel_condition(
    change: Change, input: Annotated[ReportPanelConditionInput, strawberry.argument(description="What it says.")]
) -> models.FireZone | NotAllowed | NotFound | InvalidInput | PanelConditionStays:
    zone = await finding.fire_zone(change, input.zone, lock=True)
    if not isinstance(zone, models.FireZone):
        return zone
    wrong = _checked(change, input)
    if wrong is not None:
        return wrong
    if input.kind in [said.kind for said in await change.session.scalars(fire.standing(zone.id))]:
        return PanelConditionStays.stands(zone, input.kind)
    said = models.PanelCondition(
        zone_id=zone.id,
        building_id=zone.building_id,
        kind=input.kind,
        since=input.since or change.now,
        note=input.note,
        reported_by_id=change.viewer.user_id,
    )
    change.session.add(said)
    await tell(change, zone, [input.kind], input.note)
    return zone


def _checked(change: Change, input: ReportPanelConditionInput) -> InvalidInput | None:
    if input.since is not None:
        if input.since > change.now:
            return InvalidInput.of("NOT_YET", "since")
        if (wrong := checks.day("since", input.since)) is not None:
            return wrong
    return checks.line("note", input.note, LONGEST_NOTE)
