"""A lane in front of engines: so many requests and no more, one piece of work at a time, and given up when nobody
waits for it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from voice.faults import Fault
from voice.ports import Cancelled

T = TypeVar("T")
END = object()


class Lane:
    """One thread for engines that are used one at a time, and a bounded queue before it."""

    def __init__(self, name: str, waiting: int) -> None:
        self.name = name
        self.most = waiting + 1
        self.open = 0
        """Requests that have a place, the one at work among them."""
        self.pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for a request until it is done; `Fault` busy if there is none."""
        if self.open >= self.most:
            raise Fault("busy")
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def run(self, work: Callable[[Cancelled], T]) -> T:
        """The result of work done in the lane's thread. Cancelled while it waits, it never begins; cancelled while it
        runs, it is told so and ends at its next step."""
        stop = threading.Event()
        future: Future[T] = self.pool.submit(work, stop.is_set)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            stop.set()
            raise

    async def stream(self, work: Callable[[], Iterator[T]], patience: float) -> AsyncGenerator[T, None]:
        """What work yields in the lane's thread, as soon as it is there; `TimeoutError` if nothing comes so long."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Any] = asyncio.Queue()

        def pump(cancelled: Cancelled) -> None:
            for piece in work():
                if cancelled():
                    return
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        task = asyncio.ensure_future(self.run(pump))
        task.add_done_callback(lambda _: pieces.put_nowait(END))
        try:
            while True:
                async with asyncio.timeout(patience):  # wait_for forgets a cancellation when a piece is there
                    piece = await pieces.get()
                if piece is END:
                    break
                yield piece
            await task
        finally:
            task.cancel()

    def close(self) -> None:
        """Begin nothing more; what runs is left to end."""
        self.pool.shutdown(wait=False, cancel_futures=True)
