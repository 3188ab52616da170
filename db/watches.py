"""Watches as ingest and ticks meet them: found by SQL where anything can happen, decided by the evaluator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.engine import Connection
from db.evaluator import Reading, Rule, State, Stay, deadline, fold
from db.models import Condition, Phase

Key = tuple[int, int]
"""Sensor and rule."""

LOCK = """
    WITH compared AS MATERIALIZED (
        SELECT DISTINCT r.sensor_id FROM alarm.rule r WHERE r.reference_id = ANY($1) AND r.sensor_id <> ALL($1)
    ), locked AS MATERIALIZED (
        SELECT sensor_id, at, status FROM telemetry.sensor_state
        WHERE sensor_id = ANY($1 || ARRAY(SELECT sensor_id FROM compared))
        ORDER BY sensor_id FOR UPDATE
    )
    SELECT count(*) AS count, bool_or(status IN ('UNKNOWN', 'STALE')) AS asleep,
        array_agg(sensor_id) FILTER (WHERE at >= $2) AS sensors, array_agg(at) FILTER (WHERE at >= $2) AS reached,
        ARRAY(SELECT sensor_id FROM compared) AS compared, (SELECT version FROM telemetry.naming) AS naming
    FROM locked
"""
"""With the sensors themselves those that rules compare with them: a reading of either means something for both."""
EXISTING = "SELECT sensor_id FROM telemetry.sensor_state WHERE sensor_id = ANY($1)"

COLUMNS = """
    w.sensor_id, w.rule_id, w.phase, w.since, w.deadline, w.changed_at, w.begins_after, w.heard_at,
    r.condition, r.threshold, r.threshold_high, r."window", r.reference_id, r.deadband, r.on_delay, r.off_delay
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
    LEFT JOIN LATERAL (
        SELECT p.at AS other_at, p.value AS other FROM telemetry.sensor_state p WHERE p.sensor_id = reference_id LIMIT 1
    ) p ON true
"""
"""The open stay of a watch `w` (it was raised when the watch changed last) and its sensors' latest; by key."""

