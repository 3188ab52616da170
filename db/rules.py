"""A rule that is changed or switched off ends what it has raised; what it says from then on begins anew.

    await hold(...)   # lock what it watches
    news = await end(connection, rule_id, now, user_id)
    ...               # change the rule's row
    await begin(connection, rule_id, now)

All in one transaction, `news` appended last. The past stays as it was judged: readings up to `now`, or up to the latest
where that is ahead, are not judged by what the rule says now, whenever they come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from db import journal
from db.changes import News
from db.engine import Connection
from db.evaluator import State
from db.models import Phase
from db.watches import COLUMNS, STAY, Verdict, Watch, lock, watch_of

SCOPE = """
    SELECT s.id AS sensor_id, r.id AS rule_id
    FROM alarm.rule r JOIN telemetry.sensor s
        ON s.building_id = r.building_id AND (s.id = r.sensor_id OR s.kind = r.sensor_kind)
        AND (r.room_id IS NULL OR r.room_id = s.room_id)
    WHERE r.id = $1
"""
HELD = f"""
    SELECT sensor_id FROM ({SCOPE}) s UNION SELECT sensor_id FROM alarm.watch WHERE rule_id = $1
    UNION SELECT reference_id FROM alarm.rule WHERE id = $1 AND reference_id IS NOT NULL ORDER BY sensor_id
"""
WATCHES = f"""
    SELECT {COLUMNS}, o.*, s.*, p.*
    FROM alarm.rule r JOIN alarm.watch w ON w.rule_id = r.id {STAY}
    WHERE r.id = $1 AND w.phase <> 'NORMAL' ORDER BY w.sensor_id
"""
JOIN = f"""
    INSERT INTO alarm.watch (sensor_id, rule_id, phase)
    SELECT sensor_id, rule_id, 'NORMAL' FROM ({SCOPE}) s ON CONFLICT DO NOTHING
"""
BEGIN = """
    WITH known AS (
        SELECT w.sensor_id, CASE WHEN s.at IS NOT NULL OR o.at IS NOT NULL
            THEN greatest(s.at, o.at, w.changed_at, $2) END AS at
        FROM alarm.watch w JOIN alarm.rule r ON r.id = w.rule_id
        JOIN telemetry.sensor_state s ON s.sensor_id = w.sensor_id
        LEFT JOIN telemetry.sensor_state o ON o.sensor_id = r.reference_id
        WHERE w.rule_id = $1
    )
    UPDATE alarm.watch w SET phase = 'NORMAL', since = NULL, begins_after = k.at,
        heard_at = CASE WHEN r.condition = 'STALE' THEN k.at END,
        deadline = CASE WHEN r.enabled AND r.condition = 'STALE' THEN k.at + make_interval(secs => r.threshold) END
    FROM known k, alarm.rule r WHERE w.rule_id = $1 AND w.sensor_id = k.sensor_id AND r.id = $1
"""


async def hold(connection: Connection, rule_id: int) -> None:
    """Lock the states of the sensors that a rule watches, until the commit."""
    await lock(connection, [row["sensor_id"] for row in await connection.fetch(HELD, rule_id)])


async def end(connection: Connection, rule_id: int, now: datetime, user_id: int | None) -> list[News]:
    """Let the stays of a rule's watches end `now` (house time), at somebody's hands; what is to be told."""
    rows = await connection.fetch(WATCHES, rule_id)
    return await journal.write(connection, [_ended(watch_of(row), now) for row in rows], now, user_id)


async def begin(connection: Connection, rule_id: int, now: datetime) -> None:
    """Let the rule look only ahead from `now`; it watches all sensors of its scope."""
    await connection.execute(JOIN, rule_id)
    await connection.execute(BEGIN, rule_id, now)


def _ended(watch: Watch, now: datetime) -> Verdict:
    rest = State(Phase.NORMAL, None, watch.state.value)
    if watch.open is None:
        return Verdict(watch, rest, watch.changed_at, [], [])
    at = max(now, watch.open.stay.raised_at)
    return Verdict(watch, rest, at, [watch.open], [replace(watch.open.stay, returned_at=at)])
