"""Shelving (ISA-18.2): somebody wants to hear nothing of a rule on a sensor for a while, and says why.

The shelf belongs to the rule on the sensor: an alarm that is raised within its time is born shelved. It ends by hand or
by the house's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from db import changes
from db.alarms import Alarm
from db.changes import News
from db.clock import Clock
from db.engine import Connection
from db.lifecycle import Action
from db.treatment import NoSuchAlarm, Refused, Step, alarms_of, pass_by, treat
from db.watches import lock

LONGEST = timedelta(hours=24)
AT_ONCE = 500

PUT = """
    INSERT INTO alarm.shelf (sensor_id, rule_id, at, until, user_id, reason)
    SELECT sensor_id, rule_id, $2, $3, $4, $5 FROM alarm.alarm WHERE id = $1
    ON CONFLICT (sensor_id, rule_id) DO UPDATE SET at = $2, until = $3, user_id = $4, reason = $5
"""
TAKE = """
    DELETE FROM alarm.shelf s USING alarm.alarm a
    WHERE a.id = $1 AND s.sensor_id = a.sensor_id AND s.rule_id = a.rule_id
"""
OVER = "SELECT sensor_id, rule_id FROM alarm.shelf WHERE until <= $1 ORDER BY until LIMIT $2"
TAKE_OVER = """
    DELETE FROM alarm.shelf WHERE (sensor_id, rule_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
        AND until <= $3 RETURNING sensor_id, rule_id, until
"""
OF_WATCHES = """
    a.shelved_until IS NOT NULL AND (a.sensor_id, a.rule_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
"""


def shelved(alarm: Alarm, until: datetime, user_id: int | None, reason: str) -> Alarm:
    return replace(alarm, shelved_until=until, shelved_by_id=user_id, shelved_reason=reason)


def unshelved(alarm: Alarm) -> Alarm:
    return replace(alarm, shelved_until=None, shelved_by_id=None, shelved_by=None, shelved_reason=None)


async def shelve(
    connection: Connection, alarm_id: int, user_id: int | None, until: datetime, reason: str, now: datetime
) -> list[News] | Refused | NoSuchAlarm:
    """Put it on the shelf until a time (or there again, with another time), in the caller's transaction."""

    def step(alarm: Alarm) -> Step:
        return Step(Action.SHELVE, alarm, shelved(alarm, until, user_id, reason), now, user_id, reason)

    told = await treat(connection, alarm_id, step)
    if isinstance(told, list):
        await connection.execute(PUT, alarm_id, now, until, user_id, reason)
    return told


async def unshelve(
    connection: Connection, alarm_id: int, user_id: int | None, now: datetime
) -> list[News] | Refused | NoSuchAlarm:
    """Take it from the shelf by hand, in the caller's transaction."""

    def step(alarm: Alarm) -> Step:
        return Step(Action.UNSHELVE, alarm, unshelved(alarm), now, user_id)

    told = await treat(connection, alarm_id, step)
    if not isinstance(told, list):
        return told
    [alarm] = await alarms_of(connection, "a.id = $1", alarm_id)
    others = await alarms_of(connection, OF_WATCHES, [alarm.sensor_id], [alarm.rule_id])
    told += await pass_by(connection, [step(other) for other in others], now)
    await connection.execute(TAKE, alarm_id)
    return told


async def end_shelves(connection: Connection, clock: Clock) -> int:
    """Take from the shelf what has been there for its time; how many."""
    ended = 0
    while over := await connection.fetch(OVER, clock.now(), AT_ONCE):
        done = await _end(connection, over, clock.now())
        if not done:  # somebody has prolonged them
            break
        ended += done
    return ended


async def _end(connection: Connection, over: Sequence[Any], now: datetime) -> int:
    keys = [row["sensor_id"] for row in over], [row["rule_id"] for row in over]
    async with connection.transaction():
        await lock(connection, sorted(set(keys[0])))
        taken = await connection.fetch(TAKE_OVER, *keys, now)
        until = {(row["sensor_id"], row["rule_id"]): row["until"] for row in taken}
        alarms = await alarms_of(connection, OF_WATCHES, *keys)
        steps = [
            Step(Action.EXPIRE, alarm, unshelved(alarm), until[alarm.sensor_id, alarm.rule_id])
            for alarm in alarms
            if (alarm.sensor_id, alarm.rule_id) in until
        ]
        await changes.append(connection, await pass_by(connection, steps, now))
    return len(taken)
