"""Give a room to a tenant under a lease, for the whole lease or a part of it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, OutsideLease, RoomAlreadyLeased, Unconfirmed
from api.writing import Change
from db import models
from db.queries import tenancy
from db.queries.space import today

if TYPE_CHECKING:
    from api.tenancy.types import Placement


@strawberry.input(description="A room under a lease.")
class PlaceTenantInput:
    lease: strawberry.ID = strawberry.field(description="Id or number of the lease.")
    room: strawberry.ID = strawberry.field(description="Id or number of the room, in the building of the lease.")
    start: date | None = strawberry.field(
        default=None, description="First day; today, or the lease's first day if that is later, unless said."
    )
    end: date | None = strawberry.field(
        default=None, description="Last day, inclusive; the lease's last day unless said."
    )


PlaceTenantResult = Annotated[
    Annotated["Placement", strawberry.lazy("api.tenancy.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | RoomAlreadyLeased
    | OutsideLease
    | Unconfirmed,
    strawberry.union("PlaceTenantResult", description="The placement made, or why not."),
]


@mutation(
    PlaceTenantResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Give a room to the tenant of a lease.",
)
async def place_tenant(
    change: Change,
    input: Annotated[PlaceTenantInput, strawberry.argument(description="Which room, under which lease.")],
) -> models.Placement | NotAllowed | NotFound | InvalidInput | RoomAlreadyLeased | OutsideLease:
    lease = await finding.lease(change, input.lease)
    if not isinstance(lease, models.Lease):
        return lease
    room = await finding.room(change, input.room, prefer=lease.building_id)
    if not isinstance(room, models.Room):
        return room
    first, last = tenancy.first_day(lease.period), tenancy.last_day(lease.period)
    if room.building_id != lease.building_id:
        return OutsideLease.elsewhere(lease, room.number)
    start = input.start or max(first, await _today(change, lease.building_id))
    end = input.end if input.end is not None else last
    if last is not None and start > last:
        return OutsideLease.of(lease, first, last)
    wrong = checks.days(start, end)
    if wrong is not None:
        return wrong
    if start < first or (last is not None and (end is None or end > last)):
        return OutsideLease.of(lease, first, last)
    period = tenancy.days(start, end)
    other = (await change.session.execute(tenancy.in_the_way(room.id, period))).first()
    if other is not None:
        placement, _, tenant = other
        return RoomAlreadyLeased.of(room, placement, tenant.name)
    placement = models.Placement(lease_id=lease.id, room_id=room.id, period=period)
    change.session.add(placement)
    await change.session.flush()
    return placement


async def _today(change: Change, building_id: int) -> date:
    return today(await change.session.get_one(models.Building, building_id), change.now)
