"""What the mutations of alarms have in common: find it, lock its sensor, do it, tell the stream last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

from api import finding
from api.alarm.refusals import BY_CODE, AboutAlarm
from api.refusals import InvalidInput, NotAllowed, NotFound
from api.writing import Change
from db import models
from db import treatment as treatments
from db.changes import News, append
from db.engine import Connection
from db.treatment import NoSuchAlarm, Refused, Treatment
from db.watches import lock

LONGEST_NOTE = 1000
Treated: TypeAlias = models.Alarm | NotAllowed | NotFound | InvalidInput | AboutAlarm


Do: TypeAlias = Callable[[Connection, int], Awaitable[list[News] | Refused | NoSuchAlarm]]
"""What is done to the alarm of a key."""


async def treat(change: Change, alarm: str, do: Do) -> Treated:
    """Do something to an alarm that the viewer may treat; the alarm as it is then, or why not."""
    found = await finding.alarm(change, alarm)
    if not isinstance(found, models.Alarm):
        return found
    connection = await change.connection()
    await lock(connection, [found.sensor_id])
    found = await change.afresh(found)
    outcome = await do(connection, found.id)
    if isinstance(outcome, NoSuchAlarm):
        return NotFound.of("alarm", alarm)
    if isinstance(outcome, Refused):
        return BY_CODE[outcome.code].of(found.id, found.title)
    await change.session.refresh(found)
    tell(change, outcome)
    return found


def by(treatment: Treatment) -> Do:
    """A treatment that needs nothing but the alarm."""
    return partial(treatments.treat, treatment=treatment)


def tell(change: Change, news: Sequence[News]) -> None:
    """Append to the change stream, after everything else, if it commits."""

    async def last(connection: Connection) -> None:
        await append(connection, news)

    change.last.append(last)
