"""What goes on while somebody watches: the hub, the ticking, subscriptions, and readings over plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api.live.hub import Hub
from api.live.ticker import Ticker
from db.clock import Clock
from db.engine import Pool


@dataclass(frozen=True, slots=True)
class Live:
    """The living parts of one api process."""

    hub: Hub
    ticker: Ticker

    def trouble(self) -> str | None:
        """What is missing to be ready, for the list of checks."""
        return None if self.hub.listening else "the change stream is not being read"


@asynccontextmanager
async def living(pool: Pool, clock: Clock) -> AsyncIterator[Live]:
    """Run the hub and the ticker as long as the context lasts; they hold two connections of the pool."""
    live = Live(Hub(pool), Ticker(pool, clock))
    await live.hub.start()
    try:
        await live.ticker.start()
        try:
            yield live
        finally:
            await live.ticker.stop()
    finally:
        await live.hub.stop()
