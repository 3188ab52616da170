"""Judges late readings: a watch is folded again from the last moment that they cannot have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.engine import Connection
from db.evaluator import State, Stay, fold
from db.models import Condition, Phase
from db.trails import INSTANT, Stretch, trails
from db.watches import Kept, Key, Verdict, Watch, changed, due

STOOD = """
    SELECT q.sensor_id, q.rule_id, o.raised_at, o.returned_at, o.value
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) q(sensor_id, rule_id, at) CROSS JOIN LATERAL (
        SELECT o.raised_at, o.returned_at, o.value FROM alarm.occurrence o
        WHERE o.sensor_id = q.sensor_id AND o.rule_id = q.rule_id AND o.raised_at < q.at
        ORDER BY o.raised_at DESC LIMIT 1
    ) o
"""
"""The stay that was open or had ended before the late reading."""
PEAKS = """
    SELECT q.sensor_id, q.rule_id, r.value
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::float8[])
        q(sensor_id, rule_id, raised_at, until, worst)
    CROSS JOIN LATERAL (
        SELECT r.value FROM telemetry.reading r
        WHERE r.sensor_id = q.sensor_id AND r.at > q.raised_at AND r.at < q.until
        ORDER BY alarm.depth(r.value, q.worst) DESC, r.value LIMIT 1
    ) r
"""
STAYS = """
    SELECT o.sensor_id, o.rule_id, o.raised_at, o.returned_at, o.value, o.peak, o.alarm_id
    FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) q(sensor_id, rule_id, since) JOIN alarm.occurrence o
        ON o.sensor_id = q.sensor_id AND o.rule_id = q.rule_id AND o.raised_at >= q.since
    ORDER BY o.sensor_id, o.rule_id, o.raised_at
"""
MADE = (Condition.RATE, Condition.STALE, Condition.DEVIATION)
"""Conditions whose signal is not the value itself: the worst of it is known only by folding the whole stay."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A state that is certain: before all readings from `start` on, with the stay that is open then."""

    start: datetime
    state: State
    stay: Stay | None
    since: datetime
    """Stays raised before this stay as they are."""
    changed_at: datetime | None


def anchor_of(watch: Watch, late: datetime, stood: Mapping[str, Any] | None) -> Anchor:
    """The anchor before the reading at `late`, by the last stay that was raised before it.

    Who was not in alarm right before it had no condition that held longer than the on delay, or it holds still and its
    deadline has not been found to have passed. So a fold from rest, over the readings of that delay, meets the truth at
    the last break of the condition or where it began. Who was in alarm was likewise not clear for the off delay.
    """
    if stood is None or (stood["returned_at"] is not None and stood["returned_at"] < late):
        returned_at = None if stood is None else stood["returned_at"]
        since = watch.state.since if watch.state.phase is Phase.RAISING else None
        start = min(late - watch.rule.on_delay, since or late)
        for ended in (returned_at, watch.begins_after):
            start = start if ended is None else max(start, ended + INSTANT)
        return Anchor(start, State(), None, late, returned_at)
    raised_at, value = stood["raised_at"], stood["value"]
    start = raised_at + INSTANT
    if watch.rule.condition not in MADE:
        since = watch.state.since if watch.state.phase is Phase.RETURNING else None
        start = max(start, min(late - watch.rule.off_delay, since or late))
    state = State(Phase.ACTIVE, None, value)
    return Anchor(start, state, Stay(raised_at, None, value, value), raised_at, raised_at)


async def refold(connection: Connection, late: Mapping[Key, tuple[Watch, datetime]], now: datetime) -> list[Verdict]:
    """Verdicts on watches with late readings, the first of each at the time given; the readings are stored already.

    Deadlines that were found to have passed have passed. Where the latest turn is in question, those up to `now` have,
    too: an alarm is moved then, rather than withdrawn and raised again by the next tick.
    """
    if not late:
        return []
    anchors = await _anchors(connection, late)
    stays = await _stays(connection, anchors)
    peaks = await _peaks(connection, late, anchors)
    horizons = {key: _horizon(watch, at, now) for key, (watch, at) in late.items()}
    wanted = (Stretch(watch, anchors[key].start, horizons[key]) for key, (watch, _) in late.items())
    followed = await trails(connection, wanted)
    verdicts = []
    for key, (watch, _) in late.items():
        anchor, trail, stay = anchors[key], followed[key], anchors[key].stay
        if stay is not None and key in peaks:
            stay = Stay(stay.raised_at, None, stay.value, watch.rule.worse(stay.peak, peaks[key]))
        state, after = fold(watch.rule, anchor.state, stay, trail.points, horizons[key])
        moment = changed(after, anchor.changed_at)
        wait = due(watch.rule, state, trail.spoke)
        verdicts.append(Verdict(watch, state, moment, stays[key], after, anchor.since, wait))
    return verdicts


def _horizon(watch: Watch, late: datetime, now: datetime) -> datetime | None:
    if watch.changed_at is None or late > watch.changed_at:
        return watch.changed_at
    return max(now, watch.changed_at)


async def _anchors(connection: Connection, late: Mapping[Key, tuple[Watch, datetime]]) -> dict[Key, Anchor]:
    questions = [[*key, at] for key, (_, at) in late.items()]
    rows = await connection.fetch(STOOD, *_columns(questions))
    stood = {(row["sensor_id"], row["rule_id"]): row for row in rows}
    return {key: anchor_of(watch, at, stood.get(key)) for key, (watch, at) in late.items()}


async def _peaks(
    connection: Connection, late: Mapping[Key, tuple[Watch, datetime]], anchors: Mapping[Key, Anchor]
) -> dict[Key, float]:
    """The worst values between the raise of an open stay and its anchor."""
    asked = [
        [*key, anchor.stay.raised_at, anchor.start, late[key][0].rule.worst]
        for key, anchor in anchors.items()
        if anchor.stay is not None and anchor.start > anchor.stay.raised_at + INSTANT
    ]
    rows = await connection.fetch(PEAKS, *_columns(asked)) if asked else ()
    return {(row["sensor_id"], row["rule_id"]): row["value"] for row in rows}


async def _stays(connection: Connection, anchors: Mapping[Key, Anchor]) -> dict[Key, list[Kept]]:
    stays: dict[Key, list[Kept]] = {key: [] for key in anchors}
    questions = [[*key, anchor.since] for key, anchor in anchors.items()]
    for row in await connection.fetch(STAYS, *_columns(questions)):
        stay = Stay(row["raised_at"], row["returned_at"], row["value"], row["peak"])
        stays[row["sensor_id"], row["rule_id"]].append(Kept(stay, row["alarm_id"]))
    return stays


def _columns(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
