"""Writes what verdicts mean: stays, alarms, their journal; one statement for each table, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from db.alarms import Alarm, Earlier, Entry, Happening, Lives, happenings
from db.changes import News
from db.engine import Connection
from db.evaluator import Stay
from db.models import AlarmState, Category, Condition, Priority, SensorKind
from db.snapshots import Face, Moment, blank, faces, news
from db.watches import Key, Verdict

ALARM = """
    a.id, a.rule_id, a.sensor_id, a.building_id, a.room_id, a.title, a.sensor_kind, a.unit, a.priority, a.category,
    a.state, a.raised_at, a.last_raised_at, a.returned_at, a.acknowledged_at, a.acknowledged_by_id,
    u.name AS acknowledged_by, a.closed_at, a.value, a.peak, a.occurrences, a.note
"""
LIVE = f"""
    SELECT {ALARM} FROM unnest($1::bigint[], $2::bigint[]) q(sensor_id, rule_id)
    JOIN alarm.alarm a ON a.rule_id = q.rule_id AND a.sensor_id = q.sensor_id AND a.closed_at IS NULL
    LEFT JOIN security."user" u ON u.id = a.acknowledged_by_id
"""
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
BORN = """
    INSERT INTO alarm.alarm (rule_id, sensor_id, building_id, room_id, title, sensor_kind, unit, priority, category,
        state, raised_at, last_raised_at, returned_at, closed_at, value, peak, occurrences)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
        $14::timestamptz[], $15::float8[], $16::float8[], $17::int[])
    RETURNING sensor_id, rule_id, id
"""
GONE_ON = """
    UPDATE alarm.alarm a SET state = n.state, raised_at = n.raised_at, last_raised_at = n.last_raised_at,
        returned_at = n.returned_at, closed_at = n.closed_at, value = n.value, peak = n.peak,
        occurrences = n.occurrences
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
        $7::float8[], $8::float8[], $9::int[])
        n(id, state, raised_at, last_raised_at, returned_at, closed_at, value, peak, occurrences)
    WHERE a.id = n.id
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
STAYED = """
    INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, returned_at, alarm_id, value, peak)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::float8[],
        $7::float8[])
    ON CONFLICT (sensor_id, rule_id, raised_at) DO UPDATE
        SET returned_at = excluded.returned_at, alarm_id = excluded.alarm_id, value = excluded.value,
            peak = excluded.peak
"""
ENTERED = """
    INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id, note)
    SELECT alarm_id, kind, at, $7, value, user_id, note
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::float8[], $5::bigint[], $6::text[])
        WITH ORDINALITY n(alarm_id, kind, at, value, user_id, note, ordinal) ORDER BY ordinal
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one verdict came to: the alarms touched, the journal, and the home of each stay."""

    verdict: Verdict
    lives: Lives
    entries: list[Entry]


def alarm_of(row: Any) -> Alarm:
    """A row of ALARM."""
    values = dict(row)
    enums = {"sensor_kind": SensorKind, "priority": Priority, "category": Category, "state": AlarmState}
    return Alarm(**values | {name: kind[values[name]] for name, kind in enums.items()})


