"""A person takes note of an alarm, says something about it, or resets one that latches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from db.alarms import Alarm
from db.changes import News
from db.engine import Connection
from db.lifecycle import Action
from db.treatment import NoSuchAlarm, Refused, Step, Treatment, treat


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """It is done; `news` is to be appended to the stream by the edge, last, if it commits."""

    alarm_id: int
    news: News


@dataclass(frozen=True, slots=True)
class AlreadyAcknowledged:
    alarm_id: int


@dataclass(frozen=True, slots=True)
class AlreadyClosed:
    alarm_id: int


Outcome: TypeAlias = Acknowledged | AlreadyAcknowledged | AlreadyClosed | NoSuchAlarm


async def acknowledge(
    connection: Connection, alarm_id: int, user_id: int | None, note: str | None, now: datetime
) -> Outcome:
    """Active alarms become ACKNOWLEDGED, returned ones CLOSED, or LATCHED; `now` is the house's time.

    It runs in the caller's transaction and holds the sensor's state row until that ends, as all writers of alarms do.
    It holds for all that has been raised, even by a device whose clock is ahead of the house's.
    """
    told = await treat(connection, alarm_id, acknowledging(user_id, note, now))
    if isinstance(told, NoSuchAlarm):
        return told
    if isinstance(told, Refused):
        return AlreadyClosed(alarm_id) if told.code == "ALARM_CLOSED" else AlreadyAcknowledged(alarm_id)
    return Acknowledged(alarm_id, told[0])


def acknowledging(user_id: int | None, note: str | None, now: datetime) -> Treatment:
    """An acknowledgement, as a step of any alarm."""

    def step(alarm: Alarm) -> Step:
        after = replace(
            alarm,
            acknowledged_at=now,
            acknowledged_by_id=user_id,
            acknowledged_to=max(now, alarm.last_raised_at),
            note=note or alarm.note,
        )
        return Step(Action.ACKNOWLEDGE, alarm, after, now, user_id, note)

    return step


def resetting(user_id: int | None, note: str | None, now: datetime) -> Treatment:
    """A reset: a latched alarm, returned and acknowledged, becomes CLOSED."""

    def step(alarm: Alarm) -> Step:
        reset_to = max(now, alarm.returned_at or now)
        after = replace(alarm, reset_at=now, reset_by_id=user_id, reset_to=reset_to, note=note or alarm.note)
        return Step(Action.RESET, alarm, after, now, user_id, note)

    return step


def noting(user_id: int | None, note: str, now: datetime) -> Treatment:
    """A note: nothing else changes."""

    def step(alarm: Alarm) -> Step:
        return Step(Action.NOTE, alarm, replace(alarm, note=note), now, user_id, note)

    return step


__all__ = [
    "Acknowledged",
    "AlreadyAcknowledged",
    "AlreadyClosed",
    "NoSuchAlarm",
    "Outcome",
    "acknowledge",
    "acknowledging",
    "noting",
    "resetting",
]
