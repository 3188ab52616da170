"""Notes who reports under names that nobody knows, and writes them down at most once a second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from math import isfinite

import asyncpg

from api.errors import UNREACHABLE
from db.clock import Clock
from db.engine import Pool
from db.ingest import Batch, Reason, Report
from db.models import Door
from db.naming import DEVICE, Scope
from db.unknown import LONGEST, Stranger, remember

log = logging.getLogger("markoff.ingest")

PAUSE = 1.0
"""Seconds between two times of writing down."""
MOST = 10_000
"""Names that are noted between them; more are not looked at."""


class Strangers:
    """The unknown names of this process."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self.pool = pool
        self.clock = clock
        self.met: dict[tuple[int | None, str], Stranger] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, batch: Batch, report: Report, buildings: Scope, door: Door, key_id: int | None) -> None:
        """Note the unknown ones of a batch; a building is known where only one could be meant."""
        building = buildings[0] if buildings is not None and len(buildings) == 1 else None
        now = self.clock.now()
        for refused in report.refused:
            if refused.reason is not Reason.UNKNOWN_SENSOR:
                continue
            given = refused.sensor
            name = given.removeprefix(DEVICE)
            if not name or len(name) > LONGEST or not name.isprintable():
                continue
            known = self.met.get((building, given))
            if known is None:
                if len(self.met) >= MOST:
                    continue
                known = Stranger(building, name, given.startswith(DEVICE), door, key_id, now)
                self.met[building, given] = known
            value = batch.values[refused.index]
            known.count += 1
            known.at = now
            known.value = value if value is not None and isfinite(value) else known.value
        if self.met and self._task is None:
            self._task = asyncio.create_task(self._write_soon(), name="markoff strangers")

    async def _write_soon(self) -> None:
        try:
            await self.write()
            await asyncio.sleep(PAUSE)
        finally:
            self._task = None
        if self.met:
            self._task = asyncio.create_task(self._write_soon(), name="markoff strangers")

    async def write(self) -> None:
        """Write down who was met until now. Where the database is away, it is left for the next time."""
        met, self.met = self.met, {}
        try:
            async with self.pool.acquire() as connection:
                await remember(connection, list(met.values()))
        except (*UNREACHABLE, asyncpg.PostgresError, OSError) as error:
            log.warning("%d unknown devices are not written down: %r", len(met), error)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self.met:
            await self.write()
