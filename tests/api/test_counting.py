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


def run(folder: Path, *arguments: str) -> dict[tuple[str, str], float]:
    """What a process that counts among others tells."""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return {
        (sample.name, sample.labels.get("code", sample.labels.get("le", ""))): sample.value
        for family in text_string_to_metric_families(done.stdout)
        for sample in family.samples
    }


def test_the_dead_are_summed_up(tmp_path: Path) -> None:
    for _ in range(2):
        run(tmp_path, "10")
    for counted in (21.0, 22.0):
        told = run(tmp_path, "1", "tell")
        assert told["markoff_api_faults_total", "TOO_SLOW"] == counted
        assert told["markoff_stream_telling_seconds_count", ""] == counted - 18
        assert told["markoff_stream_telling_seconds_bucket", "0.0025"] == counted - 18
        assert told["markoff_ingest_waiting_readings", ""] == 7, "only of who lives"
    numbers = {file.stem.rpartition("_")[2] for file in tmp_path.glob("*.db")}
    assert len(numbers) == 2, "those of the dead together, and of the one who told last"


def test_files_that_are_just_being_made_are_passed_over(tmp_path: Path) -> None:
    """A process makes a file and then gives it its length; it may be looked at, or killed, in between."""
    living, dead = os.getpid(), 2**22 + 1
    for kind in ("counter", "histogram", "gauge_livesum"):
        for process in (living, dead):
            (tmp_path / f"{kind}_{process}.db").touch()
    assert run(tmp_path, "3", "tell")["markoff_api_faults_total", "TOO_SLOW"] == 3
    assert not list(tmp_path.glob(f"*_{dead}.db"))
