"""End a lease on a day: its placements end with it, those that would begin later are removed."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.mutation import mutation
from api.refusals import InvalidInput, LeaseAlreadyEnded, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.queries import tenancy
from db.queries.space import today

if TYPE_CHECKING:
    from api.tenancy.types import Lease

EndLeaseResult = Annotated[
    Annotated["Lease", strawberry.lazy("api.tenancy.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | LeaseAlreadyEnded
    | Unconfirmed,
    strawberry.union("EndLeaseResult", description="The lease as it is now, or why not."),
]


@mutation(
    EndLeaseResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="End a lease, and its placements with it.",
)
async def end_lease(
    change: Change,
    lease: Annotated[strawberry.ID, strawberry.argument(description="Id or number of the lease.")],
    end: Annotated[date, strawberry.argument(description="The lease's last day, inclusive.")],
) -> models.Lease | NotAllowed | NotFound | InvalidInput | LeaseAlreadyEnded:
    found = await finding.lease(change, lease)
    if not isinstance(found, models.Lease):
        return found
    first, last = tenancy.first_day(found.period), tenancy.last_day(found.period)
    wrong = checks.days(first, end)
    if wrong is not None:
        return wrong
    building = await change.session.get_one(models.Building, found.building_id)
    if last is not None and (last <= end or last < today(building, change.now)):
        return LeaseAlreadyEnded.of(found.id, found.number, last)
    found.period = tenancy.days(first, end)
    for placement in await change.session.scalars(tenancy.placements_of(found.id)):
        begins, ends = tenancy.first_day(placement.period), tenancy.last_day(placement.period)
        if begins > end:
            await change.session.delete(placement)
        elif ends is None or ends > end:
            placement.period = tenancy.days(begins, end)
    return found
