"""Writes what verdicts mean: stays, alarms, their journal; one statement for each table, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import accumulate
from typing import Any

from db.alarms import Alarm, Earlier, Entry, Happening, Lives, happenings
from db.changes import News
from db.engine import Connection
from db.evaluator import Stay
from db.models import AlarmState, Category, Condition, Priority, SensorKind
from db.snapshots import Face, Moment, blank, faces, news
from db.watches import Kept, Key, Verdict

ALARM = """
    a.id, a.rule_id, a.sensor_id, a.building_id, a.room_id, a.title, a.sensor_kind, a.unit, a.priority, a.category,
    a.state, a.raised_at, a.last_raised_at, a.returned_at, a.acknowledged_at, a.acknowledged_by_id,
    u.name AS acknowledged_by, a.closed_at, a.value, a.peak, a.occurrences, a.note
"""
LIVE = f"""
    SELECT q.sensor_id AS watch_sensor, q.rule_id AS watch_rule,
        CASE WHEN a.id IS NULL OR a.acknowledged_at IS NOT NULL OR q.amended THEN nextval('alarm.alarm_id_seq') END
            AS new, {ALARM}
    FROM unnest($1::bigint[], $2::bigint[], $3::bool[]) q(sensor_id, rule_id, amended)
    LEFT JOIN alarm.alarm a ON a.rule_id = q.rule_id AND a.sensor_id = q.sensor_id AND a.closed_at IS NULL
    LEFT JOIN security."user" u ON u.id = a.acknowledged_by_id
"""
"""The live alarm of each watch; and where there is none, or it may close just now, the id that a new one may take."""
BY_ID = f"""
    SELECT {ALARM} FROM alarm.alarm a LEFT JOIN security."user" u ON u.id = a.acknowledged_by_id WHERE a.id = ANY($1)
"""
EARLIER = """
    SELECT q.alarm_id, count(*) AS count, min(o.raised_at) AS raised_at,
        CASE WHEN q.above THEN max(o.peak) ELSE min(o.peak) END AS peak, l.raised_at AS last, l.returned_at, l.value,
        l.peak AS last_peak
    FROM unnest($1::bigint[], $2::timestamptz[], $3::bool[]) q(alarm_id, since, above)
    JOIN alarm.occurrence o ON o.alarm_id = q.alarm_id AND o.raised_at < q.since
    CROSS JOIN LATERAL (
        SELECT l.* FROM alarm.occurrence l WHERE l.alarm_id = q.alarm_id AND l.raised_at < q.since
        ORDER BY l.raised_at DESC LIMIT 1
    ) l
    GROUP BY q.alarm_id, q.above, l.raised_at, l.returned_at, l.value, l.peak
"""
PEAKED = """
    WITH n AS (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::float8[], $6::bool[])
            n(sensor_id, rule_id, raised_at, alarm_id, peak, above)
    ), stays AS (
        UPDATE alarm.occurrence o SET peak = n.peak FROM n
        WHERE o.sensor_id = n.sensor_id AND o.rule_id = n.rule_id AND o.raised_at = n.raised_at
    )
    UPDATE alarm.alarm a SET peak = CASE WHEN n.above THEN greatest(a.peak, n.peak) ELSE least(a.peak, n.peak) END
    FROM n WHERE a.id = n.alarm_id
"""
WITHDRAWN = """
    DELETE FROM alarm.occurrence o USING unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
        n(sensor_id, rule_id, raised_at)
    WHERE o.sensor_id = n.sensor_id AND o.rule_id = n.rule_id AND o.raised_at = n.raised_at
"""
WRITE = """
    WITH alarms AS (
        INSERT INTO alarm.alarm (id, rule_id, sensor_id, building_id, room_id, title, sensor_kind, unit, priority,
            category, state, raised_at, last_raised_at, returned_at, closed_at, value, peak, occurrences)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
            $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
            $14::timestamptz[], $15::timestamptz[], $16::float8[], $17::float8[], $18::int[])
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, raised_at = excluded.raised_at,
            last_raised_at = excluded.last_raised_at, returned_at = excluded.returned_at,
            closed_at = excluded.closed_at, value = excluded.value, peak = excluded.peak,
            occurrences = excluded.occurrences
    ), stays AS (
        INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, returned_at, alarm_id, value, peak)
        SELECT * FROM unnest($19::bigint[], $20::bigint[], $21::timestamptz[], $22::timestamptz[], $23::bigint[],
            $24::float8[], $25::float8[])
        ON CONFLICT (sensor_id, rule_id, raised_at) DO UPDATE SET returned_at = excluded.returned_at,
            alarm_id = excluded.alarm_id, value = excluded.value, peak = excluded.peak
    )
    INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id, note)
    SELECT alarm_id, kind, at, $32, value, user_id, note
    FROM unnest($26::bigint[], $27::text[], $28::timestamptz[], $29::float8[], $30::bigint[], $31::text[])
        WITH ORDINALITY n(alarm_id, kind, at, value, user_id, note, ordinal) ORDER BY ordinal
