"""What goes on while somebody watches: the hub, the duties, subscriptions, and readings over plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.live.duties import Duties
from api.live.hub import Hub

if TYPE_CHECKING:
    from api.context import Parts


@dataclass(frozen=True, slots=True)
class Live:
    """The living parts of one api process."""

    hub: Hub
    duties: Duties

    def trouble(self) -> str | None:
        """What is missing to be ready, for the list of checks."""
        return None if self.hub.listening else "the change stream is not being read"


@asynccontextmanager
async def living(parts: Parts) -> AsyncIterator[Live]:
    """Run the hub and the duties as long as the context lasts: a connection of the pool, and one for each group."""
    live = Live(Hub(parts.pool), Duties(parts))
    await live.hub.start()
    try:
        await live.duties.start()
        try:
            yield live
        finally:
            await live.duties.stop()
    finally:
        await live.hub.stop()
