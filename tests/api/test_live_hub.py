"""The hub: everything once and in order, through cuts, slow followers, several processes and new epochs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from api.live.hub import Hub
from db import changes
from db.changes import CursorOfAnotherEpoch, News
from db.engine import Pool
from tests.api.waiting import until
from tests.db.sensing import START, at


def something(number: int) -> News:
    return News(at(number), "alarm", 1, (), number, {"n": number})


async def say(pool: Pool, *numbers: int) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await changes.append(connection, [something(n) for n in numbers])


async def taken(stream: AsyncIterator[changes.Change], count: int) -> list[int]:
    async with asyncio.timeout(60):
        return [(await anext(stream)).payload["n"] for _ in range(count)]


@pytest.fixture
async def hub(pool: Pool) -> AsyncIterator[Hub]:
    hub = Hub(pool, memory=10)
    await hub.start()
    yield hub
    await hub.stop()


async def test_followers_get_what_comes(pool: Pool, hub: Hub) -> None:
    one, other = hub.follow(), hub.follow()
    waiting = asyncio.create_task(taken(one, 3))
    await asyncio.sleep(0)
    await say(pool, 1)
    await say(pool, 2, 3)
    assert await waiting == [1, 2, 3]
    await say(pool, 4)
    assert await taken(one, 1) == [4]
    beginning = asyncio.create_task(taken(other, 1))
    await asyncio.sleep(0.1)
    await say(pool, 5)
    assert await beginning == [5], "it begins when it is first asked"


async def test_who_comes_with_a_place_catches_up_and_goes_on(pool: Pool, hub: Hub) -> None:
    await say(pool, *range(1, 31))
    assert await taken(hub.follow(29), 1) == [30]
    for after in (0, 3, 19, 20, 25, 30):
        stream = hub.follow(after)
        assert await taken(stream, 30 - after) == list(range(after + 1, 31))
    stream = hub.follow(12)
    assert await taken(stream, 5) == [13, 14, 15, 16, 17]
    await say(pool, *range(31, 60))
    assert await taken(stream, 42) == list(range(18, 60))


async def test_a_hub_that_lost_its_line_catches_up(pool: Pool, hub: Hub) -> None:
    stream = hub.follow(0)
    for round_ in range(5):
        await say(pool, round_ * 30)
        assert await taken(stream, 1) == [round_ * 30]
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await say(pool, *range(round_ * 30 + 1, round_ * 30 + 30))
        assert await taken(stream, 29) == list(range(round_ * 30 + 1, round_ * 30 + 30))


async def test_a_hub_stops_though_its_line_is_cut_at_that_moment(database: str, pool: Pool) -> None:
    hub = Hub(pool)
    await hub.start()

    async def listens() -> bool:
        return hub.listening

    await until(listens)
    with psycopg.connect(database, autocommit=True) as other:  # nothing else goes on meanwhile: nobody has noticed
        cut = (
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        other.execute(cut)
    stopped, _ = await asyncio.wait([asyncio.create_task(hub.stop())], timeout=60)
    assert stopped


async def test_a_new_epoch_ends_what_was_followed(pool: Pool, hub: Hub) -> None:
    stream = hub.follow(0)
    await say(pool, 1)
    assert await taken(stream, 1) == [1]
    async with pool.acquire() as connection:
        await changes.begin_epoch(connection, START)
    await say(pool, 2)
    with pytest.raises(CursorOfAnotherEpoch):
        await taken(stream, 2)  # one may just have been told before the hub knew
    await say(pool, 3)
    await until(lambda: _read_up_to(hub, 3))
    waiting = asyncio.create_task(taken(hub.follow(), 1))
    await asyncio.sleep(0)
    await say(pool, 4)
    assert await waiting == [4]


async def _read_up_to(hub: Hub, number: int) -> bool:
    return hub.newest == number


async def test_writers_of_other_processes_are_heard(pool: Pool) -> None:
    """Two hubs, as two processes have, four writers at once: both tell the same story."""
    hubs = [Hub(pool, memory=7), Hub(pool, memory=100)]
    for hub in hubs:
        await hub.start()
    streams = [hub.follow(0) for hub in hubs]
    listening = [asyncio.create_task(taken(stream, 200)) for stream in streams]

    async def writer(first: int) -> None:
        for n in range(first, first + 50, 2):
            await say(pool, n, n + 1)

    await asyncio.gather(*(writer(n * 50) for n in range(4)))
    one, other = await asyncio.gather(*listening)
    assert one == other
    assert sorted(one) == list(range(200))
    for hub in hubs:
        await hub.stop()
