"""Judges late readings: a watch is folded again from the last moment that they cannot have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.engine import Connection
from db.evaluator import Reading, State, Stay, fold
from db.models import Condition, Phase
from db.watches import Kept, Key, Verdict, Watch, changed

ANCHORS = """
    WITH q AS (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::bool[],
            $6::float8[], $7::float8[]) q(sensor_id, rule_id, at, begins_after, above, threshold, edge)
    )
    SELECT q.sensor_id, q.rule_id, s.active, o.raised_at, o.returned_at, o.value, c.at, c.value AS certain, (
            SELECT CASE WHEN q.above THEN max(r.value) ELSE min(r.value) END FROM telemetry.reading r
            WHERE s.active AND r.sensor_id = q.sensor_id AND r.at > o.raised_at AND r.at <= c.at
        ) AS peak
    FROM q LEFT JOIN LATERAL (
        SELECT o.raised_at, o.returned_at, o.value FROM alarm.occurrence o
        WHERE o.sensor_id = q.sensor_id AND o.rule_id = q.rule_id AND o.raised_at < q.at
        ORDER BY o.raised_at DESC LIMIT 1
    ) o ON true
    CROSS JOIN LATERAL (
        SELECT o.raised_at IS NOT NULL AND (o.returned_at IS NULL OR o.returned_at >= q.at) AS active
    ) s
    LEFT JOIN LATERAL (
        SELECT r.at, r.value FROM telemetry.reading r
        WHERE r.sensor_id = q.sensor_id AND r.at < q.at
            AND r.at > coalesce(greatest(CASE WHEN s.active THEN o.raised_at ELSE o.returned_at END, q.begins_after),
                '-infinity')
            AND CASE
                WHEN s.active AND q.above THEN r.value > q.edge
                WHEN s.active THEN r.value < q.edge
                WHEN q.above THEN r.value <= q.threshold
                ELSE r.value >= q.threshold
            END
        ORDER BY r.at DESC LIMIT 1
    ) c ON true
"""
"""The stay that was open or had ended before the late reading, and the last reading before it that leaves no doubt
about the phase: one that is not in alarm while the watch is at rest, or not clear while it is active.
"""

READINGS = """
    SELECT r.sensor_id, r.at, r.value
    FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, after) JOIN telemetry.reading r
        ON r.sensor_id = q.sensor_id AND r.at > coalesce(q.after, '-infinity')
    ORDER BY r.sensor_id, r.at
"""
STAYS = """
    SELECT o.sensor_id, o.rule_id, o.raised_at, o.returned_at, o.value, o.peak, o.alarm_id
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) q(sensor_id, rule_id, since) JOIN alarm.occurrence o
        ON o.sensor_id = q.sensor_id AND o.rule_id = q.rule_id AND o.raised_at >= q.since
    ORDER BY o.sensor_id, o.rule_id, o.raised_at
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A state that is certain: after all readings up to `at` (None: before any), with the stay that is open then."""

    at: datetime | None
    state: State
    stay: Stay | None
    since: datetime
    """Stays raised before this stay as they are."""
    changed_at: datetime | None


def anchor_of(row: Mapping[str, Any], watch: Watch, late: datetime) -> Anchor:
    """The anchor before the reading at `late`."""
    if not row["active"]:
        starts = [at for at in (row["returned_at"], watch.begins_after) if at is not None]
        at = row["at"] or (max(starts) if starts else None)
        return Anchor(at, State(Phase.NORMAL, None, row["certain"]), None, late, row["returned_at"])
    raised_at, value = row["raised_at"], row["value"]
    peak = value if row["peak"] is None else watch.rule.worse(value, row["peak"])
    latest = value if row["certain"] is None else row["certain"]
    state = State(Phase.ACTIVE, None, latest)
    return Anchor(row["at"] or raised_at, state, Stay(raised_at, None, value, peak), raised_at, raised_at)


async def refold(connection: Connection, late: Mapping[Key, tuple[Watch, datetime]], now: datetime) -> list[Verdict]:
    """Verdicts on watches with late readings, the first of each at the time given; the readings are stored already.

    Deadlines that were found to have passed have passed. Where the latest turn is in question, those up to `now` have,
    too: an alarm is moved then, rather than withdrawn and raised again by the next tick.
    """
    if not late:
        return []
    anchors = await _anchors(connection, late)
    stays = await _stays(connection, anchors)
    readings = await _readings(connection, anchors)
    verdicts = []
    for key, (watch, at) in late.items():
        anchor = anchors[key]
        following = (r for r in readings[key[0]] if anchor.at is None or r.at > anchor.at)
        horizon = watch.changed_at if watch.changed_at is None or at > watch.changed_at else max(now, watch.changed_at)
        state, after = fold(watch.rule, anchor.state, anchor.stay, following, horizon)
        moment = changed(after, anchor.changed_at)
        verdicts.append(Verdict(watch, state, moment, stays[key], after, anchor.since))
    return verdicts


async def _anchors(connection: Connection, late: Mapping[Key, tuple[Watch, datetime]]) -> dict[Key, Anchor]:
    rows = await connection.fetch(ANCHORS, *map(list, zip(*_questions(late), strict=True)))
    found = {(row["sensor_id"], row["rule_id"]): row for row in rows}
    return {key: anchor_of(found[key], watch, at) for key, (watch, at) in late.items()}


def _questions(late: Mapping[Key, tuple[Watch, datetime]]) -> Iterable[tuple[Any, ...]]:
    for key, (watch, at) in late.items():
        rule, above = watch.rule, watch.rule.condition is Condition.ABOVE
        edge = rule.threshold - rule.deadband if above else rule.threshold + rule.deadband
        yield (*key, at, watch.begins_after, above, rule.threshold, edge)


async def _stays(connection: Connection, anchors: Mapping[Key, Anchor]) -> dict[Key, list[Kept]]:
    sensors, rules, times = zip(*((*key, anchor.since) for key, anchor in anchors.items()), strict=True)
    stays: dict[Key, list[Kept]] = {key: [] for key in anchors}
    for row in await connection.fetch(STAYS, list(sensors), list(rules), list(times)):
        stay = Stay(row["raised_at"], row["returned_at"], row["value"], row["peak"])
        stays[row["sensor_id"], row["rule_id"]].append(Kept(stay, row["alarm_id"]))
    return stays


async def _readings(connection: Connection, anchors: Mapping[Key, Anchor]) -> dict[int, list[Reading]]:
    """All readings of each sensor after the earliest of its anchors."""
    after: dict[int, datetime | None] = {}
    for (sensor_id, _), anchor in anchors.items():
        known = after.setdefault(sensor_id, anchor.at)
        if known is not None and (anchor.at is None or anchor.at < known):
            after[sensor_id] = anchor.at
    readings: dict[int, list[Reading]] = defaultdict(list)
    for sensor_id, at, value in await connection.fetch(READINGS, list(after), list(after.values())):
        readings[sensor_id].append(Reading(at, value))
    return readings
