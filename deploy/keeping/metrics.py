"""What the daily copies are like, as Prometheus reads it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

if TYPE_CHECKING:
    from deploy.keeping.routine import Status


class Metrics:
    """Of one process that makes copies."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.made = Gauge(
            "markoff_backup_last_success_timestamp_seconds", "When the last whole copy was made.", registry=registry
        )
        self.size = Gauge("markoff_backup_size_bytes", "Size of the last whole copy.", registry=registry)
        self.seconds = Gauge("markoff_backup_duration_seconds", "How long the last copy took.", registry=registry)
        self.failures = Counter("markoff_backup_failures", "Copies that failed.", registry=registry)

    def serve(self, address: str) -> None:
        """At `host:port`, as long as the process lives. Raises OSError."""
        host, _, port = address.rpartition(":")
        start_http_server(int(port), host or "127.0.0.1", registry=self.registry)

    def show(self, done: Status | None) -> None:
        """After each attempt."""
        if done is None:
            return
        if done.reason is not None:
            self.failures.inc()
        if done.made_at is not None:
            self.made.set(datetime.fromisoformat(done.made_at).timestamp())
            self.size.set(done.size)
            self.seconds.set(done.seconds)
