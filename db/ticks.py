"""Lets time act: deadlines that pass without a reading. One ticker at a time, whichever process it runs in."""

from __future__ import annotations

from datetime import datetime, timedelta

from db import changes, journal
from db.clock import Clock
from db.engine import Connection
from db.models import ClockMode
from db.watches import COLUMNS, STAY, continued, keep, lock, watch_of

GRACE = timedelta(seconds=1)
"""How long (real time) a reading may be on its way before a deadline counts as passed without it."""
INSTANT = timedelta(microseconds=1)
AT_ONCE = 500

DUE = """
    SELECT w.sensor_id FROM alarm.watch w JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled
    WHERE w.deadline <= $1 ORDER BY w.deadline LIMIT $2
"""
WATCHES = f"""
    SELECT {COLUMNS} FROM alarm.watch w JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled {STAY}
    WHERE w.sensor_id = ANY($1) AND w.deadline <= $2
"""


def due_up_to(clock: Clock, now: datetime) -> datetime:
    """The deadlines that have surely passed at the house's `now`: a reading of their time may still be on its way.

    Readings that move the clock themselves come in the order of time, so only those of the very same moment may be.
    """
    if clock.follows_readings:
        return now - INSTANT
    return now - GRACE * (clock.setting.speed if clock.setting.mode is ClockMode.SPEED else 1.0)


async def fire(connection: Connection, clock: Clock, horizon: datetime) -> int:
    """Raise and return what is due up to `horizon` (house time); how many watches turned."""
    turned = 0
    while sensors := {row["sensor_id"] for row in await connection.fetch(DUE, horizon, AT_ONCE)}:
        done = await _fire(connection, clock, sorted(sensors), horizon)
        if not done:  # somebody else was first
            break
        turned += done
    return turned


async def _fire(connection: Connection, clock: Clock, sensor_ids: list[int], horizon: datetime) -> int:
    async with connection.transaction():
        await lock(connection, sensor_ids)
        rows = await connection.fetch(WATCHES, sensor_ids, horizon)
        verdicts = [continued(watch_of(row), [], horizon) for row in rows]
        news = await journal.write(connection, verdicts, clock.now())
        await keep(connection, verdicts)
        await changes.append(connection, news)
    return len(verdicts)
