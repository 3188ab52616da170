"""How long a copy of five million readings takes, and bringing it back, verified row by row."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from db import migrate
from deploy.keeping.restoring import opened, restore
from deploy.keeping.taking import take
from deploy.postgres import Postgres
from tests.bench import grown

pytestmark = pytest.mark.bench

SENSORS, STORED = 1000, 5_000_000


def quiet(stage: str, done: int, total: int) -> None:
    pass


@contextmanager
def measured(what: str, server: Postgres) -> Iterator[None]:
    began, used = time.monotonic(), time.process_time()
    yield
    seconds = time.monotonic() - began
    assert server.pid is not None
    print(
        f"{what:42} {seconds:6.1f} s, processor of ours {time.process_time() - used:5.1f} s, load {os.getloadavg()[0]:.1f}"
    )


async def grow(url: str) -> int:
    connection = await asyncpg.connect(url)
    await grown.build(connection, SENSORS, STORED)
    await connection.execute(
        "UPDATE telemetry.reading SET value = value + random()"
    )  # as hard to compress as real ones
    stored: int = await connection.fetchval("SELECT count(*) FROM telemetry.reading")
    await connection.close()
    return stored


def test_five_million_readings() -> None:
    """On a server that is as durable as an owner's."""
    with tempfile.TemporaryDirectory(prefix="markoff-bench-", dir="/tmp") as place:
        os.chmod(place, 0o755)  # noqa: PTH101
        with Postgres(Path(place) / "postgres") as server:
            for name in ("house", "again"):
                server.create_role(name)
                server.create_database(name, owner=name)
            house, again = server.url("house", "house"), server.url("again", "again")
            migrate.upgrade(house)
            stored = asyncio.run(grow(house))
            file = Path(place) / "house.backup"
            print(f"\n{stored} readings")
            with measured("backup, with checksums", server), file.open("wb") as out:
                made = take(out, house, None, None, quiet)
                os.fsync(out.fileno())
            print(f"{'file':42} {file.stat().st_size / 2**20:6.1f} MiB, {made.rows} rows")
            for what in ("restore into an empty database, verified", "restore over a house, verified"):
                with measured(what, server), opened(file) as copy:
                    restore(copy, again, None, quiet)
            print(f"{'memory of ours, at most':42} {psutil.Process().memory_info().rss / 2**20:6.0f} MiB")
