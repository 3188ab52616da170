"""PostgreSQL 15 as Debian has it, on a free port, for as long as a test needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.ports import free_port

BIN = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def postgresql_15() -> Iterator[str]:
    """The address of its administrator's database; skips where it is not installed."""
    if not BIN.exists():
        pytest.skip("PostgreSQL 15 is not here (apt-get install postgresql-15)")
    user = "postgres" if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="markoff-15-", dir="/tmp"))
    place.chmod(0o777)
    port = free_port()
    setup = [
        BIN / "initdb",
        "-D",
        place / "data",
        "-U",
        "postgres",
        "--auth=trust",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
        "-N",
    ]
    subprocess.run(setup, user=user, check=True, capture_output=True, cwd="/")
    words = [
        BIN / "postgres", "-D", place / "data", "-p", str(port), "-k", place, "-c", "listen_addresses=127.0.0.1",
        "-c", "fsync=off",
    ]  # fmt: skip
    server = subprocess.Popen(words, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        yield _ready(f"postgresql://postgres@127.0.0.1:{port}/postgres")
    finally:
        server.send_signal(2)
        server.wait(60)
        shutil.rmtree(place, ignore_errors=True)


def _ready(url: str) -> str:
    for _ in range(1200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return url
    raise AssertionError("PostgreSQL 15 does not start")
