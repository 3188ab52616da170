"""What the viewer sees of the rows that a change touches: the predicates of reading, in its session."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import SQLModel

from api.viewer import STAFF, Viewer
from api.visibility import Sight
from db.engine import WriteSession
from db.models import (
    Alarm,
    Building,
    Event,
    FireZone,
    Lease,
    Link,
    PanelCondition,
    Placement,
    Room,
    Rule,
    Sensor,
    Tenant,
    UnknownDevice,
    User,
)

PREDICATES: dict[type[SQLModel], str] = {
    Alarm: "alarm",
    Building: "building",
    Event: "event",
    FireZone: "fire_zone",
    Lease: "lease",
    Link: "link",
    PanelCondition: "panel_condition",
    Placement: "placement",
    Room: "room",
    Rule: "rule",
    Sensor: "sensor",
    Tenant: "tenant",
    UnknownDevice: "unknown_device",
    User: "user",
}
"""By which predicate of `Sight` rows of a table are seen."""


def _columns(model: type[SQLModel]) -> Any:
    return model.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Seen:
    """A viewer's sight at a moment of the house's time."""

    session: WriteSession
    viewer: Viewer
    now: datetime

    @cached_property
    def sight(self) -> Sight:
        return Sight(self.viewer.visibility)

    def rows(self, model: type[SQLModel]) -> ColumnElement[bool]:
        """The condition that a row of the table is seen."""
        condition: ColumnElement[bool] = getattr(self.sight, PREDICATES[model])(_columns(model))
        return condition

    def bound(self, condition: ColumnElement[bool]) -> dict[str, Any]:
        """The values of the condition's parameters for this viewer."""
        held = {"now": self.now, "user": self.viewer.user_id, "tenants": list(self.viewer.tenants)}
        for name in condition.compile().params:
            if name.startswith("on_"):
                roles = [role for role in STAFF if role.name in name.removeprefix("on_").split("_")]
                held[name] = self.viewer.on(*roles)
        return held

    async def of(self, model: type[SQLModel], keys: Collection[int]) -> set[int]:
        """Those of the keys whose rows are seen, also before they are committed."""
        condition, key = self.rows(model), _columns(model).id
        found = select(key).where(key.in_(keys), condition)
        return set(await self.session.scalars(found, self.bound(condition)))
