"""Suppression by design (ISA-18.2): alarms of comfort call nobody while their room is vacant by lease."""

from __future__ import annotations

from dataclasses import replace

from db import changes
from db.clock import Clock
from db.engine import Connection
from db.lifecycle import Action
from db.treatment import Step, alarms_of, pass_by
from db.vacancy import vacant
from db.watches import lock

AT_ONCE = 500
OTHERWISE = f"""
    SELECT a.id, a.sensor_id FROM alarm.alarm a
    JOIN physical.building b ON b.id = a.building_id LEFT JOIN physical.room o ON o.id = a.room_id
    WHERE a.closed_at IS NULL AND a.category = 'COMFORT' AND ($2::bigint[] IS NULL OR a.id = ANY($2))
        AND a.suppressed <> {vacant("o", "b", "$1::timestamptz")}
    ORDER BY a.id LIMIT $3
"""
"""Live alarms of comfort that are suppressed though the room is let on the building's day, or the other way round."""


async def suppress(connection: Connection, clock: Clock) -> int:
    """Suppress what has become vacant, and let be heard what has been let: by midnight, or by a change; how many."""
    changed = 0
    while found := await connection.fetch(OTHERWISE, clock.now(), None, AT_ONCE):
        async with connection.transaction():
            await lock(connection, sorted({row["sensor_id"] for row in found}))
            now = clock.now()
            still = await connection.fetch(OTHERWISE, now, [row["id"] for row in found], AT_ONCE)
            alarms = await alarms_of(connection, "a.id = ANY($1)", [row["id"] for row in still])
            steps = [
                Step(
                    Action.UNSUPPRESS if alarm.suppressed else Action.SUPPRESS,
                    alarm,
                    replace(alarm, suppressed=not alarm.suppressed),
                    now,
                )
                for alarm in alarms
            ]
            await changes.append(connection, await pass_by(connection, steps, now))
        changed += len(steps)
        if not steps:  # somebody else was first
            break
    return changed
