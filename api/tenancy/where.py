"""Which tenants, leases and placements, and in which order."""

import enum
from datetime import date
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Date, case, func, literal_column, or_, true, type_coerce

from api.planner.ordering import ordering
from api.planner.source import condition
from api.space.where import DAY, contains, day_in
from api.visibility import Other, both, covers, over, some, starts
from db import models


@strawberry.enum(description="Where a lease stands on a day: not begun, running, or over.")
class LeaseStatus(enum.Enum):
    FUTURE = strawberry.enum_value("FUTURE", description="Not begun.")
    CURRENT = strawberry.enum_value("CURRENT", description="Running.")
    ENDED = strawberry.enum_value("ENDED", description="Over.")


CURRENT: ColumnElement[str] = literal_column("'CURRENT'")


def status_of(lease: Any, as_of: Any = None) -> ColumnElement[str]:
    """The name of a lease's status on a day."""
    day = day_in(lease.building_id, as_of)
    return case(
        (starts(lease.period) > day, literal_column("'FUTURE'")),
        (over(lease.period) <= day, literal_column("'ENDED'")),
        else_=CURRENT,
    )


def last_day(row: Any) -> Any:
    """The last day of a row's period, null when it is open."""
    return type_coerce(over(row.period) - literal_column("1"), Date)


def first_day(row: Any) -> Any:
    return starts(row.period)


def with_lease(tenant: Any, status: Any, as_of: Any) -> ColumnElement[bool]:
    """The tenant has a lease of that status which the viewer sees."""
    lease = Other(models.Lease)
    visible = both(lease.tenant_id == tenant.id, tenant.sight.lease(lease))
    return some([lease], visible, status_of(lease, as_of) == status)


def rents_in(tenant: Any, building: Any) -> ColumnElement[bool]:
    """The tenant has a lease in that building or, for those who do not see leases, a placement."""
    lease, held, placement = Other(models.Lease), Other(models.Lease), Other(models.Placement)
    leased = both(lease.tenant_id == tenant.id, lease.building_id == building, tenant.sight.lease(lease))
    placed = both(held.tenant_id == tenant.id, held.building_id == building, tenant.sight.placement(placement))
    return or_(some([lease], leased), some([held, placement], placement.lease_id == held.id, placed))


def in_room(lease: Any, room: Any) -> ColumnElement[bool]:
    placement = Other(models.Placement)
    placed = both(placement.lease_id == lease.id, placement.room_id == room, lease.sight.placement(placement))
    return some([placement], placed)


def ends(lease: Any, days: Any) -> ColumnElement[bool]:
    """The last day is within these; an open lease has none."""
    last = last_day(lease)
    bounds = ((days.from_, last.__ge__), (days.to, last.__le__))
    return both(last.is_not(None), *(compare(day) for day, compare in bounds if day is not None))


def lease_of(placement: Any) -> Any:
    return placement.join("lease", models.Lease, lambda lease: lease.id == placement.lease_id)


@strawberry.input(description="Days from and to, both inside.")
class Dates:
    from_: date | None = condition("From this day on.", name="from")
    to: date | None = condition("Up to and with this day.")


@strawberry.input(description="Which tenants.")
class TenantWhere:
    building: strawberry.ID | None = condition(
        "Who rent, rented or will rent in this building: id or code.", rents_in, noun="building"
    )
    name: str | None = condition(
        "Whose name contains this, in any case.", lambda tenant, name: contains(tenant.name, name)
    )
    with_lease: LeaseStatus | None = condition(
        "Who have a lease of this status on the day `asOf`.",
        lambda tenant, status, as_of: with_lease(tenant, literal_column(f"'{status.name}'"), as_of),
    )
    as_of: date | None = condition(
        f"The day for `withLease`; alone: who have a current lease on it. {DAY}",
        lambda tenant, as_of, with_lease: true() if with_lease else has_current(tenant, as_of),
    )


def has_current(tenant: Any, as_of: Any) -> ColumnElement[bool]:
    return with_lease(tenant, CURRENT, as_of)


@strawberry.input(description="Which leases.")
class LeaseWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda lease, key: lease.building_id == key, noun="building"
    )
    tenant: strawberry.ID | None = condition(
        "Of this tenant: id, name or tax number.", lambda lease, key: lease.tenant_id == key, noun="tenant"
    )
    room: strawberry.ID | None = condition(
        "Under which this room is, was or will be let: id or number.", in_room, noun="room"
    )
    number: str | None = condition("Of this number.", lambda lease, number: lease.number == number)
    status: list[LeaseStatus] | None = condition(
        "Of one of these statuses on the day `asOf`.",
        lambda lease, statuses, as_of: status_of(lease, as_of) == func.any(statuses),
    )
    as_of: date | None = condition(
        f"The day for `status`; alone: current on it. {DAY}",
        lambda lease, as_of, status: true() if status is not None else status_of(lease, as_of) == CURRENT,
    )
    ends: Dates | None = condition("Whose last day is within these; an open lease has none.", ends)


@strawberry.input(description="Which placements.")
class PlacementWhere:
    building: strawberry.ID | None = condition(
        "In this building: id or code.", lambda placement, key: lease_of(placement).building_id == key, noun="building"
    )
    room: strawberry.ID | None = condition(
        "Of this room: id or number.", lambda placement, key: placement.room_id == key, noun="room"
    )
    tenant: strawberry.ID | None = condition(
        "Of this tenant: id, name or tax number.",
        lambda placement, key: lease_of(placement).tenant_id == key,
        noun="tenant",
    )
    lease: strawberry.ID | None = condition(
        "Under this lease: id or number.", lambda placement, key: placement.lease_id == key, noun="lease"
    )
    as_of: date | None = condition("On this day.", lambda placement, day: covers(placement.period, day))


TenantOrder = ordering("Tenant", NAME=("By name.", lambda tenant: tenant.name))
LeaseOrder = ordering(
    "Lease",
    NUMBER=("By number, as text.", lambda lease: lease.number),
    START=("By first day.", first_day),
    END=("By last day; open ones last.", last_day),
)
PlacementOrder = ordering(
    "Placement",
    START=("By first day.", first_day),
    END=("By last day; open ones last.", last_day),
)
