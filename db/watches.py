"""Watches as ingest and ticks meet them: found by SQL where anything can happen, decided by the evaluator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.engine import Connection
from db.evaluator import Reading, Rule, State, Stay, fold
from db.models import Condition, Phase

Key = tuple[int, int]
"""Sensor and rule."""

LOCK = """
    WITH locked AS MATERIALIZED (
        SELECT sensor_id, at, status FROM telemetry.sensor_state WHERE sensor_id = ANY($1)
        ORDER BY sensor_id FOR UPDATE
    )
    SELECT count(*) AS count, bool_or(status IN ('UNKNOWN', 'STALE')) AS asleep,
        array_agg(sensor_id) FILTER (WHERE at >= $2) AS sensors, array_agg(at) FILTER (WHERE at >= $2) AS reached
    FROM locked
"""
EXISTING = "SELECT sensor_id FROM telemetry.sensor_state WHERE sensor_id = ANY($1)"

COLUMNS = """
    w.sensor_id, w.rule_id, w.phase, w.since, w.changed_at, w.begins_after,
    r.condition, r.threshold, r.deadband, r.on_delay, r.off_delay
"""
STAY = """
    LEFT JOIN LATERAL (
        SELECT o.raised_at, o.value, o.peak, o.alarm_id FROM alarm.occurrence o
        WHERE w.phase IN ('ACTIVE', 'RETURNING')
            AND o.sensor_id = w.sensor_id AND o.rule_id = w.rule_id AND o.raised_at = w.changed_at LIMIT 1
    ) o ON true
    JOIN LATERAL (
        SELECT s.at AS latest_at, s.value AS latest FROM telemetry.sensor_state s
        WHERE s.sensor_id = w.sensor_id LIMIT 1
    ) s ON true
"""
"""The open stay of a watch `w` (it was raised when the watch changed last) and its sensor's latest; by key."""

FOUND = f"""
    w AS MATERIALIZED (
        SELECT {COLUMNS}, n.earliest, n.least, n.greatest
        FROM span n JOIN alarm.watch w ON w.sensor_id = n.sensor_id JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled
        WHERE n.earliest <= w.changed_at OR n.earliest <= w.since OR n.latest >= w.deadline OR CASE r.condition
            WHEN 'ABOVE' THEN CASE w.phase
                WHEN 'NORMAL' THEN n.greatest > r.threshold
                WHEN 'RAISING' THEN n.least <= r.threshold
                WHEN 'RETURNING' THEN n.greatest > r.threshold - r.deadband
                ELSE n.greatest > r.threshold OR n.least <= r.threshold - r.deadband
            END
            ELSE CASE w.phase
                WHEN 'NORMAL' THEN n.least < r.threshold
                WHEN 'RAISING' THEN n.greatest >= r.threshold
                WHEN 'RETURNING' THEN n.least < r.threshold + r.deadband
                ELSE n.least < r.threshold OR n.greatest >= r.threshold + r.deadband
            END
        END
    ), found AS (
        SELECT w.*, o.*, s.* FROM w {STAY}
        WHERE w.phase <> 'ACTIVE' OR w.earliest <= w.changed_at OR CASE w.condition
            WHEN 'ABOVE' THEN w.greatest > o.peak OR w.least <= w.threshold - w.deadband
            ELSE w.least < o.peak OR w.greatest >= w.threshold + w.deadband
        END
    )
"""
"""Watches for which new readings can mean anything; `span` holds the first and last time and the extremes of a sensor.

Something happens when what is known is in question, a deadline has passed, or a value breaks the phase: in alarm at
rest, out of it while raising, clear while active, not clear while returning; or is a new peak. A late reading that does
none of these lies where it can at most break a delay that has been broken since.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stay as it is stored, and the alarm that it belongs to."""

    stay: Stay
    alarm_id: int


@dataclass(frozen=True, slots=True)
class Watch:
    """One rule on one sensor; `open` is its stay in alarm while it is active."""

    key: Key
    rule: Rule
    state: State
    changed_at: datetime | None
    begins_after: datetime | None
    open: Kept | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the readings say of a watch: the stays known until now, and as they turn out to be."""

    watch: Watch
    state: State
    changed_at: datetime | None
    before: Sequence[Kept]
    after: Sequence[Stay]
    since: datetime | None = None
    """Stays raised before this are as they were and not listed; None: only the open one was looked at."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What is known of sensors whose states are locked: how many there are, and the latest of those that reach far."""

    count: int
    asleep: bool
    """Whether a reading would wake any of them."""
    reached: dict[int, datetime]


async def lock(connection: Connection, sensor_ids: Sequence[int], since: datetime | None = None) -> Locked:
    """Lock the states of sensors until the commit, in the order of ids that all writers keep.

    What comes after, in statements of their own, sees what earlier holders committed. `reached` has the sensors whose
    latest reading is not before `since`.
    """
    row = await connection.fetchrow(LOCK, sensor_ids, since)
    assert row is not None
    reached = dict(zip(row["sensors"] or (), row["reached"] or (), strict=True))
    return Locked(row["count"], bool(row["asleep"]), reached)


async def existing(connection: Connection, sensor_ids: Sequence[int]) -> set[int]:
    """Those that exist."""
    return {row["sensor_id"] for row in await connection.fetch(EXISTING, sensor_ids)}


def watch_of(row: Mapping[str, Any]) -> Watch:
    """A row of COLUMNS."""
    stay = None
    if row["alarm_id"] is not None:
        stay = Kept(Stay(row["raised_at"], None, row["value"], row["peak"]), row["alarm_id"])
    state = State(Phase[row["phase"]], row["since"], row["latest"])
    key = (row["sensor_id"], row["rule_id"])
    return Watch(key, rule_of(row), state, row["changed_at"], row["begins_after"], stay)


def rule_of(row: Mapping[str, Any]) -> Rule:
    return Rule(
        Condition[row["condition"]],
        row["threshold"],
        row["deadband"],
        timedelta(seconds=row["on_delay"]),
        timedelta(seconds=row["off_delay"]),
    )


def comes_late(watch: Watch, latest: datetime | None, first: datetime) -> bool:
    """Whether the first of the new readings lies before what the watch has already concluded from."""
    return (latest is not None and first <= latest) or (watch.changed_at is not None and first <= watch.changed_at)


def continued(watch: Watch, readings: Iterable[Reading], horizon: datetime | None) -> Verdict:
    """The verdict on readings that are newer than all before them, and on deadlines up to `horizon` (None: on none)."""
    before = [] if watch.open is None else [watch.open]
    state, after = fold(watch.rule, watch.state, watch.open.stay if watch.open else None, readings, horizon)
    return Verdict(watch, state, changed(after, watch.changed_at), before, after)


def changed(stays: Sequence[Stay], otherwise: datetime | None) -> datetime | None:
    """The time of the latest raise or return."""
    return (stays[-1].returned_at or stays[-1].raised_at) if stays else otherwise
