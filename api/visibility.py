"""Who may see what: one predicate a noun, over one row. There is no other path to a row than through these.

Viewers of one class (the set of their roles) share the same SQL: what they hold is bound. `on_MANAGER_VIEWER` is the
array of buildings where the viewer is the one or the other, `tenants` the tenants for whom they speak, `user` who they
are, `now` the house's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    False_,
    Select,
    True_,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from api.viewer import STAFF
from db import models
from db.models import Role

Row: TypeAlias = Any
"""A row in a statement; its columns are its attributes (`api.planner.row`)."""
Answer: TypeAlias = ColumnElement[bool]

NOW = bindparam("now", type_=TIMESTAMP(timezone=True))
USER = bindparam("user", type_=BigInteger())
TENANTS = bindparam("tenants", type_=ARRAY(BigInteger()))


class Other:
    """An alias of a table, for a sub-select; its columns are its attributes.

    Conditions of callers that speak of it need the viewer's `sight`, as those over a `Row` do.
    """

    def __init__(self, model: Any, sight: Any = None) -> None:
        self.alias = model.__table__.alias()
        self.sight = sight

    def __getattr__(self, name: str) -> Any:
        return self.alias.c[name]


def among(others: Sequence[Other], value: ColumnElement[Any], *conditions: Answer) -> Select[Any]:
    """A sub-select over these tables only; whatever else the conditions speak of is the rows around it."""
    tables = [other.alias for other in others]
    return select(value).select_from(*tables).where(*conditions).correlate_except(*tables)


def some(others: Sequence[Other], *conditions: Answer) -> Answer:
    """There are rows of these tables that meet the conditions."""
    return exists(among(others, literal_column("1"), *conditions))


def today(time_zone: ColumnElement[str]) -> ColumnElement[Any]:
    """The house's day in a building's zone."""
    return cast(func.timezone(time_zone, NOW), Date)


def starts(period: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of a `daterange`."""
    return func.lower(period, type_=Date())


