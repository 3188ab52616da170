"""What the tests of processes share: short folders that an unprivileged PostgreSQL can reach, and owners to kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from deploy.postgres import Postgres
with Postgres(Path(sys.argv[1]), durable=True, report=lambda code, _: print(code, flush=True)) as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder to be, under /tmp: pytest's own is closed to the user PostgreSQL runs as when we are root."""
    place = Path(tempfile.mkdtemp(prefix="markoff-test-", dir="/tmp"))
    place.chmod(0o755)
    yield place / "house"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with fresh_folder() as folder:
        yield folder


@pytest.fixture
def owner(folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts another process that holds the PostgreSQL of `folder` and prints its pid."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    wait_until(lambda: not servers_of(folder))


def lives(process: psutil.Process) -> bool:
    """Whether it has not ended; it may end while it is looked at."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def servers_of(folder: Path) -> list[psutil.Process]:
    """The running PostgreSQL servers on this folder; a child that has just begun still bears its server's words."""
    found = {}
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and str(folder) in " ".join(process.cmdline()):
                found[process.pid] = (process, process.ppid())
        except psutil.NoSuchProcess:
            continue
    return [process for process, parent in found.values() if parent not in found and lives(process)]


def wait_until(
    true: Callable[[], bool], seconds: float = 60, why: Callable[[], object] = lambda: "it did not happen in time"
) -> None:
    """Fail when it does not become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


def ordinary_python() -> tuple[str, dict[str, str]]:
    """A Python that any user can run, with our packages; skips when there is none or we are not root."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    site = Path(psutil.__file__).parents[1]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        environment = {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{site}",
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            subprocess.run(
                [candidate, "-c", "import psycopg, deploy.postgres"],
                user="nobody",
                group="nogroup",
                extra_groups=[],
                env=environment,
                cwd="/",
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate, environment
    pytest.skip("no Python here that an ordinary user can run")
