"""Processes that count together: what the dead have counted stays, what they stood for does not, their files go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

COUNT = """
import sys
from api import counting, metrics, standing
metrics.FAULTS.labels("TOO_SLOW").inc(int(sys.argv[1]))
metrics.TELLING_SECONDS.observe(0.002)
standing.WAITING.set(7)
if len(sys.argv) > 2:
    sys.stdout.write(counting.told().decode())
"""


def test_the_dead_are_summed_up(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", COUNT, *arguments], env=environment, capture_output=True, text=True, check=True
        ).stdout

    for _ in range(2):
        run("10")
    for counted in (21.0, 22.0):
        told = {
            (sample.name, sample.labels.get("code", sample.labels.get("le", ""))): sample.value
            for family in text_string_to_metric_families(run("1", "tell"))
            for sample in family.samples
        }
        assert told["markoff_api_faults_total", "TOO_SLOW"] == counted
        assert told["markoff_stream_telling_seconds_count", ""] == counted - 18
        assert told["markoff_stream_telling_seconds_bucket", "0.0025"] == counted - 18
        assert told["markoff_ingest_waiting_readings", ""] == 7, "only of who lives"
    numbers = {file.stem.rpartition("_")[2] for file in tmp_path.glob("*.db")}
    assert len(numbers) == 2, "those of the dead together, and of the one who told last"
