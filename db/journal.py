"""Tells what verdicts mean for alarms: what is known of them, what became of them, what is written and what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from itertools import accumulate
from typing import Any

from db.alarms import Alarm, Earlier, Entry, Happening, happenings
from db.changes import News
from db.engine import Connection
from db.evaluator import Stay
from db.lives import Lives
from db.models import AlarmState, Category, Priority, Role, SensorKind
from db.records import Records, columns
from db.snapshots import Face, Moment, blank, faces, news
from db.watches import Kept, Key, Verdict

ALARM = """
    a.id, a.rule_id, a.sensor_id, a.building_id, a.room_id, a.title, a.sensor_kind, a.unit, a.priority, a.category,
    a.state, a.raised_at, a.last_raised_at, a.returned_at, a.acknowledged_at, a.acknowledged_by_id,
    u.name AS acknowledged_by, coalesce(a.acknowledged_to, a.acknowledged_at) AS acknowledged_to, a.latching,
    a.reset_at, a.reset_by_id, v.name AS reset_by, a.reset_to, a.closed_at, a.value, a.peak, a.occurrences, a.note,
    a.shelved_until, a.shelved_by_id, h.name AS shelved_by, a.shelved_reason, a.suppressed, a.out_of_service,
    a.escalated_to, a.escalated_at, a.waits_since, a.incident_id
"""
PEOPLE = """
    LEFT JOIN security."user" u ON u.id = a.acknowledged_by_id
    LEFT JOIN security."user" v ON v.id = a.reset_by_id
    LEFT JOIN security."user" h ON h.id = a.shelved_by_id
"""
LIVE = f"""
    SELECT q.sensor_id AS watch_sensor, q.rule_id AS watch_rule,
        CASE WHEN a.id IS NULL OR a.acknowledged_at IS NOT NULL OR q.amended THEN nextval('alarm.alarm_id_seq') END
            AS new, {ALARM}
    FROM unnest($1::bigint[], $2::bigint[], $3::bool[]) q(sensor_id, rule_id, amended)
    LEFT JOIN alarm.alarm a ON a.rule_id = q.rule_id AND a.sensor_id = q.sensor_id AND a.closed_at IS NULL
    {PEOPLE}
"""
"""The live alarm of each watch; and where there is none, or it may close just now, the id that a new one may take."""
ALARMS = f"SELECT {ALARM} FROM alarm.alarm a {PEOPLE}"
BY_ID = f"{ALARMS} WHERE a.id = ANY($1) ORDER BY a.id"
EARLIER = """
    SELECT q.alarm_id, count(*) AS count, min(o.raised_at) AS raised_at,
        (array_agg(o.peak ORDER BY alarm.depth(o.peak, q.worst) DESC, o.peak))[1] AS peak,
        l.raised_at AS last, l.returned_at, l.value, l.peak AS last_peak
    FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[]) q(alarm_id, since, worst)
    JOIN alarm.occurrence o ON o.alarm_id = q.alarm_id AND o.raised_at < q.since
    CROSS JOIN LATERAL (
        SELECT l.* FROM alarm.occurrence l WHERE l.alarm_id = q.alarm_id AND l.raised_at < q.since
        ORDER BY l.raised_at DESC LIMIT 1
    ) l
    GROUP BY q.alarm_id, q.worst, l.raised_at, l.returned_at, l.value, l.peak
"""

FIELDS = tuple(field.name for field in fields(Alarm))
ENUMS: dict[str, type[Enum]] = {
    "sensor_kind": SensorKind,
    "priority": Priority,
    "category": Category,
    "state": AlarmState,
    "escalated_to": Role,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one verdict came to: the alarms touched, the journal, and the home of each stay."""

    verdict: Verdict
    lives: Lives
    entries: list[Entry]


def alarm_of(row: Any) -> Alarm:
    """A row of ALARM."""
    values = {name: row[name] for name in FIELDS}
    named = {name: kind[values[name]] for name, kind in ENUMS.items() if values[name] is not None}
    return Alarm(**values | named)


async def write(
    connection: Connection, verdicts: Sequence[Verdict], now: datetime, user_id: int | None = None
) -> list[News]:
    """Store what the verdicts mean for watches, stays and alarms; the changes to append, in event time.

    `user_id` is who brought it about, where that was somebody.
    """
    records = Records()
    happened: list[tuple[Verdict, list[Happening]]] = []
    for verdict in verdicts:
        records.watch(verdict)
        if happening := happenings(verdict):
            happened.append((verdict, happening))
        else:
            records.peak(verdict)
    moments = [(*v.watch.key, at) for v, happening in happened for one in happening for at in one.moments]
    shown = await faces(connection, moments, now)
    outcomes = await _lived(connection, happened, shown, now) if happened else []
    for outcome in outcomes:
        _record(records, outcome)
    entries = _in_order(outcomes)
    records.journal = entries if user_id is None else [replace(entry, user_id=user_id) for entry in entries]
    await records.store(connection, now)
    return [news(entry, _face(entry, shown)) for entry in records.journal if entry.told]


