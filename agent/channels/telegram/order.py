"""Updates in their order: each once, those of a chat one after another, chats side by side."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Hashable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from agent import tracing
from agent.channels.telegram import metrics

REMEMBERED = 10_000
"""Numbers of updates that are known as done."""
GAP = 0.3
"""Seconds for which an update waits for one with a lower number that is not there yet."""
MOST = 4096
"""Updates in hand, waiting ones included."""
AT_ONCE_TOO = "a:"
"""Taps under alarms begin so: they wait for no turn of their chat."""


class Order:
    """Takes updates from one queue and puts them in another: each once, by number, a gap waited for but shortly."""

    def __init__(self, inbox: asyncio.Queue[object], outbox: asyncio.Queue[object]) -> None:
        self.inbox = inbox
        self.outbox = outbox
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._held: dict[int, object] = {}
        self._next: int | None = None

    async def run(self) -> None:
        """To the end."""
        while True:
            try:
                async with asyncio.timeout(GAP if self._held else None):
                    update = await self.inbox.get()
            except TimeoutError:
                await self._go_on()
                continue
            if isinstance(update, Update):
                await self._take(update)

    async def finish(self) -> None:
        """Give what is still here, gaps or none: nothing more comes."""
        while not self.inbox.empty():
            if isinstance(update := self.inbox.get_nowait(), Update):
                await self._take(update)
        while self._held:
            await self._give(min(self._held))

    async def _take(self, update: Update) -> None:
        number = update.update_id
        if number not in self._seen:
            self._held.setdefault(number, update)
        begins = self._next is None and self.inbox.empty()
        if self._held and (begins or (self._next is not None and min(self._held) <= self._next)):
            await self._go_on()

    async def _go_on(self) -> None:
        """Give the lowest, and all that follow it without a gap."""
        await self._give(min(self._held))
        while self._held and self._next is not None and min(self._held) <= self._next:
            await self._give(min(self._held))

    async def _give(self, number: int) -> None:
        self._seen[number] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._next = max(number + 1, self._next or 0)
        await self.outbox.put(self._held.pop(number))


class PerChat(BaseUpdateProcessor):
    """Works on the updates of a chat one by one, and on so many chats at once."""

    def __init__(self, at_once: int) -> None:
        super().__init__(MOST)
        self._slots = asyncio.Semaphore(at_once)
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self.waiting: Counter[int] = Counter()
        """Updates of each chat that wait or are worked on."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Work on an update when its turn has come: under a number, and in a span, of its own."""
        kind = _kind(update)
        told = {"messaging.system": "telegram", "messaging.operation.type": "process"}
        metrics.UPDATES.labels(kind).inc()
        timed = metrics.UPDATE_SECONDS.labels(kind).time()
        with timed, tracing.numbered(), tracing.span(f"telegram {kind}", told, kind="CONSUMER"):
            await self._in_order(update, coroutine)

    async def _in_order(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        if not isinstance(update, Update) or chat is None:
            await coroutine
            return
        tap = update.callback_query.data if update.callback_query else None
        if (tap or "").startswith(AT_ONCE_TOO):
            await coroutine
            return
        lock = self._locks.setdefault(chat.id, asyncio.Lock())
        self.waiting[chat.id] += 1
        try:
            async with lock, self._slots:
                await coroutine
        finally:
            self.waiting[chat.id] -= 1
            if not self.waiting[chat.id]:
                del self.waiting[chat.id]

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""


def _kind(update: object) -> str:
    """What somebody did."""
    if not isinstance(update, Update):
        return "update"
    if update.callback_query is not None:
        return "tap"
    message = update.message
    if message is None:
        return "update"
    return "voice" if message.voice or message.audio else "command" if (message.text or "").startswith("/") else "text"


__all__ = ["Order", "PerChat"]
