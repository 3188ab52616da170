"""How long `markoff up` takes to be ready, on an empty folder and on an existing database, and to its first answer."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from rich.table import Table

from tests.deploy.conftest import fresh_folder
from tests.stories.house import MARKOFF, House, environment

TIMES = 5
BAR = 5.0
"""Seconds to ready on an existing database."""
FIRST_BAR = 20.0
"""Seconds from an empty folder to the answer of the first question."""


def seconds_up(folder: Path, *arguments: str) -> float:
    began = time.monotonic()
    with House.up(folder, *arguments, patience=120):
        return time.monotonic() - began


def seconds_to_an_answer(folder: Path, page: Path) -> tuple[float, str]:
    """From nothing, with the page built as an installation has it, to the reply to a first question."""
    began = time.monotonic()
    shown = {"MARKOFF_PLAYGROUND_ENABLED": "true", "MARKOFF_PLAYGROUND_FOLDER": str(page)}
    with House.up(folder, patience=120, settings=shown) as house:
        reply = str(house.ask("Где сейчас душно?")["reply"])
        seconds = time.monotonic() - began
        browser = httpx.get(f"{house.api}/graphql", headers={"accept": "text/html"})
        assert "main.js" in browser.text
    return seconds, reply


@pytest.mark.bench
def test_first_answer(tmp_path: Path) -> None:
    """The page is built once by a command of its own; what that takes is told, and is not part of the start."""
    began = time.monotonic()
    markoff("playground", "build", "--to", str(tmp_path / "page"))
    building = time.monotonic() - began
    with fresh_folder() as folder:
        seconds, reply = seconds_to_an_answer(folder, tmp_path / "page")
    assert "CO2" in reply
    table = Table("cold start on an empty folder", "seconds", "at most")
    table.add_row("to the answer of the first question", f"{seconds:.1f}", f"{FIRST_BAR:.0f}")
    table.add_row("the page, once, from the npm registry", f"{building:.1f}", "–")
    Console().print(table)


def markoff(*arguments: str) -> None:
    subprocess.run([MARKOFF, *arguments], check=True, env=environment())


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
