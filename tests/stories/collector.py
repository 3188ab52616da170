"""A collector that speaks OTLP over HTTP in protobuf, as any real one: it keeps the spans, and knows their trees."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Span:
    """One span, as it came."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    told: dict[str, Any]
    links: tuple[str, ...]
    failed: bool
    begun: int
    ended: int


@dataclass
class Collector:
    """Everything that came so far."""

    spans: list[Span] = field(default_factory=list)
    address: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            service = {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"]
            for scope in resource.scope_spans:
                for one in scope.spans:
                    told = {each.key: _value(each.value) for each in one.attributes}
                    links = tuple(link.span_id.hex() for link in one.links)
                    made = Span(
                        service, one.name, one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex(), told, links,
                        one.status.code == 2, one.start_time_unix_nano, one.end_time_unix_nano,
                    )  # fmt: skip
                    self.spans.append(made)

    def until(self, holds: Callable[[list[Span]], Any], patience: float = 60.0) -> Any:
        """What holds of the spans, as soon as it does."""
        end = time.monotonic() + patience
        while not (found := holds(list(self.spans))):
            assert time.monotonic() < end, sorted({(one.service, one.name) for one in self.spans})
            time.sleep(0.05)
        return found

    def tree(self, root: Span) -> list[Span]:
        """All spans of a trace that hang on this one, itself included."""
        found, ids = [root], {root.id}
        while more := [one for one in self.spans if one.parent in ids and one.id not in ids]:
            found += more
            ids |= {one.id for one in more}
        return found

    def above(self, span: Span) -> list[str]:
        """Names from a span up to its root."""
        known = {one.id: one for one in self.spans}
        names = [span.name]
        while span.parent in known:
            span = known[span.parent]
            names.append(span.name)
        return names

    def drawn(self, root: Span, depth: int = 0) -> str:
        """The tree as lines, for whoever reads a failure."""
        children = sorted((one for one in self.spans if one.parent == root.id), key=lambda one: one.begun)
        line = f"{'  ' * depth}{root.service}: {root.name} {(root.ended - root.begun) / 1e6:.1f} ms\n"
        return line + "".join(self.drawn(one, depth + 1) for one in children)


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a port of its own."""
    collector = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.headers.append(dict(self.headers))
            if self.path == "/v1/traces" and collector.status == 200:
                collector.take(body)
            self.send_response(collector.status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
