"""Hands the change stream on: one reader a process, any number of followers, each from its own place.

The hub listens for the wake-up, reads what is new once, and keeps the latest in memory. A follower is a number in the
stream: it takes what it lacks from memory, or from the table when it lies further back, so a slow one costs nothing and
misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator

import asyncpg

from db import changes, epochs
from db.changes import Change, CursorOfAnotherEpoch
from db.engine import Connection, Pool

log = logging.getLogger("markoff.live")

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""The database is away: one waits and tries again."""
PATIENCE = 5.0
"""Seconds after which one looks without having been woken."""
HEAVIEST = 16 << 20
"""Most characters of payloads in memory: batches of readings can be long."""
READERS = 2
"""Most connections of the pool for those who are far behind: they leave the others to who is not."""
PAUSE = 0.2
"""Seconds between attempts to reach the database."""
AGAIN = 2.0
"""Seconds after which what does not end is asked to again: as long as a session may take to end well, and more."""


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks that go on for ever, until they end: where the database goes at that very moment, its error takes
    the place of the cancellation, and they would go on."""
    while rest := [task for task in tasks if not task.done()]:
        for task in rest:
            task.cancel()
        await asyncio.wait(rest, timeout=AGAIN)


class Hub:
    """The stream of changes within this process."""

    def __init__(self, pool: Pool, memory: int = 2000) -> None:
        """`memory`: how many of the latest changes are kept."""
        self.pool = pool
        self.epoch = ""
        self.newest = 0
        self.listening = False
        self._memory = memory
        self._recent: deque[Change] = deque()
        self._weight = 0
        self._floor = 0
        """Everything above this number is in memory."""
        self._reading = asyncio.Semaphore(READERS)
        self._arrival = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Find where the stream stands, remember its latest, and begin to listen: many may come back to it at once.

        Raises asyncpg's errors when there is no database.
        """
        async with self.pool.acquire() as connection:
            await epochs.arrive(connection)
            self.epoch, self.newest = await changes.standing(connection)
            self._floor = max(0, self.newest - self._memory)
            for change in await changes.page(connection, self._floor, self._memory):
                if change.number <= self.newest:
                    self._remember(change)
        self._task = asyncio.create_task(self._run(), name="markoff hub")

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)

    async def place(self, cursor: str) -> int:
        """The number after which a cursor continues, once we are in its epoch. Raises CursorRefused."""
        epoch, number = changes.parsed(cursor)
        if epoch == self.epoch and any(change.number == number for change in reversed(self._recent)):
            return number
        async with self.pool.acquire() as connection:
            await changes.place(connection, cursor)
        while epoch != self.epoch:  # it has just begun
            await self._arrival.wait()
        return number

    async def follow(self, after: int | None = None) -> AsyncGenerator[Change, None]:
        """All changes after a number (None: from now on), once each, in order, without end.

        Raises CursorOfAnotherEpoch when the stream begins anew, CursorTooOld when one is slower than retention.
        """
        epoch, number = self.epoch, self.newest if after is None else after
        while True:
            arrival = self._arrival
            page = await self.page(epoch, number)
            for change in page:
                number = change.number
                yield change
            if not page:
                await arrival.wait()

    async def page(self, epoch: str, number: int) -> list[Change]:
        """Changes after a number, some at least where there are any; at the edge of the stream it does not wait.

        Raises CursorOfAnotherEpoch when the stream has begun anew, CursorTooOld when one is slower than retention.
        """
        if epoch != self.epoch:
            raise CursorOfAnotherEpoch(changes.cursor(epoch, number))
        return self._after(number) if number >= self._floor else await self._from_table(epoch, number)

    def _after(self, number: int) -> list[Change]:
        found: list[Change] = []
        for change in reversed(self._recent):
            if change.number <= number:
                break
            found.append(change)
        found.reverse()
        return found

    async def _from_table(self, epoch: str, number: int) -> list[Change]:
        while True:
            try:
                async with self._reading, self.pool.acquire() as connection:
                    await changes.place(connection, changes.cursor(epoch, number))
                    return await changes.page(connection, number)
            except TROUBLE as error:
                log.warning("a follower waits for the database: %r", error)
                await asyncio.sleep(PAUSE)

    async def _run(self) -> None:
        while True:
            try:
                async with self.pool.acquire() as connection:
                    await self._listen(connection)
            except TROUBLE as error:
                log.warning("not listening for changes: %r", error)
            except Exception:
                log.exception("the hub stumbled")
            await asyncio.sleep(PAUSE)

    async def _listen(self, connection: Connection) -> None:
        woken = asyncio.Event()
        doubtful = True
        """Whether the epoch may be another: at first, after a long silence, and when it is said."""

        def wake(*told: object) -> None:
            nonlocal doubtful
            doubtful = doubtful or told[-1] == changes.NEW_EPOCH
            woken.set()

        connection.add_termination_listener(wake)
        await connection.add_listener(changes.CHANNEL, wake)
        try:
            await epochs.arrive(connection)
            self.listening = True
            while not connection.is_closed():
                woken.clear()
                if doubtful:
                    doubtful = False
                    await self._look_at_epoch(connection)
                await self._read(connection)
                try:
                    async with asyncio.timeout(PATIENCE):  # wait_for can lose a cancellation (Python 3.11)
                        await woken.wait()
                except TimeoutError:
                    doubtful = True
        finally:
            self.listening = False
            if connection.is_closed():
                connection.terminate()  # with its listeners, with which a pool takes no connection back
            else:
                connection.remove_termination_listener(wake)
                await connection.remove_listener(changes.CHANNEL, wake)

    async def _read(self, connection: Connection) -> None:
        """Take in what is new, and wake the followers."""
        more = True
        while more:
            page = await changes.page(connection, self.newest)
            more = len(page) == changes.PAGE_SIZE
            if not page:
                return
            for change in page:
                self._remember(change)
            self.newest = page[-1].number
            self._wake()

    def _remember(self, change: Change) -> None:
        self._recent.append(change)
        self._weight += change.size
        while len(self._recent) > self._memory or self._weight > HEAVIEST:
            forgotten = self._recent.popleft()
            self._floor = forgotten.number
            self._weight -= forgotten.size

    async def _look_at_epoch(self, connection: Connection) -> None:
        """Begin anew where the stream has."""
        epoch, newest = await changes.standing(connection)
        if epoch != self.epoch:
            log.warning("the stream has begun anew: epoch %s", epoch)
            self.epoch, self.newest, self._floor = epoch, newest, newest
            self._recent.clear()
            self._weight = 0
            self._wake()

    def _wake(self) -> None:
        self._arrival.set()
        self._arrival = asyncio.Event()
