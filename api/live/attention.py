"""Readings come into the stream only while somebody follows them: this says that somebody does, and since when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from api.context import Parts
from db.listening import attend

SAID = 60.0
"""Seconds after which it is said again."""


class Attention:
    """What this process has said of its followers of readings."""

    def __init__(self, parts: Parts, missed: Callable[[], None]) -> None:
        self.parts = parts
        self.missed = missed
        """Called when it could not be said for too long, so that readings may have passed by unseen."""
        self._since = 0
        """The change after which all readings are in the stream."""
        self._until = 0.0
        """Monotonic time until which it need not be said again."""
        self._saying = asyncio.Lock()

    async def pay(self) -> int:
        """Have readings appended to the stream; the change after which all of them are there."""
        async with self._saying:
            if time.monotonic() < self._until:
                return self._since
            since = await attend(self.parts.pool, self.parts.clock)
            if self._since not in (0, since):  # what came meanwhile is not there
                self.missed()
            self._since, self._until = since, time.monotonic() + SAID
            return since
