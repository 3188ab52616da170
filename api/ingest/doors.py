"""What all doors of one process share: the queue, the limits of keys, the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api import metrics
from api.ingest.allowance import Allowance
from api.ingest.queue import Queue, queueing
from api.ingest.settings import IngestSettings
from api.ingest.strangers import Strangers
from db.clock import Clock
from db.engine import Pool
from db.ingest import Batch, Parcel, Report, Window
from db.models import Door
from db.naming import Scope


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands readings in, for sensors of which buildings (None: of all)."""

    buildings: Scope
    door: Door
    key_id: int | None = None
    readings_per_minute: int | None = None
    """The key's own limit; None: that of the settings, 0: none."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where readings go in."""

    queue: Queue
    allowance: Allowance
    strangers: Strangers
    settings: IngestSettings

    async def take(self, sender: Sender, batch: Batch) -> Report:
        """What became of a batch, after its commit. Raises TOO_MANY_READINGS, TOO_BUSY, or what the database raised."""
        if sender.key_id is not None:
            self.allowance.take(sender.key_id, len(batch), sender.readings_per_minute)
        report = await self.queue.put(Parcel(batch, sender.buildings))
        metrics.taken(sender.door, report)
        if report.refused:
            self.strangers.note(batch, report, sender.buildings, sender.door, sender.key_id)
        return report


@asynccontextmanager
async def opened_doors(pool: Pool, clock: Clock, window: Window, settings: IngestSettings) -> AsyncIterator[Doors]:
    strangers = Strangers(pool, clock)
    try:
        async with queueing(pool, clock, window, settings) as queue:
            yield Doors(queue, Allowance(settings.readings_per_minute), strangers, settings)
    finally:
        await strangers.close()
