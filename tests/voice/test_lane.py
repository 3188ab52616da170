"""The lane in front of an engine: one at a time, so many and no more, and nothing done that nobody waits for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from voice.faults import Fault
from voice.lane import Lane


async def test_one_works_and_the_others_wait_as_many_as_may() -> None:
    lane, go, at_work = Lane("test", waiting=1), threading.Event(), []

    async def ask(name: str) -> str:
        with lane.place():
            return await lane.run(lambda _: at_work.append(name) or (go.wait(60) and name))

    first, second = asyncio.create_task(ask("first")), asyncio.create_task(ask("second"))
    async with asyncio.timeout(60):
        while not at_work or lane.open < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    with pytest.raises(Fault) as told:
        await ask("third")
    assert told.value.code == "busy"
    assert at_work == ["first"]
    go.set()
    assert await asyncio.gather(first, second) == ["first", "second"]
    assert lane.open == 0
    lane.close()


async def test_what_nobody_waits_for_never_begins() -> None:
    lane, go, begun = Lane("test", waiting=5), threading.Event(), threading.Event()
    first = asyncio.create_task(lane.run(lambda _: go.wait(60)))
    second = asyncio.create_task(lane.run(lambda _: begun.set()))
    await asyncio.sleep(0.02)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    go.set()
    assert await first
    await lane.run(lambda _: None)
    assert not begun.is_set()
    lane.close()


async def test_what_runs_is_told_that_nobody_waits_any_more() -> None:
    lane, stopped, running = Lane("test", waiting=5), threading.Event(), threading.Event()

    def pieces() -> Iterator[int]:
        try:
            for number in range(10_000):
                running.set()
                yield number
                threading.Event().wait(0.001)
        finally:
            stopped.set()

    async def listen() -> None:
        async for _ in lane.stream(pieces, patience=60):
            pass

    task = asyncio.create_task(listen())
    await asyncio.to_thread(running.wait, 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await asyncio.to_thread(stopped.wait, 60)
    lane.close()


async def test_an_engine_that_fails_in_the_middle_is_told() -> None:
    lane, got = Lane("test", waiting=5), []

    def pieces() -> Iterator[int]:
        yield 1
        raise RuntimeError("the card is gone")

    async def listen() -> None:
        async for piece in lane.stream(pieces, patience=60):
            got.append(piece)

    with pytest.raises(RuntimeError, match="the card is gone"):
        await listen()
    assert got == [1]
    lane.close()


async def test_an_engine_that_says_nothing_is_not_waited_for() -> None:
    lane, go = Lane("test", waiting=5), threading.Event()
    with pytest.raises(TimeoutError):
        await anext(lane.stream(lambda: iter([go.wait(60)]), patience=0.05))
    go.set()
    lane.close()
