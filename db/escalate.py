"""Escalation: an alarm that nobody acknowledges in time is told to the next role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from db import changes
from db.alarms import Alarm
from db.clock import Clock
from db.engine import Connection
from db.lifecycle import Action
from db.models import Priority, Role
from db.treatment import Step, alarms_of, pass_by
from db.watches import lock

LIMITS: Mapping[Priority, int | None] = {
    Priority.CRITICAL: 300,
    Priority.HIGH: 900,
    Priority.MEDIUM: 3600,
    Priority.LOW: None,
}
"""Seconds for which an alarm of a priority may call without an acknowledgement; None: for ever."""
NEXT: Mapping[Role | None, Role] = {None: Role.MANAGER, Role.MANAGER: Role.ADMIN}
"""Whom it is told: at first the dispatcher is called, nobody comes after the administrator."""
AT_ONCE = 500

DUE = """
    SELECT a.id, a.sensor_id, w.due
    FROM alarm.alarm a JOIN alarm.rule r ON r.id = a.rule_id
    JOIN unnest($2::text[], $3::int[]) l(priority, seconds) ON l.priority = a.priority
    CROSS JOIN LATERAL (
        SELECT a.waits_since + make_interval(secs => coalesce(r.escalate_after, l.seconds)) AS due
    ) w
    WHERE a.waits_since IS NOT NULL AND w.due <= $1 AND ($4::bigint[] IS NULL OR a.id = ANY($4))
    ORDER BY w.due, a.id LIMIT $5
"""


async def escalate(connection: Connection, clock: Clock, limits: Mapping[Priority, int | None] = LIMITS) -> int:
    """Tell the next role of alarms that have called for too long; how often that was."""
    wanted = [priority.name for priority in limits], list(limits.values())
    escalated = 0
    while found := await connection.fetch(DUE, clock.now(), *wanted, None, AT_ONCE):
        async with connection.transaction():
            await lock(connection, sorted({row["sensor_id"] for row in found}))
            now = clock.now()
            due = await connection.fetch(DUE, now, *wanted, [row["id"] for row in found], AT_ONCE)
            steps = await _steps(connection, due)
            await changes.append(connection, await pass_by(connection, steps, now))
        escalated += len(steps)
        if not steps:  # somebody has come
            break
    return escalated


async def _steps(connection: Connection, due: Sequence[Any]) -> list[Step]:
    at = {row["id"]: row["due"] for row in due}
    alarms = await alarms_of(connection, "a.id = ANY($1)", list(at))
    steps = [_step(alarm, at[alarm.id]) for alarm in alarms]
    return sorted(steps, key=lambda step: step.at)


def _step(alarm: Alarm, at: datetime) -> Step:
    role = NEXT[alarm.escalated_to]
    waits_since = at if role in NEXT else None
    after = replace(alarm, escalated_to=role, escalated_at=at, waits_since=waits_since)
    return Step(Action.ESCALATE, alarm, after, at, note=role.name)
