"""How an api process stands at this moment: its pools, queues, lines and leads, for `api.metrics`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge
from sqlalchemy.pool import QueuePool

from api import counting

if TYPE_CHECKING:
    from api.context import Parts
    from api.live import Live
    from db.engine import Pool

EVERY = 5.0
"""Seconds between two looks, for when another process of this address is asked."""


def _gauge(name: str, about: str, labels: tuple[str, ...] = (), mode: Any = "livesum") -> Gauge:
    return Gauge(f"markoff_{name}", about, labels, multiprocess_mode=mode)


INFO = _gauge("info", "1, with the version that runs.", ("version",), "livemax")
CONNECTIONS = _gauge("pool_connections", "Connections to the database, by pool and state.", ("pool", "state"))
MOST_CONNECTIONS = _gauge("pool_most_connections", "The most connections of a pool.", ("pool",))
WAITING = _gauge("ingest_waiting_readings", "Readings that wait for their commit.")
MOST_WAITING = _gauge("ingest_most_waiting_readings", "The most that may wait; who comes then is told to come again.")
DRAWING = _gauge("pictures_waiting", "Pictures that are being drawn or wait for it.")
LISTENING = _gauge("stream_listening", "1 while the process hears of changes.")
READ = _gauge("stream_read_number", "The last change of the stream that the process has read.", mode="livemin")
HANDED_ON = _gauge("stream_told_number", "The last change that it has handed on to all who follow.", mode="livemin")
LINES = _gauge("lines", "Open lines, by kind.", ("kind",))
LETTERS = _gauge("line_waiting_messages", "Messages that wait for slow clients, on all lines.")
SUBSCRIBERS = _gauge("subscribers", "Subscriptions, by topic.", ("topic",))
AUDIENCES = _gauge("audiences", "Groups of subscriptions that are told the same.")
LEADS = _gauge("leads", "1 while this process does the duties of a group; one of all processes does.", ("group",))


def look(parts: Parts) -> None:
    """Take the figures of this moment."""
    from api.health import our_version

    INFO.labels(our_version()).set(1)
    _pool("reads", parts.reads)
    _pool("small", parts.pool)
    writes = parts.engine.pool
    if isinstance(writes, QueuePool):
        _connections("writes", writes.checkedout(), writes.checkedin(), writes.size())
    if parts.doors is not None:
        queue = parts.doors.queue
        _pool("ingest", queue.pool)
        WAITING.set(queue.readings)
        MOST_WAITING.set(queue.settings.waiting)
    if parts.pictures is not None:
        DRAWING.set(len(parts.pictures.studio.open))
    if parts.live is not None:
        _live(parts.live)


def _pool(name: str, pool: Pool) -> None:
    idle = pool.get_idle_size()
    _connections(name, pool.get_size() - idle, idle, pool.get_max_size())


def _connections(name: str, used: int, idle: int, most: int) -> None:
    CONNECTIONS.labels(name, "used").set(used)
    CONNECTIONS.labels(name, "idle").set(idle)
    MOST_CONNECTIONS.labels(name).set(most)


def _live(live: Live) -> None:
    from api.live.subscription import FOLLOWED

    hub, fanout = live.hub, live.fanout
    LISTENING.set(hub.listening)
    READ.set(hub.newest)
    HANDED_ON.set(fanout.told)
    lines = Counter(line.kind for line in fanout.lines)
    for kind in ("websocket", "events"):
        LINES.labels(kind).set(lines[kind])
    LETTERS.set(sum(line.waiting for line in fanout.lines))
    followers: Counter[str] = Counter()
    for audience in fanout.audiences.values():
        followers[audience.followed.topic.field] += len(audience.members)
    for topic in FOLLOWED:
        SUBSCRIBERS.labels(topic.field).set(followers[topic.field])
    AUDIENCES.set(len(fanout.audiences))
    for name, leader in live.duties.leaders.items():
        LEADS.labels(name).set(leader.leading)


@asynccontextmanager
async def watched(parts: Parts) -> AsyncIterator[None]:
    """Look again and again, as long as the context lasts."""

    async def again() -> None:
        while True:
            look(parts)
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(again(), name="markoff metrics")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        counting.leave()
