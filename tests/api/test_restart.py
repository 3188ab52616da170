"""Killed and started again: what was confirmed is done once, and what was shown can still be confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from db.audit import verify
from db.engine import Pool
from tests.api.caller import Caller
from tests.api.process import Process
from tests.api.waiting import until
from tests.world import World


def lease(number: int) -> dict[str, Any]:
    return {"building": "alpha", "tenant": "Гамма", "number": f"Н-{number}", "start": "2026-12-01"}


@pytest.fixture
async def process(database: str, world: World) -> AsyncIterator[Process]:
    process = Process(database)
    process.start()
    yield process
    process.close()


@pytest.fixture
async def agent(process: Process, world: World) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(base_url=process.url, timeout=60) as http:
        yield Caller(http).as_user(world.user["manager"], acting="agent")


async def test_a_confirmation_outlives_the_process(agent: Caller, process: Process) -> None:
    tried = await agent.create_lease(**lease(1), dry_run=True)
    process.kill()
    process.start()
    done = await agent.create_lease(**lease(1), confirmation=tried["confirmation"])
    assert done["__typename"] == "Lease"
    process.kill()
    process.start()
    again = await agent.create_lease(**lease(1), confirmation=tried["confirmation"])
    assert again["__typename"] == "ConfirmationUsed"
    assert done["id"] in again["message"]


async def test_killed_in_the_middle_everything_is_done_once(agent: Caller, process: Process, pool: Pool) -> None:
    """Callers who got no answer ask again, with the same confirmation."""
    numbers = range(12)
    tried = [await agent.create_lease(**lease(number), dry_run=True) for number in numbers]

    async def confirm(number: int) -> str | None:
        try:
            result = await agent.create_lease(**lease(number), confirmation=tried[number]["confirmation"])
            return str(result["__typename"])
        except httpx.HTTPError:
            return None

    async def some_are_done() -> bool:
        return bool(await pool.fetchval("SELECT count(*) > 2 FROM security.confirmation"))

    async def axe() -> None:
        await until(some_are_done)
        process.kill()

    first, _ = await asyncio.gather(asyncio.gather(*map(confirm, numbers)), axe())
    process.start()
    second = [await confirm(number) for number in numbers]
    assert {one for one in first if one} <= {"Lease"}
    assert set(second) <= {"Lease", "ConfirmationUsed"}
    for before, after in zip(first, second, strict=True):
        assert before != "Lease" or after == "ConfirmationUsed"
    assert await pool.fetchval("SELECT count(*) FROM business.lease WHERE number LIKE 'Н-%'") == len(numbers)
    assert await pool.fetchval("SELECT count(*) FROM security.confirmation") == len(numbers)
    async with pool.acquire() as connection:
        assert await verify(connection) is None
    assert await pool.fetchval("SELECT count(*) FROM security.audit") == len(numbers)
