"""How long `markoff up` takes to be ready: on an empty folder with the demo, and on an existing database."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.deploy.conftest import fresh_folder
from tests.stories.house import House

TIMES = 5
BAR = 5.0
"""Seconds to ready on an existing database."""


def seconds_up(folder: Path, *arguments: str) -> float:
    began = time.monotonic()
    with House.up(folder, *arguments, patience=120):
        return time.monotonic() - began


@pytest.mark.bench
def test_start() -> None:
    with fresh_folder() as folder:
        first = seconds_up(folder)
        again = sorted(seconds_up(folder) for _ in range(TIMES))
    table = Table("markoff up to ready", "seconds", "at most")
    table.add_row("empty folder, demo planted", f"{first:.1f}", "–")
    table.add_row(f"existing database, median of {TIMES}", f"{again[TIMES // 2]:.1f}", f"{BAR:.0f}")
    table.add_row("existing database, slowest", f"{again[-1]:.1f}", "–")
    Console().print(table)
