"""An alarm, or an incident, as a change of the graph tells of it; parsed once, kept as JSON between restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from agent.client import HttpGraph

PRIORITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
CRITICAL = PRIORITIES[-1]

ALARM = """
    id title state priority category raisedAt lastRaisedAt returnedAt acknowledgedAt closedAt value unit occurrences
    sensor sensorKind room floor building buildingCode incident tenants acknowledgedBy note latching annunciated
    shelvedUntil shelvedBy shelvedReason suppressed outOfService escalatedTo
"""
INCIDENT = (
    "id title kind priority openedAt lastRaisedAt closedAt alarms live unacknowledged floor building buildingCode"
)
AS_IT_IS = """
    id title state priority category raisedAt lastRaisedAt returnedAt acknowledgedAt closedAt value unit occurrences
    sensor { code kind } room { number } floor { name } building { name code } incident { id }
    impact(first: 1) { below tenant { name } } acknowledgedBy { name } note latching annunciated
    shelvedUntil shelvedBy { name } shelvedReason suppressed outOfService escalatedTo
"""
"""The same of an alarm that is asked for, not told of."""


@dataclass(frozen=True)
class Snapshot:
    """What a card shows."""

    id: str
    title: str
    priority: str
    building: str
    building_code: str
    raised_at: datetime
    last_raised_at: datetime
    state: str = ""
    """Of an alarm; empty for an incident."""
    category: str = ""
    closed_at: datetime | None = None
    returned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    value: float | None = None
    unit: str = ""
    occurrences: int = 1
    sensor: str = ""
    sensor_kind: str = ""
    room: str | None = None
    floor: str | None = None
    tenants: tuple[str, ...] = ()
    note: str | None = None
    latching: bool = False
    annunciated: bool = True
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    suppressed: bool = False
    out_of_service: bool = False
    escalated_to: str | None = None
    incident: str | None = None
    alarms: int = 0
    """How many an incident has; of these live, and unacknowledged."""
    live: int = 0
    unacknowledged: int = 0

    @property
    def is_incident(self) -> bool:
        return self.id.startswith("incident_")

    @property
    def pending(self) -> bool:
        """Somebody has to look at it."""
        if self.is_incident:
            return self.closed_at is None
        return self.state in ("ACTIVE", "RETURNED") and self.annunciated

    @property
    def over(self) -> bool:
        return self.closed_at is not None

    def json(self) -> dict[str, Any]:
        """As it is kept."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in kept.items()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """From what was kept."""
        known = {each.name for each in fields(cls)}
        parts = {name: value for name, value in kept.items() if name in known}
        return cls(**{name: _read(name, value) for name, value in parts.items()})


def _read(name: str, value: Any) -> Any:
    if name == "tenants":
        return tuple(value)
    return datetime.fromisoformat(value) if value is not None and name.endswith(("_at", "_until")) else value


def _moment(told: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(told[name]) if told.get(name) else None


def _plainly(told: Mapping[str, Any]) -> dict[str, Any]:
    """An alarm that was asked for, in the words of one that is told of."""

    def within(name: str, field: str) -> Any:
        return (told.get(name) or {}).get(field)

    own = [hit for hit in told.get("impact") or () if not hit["below"] and hit.get("tenant")]
    return {
        **told,
        "sensor": within("sensor", "code") or "",
        "sensorKind": within("sensor", "kind") or "OTHER",
        "room": within("room", "number"),
        "floor": within("floor", "name"),
        "building": within("building", "name") or "",
        "buildingCode": within("building", "code") or "",
        "incident": within("incident", "id"),
        "tenants": [hit["tenant"]["name"] for hit in own],
        "acknowledgedBy": within("acknowledgedBy", "name"),
        "shelvedBy": within("shelvedBy", "name"),
    }


def alarm(told: Mapping[str, Any]) -> Snapshot:
    """Of an alarm, as the graph tells of it or as it was asked for."""
    if "buildingCode" not in told:
        told = _plainly(told)
    return Snapshot(
        id=told["id"],
        title=told["title"],
        priority=told["priority"],
        building=told["building"],
        building_code=told["buildingCode"],
        raised_at=datetime.fromisoformat(told["raisedAt"]),
        last_raised_at=datetime.fromisoformat(told["lastRaisedAt"]),
        state=told["state"],
        category=told["category"],
        closed_at=_moment(told, "closedAt"),
        returned_at=_moment(told, "returnedAt"),
        acknowledged_at=_moment(told, "acknowledgedAt"),
        acknowledged_by=told["acknowledgedBy"],
        value=told["value"],
        unit=told["unit"],
        occurrences=told["occurrences"],
        sensor=told["sensor"],
        sensor_kind=told["sensorKind"],
        room=told["room"],
        floor=told["floor"],
        tenants=tuple(told["tenants"]),
        note=told["note"],
        latching=told["latching"],
        annunciated=told["annunciated"],
        shelved_until=_moment(told, "shelvedUntil"),
        shelved_by=told["shelvedBy"],
        shelved_reason=told["shelvedReason"],
        suppressed=told["suppressed"],
        out_of_service=told["outOfService"],
        escalated_to=told["escalatedTo"],
        incident=told["incident"],
    )


def incident(told: Mapping[str, Any]) -> Snapshot:
    """Of an incident, as the graph tells of it."""
    return Snapshot(
        id=told["id"],
        title=told["title"],
        priority=told["priority"] or PRIORITIES[0],
        building=told["building"],
        building_code=told["buildingCode"],
        raised_at=datetime.fromisoformat(told["openedAt"]),
        last_raised_at=datetime.fromisoformat(told["lastRaisedAt"]),
        closed_at=_moment(told, "closedAt"),
        floor=told["floor"],
        alarms=told["alarms"],
        live=told["live"],
        unacknowledged=told["unacknowledged"],
    )


async def alarm_now(graph: HttpGraph, id: str, language: str) -> Snapshot | None:
    """An alarm as it stands; None where the person sees none. Raises GraphError."""
    document = f"query alarm($id: ID!) {{ alarm(id: $id) {{ {AS_IT_IS} }} }}"
    found: Mapping[str, Any] | None = (await graph.execute(document, {"id": id}, language))["alarm"]
    return alarm(found) if found else None
