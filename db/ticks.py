"""Lets time act: deadlines that pass without a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db import changes, journal
from db.clock import Clock
from db.engine import Connection
from db.judging import tick
from db.watches import COLUMNS, STAY, lock, watch_of

AT_ONCE = 500

DUE = """
    SELECT w.sensor_id, w.rule_id, w.deadline FROM alarm.watch w JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled
    WHERE w.deadline <= $1 ORDER BY w.deadline LIMIT $2
"""
WATCHES = f"""
    SELECT {COLUMNS}, o.*, s.*, p.*
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) d(sensor_id, rule_id, deadline)
    JOIN alarm.watch w ON w.sensor_id = d.sensor_id AND w.rule_id = d.rule_id AND w.deadline = d.deadline
    JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled {STAY}
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A watch that waits for nothing but its deadline, which has come."""

    sensor_id: int
    rule_id: int
    deadline: datetime


async def due(connection: Connection, now: datetime, most: int = AT_ONCE) -> list[Due]:
    """Watches whose deadlines are not after `now` (house time), the earliest first."""
    return [Due(*row) for row in await connection.fetch(DUE, now, most)]


async def turn(connection: Connection, clock: Clock, passed: Sequence[Due]) -> int:
    """Raise and return what is still due, in one transaction; how many watches turned."""
    if not passed:
        return 0
    async with connection.transaction():
        await lock(connection, sorted({one.sensor_id for one in passed}))
        sensors, rules = [one.sensor_id for one in passed], [one.rule_id for one in passed]
        deadlines = [one.deadline for one in passed]
        rows = await connection.fetch(WATCHES, sensors, rules, deadlines)
        verdicts = await tick(connection, map(watch_of, rows), max(deadlines))
        news = await journal.write(connection, verdicts, clock.now())
        await changes.append(connection, news)
    return len(verdicts)


async def fire(connection: Connection, clock: Clock, now: datetime) -> int:
    """Turn all that is due at `now`; how many watches turned."""
    turned = 0
    while passed := await due(connection, now):
        done = await turn(connection, clock, passed)
        if not done:  # somebody else was first
            break
        turned += done
    return turned
