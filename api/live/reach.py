"""How far somebody sees into the stream: what of their grants decides which changes they are told, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from api.viewer import STAFF, Viewer
from db.changes import Change


class Face(Enum):
    """The two ways in which a change is told."""

    STAFF = "STAFF"
    TENANT = "TENANT"
    """Without the rules and the people of the house."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Those of one reach are told the same."""

    admin: bool
    buildings: frozenset[int]
    """On which they have a role of the staff."""
    tenants: frozenset[int]

    @classmethod
    def of(cls, viewer: Viewer) -> Reach:
        return cls(viewer.admin, frozenset(viewer.on(*STAFF)), frozenset(viewer.tenants))

    def face(self, change: Change) -> Face | None:
        """Staff of the building see all of it, tenants who had the room then what concerns them; None: it is hidden."""
        if self.admin or change.building_id in self.buildings:
            return Face.STAFF
        return None if change.tenant_ids.isdisjoint(self.tenants) else Face.TENANT
