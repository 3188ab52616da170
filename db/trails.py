"""Fetches the readings that signals are made of: those from a moment on, and what was before that they depend on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import Connection
from db.evaluator import Reading
from db.models import Condition
from db.signals import signal
from db.watches import Key, Watch

INSTANT = timedelta(microseconds=1)
"""The least step of time: after a moment is from the next one on."""

FROM = """
    SELECT r.sensor_id, r.at, r.value FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, since)
    JOIN telemetry.reading r ON r.sensor_id = q.sensor_id AND r.at >= q.since
    ORDER BY r.sensor_id, r.at
"""
BEFORE = """
    SELECT q.sensor_id, q.at AS before, r.at, r.value
    FROM unnest($1::bigint[], $2::timestamptz[]) q(sensor_id, at) CROSS JOIN LATERAL (
        SELECT r.at, r.value FROM telemetry.reading r WHERE r.sensor_id = q.sensor_id AND r.at < q.at
        ORDER BY r.at DESC LIMIT 1
    ) r
"""


@dataclass(frozen=True, slots=True)
class Trail:
    """The signal of a watch from `start` on, and its value right before; when its sensor was last heard."""

    points: Sequence[Reading]
    value: float | None
    spoke: datetime | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is wanted of a watch: its signal from `start` on, where silence is known up to `horizon`."""

    watch: Watch
    start: datetime
    horizon: datetime | None

    @property
    def since(self) -> datetime:
        """The first reading that has a part in it, but for the last of each sensor before it."""
        start = self.start
        if self.watch.rule.condition is Condition.RATE:
            latest = self.watch.latest
            start = (start if latest is None else min(start, latest.at)) - self.watch.rule.window
        begins_after = self.watch.begins_after
        return start if begins_after is None else max(start, begins_after + INSTANT)

    @property
    def remembers(self) -> bool:
        """Whether the last readings before the start matter."""
        return self.watch.rule.condition in (Condition.DEVIATION, Condition.STALE)


async def trails(connection: Connection, wanted: Iterable[Stretch]) -> dict[Key, Trail]:
    """The trails of watches; all readings are stored already."""
    stretches = list(wanted)
    readings = await _readings(connection, stretches)
    before = await _before(connection, stretches)
    return {one.watch.key: _trail(one, readings, before) for one in stretches}


def _trail(
    one: Stretch, readings: Mapping[int, Sequence[Reading]], before: Mapping[tuple[int, datetime], Reading]
) -> Trail:
    parts: list[list[Reading]] = []
    begins_after = one.watch.begins_after
    for sensor in one.watch.sensors:
        part = [reading for reading in readings[sensor] if reading.at >= one.since]
        last = before.get((sensor, one.since)) if one.remembers else None
        if last is not None and (begins_after is None or last.at > begins_after):
            part.insert(0, last)
        parts.append(part)
    own, other = parts[0], parts[1] if len(parts) > 1 else []
    if one.watch.heard_at is not None and (not own or own[0].at >= one.since):
        own.insert(0, Reading(one.watch.heard_at, 0.0))
    points = signal(one.watch.rule, own, other, one.horizon)
    past = [point for point in points if point.at < one.start]
    value = past[-1].value if past else None
    return Trail(points[len(past) :], value, own[-1].at if own else None)


async def _readings(connection: Connection, stretches: Sequence[Stretch]) -> Mapping[int, Sequence[Reading]]:
    """All readings of each sensor from the earliest of its stretches on."""
    since: dict[int, datetime] = {}
    for one in stretches:
        for sensor in one.watch.sensors:
            since[sensor] = min(since.get(sensor, one.since), one.since)
    readings: dict[int, list[Reading]] = defaultdict(list)
    for sensor, at, value in await connection.fetch(FROM, list(since), list(since.values())):
        readings[sensor].append(Reading(at, value))
    return readings


async def _before(connection: Connection, stretches: Sequence[Stretch]) -> Mapping[tuple[int, datetime], Reading]:
    """The last reading of a sensor before a moment."""
    wanted = {(sensor, one.since) for one in stretches if one.remembers for sensor in one.watch.sensors}
    if not wanted:
        return {}
    sensors, times = zip(*wanted, strict=True)
    rows = await connection.fetch(BEFORE, list(sensors), list(times))
    return {(row["sensor_id"], row["before"]): Reading(row["at"], row["value"]) for row in rows}
