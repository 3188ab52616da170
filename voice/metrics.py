"""What the process did and how long each stage took, as Prometheus reads it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from voice import tracing

disable_created_metrics()  # type: ignore[no-untyped-call]

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histograms, in seconds."""
STAGES = ("decode", "vad", "transcribe", "spoken", "synthesise", "first_sound", "encode")
"""Stages, in the order in which they come."""
GAUGES = {
    "listening_requests": "Requests that listen, or wait for it.",
    "speaking_requests": "Requests that speak, or wait for it.",
    "notices": "What is not as good as it could be: /health says what.",
    "resident_bytes": "Memory of the process.",
}


class Stage:
    """How long one stage took each time."""

    def __init__(self, histogram: Histogram) -> None:
        self.histogram = histogram
        self.count = 0
        self.last = 0.0

    def add(self, seconds: float) -> None:
        self.histogram.observe(seconds)
        self.count += 1
        self.last = seconds


class Metrics:
    """What one server of this process counts."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        taken = Histogram(
            "markoff_voice_stage_seconds", "How long the stages took.", ["stage"], buckets=BOUNDS, registry=registry
        )
        self.stages = {name: Stage(taken.labels(name)) for name in STAGES}
        self._requests = Counter(
            "markoff_voice_requests", "Requests, by kind and outcome: ok, gone, or the code of a fault.",
            ["kind", "outcome"], registry=registry,
        )  # fmt: skip
        self.heard = Counter("markoff_voice_heard_seconds", "Sound that was listened to.", registry=registry)
        self.spoken = Counter("markoff_voice_spoken_seconds", "Sound that was spoken.", registry=registry)
        labels = ["role", "language", "engine", "model"]
        self._engine = Gauge("markoff_voice_engine", "1: who listens and who speaks, now.", labels, registry=registry)
        self._gauges = {
            name: Gauge(f"markoff_voice_{name}", about, registry=registry) for name, about in GAUGES.items()
        }

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measures what is done within, if it comes to an end."""
        begun = time.perf_counter()
        with tracing.stage(stage):
            yield
        self.stages[stage].add(time.perf_counter() - begun)

    def asked(self, kind: str, outcome: str) -> None:
        """A request has ended."""
        self._requests.labels(kind, outcome).inc()

    def text(self, gauges: Mapping[str, float], engines: Iterable[Mapping[str, str]]) -> str:
        """Everything, with these gauges and what is told of the engines."""
        self._engine.clear()
        for engine in engines:
            self._engine.labels(**engine).set(1)
        for name, value in gauges.items():
            self._gauges[name].set(value)
        return generate_latest(self.registry).decode()
