"""A person takes note of an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from db.alarms import Entry, closing
from db.changes import News
from db.engine import Connection
from db.journal import BY_ID, alarm_of
from db.models import AlarmState, TransitionKind
from db.records import enter
from db.snapshots import faces, news
from db.watches import lock

SENSOR = "SELECT sensor_id FROM alarm.alarm WHERE id = $1"
ACKNOWLEDGE = """
    UPDATE alarm.alarm SET state = $2, acknowledged_at = $3, acknowledged_by_id = $4, closed_at = $5,
        note = coalesce($6, note)
    WHERE id = $1
"""


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


@dataclass(frozen=True, slots=True)
class NoSuchAlarm:
    alarm_id: int


Outcome: TypeAlias = Acknowledged | AlreadyAcknowledged | AlreadyClosed | NoSuchAlarm


async def acknowledge(
    connection: Connection, alarm_id: int, user_id: int | None, note: str | None, now: datetime
) -> Outcome:
    """Active alarms become ACKNOWLEDGED, returned ones CLOSED; `now` is the house's time.

    It runs in the caller's transaction and holds the sensor's state row until that ends, as all writers of alarms do.
    """
    sensor_id = await connection.fetchval(SENSOR, alarm_id)
    if sensor_id is None:
        return NoSuchAlarm(alarm_id)
    await lock(connection, [sensor_id])
    alarm = alarm_of(await connection.fetchrow(BY_ID, [alarm_id]))
    if alarm.state is AlarmState.CLOSED:
        return AlreadyClosed(alarm_id)
    if alarm.state is AlarmState.ACKNOWLEDGED:
        return AlreadyAcknowledged(alarm_id)
    closes = alarm.state is AlarmState.RETURNED
    state, closed_at = (AlarmState.CLOSED, now) if closes else (AlarmState.ACKNOWLEDGED, None)
    await connection.execute(ACKNOWLEDGE, alarm_id, state.name, now, user_id, closed_at, note)
    after = alarm_of(await connection.fetchrow(BY_ID, [alarm_id]))
    entry = Entry(TransitionKind.ACKNOWLEDGED, now, None, after, user_id, note)
    await enter(connection, closing(entry, alarm), now)
    [face] = (await faces(connection, [(alarm.sensor_id, alarm.rule_id, now)])).values()
    return Acknowledged(alarm_id, news(entry, face))
