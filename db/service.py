"""Sensors out of service (ISA-18.2): while one is under maintenance its alarms call nobody; its readings are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db import changes
from db.changes import News
from db.clock import Clock
from db.engine import Connection
from db.lifecycle import Action
from db.treatment import Step, alarms_of, pass_by
from db.watches import lock

LONGEST = timedelta(days=366)
AT_ONCE = 500
OUT = """
    UPDATE telemetry.sensor SET out_of_service_at = coalesce(out_of_service_at, $2), out_of_service_until = $3,
        out_of_service_by_id = $4, out_of_service_reason = $5
    WHERE id = $1
"""
BACK = """
    UPDATE telemetry.sensor SET out_of_service_at = NULL, out_of_service_until = NULL, out_of_service_by_id = NULL,
        out_of_service_reason = NULL
    WHERE id = $1
"""
OVER = "SELECT id FROM telemetry.sensor WHERE out_of_service_until <= $1 ORDER BY out_of_service_until LIMIT $2"
BACK_BY_TIME = """
    UPDATE telemetry.sensor n SET out_of_service_at = NULL, out_of_service_until = NULL, out_of_service_by_id = NULL,
        out_of_service_reason = NULL
    FROM (SELECT id, out_of_service_until AS until FROM telemetry.sensor) o
    WHERE n.id = ANY($1) AND o.id = n.id AND n.out_of_service_until <= $2 RETURNING n.id, o.until
"""
TO_TAKE_OUT = "a.sensor_id = ANY($1) AND a.closed_at IS NULL AND NOT a.out_of_service"
TO_PUT_BACK = "a.sensor_id = ANY($1) AND a.closed_at IS NULL AND a.out_of_service"


async def take_out(
    connection: Connection, sensor_id: int, user_id: int | None, until: datetime | None, reason: str, now: datetime
) -> list[News]:
    """Take a sensor out of service (or say anew until when and why), in the caller's transaction."""
    await lock(connection, [sensor_id])
    await connection.execute(OUT, sensor_id, now, until, user_id, reason)
    alarms = await alarms_of(connection, TO_TAKE_OUT, [sensor_id])
    steps = [
        Step(Action.TAKE_OUT, alarm, replace(alarm, out_of_service=True), now, user_id, reason) for alarm in alarms
    ]
    return await pass_by(connection, steps, now)


async def put_back(connection: Connection, sensor_id: int, user_id: int | None, now: datetime) -> list[News]:
    """Return a sensor to service, in the caller's transaction."""
    await lock(connection, [sensor_id])
    await connection.execute(BACK, sensor_id)
    alarms = await alarms_of(connection, TO_PUT_BACK, [sensor_id])
    steps = [Step(Action.PUT_BACK, alarm, replace(alarm, out_of_service=False), now, user_id) for alarm in alarms]
    return await pass_by(connection, steps, now)


async def end_maintenance(connection: Connection, clock: Clock) -> int:
    """Return to service the sensors whose time is over; how many."""
    ended = 0
    while over := [row["id"] for row in await connection.fetch(OVER, clock.now(), AT_ONCE)]:
        done = await _end(connection, over, clock.now())
        if not done:  # somebody has prolonged it
            break
        ended += done
    return ended


async def _end(connection: Connection, over: Sequence[int], now: datetime) -> int:
    async with connection.transaction():
        await lock(connection, sorted(over))
        until = {row["id"]: row["until"] for row in await connection.fetch(BACK_BY_TIME, over, now)}
        alarms = await alarms_of(connection, TO_PUT_BACK, list(until))
        steps = [
            Step(Action.PUT_BACK, alarm, replace(alarm, out_of_service=False), until[alarm.sensor_id])
            for alarm in alarms
        ]
        await changes.append(connection, await pass_by(connection, steps, now))
    return len(until)
