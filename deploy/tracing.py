"""Where the traces of a process go: to any collector that takes OTLP over HTTP, or nowhere.

Nothing waits for the collector: spans gather in a bounded queue, a thread sends them, and what a collector that is
away has no room for is dropped. That is logged once, and once again when it is back.
"""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, Any

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from db.settings import FileSettings
from deploy.folder import our_version
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

log = logging.getLogger("markoff.traces")

PATIENCE = 5.0
"""Seconds that a collector has to take a parcel."""
PARTING = 1.5
"""Seconds that the last spans have when a process ends."""
QUEUE, PARCEL, EVERY = 4096, 512, 2000
"""Spans that may wait, most of one parcel, milliseconds between two."""
LANGSMITH = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING")
"""By these names LangSmith's own tracing is switched on."""


class TracesSettings(FileSettings):
    """Traces, by OpenTelemetry."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_TRACES_", toml_table_header=("traces",))

    url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="The collector's address for OTLP over HTTP (http://otel:4318); without it nothing is traced.",
    )
    headers: SecretStr | None = Field(
        None, description="Headers that the collector wants, as name=value,name=value; a secret."
    )
    turns: float = Field(
        1.0, ge=0, le=1, description="The share of people's turns (Telegram, voice, terminal, web) that are traced."
    )
    requests: float = Field(
        0.1, ge=0, le=1, description="The share of other requests to the api, and of batches of readings, that are."
    )
    content: bool = Field(
        False, description="Whether what people say and are told, documents and variables are part of the traces."
    )
    langsmith: bool = Field(
        False,
        description="Whether LangSmith's own tracing may be on (LANGSMITH_TRACING): it sends content to its server.",
    )


def begin(part: str) -> None:
    """Trace this process (`api`, `agent`, `telegram`, `voice`, `ask`), if the settings say where to. Raises Trouble."""
    settings = TracesSettings()
    if not settings.langsmith:
        os.environ.update(dict.fromkeys(LANGSMITH, "false"))
    if settings.url is None:
        return
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        raise Trouble("traces.absent")
    from opentelemetry import trace

    trace.set_tracer_provider(_provider(part, settings))
    if part == "voice":
        import_module("voice.tracing").begin()
    elif part == "api":
        import_module("api.tracing").begin(settings.requests, settings.content)
    else:
        import_module("agent.tracing").begin(settings.content)


def _provider(part: str, settings: TracesSettings) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, TraceIdRatioBased

    named = {"service.namespace": "markoff", "service.name": f"markoff-{part}", "service.version": our_version()}
    roots = ALWAYS_ON if part == "api" else TraceIdRatioBased(settings.turns)  # the api itself chooses, for less
    provider = TracerProvider(
        resource=Resource.create(named),
        sampler=ParentBased(roots),
        span_limits=SpanLimits(max_events=8, max_links=64, max_attribute_length=8000),
        shutdown_on_exit=False,
    )
    assert settings.url is not None
    address = settings.url.rstrip("/").removesuffix("/v1/traces") + "/v1/traces"
    exporter = _quiet(OTLPSpanExporter(endpoint=address, headers=_headers(settings), timeout=PATIENCE), address)
    provider.add_span_processor(BatchSpanProcessor(exporter, QUEUE, EVERY, PARCEL))
    atexit.register(_end, provider, exporter)
    return provider


def _headers(settings: TracesSettings) -> dict[str, str] | None:
    if settings.headers is None:
        return None
    pairs = (pair.partition("=") for pair in settings.headers.get_secret_value().split(","))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _quiet(exporter: Any, address: str) -> Any:
    """An exporter that complains once, and says when it is well again."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Quiet(SpanExporter):
        away = False

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            result: SpanExportResult = exporter.export(spans)
            lost = result is not SpanExportResult.SUCCESS
            if lost and not self.away:
                log.warning("traces do not reach %s: they are dropped until it answers", address)
            elif self.away and not lost:
                log.info("traces reach %s again", address)
            self.away = lost
            return result

        def shutdown(self) -> None:
            exporter.shutdown()

    for name in ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Quiet()


def _end(provider: TracerProvider, exporter: Any) -> None:
    """Send what is left, but wait for it no longer than a moment, and not at all for a collector that is away."""
    sending = Thread(target=provider.shutdown, daemon=True)
    sending.start()
    sending.join(0 if exporter.away else PARTING)
