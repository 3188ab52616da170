"""Let a building, or part of it, to a tenant for a period: the contract; rooms are placed under it afterwards."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.enums import Role
from api.mutation import mutation
from api.refusals import InvalidInput, LeaseNumberTaken, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.queries.tenancy import days, numbered

if TYPE_CHECKING:
    from api.tenancy.types import Lease


@strawberry.input(description="A new lease.")
class CreateLeaseInput:
    building: strawberry.ID = strawberry.field(description="Id or code of the building.")
    tenant: strawberry.ID = strawberry.field(description="Id, name or tax number of the tenant.")
    number: str = strawberry.field(description="The contract's number; no other lease of the building has it.")
    start: date = strawberry.field(description="First day.")
    end: date | None = strawberry.field(default=None, description="Last day, inclusive; without it: open.")
    rent: Decimal | None = strawberry.field(
        default=None, description="Rent a month, at most two decimals.", directives=[Unit(field="currency")]
    )
    currency: str | None = strawberry.field(default=None, description="ISO 4217, for example RUB; goes with rent.")


CreateLeaseResult = Annotated[
    Annotated["Lease", strawberry.lazy("api.tenancy.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | LeaseNumberTaken
    | Unconfirmed,
    strawberry.union("CreateLeaseResult", description="The lease made, or why not."),
]


@mutation(
    CreateLeaseResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description="Make a lease of a tenant in a building.",
)
async def create_lease(
    change: Change, input: Annotated[CreateLeaseInput, strawberry.argument(description="The lease.")]
) -> models.Lease | NotAllowed | NotFound | InvalidInput | LeaseNumberTaken:
    building = await finding.building(change, input.building)
    if not isinstance(building, models.Building):
        return building
    tenant = await finding.tenant(change, input.tenant)
    if not isinstance(tenant, models.Tenant):
        return tenant
    wrong = (
        checks.line("number", input.number)
        or checks.days(input.start, input.end)
        or checks.money("rent", input.rent, input.currency)
    )
    if wrong is not None:
        return wrong
    taken = await change.session.scalar(numbered(building.id, input.number))
    if taken is not None:
        return LeaseNumberTaken.of(taken, input.number, building.code)
    lease = models.Lease(
        number=input.number,
        tenant_id=tenant.id,
        building_id=building.id,
        period=days(input.start, input.end),
        rent=input.rent,
        currency=input.currency,
    )
    change.session.add(lease)
    await change.session.flush()
    return lease
