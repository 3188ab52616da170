"""Lets time act in the house: in one process at a time, the one that holds the lock; another takes over if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from api.live.hub import PAUSE, TROUBLE
from db.clock import Clock
from db.engine import Connection, Pool
from db.ticks import Due, due, turn

log = logging.getLogger("markoff.live")

LOCK = 0x6D6B_7469  # "mkti"
"""Held by the session that ticks."""
ROUND = 0.25
"""Seconds between looks at the clock and at what is due."""
GRACE = 1.0
"""Seconds (real) for which a deadline has to be due before it counts: the reading that decides it may be on its way,
alone or in the next part of a device's buffer."""
MOST = 2000
"""Deadlines looked at in one round."""


class Ticker:
    """The ticking of this process, and the reading of the house's clock as other processes set it."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self.pool = pool
        self.clock = clock
        self.ticking = False
        self._waiting: dict[Due, float] = {}
        """Deadlines that have come, and since when (monotonic) we know."""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="markoff ticker")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                async with self.pool.acquire() as connection:
                    await self.clock.refresh(connection)
                    if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                        await self._tick(connection)
            except TROUBLE as error:
                log.warning("not ticking: %r", error)
            except Exception:
                log.exception("the ticker stumbled")
            await asyncio.sleep(PAUSE)

    async def _tick(self, connection: Connection) -> None:
        self.ticking = True
        try:
            while True:
                await self.clock.refresh(connection)
                turned = await turn(connection, self.clock, await self._ripe(connection))
                if turned:
                    log.info("%d deadlines passed", turned)
                await asyncio.sleep(ROUND)
        finally:
            self.ticking = False
            self._waiting.clear()

    async def _ripe(self, connection: Connection) -> list[Due]:
        """What has been due for long enough."""
        now = time.monotonic()
        found = await due(connection, self.clock.now(), MOST)
        self._waiting = {one: self._waiting.get(one, now) for one in found}
        return [one for one, since in self._waiting.items() if now - since >= GRACE]
