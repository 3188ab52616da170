"""Two processes of the api behind nginx started anew under 300 requests a second: what fails, what is missed, what waits.

uv run pytest tests/bench/bench_rolling.py -m bench -s
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Pool
from tests.stories.rolling import started_anew


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="markoff-edge-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.bench
async def test_a_rolling_restart(database: str, pool: Pool, folder: Path) -> None:
    load = await started_anew(database, pool, folder, rate=300, calm=5)
    print(f"\n{load.sent} requests, {load.sent / load.seconds:.0f} a second: {len(load.failed)} failed")
    print(f"{len(load.reported)} changes, each told once and in order to 3 WebSockets and 3 event streams")
    print(f"the slowest request: {load.slowest * 1000:.0f} ms")
