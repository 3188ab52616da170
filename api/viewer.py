"""Who asks: a person, a device or the agent for a person, with the grants that decide what exists for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.models import Language, Role

STAFF = (Role.MANAGER, Role.DISPATCHER, Role.GUARD, Role.VIEWER)
"""Roles that are granted on a building and see it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request. An anonymous one has no user, no key and no grants."""

    user_id: int | None = None
    key_id: int | None = None
    admin: bool = False
    buildings: Mapping[Role, tuple[int, ...]] = field(default_factory=dict)
    """Buildings by role (staff roles, and DEVICE for a device's key)."""
    tenants: tuple[int, ...] = ()
    """Tenants for whom the viewer has the role TENANT."""
    language: Language = Language.EN
    readings_per_minute: int | None = None
    """How many readings the key may send; None: as many as any, 0: no limit."""
    acting: str | None = None
    """Who acts for the user, when the token was delegated (its `act` claim)."""

    def on(self, *roles: Role) -> list[int]:
        """Buildings on which the viewer holds any of the roles, in order; ADMIN is not listed (see `admin`)."""
        return sorted({building for role in roles for building in self.buildings.get(role, ())})

    @property
    def known(self) -> bool:
        """Whether the caller is anybody at all."""
        return self.user_id is not None or self.key_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        held = {role for role, buildings in self.buildings.items() if buildings}
        if self.admin:
            held.add(Role.ADMIN)
        if self.tenants:
            held.add(Role.TENANT)
        return frozenset(held)

    @property
    def visibility(self) -> frozenset[Role]:
        """The visibility class: viewers of one class share plans and differ in bound parameters only."""
        return self.roles

    def may(self, *roles: Role, building_id: int | None = None) -> bool:
        """Whether the viewer holds one of the roles (on that building, where one is named)."""
        if self.admin and Role.ADMIN in roles:
            return True
        if building_id is None:
            return bool(self.roles.intersection(roles))
        return building_id in self.on(*roles)


ANONYMOUS = Viewer()
