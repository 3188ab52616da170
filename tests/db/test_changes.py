"""The stream: number order is commit order; cursors are continued, or refused for a reason."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from db import changes
from db.changes import Change, CursorMalformed, CursorOfAnotherEpoch, CursorTooOld, News
from db.engine import Connection, Pool, create_engine, writing
from tests.db.sensing import START, at


def something(seconds: float = 0, building: int = 1, tenants: tuple[int, ...] = ()) -> News:
    return News(at(seconds), "alarm", building, tenants, 7, {"kind": "RAISED", "note": "«тревога» \\u0000 \" '"})


async def test_what_is_appended_is_read_in_order_and_pages(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await changes.append(connection, []) is None
        async with connection.transaction():
            assert await changes.append(connection, [something(n, tenants=(n, n + 1)) for n in range(5)]) == 5
        first = await changes.page(connection, 0, 3)
        rest = await changes.page(connection, first[-1].number)
    assert [change.number for change in first + rest] == [1, 2, 3, 4, 5]
    assert first[2] == Change(3, at(2), "alarm", 1, frozenset((2, 3)), 7, something().payload)


async def test_numbers_are_taken_in_the_order_of_commits(pool: Pool) -> None:
    """A writer that appends first and commits late holds the others back: no number shows up behind a reader."""
    async with pool.acquire() as slow, pool.acquire() as fast, pool.acquire() as reader:
        transaction = slow.transaction()
        await transaction.start()
        await changes.append(slow, [something(1)])
        other = asyncio.create_task(changes.append(fast, [something(2)]))
        await asyncio.sleep(0.1)
        assert not other.done()
        assert await changes.page(reader, 0) == []
        await transaction.commit()
        assert await other == 2
        assert [change.at for change in await changes.page(reader, 0)] == [at(1), at(2)]


async def test_a_reader_never_meets_a_number_below_one_it_has_seen(pool: Pool) -> None:
    done = False

    async def writer() -> None:
        for _ in range(30):
            async with pool.acquire() as connection, connection.transaction():
                await changes.append(connection, [something(), something()])

    async def reader() -> list[int]:
        seen: list[int] = []
        while True:
            last = done
            async with pool.acquire() as connection:
                seen += [change.number for change in await changes.page(connection, seen[-1] if seen else 0)]
            if last:
                return seen

    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer() for _ in range(5)))
    done = True
    assert await reading == list(range(1, 301))


async def test_listeners_wake_at_commit(pool: Pool) -> None:
    woken = asyncio.Event()
    async with pool.acquire() as listener, pool.acquire() as connection:

        def wake(*_: object) -> None:
            woken.set()

        await listener.add_listener(changes.CHANNEL, wake)
        async with connection.transaction():
            await changes.append(connection, [something()])
            await asyncio.sleep(0.05)
            assert not woken.is_set()
        await asyncio.wait_for(woken.wait(), 60)
        await listener.remove_listener(changes.CHANNEL, wake)


async def test_cursors(pool: Pool) -> None:
    async with pool.acquire() as connection:
        epoch, newest = await changes.standing(connection)
        assert newest == 0
        await changes.append(connection, [something(n) for n in range(3)])
        assert await changes.standing(connection) == (epoch, 3)
        for number in range(4):
            assert await changes.place(connection, changes.cursor(epoch, number)) == number
        await _refused(connection, changes.cursor(epoch, 4), CursorOfAnotherEpoch)
        await _refused(connection, changes.cursor("other", 1), CursorOfAnotherEpoch)
        for text in ("", "x", "????", "42", changes.cursor(epoch, 3) + "=", changes.cursor("", 3), "ы", "\0"):
            await _refused(connection, text, CursorMalformed)


async def test_what_is_forgotten_is_told(pool: Pool) -> None:
    async with pool.acquire() as connection:
        epoch, _ = await changes.standing(connection)
        await changes.append(connection, [something(n) for n in range(5)])
        assert await changes.forget(connection, at(2)) == 2
        await _refused(connection, changes.cursor(epoch, 2), CursorTooOld)
        assert await changes.place(connection, changes.cursor(epoch, 3)) == 3
        assert await changes.forget(connection, START + timedelta(days=1)) == 2
        assert await changes.place(connection, changes.cursor(epoch, 5)) == 5, "the newest is kept"


async def test_a_restored_house_begins_another_epoch(pool: Pool) -> None:
    async with pool.acquire() as connection:
        epoch, _ = await changes.standing(connection)
        await changes.append(connection, [something()])
        old = changes.cursor(epoch, 1)
        new = await changes.begin_epoch(connection, START)
        await _refused(connection, old, CursorOfAnotherEpoch)
        assert await changes.place(connection, changes.cursor(new, 1)) == 1


async def _refused(connection: Connection, text: str, kind: type[changes.CursorRefused]) -> None:
    with pytest.raises(kind):
        await changes.place(connection, text)


async def test_writers_by_session_append_in_their_transaction(database: str, pool: Pool) -> None:
    engine = create_engine(database, 2)
    try:
        async with writing(engine) as session:
            await changes.append(await changes.driver(session), [something()])
            await session.rollback()
        async with writing(engine) as session:
            await changes.append(await changes.driver(session), [something()])
            async with pool.acquire() as connection:
                assert await changes.page(connection, 0) == []
            await session.commit()
        async with pool.acquire() as connection:
            [change] = await changes.page(connection, 0)
        assert change.payload == something().payload
    finally:
        await engine.dispose()
