"""Tenants, their leases, and which rooms they have when."""

from datetime import date
from decimal import Decimal

from api.nodes import Node
from api.planner.source import column, many, one, planned
from api.space.types import Building, Room
from api.space.where import AS_OF, building_of
from api.tenancy.where import (
    LeaseOrder,
    LeaseStatus,
    LeaseWhere,
    PlacementOrder,
    PlacementWhere,
    first_day,
    last_day,
    lease_of,
    status_of,
)
from api.visibility import Sight, both
from db import models


@planned(
    models.Tenant,
    "tenant",
    visible=Sight.tenant,
    named=[
        lambda tenant, name: tenant.name == name.whole,
        lambda tenant, name: both(tenant.tax_number == name.whole, tenant.sight.tenant_tax_number(tenant)),
    ],
)
class Tenant(Node):
    """A company or a person who rents."""

    name: str = column("What it is called; unique.", label=True)
    tax_number: str | None = column("Its tax number; for ADMIN, MANAGER and itself.", visible=Sight.tenant_tax_number)
    contact: str | None = column("Whom to speak to; not for VIEWER.", visible=Sight.tenant_contact)
    phone: str | None = column("Its telephone; not for VIEWER.", visible=Sight.tenant_contact)
    email: str | None = column("Its e-mail; not for VIEWER.", visible=Sight.tenant_contact)
    leases: list["Lease"] = many(
        "Its leases.", lambda tenant, lease: lease.tenant_id == tenant.id, LeaseWhere, LeaseOrder
    )
    placements: list["Placement"] = many(
        "Which rooms it has when.",
        lambda tenant, placement: lease_of(placement).tenant_id == tenant.id,
        PlacementWhere,
        PlacementOrder,
    )


@planned(
    models.Lease,
    "lease",
    visible=Sight.lease,
    named=[
        lambda lease, name: both(building_of(lease).code == name.before, lease.number == name.after),
        lambda lease, name: lease.number == name.whole,
    ],
)
class Lease(Node):
    """A contract of a tenant in a building for a period."""

    number: str = column("Its number; unique in the building.", label=True)
    start: date = column("First day.", first_day)
    end: date | None = column("Last day, inside; null: open.", last_day)
    status: LeaseStatus = column("Where it stands on a day.", status_of, as_of=AS_OF)
    rent: Decimal | None = column("Rent a month.", unit=".currency")
    currency: str | None = column("Currency of the rent, ISO 4217.")
    tenant: Tenant | None = one("Who rents.", lambda lease, tenant: tenant.id == lease.tenant_id)
    building: Building | None = one("Where.", lambda lease, building: building.id == lease.building_id)
    placements: list["Placement"] = many(
        "Which rooms are let under it when.",
        lambda lease, placement: placement.lease_id == lease.id,
        PlacementWhere,
        PlacementOrder,
    )


@planned(models.Placement, "placement", visible=Sight.placement)
class Placement(Node):
    """A room under a lease for a period; no two of one room overlap."""

    start: date = column("First day.", first_day)
    end: date | None = column("Last day, inside; null: open.", last_day)
    room: Room | None = one("The room.", lambda placement, room: room.id == placement.room_id)
    lease: Lease | None = one("The lease; not for everybody.", lambda placement, lease: lease.id == placement.lease_id)
    tenant: Tenant | None = one(
        "Who has the room.", lambda placement, tenant: tenant.id == lease_of(placement).tenant_id
    )