def over(period: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day after the last one of a `daterange`; null when it is open."""
    return func.upper(period, type_=Date())


def covers(period: ColumnElement[Any], day: ColumnElement[Any]) -> Answer:
    """Whether a `daterange` holds a day. Written so that no index on the range tempts the optimiser from the keys."""
    return (starts(period) <= day) & func.coalesce(over(period) > day, true())


def never(answer: Answer) -> bool:
    return isinstance(answer, False_)


def always(answer: Answer) -> bool:
    return isinstance(answer, True_)


def either(*answers: Answer) -> Answer:
    """OR without what is known to be false; true as soon as one is known to be true."""
    open_ = [answer for answer in answers if not never(answer)]
    if not open_:
        return false()
    return next((answer for answer in open_ if always(answer)), or_(*open_))


def both(*answers: Answer) -> Answer:
    """AND without what is known to be true; false as soon as one is known to be false."""
    open_ = [answer for answer in answers if not always(answer)]
    if not open_:
        return true()
    return next((answer for answer in open_ if never(answer)), and_(*open_))


class Sight:
    """What viewers who hold these roles see."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles
        self.admin = Role.ADMIN in roles
        self.tenant_role = Role.TENANT in roles

    # -- what the viewer holds

    def on(self, building_id: ColumnElement[Any], *roles: Role) -> Answer:
        """The viewer holds one of the roles on that building, or is ADMIN."""
        if self.admin:
            return true()
        held = [role for role in STAFF if role in roles and role in self.roles]
        if not held:
            return false()
        name = "on_" + "_".join(role.name for role in held)
        return building_id == any_(bindparam(name, type_=ARRAY(BigInteger())))

    def staff(self, building_id: ColumnElement[Any]) -> Answer:
        return self.on(building_id, *STAFF)

    def speaks_for(self, tenant_id: ColumnElement[Any]) -> Answer:
        """The viewer has the role TENANT for that tenant."""
        return tenant_id == any_(TENANTS) if self.tenant_role else false()

    @cached_property
    def _own_rooms(self) -> CTE:
        """Rooms in which a tenant of the viewer's is placed today."""
        placement, lease = Other(models.Placement), Other(models.Lease)
        room, building = Other(models.Room), Other(models.Building)
        return (
            select(room.id.label("room_id"), room.floor_id, room.building_id)
            .where(
                lease.id == placement.lease_id,
                self.speaks_for(lease.tenant_id),
                room.id == placement.room_id,
                building.id == room.building_id,
                covers(placement.period, today(building.time_zone)),
            )
            .cte("own_room")
        )

    def own(self, column: str, value: ColumnElement[Any]) -> Answer:
        """A room, floor or building (by `column`) in which a tenant of the viewer's is today."""
        if not self.tenant_role or self.admin:
            return false()
        return value.in_(select(self._own_rooms.c[column]))

    # -- space

    def building(self, building: Row) -> Answer:
        return either(self.staff(building.id), self.own("building_id", building.id))

    def floor(self, floor: Row) -> Answer:
        return either(self.staff(floor.building_id), self.own("floor_id", floor.id))

    def floor_openings(self, floor: Row) -> Answer:
        return self.staff(floor.building_id)

    def room(self, room: Row) -> Answer:
        return either(self.staff(room.building_id), self.own("room_id", room.id))

    # -- tenancy

    def _rents_where(self, tenant: Row, *roles: Role) -> Answer:
        """The tenant has a lease in a building where the viewer holds one of the roles."""
        lease = Other(models.Lease)
        holds = self.on(lease.building_id, *roles)
        return holds if never(holds) else some([lease], lease.tenant_id == tenant.id, holds)

    def _without_lease(self, tenant: Row) -> Answer:
        lease = Other(models.Lease)
        return ~some([lease], lease.tenant_id == tenant.id)

    def _tenant(self, tenant: Row, *roles: Role) -> Answer:
        if self.admin:
            return true()
        unattached = self._without_lease(tenant) if Role.MANAGER in self.roles else false()
        return either(self._rents_where(tenant, *roles), unattached, self.speaks_for(tenant.id))

    def tenant(self, tenant: Row) -> Answer:
        return self._tenant(tenant, *STAFF)

    def tenant_contact(self, tenant: Row) -> Answer:
        return self._tenant(tenant, Role.MANAGER, Role.DISPATCHER, Role.GUARD)

    def tenant_tax_number(self, tenant: Row) -> Answer:
        return self._tenant(tenant, Role.MANAGER)

    def lease(self, lease: Row) -> Answer:
        return either(self.on(lease.building_id, Role.MANAGER), self.speaks_for(lease.tenant_id))

    def placement(self, placement: Row) -> Answer:
        if self.admin:
            return true()
        lease = Other(models.Lease)
        who = either(self.staff(lease.building_id), self.speaks_for(lease.tenant_id))
        return who if never(who) else some([lease], lease.id == placement.lease_id, who)

    # -- sensing

    def sensor(self, sensor: Row) -> Answer:
        return either(self.staff(sensor.building_id), self.own("room_id", sensor.room_id))

    def unknown_device(self, device: Row) -> Answer:
        """Who sets up sensors; those of no known building are an ADMIN's."""
        return self.on(device.building_id, Role.MANAGER)

    # -- alarm

    def rule(self, rule: Row) -> Answer:
        return self.staff(rule.building_id)

    def alarm(self, alarm: Row) -> Answer:
        sensor = Other(models.Sensor)
        mine = self.own("room_id", sensor.room_id)
        theirs = mine if never(mine) else some([sensor], sensor.id == alarm.sensor_id, mine)
        return either(self.staff(alarm.building_id), theirs)

    def incident(self, incident: Row) -> Answer:
        return self.staff(incident.building_id)

    def event(self, event: Row) -> Answer:
        return either(self.staff(event.building_id), self.own("room_id", event.room_id))

    # -- fire

    def _has_own_room(self, zone_id: ColumnElement[Any]) -> Answer:
        link = Other(models.ZoneRoom)
        mine = self.own("room_id", link.room_id)
        return mine if never(mine) else some([link], link.zone_id == zone_id, mine)

    def fire_zone(self, zone: Row) -> Answer:
        """Staff see the building's zones, tenants those of their rooms."""
        return either(self.staff(zone.building_id), self._has_own_room(zone.id))

    def panel_condition(self, condition: Row) -> Answer:
        return either(self.staff(condition.building_id), self._has_own_room(condition.zone_id))

    # -- access

    def myself(self, user: Row) -> Answer:
        return true() if self.admin else user.id == USER

    def user(self, user: Row) -> Answer:
        """ADMIN sees all; staff of a building see its staff and the ADMINs; everybody sees themselves."""
        grant = Other(models.Grant)
        shared = self.staff(grant.building_id)
        if never(shared) or self.admin:
            return self.myself(user)
        colleague = either(shared, grant.role == literal_column("'ADMIN'"))
        return either(self.myself(user), some([grant], grant.user_id == user.id, colleague))

    def link(self, link: Row) -> Answer:
        return true() if self.admin else link.user_id == USER

    def grant(self, grant: Row) -> Answer:
        return true() if self.admin else grant.user_id == USER

    def audit(self, entry: Row) -> Answer:
        return true() if self.admin else false()