COMPARED = """
    SELECT id, min(earliest) AS earliest, max(latest) AS newest,
        min(least) FILTER (WHERE own) AS least, max(greatest) FILTER (WHERE own) AS greatest,
        min(least) FILTER (WHERE NOT own) AS other_least, max(greatest) FILTER (WHERE NOT own) AS other_greatest
    FROM (
        SELECT r.id, n.*, true AS own
        FROM span n JOIN alarm.rule r ON r.sensor_id = n.sensor_id AND r.reference_id IS NOT NULL AND r.enabled
        UNION ALL
        SELECT r.id, n.*, false FROM span n JOIN alarm.rule r ON r.reference_id = n.sensor_id AND r.enabled
    ) p GROUP BY id
"""
"""The rules that compare a sensor of the span with another, with the extremes of either."""
FOUND = f"""
    w AS MATERIALIZED (
        SELECT {COLUMNS}, n.earliest, n.latest AS newest, n.least, n.greatest,
            NULL::float8 AS other_least, NULL::float8 AS other_greatest
        FROM span n JOIN alarm.watch w ON w.sensor_id = n.sensor_id
            JOIN alarm.rule r ON r.id = w.rule_id AND r.enabled AND r.reference_id IS NULL
        WHERE n.earliest <= w.changed_at OR n.earliest <= w.since OR n.latest >= w.deadline OR CASE r.condition
            WHEN 'ABOVE' THEN CASE w.phase
                WHEN 'NORMAL' THEN n.greatest > r.threshold
                WHEN 'RAISING' THEN n.least <= r.threshold
                WHEN 'RETURNING' THEN n.greatest > r.threshold - r.deadband
                ELSE n.greatest > r.threshold OR n.least <= r.threshold - r.deadband
            END
            WHEN 'BELOW' THEN CASE w.phase
                WHEN 'NORMAL' THEN n.least < r.threshold
                WHEN 'RAISING' THEN n.greatest >= r.threshold
                WHEN 'RETURNING' THEN n.least < r.threshold + r.deadband
                ELSE n.least < r.threshold OR n.greatest >= r.threshold + r.deadband
            END
            WHEN 'BETWEEN' THEN CASE w.phase
                WHEN 'NORMAL' THEN n.greatest > r.threshold AND n.least < r.threshold_high
                WHEN 'RAISING' THEN n.least <= r.threshold OR n.greatest >= r.threshold_high
                WHEN 'RETURNING' THEN n.greatest > r.threshold - r.deadband AND n.least < r.threshold_high + r.deadband
                ELSE true
            END
            WHEN 'EQUALS' THEN CASE
                WHEN w.phase IN ('NORMAL', 'RETURNING') THEN r.threshold BETWEEN n.least AND n.greatest
                ELSE n.least <> r.threshold OR n.greatest <> r.threshold
            END
            WHEN 'STALE' THEN w.deadline IS NULL OR w.phase = 'RETURNING'
                OR (w.heard_at IS NULL AND n.earliest < w.deadline - make_interval(secs => r.threshold))
            ELSE r.condition = 'RATE'
        END
        UNION ALL
        SELECT {COLUMNS}, p.earliest, p.newest, p.least, p.greatest, p.other_least, p.other_greatest
        FROM ({COMPARED}) p JOIN alarm.rule r ON r.id = p.id
            JOIN alarm.watch w ON w.sensor_id = r.sensor_id AND w.rule_id = r.id
    ), found AS (
        SELECT w.*, o.*, s.*, p.* FROM w {STAY}
        WHERE CASE w.condition
            WHEN 'ABOVE' THEN w.phase <> 'ACTIVE' OR w.earliest <= w.changed_at
                OR w.greatest > o.peak OR w.least <= w.threshold - w.deadband
            WHEN 'BELOW' THEN w.phase <> 'ACTIVE' OR w.earliest <= w.changed_at
                OR w.least < o.peak OR w.greatest >= w.threshold + w.deadband
            WHEN 'BETWEEN' THEN w.phase <> 'ACTIVE' OR w.earliest <= w.changed_at
                OR w.least <= w.threshold - w.deadband OR w.greatest >= w.threshold_high + w.deadband
                OR w.least < o.peak OR w.greatest > o.peak
            WHEN 'RATE' THEN w.phase <> 'NORMAL' OR w.earliest <= w.changed_at OR EXISTS (
                SELECT FROM telemetry.reading r
                WHERE r.sensor_id = w.sensor_id AND r.at >= w.earliest - make_interval(secs => w."window")
                    AND r.at <= w.newest + make_interval(secs => w."window") AND CASE WHEN w.threshold > 0
                        THEN w.greatest - r.value > w.threshold OR r.value - w.least > w.threshold
                        ELSE w.least - r.value < w.threshold OR r.value - w.greatest < w.threshold
                    END
            ) OR w.greatest - w.least > abs(w.threshold)
            WHEN 'DEVIATION' THEN w.phase <> 'NORMAL' OR w.earliest <= w.changed_at
                OR w.earliest < s.latest_at OR (w.earliest = s.latest_at AND w.least IS NOT NULL)
                OR w.earliest < p.other_at OR (w.earliest = p.other_at AND w.other_least IS NOT NULL)
                OR greatest(w.greatest, s.latest) - least(w.other_least, p.other) > w.threshold
                OR greatest(w.other_greatest, p.other) - least(w.least, s.latest) > w.threshold
            ELSE true
        END
    )
"""
"""Watches for which new readings can mean anything; `span` holds the first and last time and the extremes of a sensor.

Something happens when what is known is in question, a deadline has passed, or a value breaks the phase: in alarm at
rest, out of it while raising, clear while active, not clear while returning; or is a new peak. A late reading that does
none of these lies where it can at most break a delay that has been broken since. RATE holds new readings against those
stored within its window, DEVIATION those of either sensor against what is known of the other. STALE at rest lets
readings pass until the deadline, which is that of some earlier reading, and a late one unless it may be the first.
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
    heard_at: datetime | None = None
    """Since when STALE counts the silence of a sensor that has not spoken since the watch began."""
    deadline: datetime | None = None
    latest: Reading | None = None
    """Of its sensor, before the readings that are judged."""
    reference: int | None = None
    """The sensor that DEVIATION compares with."""
    other_at: datetime | None = None
    """The latest of that."""

    @property
    def sensors(self) -> tuple[int, ...]:
        """Those whose readings its signal is made of."""
        return (self.key[0],) if self.reference is None else (self.key[0], self.reference)


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
    deadline: datetime | None = None
    """When a tick has to look."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What is known of sensors whose states are locked: how many there are, and the latest of those that reach far."""

    count: int
    asleep: bool
    """Whether a reading would wake any of them."""
    reached: dict[int, datetime]
    naming: str
    """The version of all names."""
    compared: frozenset[int] = frozenset()
    """Sensors that rules compare with them, which are locked with them and not counted."""


