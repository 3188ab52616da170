"""Tenancy: tenants and leases by name, and what stands in the way of a placement."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from db.models import Building, Lease, Placement, Tenant


def days(start: date, end: date | None) -> Range[date]:
    """The period from a first to a last day (None: open), as the tables keep it."""
    return Range(start, None if end is None else end + timedelta(days=1))


def last_day(period: Range[date]) -> date | None:
    return None if period.upper is None else period.upper - timedelta(days=1)


def first_day(period: Range[date]) -> date:
    assert period.lower is not None
    return period.lower


def tenant(key: int | None, name: str) -> Select[Tenant, str]:
    """Tenants by key, name or tax number."""
    named = or_(col(Tenant.name) == name, col(Tenant.tax_number) == name)
    return select(Tenant, col(Tenant.name)).where(col(Tenant.id) == key if key is not None else named)


def lease(key: int | None, number: str) -> Select[Lease, str]:
    """Leases by key, number or `<building>/<number>`, each with its full name."""
    full = col(Building.code) + "/" + col(Lease.number)
    found = select(Lease, full).join(Building, col(Lease.building_id) == col(Building.id))
    return found.where(col(Lease.id) == key if key is not None else or_(col(Lease.number) == number, full == number))


def numbered(building_id: int, number: str) -> Select[int]:
    """The key of a building's lease by its number."""
    return select(col(Lease.id)).where(col(Lease.building_id) == building_id, col(Lease.number) == number)


def in_the_way(room_id: int, period: Range[date]) -> Select[Placement, Lease, Tenant]:
    """The first placement that has the room for some of these days, with its lease and tenant."""
    return (
        select(Placement, Lease, Tenant)
        .join(Lease, col(Placement.lease_id) == col(Lease.id))
        .join(Tenant, col(Lease.tenant_id) == col(Tenant.id))
        .where(col(Placement.room_id) == room_id, col(Placement.period).overlaps(period))  # type: ignore[attr-defined]
        .order_by(col(Placement.period))
        .limit(1)
    )


def placements_of(lease_id: int) -> Select[Placement]:
    """The placements of a lease, locked, in order."""
    return select(Placement).where(col(Placement.lease_id) == lease_id).order_by(col(Placement.id)).with_for_update()
