"""Where and when an alarm was, for a film of it: its floor, and the stretch of time around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BigInteger, Select, bindparam, select

from api import ids, metrics
from api.context import Parts
from api.errors import Fault
from api.planner import plan
from api.planner.plan import Ask, Plan
from api.plans.address import Film
from api.viewer import Viewer
from api.visibility import Other, Sight
from db import models
from db.models import Role

MARGIN = timedelta(minutes=10)
"""Before it was raised, and after it was over."""
LONGEST = timedelta(hours=24)
"""Of a film whose end nobody names."""
LEAST, MOST = 2, 60
"""Frames of a film."""


@dataclass(frozen=True, slots=True)
class Around:
    """The floor and the room of an alarm, when it was last raised, and when that was over."""

    floor_id: int
    room_id: int
    raised_at: datetime
    returned_at: datetime | None


def _statement(sight: Sight) -> Select[tuple[object, ...]]:
    alarm, room = Other(models.Alarm, sight), Other(models.Room, sight)
    return (
        select(room.floor_id, room.id, alarm.last_raised_at, alarm.returned_at)
        .select_from(alarm.alias.outerjoin(room.alias, (room.id == alarm.room_id) & sight.room(room)))
        .where(alarm.id == bindparam("alarm", type_=BigInteger()), sight.alarm(alarm))
    )


@cache
def _plan(roles: frozenset[Role]) -> Plan:
    return plan.bound(_statement(Sight(roles)), {"alarm": lambda variables: variables["alarm"]})


async def around(parts: Parts, viewer: Viewer, alarm: str) -> Around | None:
    """The place and time of an alarm; None where the viewer sees none. Raises WRONG_KIND_OF_ID, NO_PLACE_TO_DRAW."""
    key = ids.key("alarm", alarm)
    if key is None:
        raise Fault("WRONG_KIND_OF_ID", value=alarm, expected="alarm")
    made = _plan(viewer.visibility)
    ask = Ask({"alarm": key}, viewer, parts.clock.now(), parts.clock.simulated)
    with metrics.Statement("reads"):
        row = await parts.reads.fetchrow(made.sql, *made.values(ask))
    if row is None:
        return None
    if row[0] is None:
        raise Fault("NO_PLACE_TO_DRAW")
    return Around(*row)


def film(found: Around, since: datetime | None, until: datetime | None, frames: int, now: datetime) -> Film:
    """The stretch that is meant, or the one around the alarm. Raises BAD_FRAMES, BAD_PERIOD."""
    if not LEAST <= frames <= MOST:
        raise Fault("BAD_FRAMES", value=frames, least=LEAST, most=MOST)
    first = since or found.raised_at - MARGIN
    if until is None:
        over = found.returned_at + MARGIN if found.returned_at and found.returned_at > found.raised_at else now
        until = min(over, first + LONGEST)
    last = min(until, now)
    if not first < last:
        raise Fault("BAD_PERIOD")
    return Film(first, last, frames)
