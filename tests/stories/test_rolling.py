"""Processes are started anew one after the other under load: no request fails, nobody misses a change."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import changes
from db.engine import Pool
from tests.deploy.edge import edge
from tests.stories.alive import Furnished
from tests.stories.rolling import Listener, Load, serving

TOLD = "SELECT payload->'event'->>'text' FROM live.change WHERE kind = 'event' ORDER BY number"


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that programs can reach which run as somebody else than we."""
    with tempfile.TemporaryDirectory(prefix="markoff-edge-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_two_processes_behind_nginx(database: str, pool: Pool, folder: Path) -> None:
    house = await Furnished.at(pool, 10)
    async with pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    with (
        serving(database, folder, 2) as processes,
        edge(folder, [process.address for process in processes], RATE_ASKING="5000r/s") as nginx,
    ):
        for process in processes:
            await process.ready()
        by_socket = [Listener(nginx, house.token, beginning) for _ in range(3)]
        by_events = [Listener(nginx, house.token, beginning) for _ in range(3)]
        following = [asyncio.create_task(one.by_socket()) for one in by_socket]
        following += [asyncio.create_task(one.by_events()) for one in by_events]
        load = Load(nginx, house.token, house.key, rate=50)
        asking = asyncio.create_task(load.run())
        for process in processes:
            await asyncio.sleep(1)
            await process.leave()
            process.start()
            await process.ready()
        await asyncio.sleep(1)
        load.end()
        await asking
        assert load.failed == []
        assert load.sent > 100
        told = [row[0] for row in await pool.fetch(TOLD)]
        assert sorted(told) == sorted(load.reported)
        assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == load.read
        for listener in (*by_socket, *by_events):
            async with asyncio.timeout(20):
                while len(listener.told) < len(told):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert listener.told == told
            assert listener.came > 1
        assert {closing for one in by_socket for closing in one.closings} == {"1012 Restarting"}
        assert {closing for one in by_events for closing in one.closings} == {"end"}
        for task in following:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*following)