async def lock(connection: Connection, sensor_ids: Sequence[int], since: datetime | None = None) -> Locked:
    """Lock the states of sensors until the commit, in the order of ids that all writers keep.

    What comes after, in statements of their own, sees what earlier holders committed. `reached` has the sensors whose
    latest reading is not before `since`.
    """
    row = await connection.fetchrow(LOCK, sensor_ids, since)
    assert row is not None
    reached = dict(zip(row["sensors"] or (), row["reached"] or (), strict=True))
    compared = frozenset(row["compared"])
    return Locked(row["count"] - len(compared), bool(row["asleep"]), reached, row["naming"], compared)


async def existing(connection: Connection, sensor_ids: Sequence[int]) -> set[int]:
    """Those that exist."""
    return {row["sensor_id"] for row in await connection.fetch(EXISTING, sensor_ids)}


def watch_of(row: Mapping[str, Any]) -> Watch:
    """A row of COLUMNS and STAY."""
    rule, stay, latest = rule_of(row), None, None
    if row["alarm_id"] is not None:
        stay = Kept(Stay(row["raised_at"], None, row["value"], row["peak"]), row["alarm_id"])
    if row["latest_at"] is not None:
        latest = Reading(row["latest_at"], row["latest"])
    value = 0.0 if rule.condition is Condition.STALE else row["latest"]
    return Watch(
        (row["sensor_id"], row["rule_id"]),
        rule,
        State(Phase[row["phase"]], row["since"], value),
        row["changed_at"],
        row["begins_after"],
        stay,
        row["heard_at"],
        row["deadline"],
        latest,
        row["reference_id"],
        row["other_at"],
    )


def rule_of(row: Mapping[str, Any]) -> Rule:
    return Rule(
        Condition[row["condition"]],
        row["threshold"],
        row["deadband"],
        timedelta(seconds=row["on_delay"]),
        timedelta(seconds=row["off_delay"]),
        row["threshold_high"],
        timedelta(seconds=row["window"] or 0),
    )


def comes_late(watch: Watch, first: datetime) -> bool:
    """Whether the first of the new readings lies before what the watch has already concluded from.

    A watch that is active in silence may have been returning, until it was silent anew for too long.
    """
    latest = None if watch.latest is None else watch.latest.at
    if latest is not None and watch.rule.condition is Condition.STALE and watch.state.phase is Phase.ACTIVE:
        latest += timedelta(seconds=watch.rule.threshold)
    return any(at is not None and first <= at for at in (latest, watch.other_at, watch.changed_at))


def continued(
    watch: Watch, points: Iterable[Reading], horizon: datetime | None, spoke: datetime | None = None
) -> Verdict:
    """The verdict on points of the signal that are newer than all before them, and on deadlines up to `horizon`.

    A horizon of None means none; `spoke` is when the sensor was last heard, for STALE.
    """
    before = [] if watch.open is None else [watch.open]
    state, after = fold(watch.rule, watch.state, watch.open.stay if watch.open else None, points, horizon)
    moment = changed(after, watch.changed_at)
    return Verdict(watch, state, moment, before, after, deadline=due(watch.rule, state, spoke))


def due(rule: Rule, state: State, spoke: datetime | None) -> datetime | None:
    """When a tick has to look at a watch in that state; `spoke` is when its sensor was last heard."""
    if rule.condition is Condition.STALE and state.phase is Phase.NORMAL:
        return None if spoke is None else spoke + timedelta(seconds=rule.threshold)
    return deadline(rule, state)


def changed(stays: Sequence[Stay], otherwise: datetime | None) -> datetime | None:
    """The time of the latest raise or return."""
    return (stays[-1].returned_at or stays[-1].raised_at) if stays else otherwise
