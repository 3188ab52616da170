"""The one queue of readings: concurrent callers share a transaction, and each is answered after its commit.

    put ─► waiting ─► writers (a few): as many parcels as fit into one transaction ─► a report for each caller

What is full says so (TOO_BUSY) instead of growing. A caller who goes away loses nothing: what waits is stored all the
same, and may be sent again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from api import metrics, tracing
from api.errors import UNREACHABLE, Fault
from api.ingest.settings import IngestSettings
from db.clock import Clock
from db.engine import Pool
from db.ingest import Batch, Parcel, Refused, Report, Window, together

if TYPE_CHECKING:
    from opentelemetry.context import Context

log = logging.getLogger("markoff.ingest")

WORTH = 500
"""Readings that are worth a transaction beside others; fewer gather until one that is as small has ended."""
PAUSE = 1
"""Seconds after which who found the queue full may come again."""
CLOSING = 5.0
"""Seconds that waiting readings get to be stored when the process ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    parcel: Parcel
    answer: asyncio.Future[Report]
    trace: Context | None
    """Where the caller is in its trace."""


class Queue:
    """The readings of one process on their way to the database."""

    def __init__(self, pool: Pool, clock: Clock, window: Window, settings: IngestSettings) -> None:
        self.pool = pool
        self.clock = clock
        self.window = window
        self.settings = settings
        self.readings = 0
        """That wait for their commit."""
        self.closed = False
        self._waiting: deque[Waiting] = deque()
        self._gathered = 0
        """Readings in `_waiting`."""
        self._small = 0
        """Writers at work on few readings."""
        self._writing: set[asyncio.Task[None]] = set()

    def room(self, readings: int = 0) -> None:
        """Raises TOO_BUSY when so many more cannot wait; an empty queue takes any number."""
        if self.closed or (self.readings and self.readings + readings > self.settings.waiting):
            raise Fault("TOO_BUSY", seconds=PAUSE)

    async def put(self, parcel: Parcel) -> Report:
        """What became of the readings, after their commit.

        Raises TOO_BUSY, or what the database raised: then some may be stored, and all may be sent again.
        """
        size = len(parcel.batch)
        if not size:
            return Report()
        self.room(size)
        self.readings += size
        try:
            if size <= self.settings.group:
                return await self._stored(parcel)
            return await self._in_slices(parcel)
        finally:
            self.readings -= size

    async def _in_slices(self, parcel: Parcel) -> Report:
        """A large batch in transactions of the usual size, so that others are not kept waiting."""
        whole = Report()
        batch, size = parcel.batch, self.settings.group
        for start in range(0, len(batch), size):
            part = slice(start, start + size)
            piece = Batch(batch.sensors[part], batch.at[part], batch.values[part])
            report = await self._stored(Parcel(piece, parcel.buildings))
            whole.accepted += report.accepted
            whole.duplicates += report.duplicates
            whole.refused += [Refused(one.index + start, one.sensor, one.reason) for one in report.refused]
        return whole

    async def _stored(self, parcel: Parcel) -> Report:
        waiting = Waiting(parcel, asyncio.get_running_loop().create_future(), tracing.here())
        self._waiting.append(waiting)
        self._gathered += len(parcel.batch)
        if len(self._writing) < self.settings.writers and (not self._small or self._gathered >= WORTH):
            self._small += 1
            task = asyncio.create_task(self._write(), name="markoff ingest")
            self._writing.add(task)
        try:
            return await waiting.answer
        except asyncio.CancelledError:
            self.readings += len(parcel.batch)  # until they are written, which nobody waits for any more
            raise

    async def _write(self) -> None:
        try:
            while self._waiting:
                if self.settings.wait and not self.closed:
                    await asyncio.sleep(self.settings.wait.total_seconds())
                if group := self._next():
                    large = sum(len(one.parcel.batch) for one in group) >= WORTH
                    self._small -= large
                    try:
                        await self._answer(group)
                    finally:
                        self._small += large
                        self.readings -= sum(len(one.parcel.batch) for one in group if one.answer.cancelled())
        finally:  # at once: who is answered last may bring more before this task counts as done
            self._small -= 1
            self._writing.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    def _next(self) -> list[Waiting]:
        """As many as one transaction takes; a clock that follows readings is led by one caller at a time."""
        group: list[Waiting] = []
        room = self.settings.group
        while self._waiting and (not group or len(self._waiting[0].parcel.batch) <= room):
            group.append(self._waiting.popleft())
            room -= len(group[-1].parcel.batch)
            self._gathered -= len(group[-1].parcel.batch)
            if self.clock.follows_readings:
                break
        return group

    async def _answer(self, group: Sequence[Waiting]) -> None:
        """Store a group and answer each of it; where it fails as a whole, one by one."""
        begun, outcome = time.perf_counter(), "failed"
        try:
            with tracing.batch([one.trace for one in group], sum(len(one.parcel.batch) for one in group)):
                reports = await together(self.pool, self.clock, [one.parcel for one in group], self.window)
            outcome = "committed"
        except asyncio.CancelledError:
            for one in group:
                one.answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001  the edge: each caller is told what became of its own readings
            if len(group) == 1 or _away(error):
                _fail(group, error)
                return
            log.warning("a group of %d callers is stored one by one: %r", len(group), error)
            for one in group:
                await self._answer([one])
        else:
            for one, report in zip(group, reports, strict=True):
                if not one.answer.done():
                    one.answer.set_result(report)
        finally:
            metrics.stored(outcome, time.perf_counter() - begun, sum(len(one.parcel.batch) for one in group))

    async def close(self) -> None:
        """Take no more, and store what waits."""
        self.closed = True
        if self._writing:
            _, late = await asyncio.wait(self._writing, timeout=CLOSING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for one in self._waiting:
            one.answer.cancel()


def _away(error: Exception) -> bool:
    """Whether the database is away: nobody's readings are at fault. The driver calls values that it cannot take an
    InterfaceError, too."""
    return isinstance(error, (*UNREACHABLE, OSError)) and not isinstance(error, ValueError)


def _fail(group: Sequence[Waiting], error: Exception) -> None:
    for one in group:
        if not one.answer.done():
            one.answer.set_exception(error)


@asynccontextmanager
async def queueing(pool: Pool, clock: Clock, window: Window, settings: IngestSettings) -> AsyncIterator[Queue]:
    """A queue, open as long as the context lasts; what waits at its end is stored first."""
    queue = Queue(pool, clock, window, settings)
    try:
        yield queue
    finally:
        await queue.close()
