"""Lets time act in the house: in one process at a time, the one that holds the lock; another takes over if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from datetime import datetime

from api.live.hub import PAUSE, TROUBLE
from db.clock import Clock
from db.engine import Connection, Pool
from db.ticks import GRACE, due_up_to, fire

log = logging.getLogger("markoff.live")

LOCK = 0x6D6B_7469  # "mkti"
"""Held by the session that ticks."""
ROUND = 0.25
"""Seconds between looks at the clock and at what is due."""
FAST_ROUND = 0.05
"""The same while the clock follows readings."""


class Ticker:
    """The ticking of this process, and the reading of the house's clock as other processes set it."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self.pool = pool
        self.clock = clock
        self.ticking = False
        self._seen: tuple[datetime, float] | None = None
        """The time of a clock that follows readings, and since when (monotonic) it has stood there."""
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
                turned = await fire(connection, self.clock, self._horizon())
                if turned:
                    log.info("%d deadlines passed", turned)
                await asyncio.sleep(FAST_ROUND if self.clock.follows_readings else ROUND)
        finally:
            self.ticking = False

    def _horizon(self) -> datetime:
        """Deadlines up to here have passed; a clock that stands for a while has passed its own moment too."""
        now = self.clock.now()
        if not self.clock.follows_readings:
            return due_up_to(self.clock, now)
        if self._seen is None or self._seen[0] != now:
            self._seen = (now, time.monotonic())
        quiet = time.monotonic() - self._seen[1] >= GRACE.total_seconds()
        return now if quiet else due_up_to(self.clock, now)
