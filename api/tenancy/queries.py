"""Questions about tenants, leases and placements."""

import strawberry

from api.nodes import Connection
from api.planner.source import by_key, page
from api.tenancy.types import Lease, Placement, Tenant
from api.tenancy.where import LeaseOrder, LeaseWhere, PlacementOrder, PlacementWhere, TenantOrder, TenantWhere


@strawberry.type
class TenancyQuery:
    tenant: Tenant | None = by_key("One tenant.", "tenant", "Its id (tenant_3), name or tax number.")
    tenants: Connection[Tenant] = page("Tenants.", TenantWhere, TenantOrder)
    lease: Lease | None = by_key("One lease.", "lease", "Its id (lease_4) or number.")
    leases: Connection[Lease] = page("Leases.", LeaseWhere, LeaseOrder)
    placements: Connection[Placement] = page("Which rooms are let, when.", PlacementWhere, PlacementOrder)
