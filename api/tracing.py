"""Spans of requests, operations and batches of readings, by OpenTelemetry's interface.

A process that traces nothing pays nothing; where it does, a request that nobody has chosen to record pays a look at its
headers. Documents and variables are told only where content is (`content`): people write in them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode

from db import tracing as statements

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, Span, Tracer

    from api.documents import Operation


@dataclass(frozen=True, slots=True)
class Tracing:
    """How this process traces."""

    tracer: Tracer
    share: float
    """Of requests that come without a trace of their caller's, so many are recorded: 0 to 1."""
    content: bool
    """Whether documents and variables are told."""


on: Tracing | None = None
"""None while nobody wants spans."""

MOST_LINKS = 32


def begin(share: float, content: bool) -> None:
    """From now on spans are made; where they go has been set up by whoever started the process."""
    global on
    from opentelemetry import trace

    on = Tracing(trace.get_tracer("markoff.api"), share, content)
    statements.begin()


@contextmanager
def served(method: str, place: str, headers: Mapping[str, str], number: str) -> Iterator[Span | None]:
    """A request; None where it is not recorded."""
    if on is None or ("traceparent" not in headers and random.random() >= on.share):  # noqa: S311
        yield None
        return
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    caller = TraceContextTextMapPropagator().extract(headers)
    known = trace.get_current_span(caller).get_span_context()
    chosen = "traceparent" not in headers or random.random() < on.share  # noqa: S311
    if not (known.trace_flags.sampled if known.is_valid else chosen):
        yield None
        return
    told = {"http.request.method": method, "http.route": place, "markoff.request.id": number}
    kind = trace.SpanKind.SERVER
    with on.tracer.start_as_current_span(
        f"{method} {place}", caller, kind, told, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def answered(span: Span, status: int) -> None:
    """How a request was answered."""
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        failed(span, str(status))


def failed(span: Span, kind: str) -> None:
    """What went wrong, by its code: words may hold somebody's data."""
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))


def current() -> Span | None:
    """The span that is being recorded, if one is."""
    if on is None:
        return None
    from opentelemetry import trace

    span = trace.get_current_span()
    return span if span.is_recording() else None


def operation(asked: Operation, text: str, variables: Mapping[str, Any]) -> None:
    """Name the request after the operation: its kind and its fields, which the contract knows."""
    if on is None or (span := current()) is None:
        return
    fields = [each.name.value for each in asked.definition.selection_set.selections if isinstance(each, FieldNode)]
    kind = asked.definition.operation.value
    span.update_name(f"{kind} {','.join(dict.fromkeys(fields))}"[:200])
    span.set_attribute("graphql.operation.type", kind)
    if asked.definition.name is not None:
        span.set_attribute("graphql.operation.name", asked.definition.name.value)
    if on.content:
        span.set_attribute("graphql.document", text)
        span.set_attribute("markoff.graphql.variables", str(dict(variables)))


def refused(codes: Sequence[str]) -> None:
    """The operation was answered with faults."""
    if codes and (span := current()) is not None:
        span.set_attribute("markoff.faults", list(codes))
        if "INTERNAL" in codes or "UNAVAILABLE" in codes:
            failed(span, "INTERNAL" if "INTERNAL" in codes else "UNAVAILABLE")


@contextmanager
def step(name: str) -> Iterator[None]:
    """A part of a request that is worth seeing alone."""
    if on is None or current() is None:
        yield
        return
    with on.tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def here() -> Context | None:
    """Where the caller is in its trace, for work that is done for it later; None where nothing is recorded."""
    if on is None or current() is None:
        return None
    from opentelemetry import context

    return context.get_current()


@contextmanager
def batch(callers: Sequence[Context | None], readings: int) -> Iterator[Span | None]:
    """A transaction of readings: within the first caller's trace, linked to the others'; on its own where none is."""
    if on is None:
        yield None
        return
    from opentelemetry import context, trace

    recorded = [one for one in callers if one is not None]
    if not recorded and random.random() >= on.share:  # noqa: S311
        token = context.attach(context.Context())  # the writer's own task began in somebody's request
        try:
            yield None
        finally:
            context.detach(token)
        return
    links: list[Link] = [trace.Link(trace.get_current_span(one).get_span_context()) for one in recorded[1:MOST_LINKS]]
    told = {"markoff.ingest.readings": readings, "markoff.ingest.callers": len(callers)}
    with on.tracer.start_as_current_span(
        "ingest batch", recorded[0] if recorded else context.Context(), attributes=told, links=links,
        record_exception=False,
    ) as span:  # fmt: skip
        yield span


@contextmanager
def unasked(name: str, told: Mapping[str, Any]) -> Iterator[None]:
    """Work that no request caused, such as a message of a broker or a change that is told: a trace of its own."""
    if on is None or random.random() >= on.share:  # noqa: S311
        yield
        return
    from opentelemetry import context

    with on.tracer.start_as_current_span(
        name, context.Context(), attributes=dict(told), record_exception=False, set_status_on_exception=False
    ):
        yield


def done(name: str, seconds: float, count: int, kind: str | None) -> None:
    """A duty that did something, or failed with an error of this kind, and took so long until now.

    It is told when it is over: most find nothing to do, and leave no trace.
    """
    if on is None or (kind is None and (not count or random.random() >= on.share)):  # noqa: S311
        return
    from opentelemetry import context

    now = time.time_ns()
    told = {"markoff.duty.done": count}
    span = on.tracer.start_span(name, context.Context(), attributes=told, start_time=now - int(seconds * 1e9))
    if kind is not None:
        failed(span, kind)
    span.end(now)
