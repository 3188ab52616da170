"""Changes of alarms, as those who follow them are told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from api.directives import Label, Unit
from api.enums import AlarmState, Category, Priority, Role, SensorKind, TransitionKind
from api.ids import typed
from api.live.choosing import chosen, named, one_of, places, there, true, within
from api.live.reach import Face
from api.live.topics.topic import Test, Told, Topic
from api.scalars import Cursor


@strawberry.type(description="An alarm as it was right after a change; names and places are those of that time.")
class AlarmSnapshot:
    id: strawberry.ID = strawberry.field(description="The alarm's id.")
    title: str = strawberry.field(description="What it is about.", directives=[Label()])
    state: AlarmState = strawberry.field(description="Where it stood.")
    priority: Priority = strawberry.field(description="How urgent it was.")
    category: Category = strawberry.field(description="What it was about.")
    raised_at: datetime = strawberry.field(description="When it was first raised.")
    last_raised_at: datetime = strawberry.field(description="When it was last raised.")
    returned_at: datetime | None = strawberry.field(description="When it returned to normal, if it had.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody acknowledged it, if anybody had.")
    closed_at: datetime | None = strawberry.field(description="When it was done with, if it was.")
    value: float | None = strawberry.field(
        description="What the sensor measured when it was last raised.", directives=[Unit(field="unit")]
    )
    unit: str = strawberry.field(description="The sensor's unit.")
    occurrences: int = strawberry.field(description="How often it had been raised; 0 when withdrawn.")
    rule: str = strawberry.field(description="The rule's name.")
    sensor: str = strawberry.field(description="The sensor's code.")
    sensor_kind: SensorKind = strawberry.field(description="What the sensor measures.")
    room: str | None = strawberry.field(description="The room's number.")
    floor: str | None = strawberry.field(description="The floor's name.")
    building: str = strawberry.field(description="The building's name.")
    building_code: str = strawberry.field(description="The building's code.")
    incident: strawberry.ID | None = strawberry.field(
        description="The incident that had collected it by then; null: none, or you do not see incidents."
    )
    tenants: list[str] = strawberry.field(description="Who had the room on that day.")
    acknowledged_by: str | None = strawberry.field(description="Who acknowledged it.")
    note: str | None = strawberry.field(description="What was noted last.")
    latching: bool = strawberry.field(description="It stays until somebody resets it.")
    reset_at: datetime | None = strawberry.field(description="When somebody reset it, if anybody had.")
    reset_by: str | None = strawberry.field(description="Who reset it.")
    annunciated: bool = strawberry.field(
        description="It was to be heard: not shelved, not suppressed, not out of service."
    )
    shelved_until: datetime | None = strawberry.field(description="Until when it was shelved; null: it was not.")
    shelved_by: str | None = strawberry.field(description="Who shelved it.")
    shelved_reason: str | None = strawberry.field(description="Why it was shelved.")
    suppressed: bool = strawberry.field(description="It was about comfort in a room that was vacant by lease.")
    out_of_service: bool = strawberry.field(description="Its sensor was under maintenance.")
    escalated_to: Role | None = strawberry.field(description="To whom it had been told in the end.")
    escalated_at: datetime | None = strawberry.field(description="When that was.")


@strawberry.type(description="Something that happened to an alarm.")
class AlarmChange:
    cursor: Cursor = strawberry.field(description="The place after this change: come back with it as `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    kind: TransitionKind = strawberry.field(description="What happened.")
    alarm: AlarmSnapshot = strawberry.field(description="The alarm right after.")


def told(what: Told) -> AlarmChange:
    """A change of an alarm, as those of that face may see it."""
    payload = what.change.payload
    return AlarmChange(
        cursor=Cursor(what.cursor),
        at=what.change.at,
        kind=TransitionKind[payload["kind"]],
        alarm=snapshot(payload["alarm"], payload["keys"], to_staff=what.face is Face.STAFF),
    )


MOMENTS = (
    "raisedAt",
    "lastRaisedAt",
    "returnedAt",
    "acknowledgedAt",
    "resetAt",
    "closedAt",
    "shelvedUntil",
    "escalatedAt",
)


def snapshot(told: dict[str, Any], keys: Mapping[str, Any], *, to_staff: bool) -> AlarmSnapshot:
    """Tenants see neither rules nor the people of the house."""
    at = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in MOMENTS}
    raised_at, last_raised_at = at["raisedAt"], at["lastRaisedAt"]
    incident = keys.get("incident") if to_staff else None
    assert raised_at is not None
    assert last_raised_at is not None
    return AlarmSnapshot(
        id=strawberry.ID(told["id"]),
        title=told["title"],
        state=AlarmState[told["state"]],
        priority=Priority[told["priority"]],
        category=Category[told["category"]],
        raised_at=raised_at,
        last_raised_at=last_raised_at,
        returned_at=at["returnedAt"],
        acknowledged_at=at["acknowledgedAt"],
        closed_at=at["closedAt"],
        value=told["value"],
        unit=told["unit"],
        occurrences=told["occurrences"],
        rule=told["rule"] if to_staff else told["title"],
        sensor=told["sensor"],
        sensor_kind=SensorKind[told["sensorKind"]],
        room=told["room"],
        floor=told["floor"],
        building=told["building"],
        building_code=keys["code"],
        incident=strawberry.ID(typed("incident", incident)) if incident is not None else None,
        tenants=told["tenants"],
        acknowledged_by=told["acknowledgedBy"] if to_staff else None,
        note=told["note"],
        latching=told["latching"],
        reset_at=at["resetAt"],
        reset_by=told["resetBy"] if to_staff else None,
        annunciated=told["annunciated"],
        shelved_until=at["shelvedUntil"],
        shelved_by=told["shelvedBy"] if to_staff else None,
        shelved_reason=told["shelvedReason"],
        suppressed=told["suppressed"],
        out_of_service=told["outOfService"],
        escalated_to=Role[told["escalatedTo"]] if told["escalatedTo"] else None,
        escalated_at=at["escalatedAt"],
    )


def _active(yes: bool) -> Test:
    return lambda payload: (payload["alarm"]["state"] in ("ACTIVE", "ACKNOWLEDGED")) is yes


def _collapsed(yes: bool) -> Test:
    """An incident is over only when its alarms are."""
    return lambda payload: (
        (
            payload["keys"].get("incident") is not None
            and payload["alarm"]["closedAt"] is None
            and payload["alarm"]["priority"] != "CRITICAL"
        )
        is yes
    )


CONDITIONS = {
    **places("alarm"),
    "rule": named("rule", lambda payload: ()),
    "kind": one_of("alarm", "sensorKind"),
    "state": one_of("alarm", "state"),
    "priority": one_of("alarm", "priority"),
    "category": one_of("alarm", "category"),
    "active": _active,
    "acknowledged": there("alarm", "acknowledgedAt"),
    "annunciated": true("alarm", "annunciated"),
    "shelved": there("alarm", "shelvedUntil"),
    "suppressed": true("alarm", "suppressed"),
    "outOfService": true("alarm", "outOfService"),
    "escalatedTo": one_of("alarm", "escalatedTo"),
    "incident": named("incident", lambda payload: ()),
    "collapsed": _collapsed,
    "raised": within(("alarm", "raisedAt"), ("alarm", "lastRaisedAt")),  # those in between are not in the snapshot
}
"""By field of AlarmWhere."""

TOPIC = Topic("alarmChanged", "alarm", lambda where: chosen(CONDITIONS, where))
