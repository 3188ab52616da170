"""What counting costs: processor time of one operation with its statement, and of answering a scrape.

    uv run pytest tests/bench/bench_metrics.py -m bench -s

In a process of its own for each way: off, counting alone, and counting into files together with others (`--workers`).
What the whole costs of a floor query is in bench_tracing.py, beside traces.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ONCE = """
import json, statistics, sys, time
from api import counting, figures, metrics, standing
from db.intake import Report
from db.models import Door

metrics.Switch.on = sys.argv[1] == "on"
TIMES = 20_000

def operation():
    with metrics.asked() as asked:
        asked.operation = "floor"
        with metrics.Statement("reads"):
            pass

def plain():
    pass

def readings():
    metrics.taken(Door.NDJSON, Report(accepted=100))
    metrics.stored("committed", 0.01, 100)

def each(work, times=TIMES):
    rounds = []
    for _ in range(7):
        begun = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - begun) / times * 1e6)
    return statistics.median(rounds)

for number in range(60):  # as many operations as a house uses, each with its histogram
    with metrics.asked() as asked:
        asked.operation = f"operation{number}"
empty = each(plain)
print(json.dumps({
    "operation": each(operation) - empty, "transaction of readings": each(readings) - empty,
    "scrape": each(counting.told, 20), "bytes": len(counting.told()),
}))
"""


def measured(switch: str, folder: Path | None) -> dict[str, float]:
    environment = dict(os.environ) | ({"PROMETHEUS_MULTIPROC_DIR": str(folder)} if folder else {})
    done = subprocess.run(
        [sys.executable, "-c", ONCE, switch], env=environment, capture_output=True, text=True, check=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


@pytest.mark.bench
def test_what_counting_costs(tmp_path: Path) -> None:
    ways = {"off": ("off", None), "alone": ("on", None), "together, in files": ("on", tmp_path)}
    for name, (switch, folder) in ways.items():
        told = measured(switch, folder)
        print(
            f"  {name:20} {told['operation']:6.1f} µs an operation with its statement,"
            f" {told['transaction of readings']:6.1f} µs a transaction of readings,"
            f" {told['scrape'] / 1000:6.1f} ms a scrape of {told['bytes'] / 1024:.0f} KiB"
        )
