"""Writes what a batch means for alarms: watches, stays, alarms and their journal, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db.alarms import Alarm, Entry
from db.engine import Connection
from db.evaluator import Stay
from db.watches import Key, Verdict

WITHDRAWN = """
    DELETE FROM alarm.occurrence o USING unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
        n(sensor_id, rule_id, raised_at)
    WHERE o.sensor_id = n.sensor_id AND o.rule_id = n.rule_id AND o.raised_at = n.raised_at
"""
WRITE = """
    WITH alarms AS (
        INSERT INTO alarm.alarm (id, rule_id, sensor_id, building_id, room_id, title, sensor_kind, unit, priority,
            category, state, raised_at, last_raised_at, returned_at, closed_at, value, peak, occurrences, latching,
            shelved_until, shelved_by_id, shelved_reason, suppressed, out_of_service, escalated_to, escalated_at,
            waits_since)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
            $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
            $14::timestamptz[], $15::timestamptz[], $16::float8[], $17::float8[], $18::int[], $19::bool[],
            $20::timestamptz[], $21::bigint[], $22::text[], $23::bool[], $24::bool[], $25::text[],
            $26::timestamptz[], $27::timestamptz[])
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, raised_at = excluded.raised_at,
            last_raised_at = excluded.last_raised_at, returned_at = excluded.returned_at,
            closed_at = excluded.closed_at, value = excluded.value, peak = excluded.peak,
            occurrences = excluded.occurrences, shelved_until = excluded.shelved_until,
            shelved_by_id = excluded.shelved_by_id, shelved_reason = excluded.shelved_reason,
            suppressed = excluded.suppressed, out_of_service = excluded.out_of_service,
            escalated_to = excluded.escalated_to, escalated_at = excluded.escalated_at,
            waits_since = excluded.waits_since
    ), stays AS (
        INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, returned_at, alarm_id, value, peak)
        SELECT * FROM unnest($28::bigint[], $29::bigint[], $30::timestamptz[], $31::timestamptz[], $32::bigint[],
            $33::float8[], $34::float8[])
        ON CONFLICT (sensor_id, rule_id, raised_at) DO UPDATE SET returned_at = excluded.returned_at,
            alarm_id = excluded.alarm_id, value = excluded.value, peak = excluded.peak
    ), peaks AS (
        UPDATE alarm.alarm a SET peak = n.peak
        FROM unnest($35::bigint[], $36::float8[], $37::float8[]) n(id, peak, worst) WHERE a.id = n.id AND (
            a.peak IS NULL OR (alarm.depth(n.peak, n.worst), -n.peak) > (alarm.depth(a.peak, n.worst), -a.peak)
        )
    ), watches AS (
        UPDATE alarm.watch w SET phase = n.phase, since = n.since, deadline = n.deadline, changed_at = n.changed_at
        FROM unnest($38::bigint[], $39::bigint[], $40::text[], $41::timestamptz[], $42::timestamptz[],
            $43::timestamptz[]) n(sensor_id, rule_id, phase, since, deadline, changed_at)
        WHERE w.sensor_id = n.sensor_id AND w.rule_id = n.rule_id
    )
    INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id, note)
    SELECT alarm_id, kind, at, $50, value, user_id, note
    FROM unnest($44::bigint[], $45::text[], $46::timestamptz[], $47::float8[], $48::bigint[], $49::text[])
        WITH ORDINALITY n(alarm_id, kind, at, value, user_id, note, ordinal) ORDER BY ordinal
"""
"""Alarms that close come before those that open: a watch has one live alarm at any time."""
LESSER = """
    UPDATE alarm.alarm a SET peak = (
        SELECT o.peak FROM alarm.occurrence o WHERE o.alarm_id = a.id
        ORDER BY alarm.depth(o.peak, n.worst) DESC, o.peak LIMIT 1
    ) FROM unnest($1::bigint[], $2::float8[]) n(id, worst) WHERE a.id = n.id
