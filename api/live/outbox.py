"""What waits to be sent to one client: in order, and bounded, so that a slow client costs no more than its outbox."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes over the line."""

    text: str
    to: Any = None
    """For whom on the line it is, if it tells of a change."""
    number: int = 0
    """Of that change."""


class Outbox:
    """Letters for one client; one task puts them out, any may put them in."""

    def __init__(self, most: int, size: int) -> None:
        """`most` letters, `size` characters."""
        self.most = most
        self.size = size
        self.moved = time.monotonic()
        """When it was last empty, or a letter last left."""
        self._letters: deque[Letter] = deque()
        self._waiting = 0
        self._arrived = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()

    def __len__(self) -> int:
        return len(self._letters)

    def put(self, letter: Letter) -> bool:
        """Whether there was room: without, nothing is put in. A letter that is longer than the box goes in alone."""
        if self._letters and (len(self._letters) >= self.most or self._waiting + len(letter.text) > self.size):
            return False
        self.press(letter)
        return True

    def press(self, letter: Letter) -> None:
        """Put a letter in, room or not."""
        if not self._letters:
            self.moved = time.monotonic()
        self._letters.append(letter)
        self._waiting += len(letter.text)
        if 2 * len(self._letters) > self.most or 2 * self._waiting > self.size:
            self._roomy.clear()
        self._arrived.set()

    async def next(self) -> Letter:
        """The next letter, as soon as there is one."""
        while not self._letters:
            self._arrived.clear()
            await self._arrived.wait()
        letter = self._letters.popleft()
        self._waiting -= len(letter.text)
        self.moved = time.monotonic()
        if 2 * len(self._letters) <= self.most and 2 * self._waiting <= self.size:
            self._roomy.set()
        return letter

    async def room(self) -> None:
        """Wait until it is at most half full."""
        await self._roomy.wait()

    def clear(self) -> None:
        self._letters.clear()
        self._waiting = 0
        self._roomy.set()
