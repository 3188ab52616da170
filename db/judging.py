"""Judges the readings of a batch: in time order a watch goes on from where it stands; late ones fold it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from db.engine import Connection
from db.evaluator import Reading
from db.refold import refold
from db.watches import Key, Verdict, Watch, comes_late, continued, watch_of


async def judge(
    connection: Connection, found: Sequence[Any], series: Mapping[int, Sequence[Reading]], now: datetime
) -> list[Verdict]:
    """Verdicts on the watches `found` (rows of FOUND), by the new readings of each sensor in time order."""
    verdicts: list[Verdict] = []
    late: dict[Key, tuple[Watch, datetime]] = {}
    for row in found:
        watch = watch_of(row)
        readings = series[watch.key[0]]
        if watch.begins_after is not None and readings[0].at <= watch.begins_after:
            readings = [reading for reading in readings if reading.at > watch.begins_after]
        if not readings:
            continue
        if comes_late(watch, row["latest_at"], readings[0].at):
            late[watch.key] = (watch, readings[0].at)
        else:
            verdicts.append(continued(watch, readings, None))
    return verdicts + await refold(connection, late, now)
