"""What the process did and how long each stage took, as Prometheus reads it (text format 0.0.4)."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from voice import tracing

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histograms, in seconds."""
STAGES = ("decode", "vad", "transcribe", "spoken", "synthesise", "first_sound", "encode")
"""Stages, in the order in which they come."""


@dataclass
class Stage:
    """How long one stage took each time."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0
    last: float = 0.0

    def add(self, seconds: float) -> None:
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
        self.last = seconds

    @property
    def count(self) -> int:
        return sum(self.buckets)


class Metrics:
    """Counted in the event loop's thread only."""

    def __init__(self) -> None:
        self.stages = {name: Stage() for name in STAGES}
        self.requests: Counter[tuple[str, str]] = Counter()
        """By kind and outcome: `ok`, or the code of a fault."""
        self.heard_seconds = 0.0
        self.spoken_seconds = 0.0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measures what is done within, if it comes to an end."""
        begun = time.perf_counter()
        with tracing.stage(stage):
            yield
        self.stages[stage].add(time.perf_counter() - begun)

    def text(self, gauges: Mapping[str, float], engines: Iterable[Mapping[str, str]]) -> str:
        """Everything, with these gauges and what is told of the engines."""
        lines = list(self._stage_lines())
        lines += ["# TYPE markoff_voice_requests_total counter"]
        for (kind, outcome), count in sorted(self.requests.items()):
            lines.append(f'markoff_voice_requests_total{{kind="{kind}",outcome="{outcome}"}} {count}')
        for name, value in (("heard", self.heard_seconds), ("spoken", self.spoken_seconds)):
            lines += [f"# TYPE markoff_voice_{name}_seconds_total counter"]
            lines += [f"markoff_voice_{name}_seconds_total {value:.3f}"]
        lines += ["# HELP markoff_voice_engine Who listens and who speaks, now.", "# TYPE markoff_voice_engine gauge"]
        for engine in engines:
            labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in engine.items())
            lines.append(f"markoff_voice_engine{{{labels}}} 1")
        for name, number in gauges.items():
            lines += [f"# TYPE markoff_voice_{name} gauge", f"markoff_voice_{name} {number:g}"]
        return "\n".join(lines) + "\n"

    def _stage_lines(self) -> Iterator[str]:
        yield "# HELP markoff_voice_stage_seconds How long the stages took."
        yield "# TYPE markoff_voice_stage_seconds histogram"
        for name, stage in self.stages.items():
            below = 0
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), stage.buckets, strict=True):
                below += count
                yield f'markoff_voice_stage_seconds_bucket{{stage="{name}",le="{bound}"}} {below}'
            yield f'markoff_voice_stage_seconds_sum{{stage="{name}"}} {stage.total:.6f}'
            yield f'markoff_voice_stage_seconds_count{{stage="{name}"}} {stage.count}'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