def _record(records: Records, outcome: Outcome) -> None:
    verdict, lives = outcome.verdict, outcome.lives
    after = {stay.raised_at for stay in verdict.after}
    before = {kept.stay.raised_at: kept for kept in verdict.before}
    for kept in verdict.before:
        if kept.stay.raised_at not in after:
            records.withdraw(verdict.watch.key, kept.stay)
    for stay in verdict.after:
        alarm_id = lives.home[stay.raised_at].alarm.id
        if before.get(stay.raised_at) != Kept(stay, alarm_id):
            records.stay(verdict.watch.key, stay, alarm_id)
    records.alarms += [life.alarm for life in lives.all if life.alarm != life.first]


def _in_order(outcomes: Sequence[Outcome]) -> list[Entry]:
    """All entries by event time, but those of one watch as they came: a withdrawal may make room for an early raise."""
    timed = []
    for outcome in outcomes:
        times = accumulate((entry.at for entry in outcome.entries), max)
        timed += [(at, *outcome.verdict.watch.key, entry) for at, entry in zip(times, outcome.entries, strict=True)]
    return [entry for *_, entry in sorted(timed, key=lambda one: one[:3])]


def _face(entry: Entry, shown: dict[Moment, Face]) -> Face:
    return shown[entry.alarm.sensor_id, entry.alarm.rule_id, entry.at]


async def _lived(
    connection: Connection,
    happened: Sequence[tuple[Verdict, Sequence[Happening]]],
    shown: dict[Moment, Face],
    now: datetime,
) -> list[Outcome]:
    verdicts = [verdict for verdict, _ in happened]
    alarms, new = await _alarms(connection, verdicts)
    earlier = await _earlier(connection, verdicts, alarms)
    outcomes = []
    for verdict, happening in happened:
        key, at = verdict.watch.key, happening[0].at
        known = [(alarm, earlier[alarm.id]) for alarm in alarms[key]]
        lives = Lives(verdict, known, blank(new.get(key, 0), key, shown[*key, at], at), now)
        outcomes.append(Outcome(verdict, lives, lives.go_on(happening)))
    return outcomes


async def _alarms(connection: Connection, verdicts: Sequence[Verdict]) -> tuple[dict[Key, list[Alarm]], dict[Key, int]]:
    """The live alarm of each watch and those that its stays belong to; ids for new ones."""
    keys = [verdict.watch.key for verdict in verdicts]
    amended = [verdict.since is not None for verdict in verdicts]
    met = await connection.fetch(LIVE, [key[0] for key in keys], [key[1] for key in keys], amended)
    new = {(row["watch_sensor"], row["watch_rule"]): row["new"] for row in met if row["new"] is not None}
    rows = [row for row in met if row["id"] is not None]
    named = {kept.alarm_id for verdict in verdicts for kept in verdict.before} - {row["id"] for row in rows}
    if named:
        rows += await connection.fetch(BY_ID, list(named))
    found: dict[Key, list[Alarm]] = {key: [] for key in keys}
    for alarm in map(alarm_of, rows):
        found[alarm.sensor_id, alarm.rule_id].append(alarm)
    return found, new


async def _earlier(
    connection: Connection, verdicts: Sequence[Verdict], alarms: dict[Key, list[Alarm]]
) -> dict[int, Earlier]:
    """What the verdicts leave out of each alarm."""
    earlier: dict[int, Earlier] = {}
    asked: list[tuple[int, datetime, float]] = []
    for verdict in verdicts:
        for alarm in alarms[verdict.watch.key]:
            mine = sum(kept.alarm_id == alarm.id for kept in verdict.before)
            if verdict.since is None:
                earlier[alarm.id] = Earlier(alarm.occurrences - mine, alarm.raised_at, alarm.peak)
            else:
                earlier[alarm.id] = Earlier()
                asked.append((alarm.id, verdict.since, verdict.watch.rule.worst))
    if asked:
        for row in await connection.fetch(EARLIER, *columns(asked, 3)):
            last = Stay(row["last"], row["returned_at"], row["value"], row["last_peak"])
            earlier[row["alarm_id"]] = Earlier(row["count"], row["raised_at"], row["peak"], last)
    return earlier
