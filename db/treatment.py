"""What people and the house do to alarms besides judging readings: by the table of their life, and journalled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from db import lifecycle
from db.alarms import Alarm, Entry, closing, waiting
from db.changes import News
from db.engine import Connection
from db.journal import ALARMS, BY_ID, alarm_of
from db.lifecycle import Action
from db.models import AlarmState
from db.records import columns, enter
from db.snapshots import faces, news
from db.watches import lock

SENSOR = "SELECT sensor_id FROM alarm.alarm WHERE id = $1"
TREAT = """
    UPDATE alarm.alarm a SET state = n.state, acknowledged_at = n.acknowledged_at,
        acknowledged_by_id = n.acknowledged_by_id, acknowledged_to = n.acknowledged_to, reset_at = n.reset_at,
        reset_by_id = n.reset_by_id, reset_to = n.reset_to, closed_at = n.closed_at, note = n.note,
        shelved_until = n.shelved_until, shelved_by_id = n.shelved_by_id, shelved_reason = n.shelved_reason,
        suppressed = n.suppressed, out_of_service = n.out_of_service, escalated_to = n.escalated_to,
        escalated_at = n.escalated_at, waits_since = n.waits_since
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
        $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::timestamptz[], $12::bigint[],
        $13::text[], $14::bool[], $15::bool[], $16::text[], $17::timestamptz[], $18::timestamptz[])
        n(id, state, acknowledged_at, acknowledged_by_id, acknowledged_to, reset_at, reset_by_id, reset_to, closed_at,
            note, shelved_until, shelved_by_id, shelved_reason, suppressed, out_of_service, escalated_to, escalated_at,
            waits_since)
    WHERE a.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """The table does not let it happen: the code of the refusal."""

    code: str
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to one alarm; `after` has what it changes, the state comes from the table."""

    action: Action
    before: Alarm
    after: Alarm
    at: datetime
    user_id: int | None = None
    note: str | None = None


Treatment: TypeAlias = Callable[[Alarm], Step]
"""What somebody wants to do to an alarm."""


@dataclass(frozen=True, slots=True)
class NoSuchAlarm:
    alarm_id: int


async def treat(connection: Connection, alarm_id: int, treatment: Treatment) -> list[News] | Refused | NoSuchAlarm:
    """Do it, in the caller's transaction; holds the sensor's state until that ends, as all writers of alarms do."""
    sensor_id = await connection.fetchval(SENSOR, alarm_id)
    if sensor_id is None:
        return NoSuchAlarm(alarm_id)
    await lock(connection, [sensor_id])
    step = treatment(alarm_of(await connection.fetchrow(BY_ID, [alarm_id])))
    return await take(connection, [step], step.at)


def stepped(step: Step) -> Entry | Refused:
    """What the table makes of a step."""
    row = lifecycle.row(step.before.state, step.action, step.before)
    if row.refused is not None:
        return Refused(row.refused, step.before)
    assert row.becomes is not None
    assert row.kind is not None
    after = replace(step.after, state=row.becomes)
    if row.becomes is AlarmState.CLOSED and step.before.closed_at is None:
        after = replace(after, closed_at=step.at, suppressed=False, out_of_service=False)
    return Entry(row.kind, step.at, None, waiting(step.before, after, step.at), step.user_id, step.note)


async def take(connection: Connection, steps: Sequence[Step], now: datetime) -> list[News] | Refused:
    """Do all the steps, or none; the changes to append to the stream. The sensors' states are locked, and each alarm
    has one step at most."""
    outcomes = [stepped(step) for step in steps]
    refused = next((one for one in outcomes if isinstance(one, Refused)), None)
    entries = [one for one in outcomes if isinstance(one, Entry)]
    if refused is not None or not entries:
        return refused or []
    await connection.execute(TREAT, *columns((_row(entry.alarm) for entry in entries), 18))
    rows = await connection.fetch(BY_ID, [step.before.id for step in steps])
    fresh = {row["id"]: alarm_of(row) for row in rows}
    entries = [replace(entry, alarm=fresh[entry.alarm.id]) for entry in entries]
    lines = [line for step, entry in zip(steps, entries, strict=True) for line in closing(entry, step.before)]
    await enter(connection, lines, now)
    shown = await faces(connection, [(one.alarm.sensor_id, one.alarm.rule_id, one.at) for one in entries], now)
    return [news(one, shown[one.alarm.sensor_id, one.alarm.rule_id, one.at]) for one in entries]


def _row(alarm: Alarm) -> tuple[object, ...]:
    return (
        alarm.id, alarm.state.name, alarm.acknowledged_at, alarm.acknowledged_by_id, alarm.acknowledged_to,
        alarm.reset_at, alarm.reset_by_id, alarm.reset_to, alarm.closed_at, alarm.note, alarm.shelved_until,
        alarm.shelved_by_id, alarm.shelved_reason, alarm.suppressed, alarm.out_of_service,
        alarm.escalated_to.name if alarm.escalated_to else None, alarm.escalated_at, alarm.waits_since,
    )  # fmt: skip


async def pass_by(connection: Connection, steps: Sequence[Step], now: datetime) -> list[News]:
    """The same for what the house does by itself: it asks for nothing that the table refuses."""
    told = await take(connection, steps, now)
    if isinstance(told, Refused):
        raise LookupError(f"{told.code}: alarm {told.alarm.id}")
    return told


async def alarms_of(connection: Connection, which: str, *arguments: object) -> list[Alarm]:
    """Alarms `a` by a condition in SQL, by id."""
    return [alarm_of(row) for row in await connection.fetch(f"{ALARMS} WHERE {which} ORDER BY a.id", *arguments)]