"""
"""Alarms that close are written before those that open: there is one live alarm of a watch at any time."""
ENTER = """
    INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id, note)
    SELECT alarm_id, kind, at, $7, value, user_id, note
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::float8[], $5::bigint[], $6::text[])
        WITH ORDINALITY n(alarm_id, kind, at, value, user_id, note, ordinal) ORDER BY ordinal
"""


FIELDS = tuple(field.name for field in fields(Alarm))
ENUMS = {"sensor_kind": SensorKind, "priority": Priority, "category": Category, "state": AlarmState}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one verdict came to: the alarms touched, the journal, and the home of each stay."""

    verdict: Verdict
    lives: Lives
    entries: list[Entry]


def alarm_of(row: Any) -> Alarm:
    """A row of ALARM."""
    values = {name: row[name] for name in FIELDS}
    return Alarm(**values | {name: kind[values[name]] for name, kind in ENUMS.items()})


async def write(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> list[News]:
    """Store what the verdicts mean for stays and alarms; the changes to append, in event time."""
    said = [(verdict, happenings(verdict)) for verdict in verdicts]
    happened = [(verdict, happening) for verdict, happening in said if happening]
    await _peaks(connection, [verdict for verdict, happening in said if not happening])
    if not happened:
        return []
    shown = await faces(connection, [(*v.watch.key, one.at) for v, happening in happened for one in happening])
    outcomes = await _lived(connection, happened, shown, now)
    entries = _in_order(outcomes)
    await _store(connection, outcomes, entries, now)
    return [news(entry, _face(entry, shown)) for entry in entries if entry.told]


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
    asked: list[tuple[int, datetime, bool]] = []
    for verdict in verdicts:
        for alarm in alarms[verdict.watch.key]:
            mine = sum(kept.alarm_id == alarm.id for kept in verdict.before)
            if verdict.since is None:
                earlier[alarm.id] = Earlier(alarm.occurrences - mine, alarm.raised_at, alarm.peak)
            else:
                earlier[alarm.id] = Earlier()
                asked.append((alarm.id, verdict.since, verdict.watch.rule.condition is Condition.ABOVE))
    if asked:
        for row in await connection.fetch(EARLIER, *columns(asked, 3)):
            last = Stay(row["last"], row["returned_at"], row["value"], row["last_peak"])
            earlier[row["alarm_id"]] = Earlier(row["count"], row["raised_at"], row["peak"], last)
    return earlier


async def _peaks(connection: Connection, verdicts: Iterable[Verdict]) -> None:
    """A new peak of a stay is no news, but kept."""
    rows = []
    for verdict in verdicts:
        old = {kept.stay.raised_at: kept for kept in verdict.before}
        for stay in verdict.after:
            kept = old[stay.raised_at]
            if stay.peak != kept.stay.peak:
                above = verdict.watch.rule.condition is Condition.ABOVE
                rows.append((*verdict.watch.key, stay.raised_at, kept.alarm_id, stay.peak, above))
    if rows:
        await connection.execute(PEAKED, *columns(rows, 6))


async def _store(connection: Connection, outcomes: Sequence[Outcome], entries: Sequence[Entry], now: datetime) -> None:
    gone, stayed = [], []
    for outcome in outcomes:
        gone += _gone(outcome.verdict)
        stayed += _stayed(outcome)
    if gone:
        await connection.execute(WITHDRAWN, *columns(gone, 3))
    lives = [life.alarm for outcome in outcomes for life in outcome.lives.all if life.alarm != life.first]
    lives.sort(key=lambda alarm: alarm.closed_at is None)
    written = (*columns(map(_row, lives), 18), *columns(stayed, 7), *columns(map(_line, entries), 6))
    await connection.execute(WRITE, *written, now)


def _gone(verdict: Verdict) -> list[tuple[Any, ...]]:
    after = {stay.raised_at for stay in verdict.after}
    return [(*verdict.watch.key, kept.stay.raised_at) for kept in verdict.before if kept.stay.raised_at not in after]


def _stayed(outcome: Outcome) -> list[tuple[Any, ...]]:
    verdict = outcome.verdict
    before = {kept.stay.raised_at: kept for kept in verdict.before}
    rows = []
    for stay in verdict.after:
        alarm_id = outcome.lives.home[stay.raised_at].alarm.id
        if before.get(stay.raised_at) != Kept(stay, alarm_id):
            rows.append((*verdict.watch.key, stay.raised_at, stay.returned_at, alarm_id, stay.value, stay.peak))
    return rows


def _row(alarm: Alarm) -> tuple[Any, ...]:
    return (
        alarm.id, alarm.rule_id, alarm.sensor_id, alarm.building_id, alarm.room_id, alarm.title,
        alarm.sensor_kind.name, alarm.unit, alarm.priority.name, alarm.category.name, alarm.state.name,
        alarm.raised_at, alarm.last_raised_at, alarm.returned_at, alarm.closed_at, alarm.value, alarm.peak,
        alarm.occurrences,
    )  # fmt: skip


def _line(entry: Entry) -> tuple[Any, ...]:
    return entry.alarm.id, entry.kind.name, entry.at, entry.value, entry.user_id, entry.note


async def enter(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write lines of the journal; `now` is the house's time."""
    await connection.execute(ENTER, *columns(map(_line, entries), 6), now)


def columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
