"""Spans of what the voice process hears and says, by OpenTelemetry's interface; without any it pays nothing.

A caller's event may tell in its data where they are in their trace (`traceparent`) and under which number they do what
they do (`x-request-id`). What is said is never told.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

number: ContextVar[str] = ContextVar("markoff_voice_request", default="")
"""Of the request that is worked on; empty where there is none."""
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
tracer: Tracer | None = None
"""What makes spans; None while nobody wants any."""


def begin() -> None:
    """From now on spans are made; where they go has been set up by whoever started the process."""
    global tracer
    from opentelemetry import trace

    tracer = trace.get_tracer("markoff.voice")


@contextmanager
def request(kind: str, data: Mapping[str, Any]) -> Iterator[Span | None]:
    """A request of a caller: `hear` or `speak`, under its number."""
    given = str(data.get("x-request-id") or "")
    token = number.set(given if GIVEN.fullmatch(given) else secrets.token_hex(8))
    try:
        with _span(kind, data) as span:
            yield span
    finally:
        number.reset(token)


@contextmanager
def _span(kind: str, data: Mapping[str, Any]) -> Iterator[Span | None]:
    if tracer is None:
        yield None
        return
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {name: str(data[name]) for name in ("traceparent", "tracestate") if data.get(name)}
    within = TraceContextTextMapPropagator().extract(carrier)
    told = {"markoff.request.id": number.get()}
    with tracer.start_as_current_span(
        kind, within, trace.SpanKind.SERVER, told, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_attribute("error.type", str(getattr(error, "code", None) or type(error).__name__))
            span.set_status(trace.Status(trace.StatusCode.ERROR))
            raise


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A stage of a request: decode, vad, transcribe, synthesise, encode."""
    if tracer is None:
        yield
        return
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def tell(span: Span | None, **told: Any) -> None:
    """Attributes of a span."""
    if span is not None:
        for name, value in told.items():
            span.set_attribute(f"markoff.{name}", value)