async def write(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> list[News]:
    """Store what the verdicts mean for stays and alarms; the changes to append, in event time."""
    said = [(verdict, happenings(verdict)) for verdict in verdicts]
    happened = [(verdict, happening) for verdict, happening in said if happening]
    await _peaks(connection, [verdict for verdict, happening in said if not happening])
    if not happened:
        return []
    shown = await faces(connection, [(*v.watch.key, one.at) for v, happening in happened for one in happening])
    outcomes = await _lived(connection, happened, shown, now)
    ids = await _store_alarms(connection, outcomes)
    await _store_stays(connection, outcomes, ids)
    entries = _in_order(outcomes)
    known = [(entry, _id(entry.alarm, ids)) for entry in entries]
    await enter(connection, known, now)
    return [news(entry, id, _face(entry, shown)) for entry, id in known if entry.told]


def _in_order(outcomes: Sequence[Outcome]) -> list[Entry]:
    """All entries by event time, but those of one watch as they came: a withdrawal may make room for an early raise."""
    timed = []
    for outcome in outcomes:
        times = accumulate((entry.at for entry in outcome.entries), max)
        timed += [(at, *outcome.verdict.watch.key, entry) for at, entry in zip(times, outcome.entries, strict=True)]
    return [entry for *_, entry in sorted(timed, key=lambda one: one[:3])]


def _face(entry: Entry, shown: dict[Moment, Face]) -> Face:
    return shown[entry.alarm.sensor_id, entry.alarm.rule_id, entry.at]


def _id(alarm: Alarm, ids: dict[Key, int]) -> int:
    return ids[alarm.sensor_id, alarm.rule_id] if alarm.id is None else alarm.id


async def _lived(
    connection: Connection,
    happened: Sequence[tuple[Verdict, Sequence[Happening]]],
    shown: dict[Moment, Face],
    now: datetime,
) -> list[Outcome]:
    verdicts = [verdict for verdict, _ in happened]
    alarms = await _alarms(connection, verdicts)
    earlier = await _earlier(connection, verdicts, alarms)
    outcomes = []
    for verdict, happening in happened:
        at = happening[0].at
        new = blank(verdict.watch.key, shown[*verdict.watch.key, at], at)
        known = [(alarm, earlier[alarm.id]) for alarm in alarms[verdict.watch.key] if alarm.id is not None]
        lives = Lives(verdict, known, new, now)
        outcomes.append(Outcome(verdict, lives, lives.go_on(happening)))
    return outcomes


async def _alarms(connection: Connection, verdicts: Sequence[Verdict]) -> dict[Key, list[Alarm]]:
    """The live alarm of each watch, and those that its stays belong to."""
    keys = [verdict.watch.key for verdict in verdicts]
    found: dict[Key, list[Alarm]] = {key: [] for key in keys}
    rows = await connection.fetch(LIVE, [key[0] for key in keys], [key[1] for key in keys])
    named = {kept.alarm_id for verdict in verdicts for kept in verdict.before} - {row["id"] for row in rows}
    if named:
        rows += await connection.fetch(BY_ID, list(named))
    for alarm in map(alarm_of, rows):
        found[alarm.sensor_id, alarm.rule_id].append(alarm)
    return found


async def _earlier(
    connection: Connection, verdicts: Sequence[Verdict], alarms: dict[Key, list[Alarm]]
) -> dict[int, Earlier]:
    """What the verdicts leave out of each alarm."""
    earlier: dict[int, Earlier] = {}
    asked: list[tuple[int, datetime, bool]] = []
    for verdict in verdicts:
        for alarm in alarms[verdict.watch.key]:
            assert alarm.id is not None
            mine = sum(kept.alarm_id == alarm.id for kept in verdict.before)
            if verdict.since is None:
                earlier[alarm.id] = Earlier(alarm.occurrences - mine, alarm.raised_at, alarm.peak)
            else:
                earlier[alarm.id] = Earlier()
                asked.append((alarm.id, verdict.since, verdict.watch.rule.condition is Condition.ABOVE))
    if asked:
        for row in await connection.fetch(EARLIER, *map(list, zip(*asked, strict=True))):
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
        await connection.execute(PEAKED, *map(list, zip(*rows, strict=True)))


async def _store_alarms(connection: Connection, outcomes: Sequence[Outcome]) -> dict[Key, int]:
    """Store the alarms as they are now; the ids of new ones. Those that close make room for those that open."""
    lives = [life for outcome in outcomes for life in outcome.lives.all]
    known = [life.alarm for life in lives if life.alarm.id is not None and life.alarm != life.first]
    await _update(connection, [alarm for alarm in known if alarm.closed_at is not None])
    born = [_columns(life.alarm) for life in lives if life.alarm.id is None]
    ids: dict[Key, int] = {}
    if born:
        rows = await connection.fetch(BORN, *map(list, zip(*born, strict=True)))
        ids = {(row["sensor_id"], row["rule_id"]): row["id"] for row in rows}
    await _update(connection, [alarm for alarm in known if alarm.closed_at is None])
    return ids


def _columns(alarm: Alarm) -> tuple[Any, ...]:
    return (
        alarm.rule_id, alarm.sensor_id, alarm.building_id, alarm.room_id, alarm.title, alarm.sensor_kind.name,
        alarm.unit, alarm.priority.name, alarm.category.name, *_course(alarm),
    )  # fmt: skip


def _course(alarm: Alarm) -> tuple[Any, ...]:
    return (
        alarm.state.name, alarm.raised_at, alarm.last_raised_at, alarm.returned_at, alarm.closed_at, alarm.value,
        alarm.peak, alarm.occurrences,
    )  # fmt: skip


async def _update(connection: Connection, alarms: Sequence[Alarm]) -> None:
    if alarms:
        rows = [(alarm.id, *_course(alarm)) for alarm in alarms]
        await connection.execute(GONE_ON, *map(list, zip(*rows, strict=True)))


async def _store_stays(connection: Connection, outcomes: Sequence[Outcome], ids: dict[Key, int]) -> None:
    gone, stayed = [], []
    for outcome in outcomes:
        verdict = outcome.verdict
        before = {kept.stay.raised_at: kept for kept in verdict.before}
        after = {stay.raised_at for stay in verdict.after}
        gone += [(*verdict.watch.key, raised_at) for raised_at in before if raised_at not in after]
        for stay in verdict.after:
            alarm_id = _id(outcome.lives.home[stay.raised_at].alarm, ids)
            kept = before.get(stay.raised_at)
            if kept is None or kept.stay != stay or kept.alarm_id != alarm_id:
                stayed.append((*verdict.watch.key, stay.raised_at, stay.returned_at, alarm_id, stay.value, stay.peak))
    if gone:
        await connection.execute(WITHDRAWN, *map(list, zip(*gone, strict=True)))
    if stayed:
        await connection.execute(STAYED, *map(list, zip(*stayed, strict=True)))


async def enter(connection: Connection, entries: Sequence[tuple[Entry, int]], now: datetime) -> None:
    """Write the journal: entries with their alarms' ids; `now` is the house's time."""
    rows = [(id, one.kind.name, one.at, one.value, one.user_id, one.note) for one, id in entries]
    await connection.execute(ENTERED, *map(list, zip(*rows, strict=True)), now)


__all__ = ["alarm_of", "enter", "write"]
