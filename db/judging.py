"""Judges the readings of a batch: in time order a watch goes on from where it stands; late ones fold it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from db.engine import Connection
from db.evaluator import Reading
from db.models import Condition
from db.refold import refold
from db.signals import signal
from db.trails import INSTANT, Stretch, trails
from db.watches import Key, Verdict, Watch, comes_late, continued, watch_of

FETCHED = (Condition.RATE, Condition.DEVIATION)
"""Conditions whose signal is made of readings before the new ones, too."""


class Overtaken(Exception):
    """A watch was found whose sensor is not locked: its rule came after the locks were asked for."""


def concerned(found: Sequence[Any], locked: Collection[int]) -> set[int]:
    """The sensors that the watches `found` (rows of FOUND) judge readings of; raises Overtaken."""
    watched = {row["sensor_id"] for row in found}
    if not watched.issubset(locked):
        raise Overtaken
    return watched.union(row["reference_id"] for row in found if row["reference_id"] is not None)


async def judge(
    connection: Connection, found: Sequence[Any], series: Mapping[int, Sequence[Reading]], now: datetime
) -> list[Verdict]:
    """Verdicts on the watches `found` (rows of FOUND), by the new readings of each sensor in time order."""
    verdicts: list[Verdict] = []
    late: dict[Key, tuple[Watch, datetime]] = {}
    fetched: list[Stretch] = []
    for watch in map(watch_of, found):
        readings = _new(watch, series)
        if not readings:
            continue
        if comes_late(watch, readings[0].at):
            late[watch.key] = (watch, readings[0].at)
        elif watch.rule.condition in FETCHED:
            fetched.append(Stretch(watch, readings[0].at, None))
        else:
            verdicts.append(_at_hand(watch, readings, None))
    return verdicts + await _fetched(connection, fetched) + await refold(connection, late, now)


async def tick(connection: Connection, watches: Iterable[Watch], horizon: datetime) -> list[Verdict]:
    """Verdicts on watches when time has come to `horizon` and all readings up to then are known."""
    plain, fetched = [], []
    for watch in watches:
        if watch.rule.condition in FETCHED:
            fetched.append(Stretch(watch, horizon + INSTANT, horizon))
        else:
            plain.append(_at_hand(watch, [], horizon))
    return plain + await _fetched(connection, fetched)


def _new(watch: Watch, series: Mapping[int, Sequence[Reading]]) -> Sequence[Reading]:
    """The new readings that the watch judges, in time order."""
    if watch.reference is None:
        readings = series[watch.key[0]]
    else:
        readings = sorted((r for sensor in watch.sensors for r in series.get(sensor, ())), key=lambda one: one.at)
    if watch.begins_after is not None and readings[0].at <= watch.begins_after:
        return [reading for reading in readings if reading.at > watch.begins_after]
    return readings


def _at_hand(watch: Watch, readings: Sequence[Reading], horizon: datetime | None) -> Verdict:
    """The verdict on a watch whose signal is known without a look at what is stored."""
    if watch.rule.condition is not Condition.STALE:
        return continued(watch, readings, horizon)
    heard = [] if watch.heard_at is None else [Reading(watch.heard_at, 0.0)]
    if watch.latest is not None and (watch.begins_after is None or watch.latest.at > watch.begins_after):
        heard = [watch.latest]
    heard += readings
    points = signal(watch.rule, heard, (), horizon)
    if len(heard) > len(readings):
        points = [point for point in points if point.at > heard[0].at]
    return continued(watch, points, horizon, heard[-1].at if heard else None)


async def _fetched(connection: Connection, stretches: Sequence[Stretch]) -> list[Verdict]:
    if not stretches:
        return []
    followed = await trails(connection, stretches)
    verdicts = []
    for one in stretches:
        trail = followed[one.watch.key]
        watch = replace(one.watch, state=replace(one.watch.state, value=trail.value))
        verdicts.append(continued(watch, trail.points, one.horizon))
    return verdicts
