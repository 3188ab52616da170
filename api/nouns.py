"""How the rows that people change are told: columns by their names in the contract, other rows by their labels."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from sqlmodel import SQLModel

from api.seen import Seen
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
    User,
)

Columns: TypeAlias = Mapping[str, Any]
Told: TypeAlias = "str | None"
Tell: TypeAlias = "Callable[[Columns, Names], Awaitable[Told]]"

LABELS: dict[type[SQLModel], str] = {
    Building: "name",
    Room: "number",
    Tenant: "name",
    Lease: "number",
    Sensor: "code",
    Rule: "name",
    Alarm: "title",
    FireZone: "code",
    User: "name",
}
"""The column by which people call a row."""


class Names:
    """Names of rows, looked up in the session of the change; what the viewer may not see has none."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.session = seen.session
        self.known: dict[tuple[type[SQLModel], int], Told] = {}

    async def of(self, model: type[SQLModel], key: int | None) -> Told:
        if key is None:
            return None
        if (model, key) not in self.known:
            row = await self.session.get(model, key)
            shown = row is not None and key in await self.seen.of(model, [key])
            self.known[model, key] = str(getattr(row, LABELS[model])) if shown else None
        return self.known[model, key]


def text(value: Any) -> Told:
    """A value as a field of the difference shows it: dates and times ISO 8601, enumerations by name."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def column(name: str) -> Tell:
    """A column as it is."""

    async def tell(row: Columns, names: Names) -> Told:
        return text(row[name])

    return tell


def other(model: type[SQLModel], name: str) -> Tell:
    """A reference, by the name of what it refers to."""

    async def tell(row: Columns, names: Names) -> Told:
        return await names.of(model, row[name])

    return tell


async def first_day(row: Columns, names: Names) -> Told:
    return text(row["period"].lower)


async def last_day(row: Columns, names: Names) -> Told:
    upper = row["period"].upper
    return None if upper is None else text(upper - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Noun:
    """A table whose rows are told in differences."""

    type: str
    """Its type in the contract."""
    name: str
    """What its typed ids begin with."""
    label: Tell
    fields: Mapping[str, Tell]
    times: frozenset[str] = field(default_factory=frozenset)
    """Fields that hold the moment of the change."""


async def placement_label(row: Columns, names: Names) -> Told:
    """A placement is called by its room and its tenant."""
    lease = await names.session.get(Lease, row["lease_id"])
    tenant = await names.of(Tenant, lease.tenant_id) if lease is not None else None
    return ", ".join(name for name in (await names.of(Room, row["room_id"]), tenant) if name)


async def alarm_label(row: Columns, names: Names) -> Told:
    """An alarm is called by its room and its title: a title alone is the same on every floor."""
    return ": ".join(name for name in (await names.of(Room, row["room_id"]), row["title"]) if name)


async def condition_label(row: Columns, names: Names) -> Told:
    """What the panel says is called by its zone and its kind."""
    zone = await names.of(FireZone, row["zone_id"])
    return ": ".join(name for name in (zone, text(row["kind"])) if name)


NOUNS: dict[type[SQLModel], Noun] = {
    Building: Noun("Building", "building", column("name"), {}),
    Room: Noun(
        "Room",
        "room",
        column("number"),
        {"number": column("number"), "name": column("name"), "kind": column("kind"), "capacity": column("capacity")},
    ),
    Lease: Noun(
        "Lease",
        "lease",
        column("number"),
        {
            "number": column("number"),
            "tenant": other(Tenant, "tenant_id"),
            "building": other(Building, "building_id"),
            "start": first_day,
            "end": last_day,
            "rent": column("rent"),
            "currency": column("currency"),
        },
    ),
    Placement: Noun(
        "Placement",
        "placement",
        placement_label,
        {"room": other(Room, "room_id"), "lease": other(Lease, "lease_id"), "start": first_day, "end": last_day},
    ),
    Sensor: Noun(
        "Sensor",
        "sensor",
        column("code"),
        {
            "code": column("code"),
            "name": column("name"),
            "kind": column("kind"),
            "unit": column("unit"),
            "interval": column("interval"),
            "externalId": column("external_id"),
            "x": column("x"),
            "y": column("y"),
            "outOfServiceUntil": column("out_of_service_until"),
            "outOfServiceBy": other(User, "out_of_service_by_id"),
            "outOfServiceReason": column("out_of_service_reason"),
            "room": other(Room, "room_id"),
            "building": other(Building, "building_id"),
        },
    ),
    Rule: Noun(
        "AlarmRule",
        "rule",
        column("name"),
        {
            "name": column("name"),
            "sensorKind": column("sensor_kind"),
            "sensor": other(Sensor, "sensor_id"),
            "room": other(Room, "room_id"),
            "building": other(Building, "building_id"),
            "condition": column("condition"),
            "threshold": column("threshold"),
            "thresholdHigh": column("threshold_high"),
            "window": column("window"),
            "reference": other(Sensor, "reference_id"),
            "deadband": column("deadband"),
            "onDelay": column("on_delay"),
            "offDelay": column("off_delay"),
            "priority": column("priority"),
            "category": column("category"),
            "latching": column("latching"),
            "escalateAfter": column("escalate_after"),
            "enabled": column("enabled"),
        },
    ),
    Alarm: Noun(
        "Alarm",
        "alarm",
        alarm_label,
        {
            "state": column("state"),
            "acknowledgedBy": other(User, "acknowledged_by_id"),
            "acknowledgedAt": column("acknowledged_at"),
            "resetBy": other(User, "reset_by_id"),
            "resetAt": column("reset_at"),
            "closedAt": column("closed_at"),
            "note": column("note"),
            "shelvedUntil": column("shelved_until"),
            "shelvedBy": other(User, "shelved_by_id"),
            "shelvedReason": column("shelved_reason"),
            "suppressed": column("suppressed"),
            "outOfService": column("out_of_service"),
        },
        times=frozenset(("acknowledgedAt", "resetAt", "closedAt", "shelvedUntil")),
    ),
    User: Noun("User", "user", column("name"), {}),
    Link: Noun(
        "Link",
        "link",
        column("name"),
        {"channel": column("channel"), "name": column("name"), "user": other(User, "user_id")},
    ),
    FireZone: Noun(
        "FireZone",
        "zone",
        column("code"),
        {"code": column("code"), "name": column("name"), "building": other(Building, "building_id")},
    ),
    PanelCondition: Noun(
        "PanelCondition",
        "condition",
        condition_label,
        {
            "zone": other(FireZone, "zone_id"),
            "kind": column("kind"),
            "since": column("since"),
            "until": column("until"),
            "note": column("note"),
            "reportedBy": other(User, "reported_by_id"),
            "clearedBy": other(User, "cleared_by_id"),
        },
        times=frozenset(("since", "until")),
    ),
    Event: Noun(
        "Event",
        "event",
        column("text"),
        {
            "at": column("at"),
            "kind": column("kind"),
            "text": column("text"),
            "sensor": other(Sensor, "sensor_id"),
            "room": other(Room, "room_id"),
            "building": other(Building, "building_id"),
            "reportedBy": other(User, "user_id"),
        },
        times=frozenset(("at",)),
    ),
}