"""
ENTER = """
    INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id, note)
    SELECT alarm_id, kind, at, $7, value, user_id, note
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::float8[], $5::bigint[], $6::text[])
        WITH ORDINALITY n(alarm_id, kind, at, value, user_id, note, ordinal) ORDER BY ordinal
"""

Row = tuple[Any, ...]


@dataclass(slots=True)
class Records:
    """What is to be written."""

    alarms: list[Alarm] = field(default_factory=list)
    withdrawn: list[Row] = field(default_factory=list)
    stays: list[Row] = field(default_factory=list)
    peaks: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Of alarms that do not change otherwise: the new one, and the value that would be worst."""
    lesser: dict[int, float] = field(default_factory=dict)
    """Alarms of which a stay has turned out to be less bad, and the value that would be worst."""
    watches: list[Row] = field(default_factory=list)
    journal: Sequence[Entry] = ()

    def watch(self, verdict: Verdict) -> None:
        """Where the watch stands now, if that is elsewhere."""
        before, state = verdict.watch, verdict.state
        stood = (before.state.phase, before.state.since, before.changed_at, before.deadline)
        if stood != (state.phase, state.since, verdict.changed_at, verdict.deadline):
            self.watches.append((*before.key, state.phase.name, state.since, verdict.deadline, verdict.changed_at))

    def stay(self, key: Key, stay: Stay, alarm_id: int) -> None:
        self.stays.append((*key, stay.raised_at, stay.returned_at, alarm_id, stay.value, stay.peak))

    def withdraw(self, key: Key, stay: Stay) -> None:
        self.withdrawn.append((*key, stay.raised_at))

    def peak(self, verdict: Verdict) -> None:
        """New peaks of stays that nothing else happened to: no news, but kept."""
        old = {kept.stay.raised_at: kept for kept in verdict.before}
        for stay in verdict.after:
            kept = old[stay.raised_at]
            if stay.peak != kept.stay.peak:
                self.stay(verdict.watch.key, stay, kept.alarm_id)
                rule = verdict.watch.rule
                if rule.worse(stay.peak, kept.stay.peak) != stay.peak:
                    self.lesser[kept.alarm_id] = rule.worst
                peak, _ = self.peaks.get(kept.alarm_id, (stay.peak, 0.0))
                self.peaks[kept.alarm_id] = (rule.worse(peak, stay.peak), rule.worst)

    async def store(self, connection: Connection, now: datetime) -> None:
        if self.withdrawn:
            await connection.execute(WITHDRAWN, *columns(self.withdrawn, 3))
        if not (self.alarms or self.stays or self.watches):
            return
        self.alarms.sort(key=lambda alarm: alarm.closed_at is None)
        written = (
            columns(map(_row, self.alarms), 27),
            columns(self.stays, 7),
            columns(((id, *peak) for id, peak in self.peaks.items()), 3),
            columns(self.watches, 6),
            columns(map(_line, self.journal), 6),
        )
        await connection.execute(WRITE, *(column for part in written for column in part), now)
        if self.lesser:
            await connection.execute(LESSER, list(self.lesser), list(self.lesser.values()))


def _row(alarm: Alarm) -> Row:
    return (
        alarm.id, alarm.rule_id, alarm.sensor_id, alarm.building_id, alarm.room_id, alarm.title,
        alarm.sensor_kind.name, alarm.unit, alarm.priority.name, alarm.category.name, alarm.state.name,
        alarm.raised_at, alarm.last_raised_at, alarm.returned_at, alarm.closed_at, alarm.value, alarm.peak,
        alarm.occurrences, alarm.latching, alarm.shelved_until, alarm.shelved_by_id, alarm.shelved_reason,
        alarm.suppressed, alarm.out_of_service, alarm.escalated_to.name if alarm.escalated_to else None,
        alarm.escalated_at, alarm.waits_since,
    )  # fmt: skip


def _line(entry: Entry) -> Row:
    return entry.alarm.id, entry.kind.name, entry.at, entry.value, entry.user_id, entry.note


async def enter(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write lines of the journal; `now` is the house's time."""
    await connection.execute(ENTER, *columns(map(_line, entries), 6), now)


def columns(rows: Iterable[Row], width: int) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
