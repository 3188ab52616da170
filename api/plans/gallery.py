"""The pictures of one api process: drawn by a few threads, each once however many ask, the last ones kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from api.errors import Fault

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

AGAIN = 2
"""Seconds after which somebody may ask again when too many pictures wait."""


class Shelf(Generic[K, V]):
    """What was made last, at most so much of it by weight."""

    def __init__(self, most: int, weight: Callable[[V], int]) -> None:
        self.most = most
        self.weight = weight
        self.weighs = 0
        self.things: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self.things.get(key)
        if found is not None:
            self.things.move_to_end(key)
        return found

    def keep(self, key: K, thing: V) -> None:
        if key in self.things:
            self.weighs -= self.weight(self.things.pop(key))
        self.things[key] = thing
        self.weighs += self.weight(thing)
        while self.weighs > self.most and len(self.things) > 1:
            _, gone = self.things.popitem(last=False)
            self.weighs -= self.weight(gone)


class Studio:
    """Threads that draw; `waiting` is how many works may wait for one."""

    def __init__(self, drawers: int, waiting: int) -> None:
        self.threads = ThreadPoolExecutor(drawers, thread_name_prefix="plans")
        self.most = drawers + waiting
        self.open: dict[Hashable, asyncio.Future[Any]] = {}

    async def make(self, key: Hashable, work: Callable[[], V]) -> V:
        """What the work makes; who asks for the same meanwhile waits for it too. Raises TOO_MANY_PICTURES."""
        running = self.open.get(key)
        if running is None:
            if len(self.open) >= self.most:
                raise Fault("TOO_MANY_PICTURES", seconds=AGAIN)
            running = asyncio.get_running_loop().run_in_executor(self.threads, work)
            self.open[key] = running
            running.add_done_callback(lambda _: self.open.pop(key, None))
        made: V = await asyncio.shield(running)
        return made

    def close(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
