"""Spans of what the agent does for people, by OpenTelemetry's interface and its names for generative AI.

    channel (telegram, ask) → POST /turns → invoke_agent → chat MODEL
                                                         → execute_tool TOOL → POST /graphql → … in the api

A process that traces nothing pays nothing. What people say, and what the graph answers, is told only where content is.
Each thing that a person does has a number (`number`), which goes with every request that is made for it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind, Tracer

number: ContextVar[str] = ContextVar("markoff_agent_request", default="")
"""Of what a person does just now; empty where nobody does anything."""
NUMBER = "x-request-id"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
LONGEST = 8000
"""Characters of one piece of content."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """How this process traces."""

    tracer: Tracer
    content: bool
    """Whether what people say and are told is part of the spans."""


on: Tracing | None = None
"""None while nobody wants spans."""


def begin(content: bool) -> None:
    """From now on spans are made; where they go has been set up by whoever started the process."""
    global on
    from opentelemetry import trace

    on = Tracing(trace.get_tracer("markoff.agent"), content)


@contextmanager
def numbered(given: str = "") -> Iterator[str]:
    """Something that a person does, under the number that is given or one of ours."""
    mine = given if GIVEN.fullmatch(given) else number.get() or secrets.token_hex(8)
    token = number.set(mine)
    try:
        yield mine
    finally:
        number.reset(token)


@contextmanager
def span(
    name: str, told: Mapping[str, Any] | None = None, *, kind: str = "INTERNAL", within: Context | None = None
) -> Iterator[Span | None]:
    """A span; None while nobody wants any."""
    if on is None:
        yield None
        return
    from opentelemetry import trace

    of: SpanKind = trace.SpanKind[kind]
    attributes = dict(told or {})
    if mine := number.get():
        attributes["markoff.request.id"] = mine
    with on.tracer.start_as_current_span(
        name, within, of, attributes, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except Exception as error:
            failed(opened, type(error).__name__)
            raise


def failed(opened: Span | None, kind: str) -> None:
    """What went wrong, by its kind: words may hold somebody's data."""
    if opened is not None:
        from opentelemetry.trace import Status, StatusCode

        opened.set_attribute("error.type", kind)
        opened.set_status(Status(StatusCode.ERROR))


def tell(opened: Span | None, told: Mapping[str, Any]) -> None:
    """Attributes of a span; what is None is not told."""
    if opened is not None:
        for each, value in told.items():
            if value is not None:
                opened.set_attribute(each, value)


def content(opened: Span | None, told: Mapping[str, Any]) -> None:
    """Attributes that hold what people say: only where content is wanted."""
    if opened is not None and on is not None and on.content:
        tell(opened, {each: _text(value)[:LONGEST] for each, value in told.items()})


def turned(kind: str, data: Mapping[str, Any]) -> None:
    """Something happened in the turn whose span is open: who answered, and what, where content is told."""
    if on is None or kind not in ("heard", "reply", "confirm", "choice"):
        return
    from opentelemetry import trace

    opened = trace.get_current_span()
    if kind == "reply":
        tell(opened, {"markoff.engine": data["engine"], "markoff.failed_models": len(data["failed"])})
        content(opened, {"gen_ai.output.messages": data["text"]})
    elif kind == "heard":
        content(opened, {"gen_ai.input.messages": data["text"]})
    else:
        tell(opened, {"markoff.waits_for": kind})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def carried() -> dict[str, str]:
    """Headers for a request that is made for a person: their number, and where they are in the trace."""
    headers: dict[str, str] = {}
    if mine := number.get():
        headers[NUMBER] = mine
    if on is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(headers)
    return headers


async def carry(request: Any) -> None:
    """The same as an event hook of `httpx`."""
    headers: MutableMapping[str, str] = request.headers
    headers.update(carried())


def caller(headers: Mapping[str, str]) -> Context | None:
    """Where the caller is in its trace; None while nobody wants spans."""
    if on is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract(headers)
