"""The house's figures for Prometheus: taken by the leader only, and forgotten where it leads no more.

Any process can be the leader, so what is told here is the maximum over all of them; others say not-a-number.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import CTE, BigInteger, Interval, Text, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from api import counting
from api.alarm import figures as statistics
from api.planner.plan import Ask, Plan, bound
from api.viewer import ANONYMOUS
from api.visibility import NOW
from db import figures, models
from db.clock import Clock
from db.engine import Connection
from db.models import AlarmState, Priority, SensorStatus

PATIENCE = 20.0
"""Seconds for the statistics of a day."""


def _gauge(name: str, about: str, labels: tuple[str, ...] = ()) -> Gauge:
    return Gauge(f"markoff_{name}", about, labels, multiprocess_mode="livemostrecent")


ALARMS = _gauge("alarms", "Live alarms, by state and priority.", ("state", "priority"))
HIDDEN = _gauge("alarms_hidden", "Live alarms of which nobody is told now, by why.", ("why",))
WAITS = _gauge(
    "alarm_longest_wait_seconds",
    "House time that the longest unacknowledged alarm has waited for who is to answer it now.",
    ("priority",),
)
INCIDENTS = _gauge("incidents", "Open incidents (floods of alarms).")
SENSORS = _gauge("sensors", "Sensors, by status.", ("status",))
READING_AGE = _gauge("reading_age_seconds", "House time since the latest reading of any sensor.")
NEWEST = _gauge("stream_newest_number", "The last change of the stream that is committed.")
SIZE = _gauge("database_bytes", "Size of the building's database.")
RAISES = _gauge("alarm_raises", "Raises of alarms within the last 10 minutes, and the last day.", ("within",))
DAILY = _gauge("alarm_raises_by_priority", "Raises of alarms within the last day, by priority.", ("priority",))
PEAK = _gauge("alarm_peak_raises", "The most raises in 10 minutes of the last day; up to 10 can be followed.")
FLOODS = _gauge("alarm_flood_share", "Of the last day's 10-minute slots, those with more than 10 raises, 0 to 1.")
CHATTERING = _gauge("alarm_chattering_sources", "Rules on sensors that were raised three times within a minute.")
TOP = _gauge("alarm_top_sources_share", "Of the last day's raises, those of the ten most frequent sources, 0 to 1.")
STANDING = _gauge("alarms_standing", "Alarms whose cause lasts; under 10 is wanted (EEMUA 191).")
STALE = _gauge("alarms_standing_stale", "Those that have lasted for more than 24 hours; under 5 is wanted (ISA-18.2).")
TAKEN = _gauge("figures_taken_timestamp_seconds", "When the leader last took these figures (real time).", ("figures",))

NOWS = (
    ALARMS, HIDDEN, WAITS, INCIDENTS, SENSORS, READING_AGE, NEWEST,
)  # fmt: skip
DAYS = (RAISES, DAILY, PEAK, FLOODS, CHATTERING, TOP, STANDING, STALE)


async def moment(connection: Connection, clock: Clock) -> int:
    """The duty that looks at alarms, sensors and the stream."""
    now = await figures.moment(connection, clock.now())
    for state in AlarmState:
        for priority in Priority:
            if state is not AlarmState.CLOSED:
                count = now.alarms.get((state.name, priority.name), 0)
                ALARMS.labels(state.name, priority.name).set(count)
    for why, count in now.hidden.items():
        HIDDEN.labels(why).set(count)
    for priority in Priority:
        WAITS.labels(priority.name).set(now.waits.get(priority.name, 0.0))
    for status in SensorStatus:
        SENSORS.labels(status.name).set(now.sensors.get(status.name, 0))
    READING_AGE.set(math.nan if now.reading_age is None else now.reading_age)
    INCIDENTS.set(now.incidents)
    NEWEST.set(now.newest)
    TAKEN.labels("moment").set(time.time())
    return 0


async def day(connection: Connection, clock: Clock) -> int:
    """The duty that takes the statistics of EEMUA 191 and ISA-18.2 over the last day, and the database's size."""
    SIZE.set(await figures.size(connection))
    ask = Ask({}, ANONYMOUS, clock.now(), clock.simulated)
    last = await connection.fetchrow(_day().sql, *_day().values(ask), timeout=PATIENCE)
    recent = await connection.fetchval(_recent().sql, *_recent().values(ask), timeout=PATIENCE)
    by_priority = await connection.fetch(_by_priority().sql, *_by_priority().values(ask), timeout=PATIENCE)
    counted = {row["priority"]: row["count"] for row in by_priority}
    for priority in Priority:
        DAILY.labels(priority.name).set(counted.get(priority.name, 0))
    RAISES.labels("10m").set(recent or 0)
    if last is not None:  # there is a building
        RAISES.labels("1d").set(last["raises"])
        PEAK.set(last["peak_rate"])
        FLOODS.set(last["flood_share"] or 0)
        CHATTERING.set(last["chattering"])
        TOP.set(last["top_share"] or 0)
        STANDING.set(last["standing"])
        STALE.set(last["stale"])
    TAKEN.labels("day").set(time.time())
    return 0


def _period(length: str) -> CTE:
    """The last so much of all buildings; no row where there is none."""
    since = NOW - literal_column(f"interval '{length}'", Interval())
    buildings = func.array_agg(models.Building.id, type_=ARRAY(BigInteger))
    found = select(since.label("since"), NOW.label("until"), buildings.label("building_ids"))
    return found.having(func.count() > literal_column("0")).cte("period")


@cache
def _day() -> Plan:
    return bound(statistics.figures(_period("24 hours")), {})


@cache
def _recent() -> Plan:
    scope = _period("10 minutes")
    raises = statistics.raised(scope.c, scope).subquery()
    return bound(select(func.count()).select_from(raises), {})


@cache
def _by_priority() -> Plan:
    scope = _period("24 hours")
    raises = statistics.raised(scope.c, scope).subquery()
    columns: tuple[Any, ...] = (raises.c.priority.cast(Text).label("priority"), func.count().label("count"))
    return bound(select(*columns).group_by(raises.c.priority), {})


@asynccontextmanager
async def kept(*gauges: Gauge) -> AsyncIterator[None]:
    """As long as this process leads; then its figures are none any more."""
    try:
        yield
    finally:
        _forget(*gauges)


def _forget(*gauges: Gauge) -> None:
    for gauge in gauges:
        for sample in [sample for metric in gauge.collect() for sample in metric.samples]:
            (gauge.labels(**sample.labels) if sample.labels else gauge).set(math.nan)


if counting.shared() is None:  # else what was never set loses against what was
    _forget(*NOWS, SIZE, *DAYS)
