"""What this api process did and how it stands, for Prometheus: `GET /metrics`.

Counted where it happens; what stands (queues, pools, lines) is looked at each few seconds. Where several processes
serve on one address, each writes into files of a folder (PROMETHEUS_MULTIPROC_DIR, set by who starts them), and
whichever is asked tells the sums of all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from sqlalchemy import event
from starlette.requests import Request
from starlette.responses import Response

from api import counting

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from db.ingest import Report
    from db.models import Door

disable_created_metrics()  # type: ignore[no-untyped-call]

SHORT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""Upper bounds of durations, in seconds."""
SIZES = (1, 10, 50, 100, 500, 1000, 2000, 4000)
TEXT = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter(
    "markoff_api_requests",
    "Operations of the graph, by root field (several, introspection, other: not understood) and outcome.",
    ["operation", "outcome"],
)
SECONDS = Histogram("markoff_api_request_seconds", "Time of an operation.", ["operation"], buckets=SHORT)
STATEMENTS = Counter("markoff_api_statements", "SQL statements of operations, by root field.", ["operation"])
STATEMENT_SECONDS = Histogram(
    "markoff_api_statement_seconds", "Time of one SQL statement, waiting for a connection included.", ["pool"],
    buckets=SHORT,
)  # fmt: skip
REFUSALS = Counter("markoff_api_refusals", "Changes that were refused, by mutation and code.", ["operation", "code"])
FAULTS = Counter("markoff_api_faults", "Faults that callers were told, by code.", ["code"])
ROUTES = Counter("markoff_api_http_requests", "Requests beside the graph, by route and status.", ["route", "status"])
ROUTE_SECONDS = Histogram("markoff_api_http_request_seconds", "Time of a request beside the graph.", ["route"])

READINGS = Counter("markoff_ingest_readings", "Readings handed in, by door and outcome.", ["door", "outcome"])
REFUSED = Counter("markoff_ingest_refused_readings", "Readings that were refused, by reason.", ["reason"])
TRANSACTIONS = Counter("markoff_ingest_transactions", "Transactions that store readings, by outcome.", ["outcome"])
TRANSACTION_SECONDS = Histogram("markoff_ingest_transaction_seconds", "Time of one of them.", buckets=SHORT)
TRANSACTION_READINGS = Histogram("markoff_ingest_transaction_readings", "Readings in one of them.", buckets=SIZES)
BROKER_CONNECTED = Gauge(
    "markoff_mqtt_connected", "1 while this process is subscribed at the MQTT broker.", multiprocess_mode="livesum"
)
BROKER_DROPPED = Counter("markoff_mqtt_dropped_messages", "Messages of QoS 0 for which there was no room.")

CHANGES = Counter("markoff_stream_changes", "Changes handed on to those who follow, by kind.", ["kind"])
TELLING_SECONDS = Histogram("markoff_stream_telling_seconds", "Time to hand one change on to all.", buckets=SHORT)
OPENED = Counter("markoff_lines_opened", "Lines (WebSockets, event streams) that were opened.", ["kind"])
CLOSED = Counter("markoff_lines_closed", "Lines that the house ended, by reason.", ["reason"])
SUBSCRIPTIONS = Counter("markoff_subscriptions", "Subscriptions begun, by topic.", ["topic"])

DUTIES = Counter("markoff_duty_runs", "Duties of the leader, by name and outcome.", ["duty", "outcome"])
DUTY_SECONDS = Counter("markoff_duty_seconds", "Time spent on duties.", ["duty"])

PICTURES = Counter("markoff_pictures", "Pictures of floors served: made, kept, or known to the caller.", ["outcome"])
PICTURE_SECONDS = Histogram("markoff_picture_seconds", "Time to make one, waiting for a drawer included.", ["form"])


class Asked:
    """One operation under way; `with` measures it."""

    __slots__ = ("begun", "operation", "outcome", "statements")

    def __init__(self) -> None:
        self.operation = "other"
        self.outcome = "ok"
        self.statements = 0
        self.begun = time.perf_counter()

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self.outcome = "fault"
        _requests(self.operation, self.outcome).inc()
        seconds, statements = _operation(self.operation)
        seconds.observe(time.perf_counter() - self.begun)
        statements.inc(self.statements)


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)
"""The operation that this task is about."""


class Unasked(Asked):
    """What is not counted: metrics are off."""

    __slots__ = ()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is counted."""


class Switch:
    """Whether operations are counted."""

    on = True


def asked() -> Asked:
    """A new operation, of which statements are counted from now on."""
    if not Switch.on:
        return Unasked()
    begun = Asked()
    _asked.set(begun)
    return begun


@cache
def _requests(operation: str, outcome: str) -> Counter:
    return REQUESTS.labels(operation, outcome)


@cache
def _operation(operation: str) -> tuple[Histogram, Counter]:
    return SECONDS.labels(operation), STATEMENTS.labels(operation)


@cache
def _pool(pool: str) -> Histogram:
    return STATEMENT_SECONDS.labels(pool)


class Statement:
    """`with Statement("reads")`: one statement, for whatever operation is under way."""

    __slots__ = ("begun", "pool")

    def __init__(self, pool: str) -> None:
        self.pool = pool

    def __enter__(self) -> None:
        self.begun = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if Switch.on:
            counted(self.pool, time.perf_counter() - self.begun)


def counted(pool: str, seconds: float) -> None:
    """One statement was executed."""
    _pool(pool).observe(seconds)
    if (operation := _asked.get()) is not None:
        operation.statements += 1


def watch(engine: AsyncEngine) -> None:
    """Count the statements of an engine."""

    def before(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def after(connection: Any, *_: Any) -> None:
        counted("writes", time.perf_counter() - connection.info["begun"])

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)


def taken(door: Door, report: Report) -> None:
    """What became of readings."""
    name = door.name.lower()
    READINGS.labels(name, "accepted").inc(report.accepted)
    READINGS.labels(name, "duplicate").inc(report.duplicates)
    READINGS.labels(name, "refused").inc(len(report.refused))
    for one in report.refused:
        REFUSED.labels(one.reason.name).inc()


def stored(outcome: str, seconds: float, readings: int) -> None:
    """A transaction of readings has ended."""
    TRANSACTIONS.labels(outcome).inc()
    TRANSACTION_SECONDS.observe(seconds)
    TRANSACTION_READINGS.observe(readings)


class Called:
    """One request beside the graph under way."""

    def __init__(self, route: str) -> None:
        self.route = route
        self.status = 500
        self.begun = time.perf_counter()

    def __enter__(self) -> Called:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        status = getattr(error, "status", self.status)
        ROUTES.labels(self.route, str(status)).inc()
        ROUTE_SECONDS.labels(self.route).observe(time.perf_counter() - self.begun)


def route(name: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose requests are counted."""

    async def answer(request: Request) -> Response:
        with Called(name) as called:
            response = await endpoint(request)
            called.status = response.status_code
            return response

    return answer


async def page(request: Request) -> Response:
    """The endpoint."""
    if not Switch.on:
        return Response(status_code=404)
    from api import standing

    standing.look(request.app.state.parts)
    return Response(await asyncio.to_thread(counting.told), media_type=TEXT)
