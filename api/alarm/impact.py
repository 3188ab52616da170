"""Whom an alarm hits: its room, for a leak also the rooms below, who has them, and whom to call."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, Select, case, cast, column, func, null, select

from api.planner.lists import Listing
from api.planner.text import constant
from api.visibility import Other, always, both, covers, never, today
from db import models


def of_alarm(alarm: Any, listing: Listing) -> Select[Any]:
    """The rooms that the viewer sees, each with the placement that they see: of today while the alarm is live, else of
    the day on which it was last raised."""
    sight = listing.sight
    hit = func.physical.rooms_hit(alarm.room_id, alarm.category == constant("LEAK")).table_valued(
        column("room_id", BigInteger), column("below", Boolean), name="hit"
    )
    room, building = Other(models.Room), Other(models.Building)
    placement, lease, tenant = Other(models.Placement), Other(models.Lease), Other(models.Tenant)
    raised = cast(func.timezone(building.time_zone, alarm.last_raised_at), Date)
    day = case((alarm.closed_at.is_(None), today(building.time_zone)), else_=raised)
    placed = both(placement.room_id == room.id, covers(placement.period, day), sight.placement(placement))
    tables = (
        hit.join(room.alias, both(room.id == hit.c.room_id, sight.room(room)))
        .join(building.alias, building.id == room.building_id)
        .outerjoin(placement.alias, placed)
        .outerjoin(lease.alias, lease.id == placement.lease_id)
        .outerjoin(tenant.alias, both(tenant.id == lease.tenant_id, sight.tenant(tenant)))
    )

    def reach(value: ColumnElement[Any]) -> ColumnElement[Any]:
        known = sight.tenant_contact(tenant)
        return value if always(known) else null() if never(known) else case((known, value))

    found = select(
        room.id.label("room_id"),
        room.number,
        hit.c.below,
        placement.id.label("placement_id"),
        tenant.id.label("tenant_id"),
        reach(tenant.contact).label("contact"),
        reach(tenant.phone).label("phone"),
        reach(tenant.email).label("email"),
    )
    others = [hit, *(other.alias for other in (room, building, placement, lease, tenant))]
    return found.select_from(tables).correlate_except(*others).order_by(hit.c.below, room.number).limit(listing.first)


def in_order(impact: Any) -> Sequence[Any]:
    return [impact.below, impact.number, impact.room_id]
