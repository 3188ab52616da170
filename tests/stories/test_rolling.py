"""Processes are started anew one after the other under load: no request fails, nobody misses a change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Pool
from tests.stories.rolling import started_anew


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that programs can reach which run as somebody else than we."""
    with tempfile.TemporaryDirectory(prefix="markoff-edge-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_two_processes_behind_nginx(database: str, pool: Pool, folder: Path) -> None:
    await started_anew(database, pool, folder, rate=50, calm=1)
