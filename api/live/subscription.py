"""What may be followed: changes of alarms, from now on or from a place in the stream."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.alarm.where import AlarmWhere
from api.context import Context, Info
from api.directives import Label, Unit
from api.enums import AlarmState, Category, Priority, SensorKind, TransitionKind
from api.errors import Fault
from api.live.choosing import chosen, staff, visible
from api.live.hub import PAUSE, TROUBLE, Hub
from api.scalars import Cursor
from db.changes import Change, CursorRefused

log = logging.getLogger("markoff.live")

AUTHORIZATION = "authorization"
"""In the scratch of a listener's context: what the caller showed when the line was opened."""


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
    tenants: list[str] = strawberry.field(description="Who had the room on that day.")
    acknowledged_by: str | None = strawberry.field(description="Who acknowledged it.")
    note: str | None = strawberry.field(description="What they said.")


@strawberry.type(description="Something that happened to an alarm.")
class AlarmChange:
    cursor: Cursor = strawberry.field(description="The place after this change: come back with it as `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    kind: TransitionKind = strawberry.field(description="What happened.")
    alarm: AlarmSnapshot = strawberry.field(description="The alarm right after.")


MOMENTS = ("raisedAt", "lastRaisedAt", "returnedAt", "acknowledgedAt", "closedAt")


def snapshot(told: dict[str, Any], *, to_staff: bool) -> AlarmSnapshot:
    """A snapshot as the viewer may see it: tenants see neither rules nor the people of the house."""
    at = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in MOMENTS}
    raised_at, last_raised_at = at["raisedAt"], at["lastRaisedAt"]
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
        tenants=told["tenants"],
        acknowledged_by=told["acknowledgedBy"] if to_staff else None,
        note=told["note"],
    )


def _told(hub: Hub, context: Context, change: Change) -> AlarmChange:
    return AlarmChange(
        cursor=Cursor(hub.cursor(change)),
        at=change.at,
        kind=TransitionKind[change.payload["kind"]],
        alarm=snapshot(change.payload["alarm"], to_staff=staff(context.viewer, change)),
    )


def _hub(context: Context) -> Hub:
    live = context.parts.live
    if live is None:
        raise Fault("UNAVAILABLE", id="live")
    return live.hub


async def renew(context: Context) -> None:
    """Look again who the listener is: tokens end and grants change. Raises TOKEN_EXPIRED or BAD_TOKEN."""
    while AUTHORIZATION in context.scratch:
        try:
            context.viewer = await context.parts.viewers.behind(context.scratch[AUTHORIZATION])
            return
        except TROUBLE as error:
            log.warning("a listener waits for the database: %r", error)
            await asyncio.sleep(PAUSE)


@strawberry.type(description="What may be followed.")
class Subscription:
    @strawberry.subscription(
        description="Every change of an alarm that you may see, once and in order; with `after`, first what you missed."
    )
    async def alarm_changed(
        self,
        info: Info,
        where: Annotated[AlarmWhere | None, strawberry.argument(description="Of which alarms.")] = None,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Everything since the change that had this cursor.")
        ] = None,
    ) -> AsyncIterator[AlarmChange]:
        context = info.context
        hub = _hub(context)
        wanted = chosen(where)
        try:
            number = None if after is None else await hub.place(after)
            async with aclosing(hub.follow(number)) as changes:
                async for change in changes:
                    if change.kind != "alarm" or not wanted(change.payload):
                        continue
                    await renew(context)
                    if visible(context.viewer, change):
                        yield _told(hub, context, change)
        except CursorRefused as refused:
            raise Fault(refused.code) from refused
