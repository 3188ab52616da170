"""What goes on while somebody watches: the hub, the duties, subscriptions, and readings over plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.live.duties import Duties
from api.live.fanout import Fanout
from api.live.hub import Hub

if TYPE_CHECKING:
    from api.context import Parts


@dataclass(frozen=True, slots=True)
class Live:
    """The living parts of one api process."""

    hub: Hub
    fanout: Fanout
    duties: Duties

    def leave(self) -> None:
        """The process is about to end: nobody is to be sent here any more."""
        self.fanout.leave()

    def trouble(self) -> str | None:
        """What is missing to be ready, for the list of checks."""
        if self.fanout.leaving:
            return "the process is about to end"
        return None if self.hub.listening else "the change stream is not being read"


@asynccontextmanager
async def living(parts: Parts) -> AsyncIterator[Live]:
    """Run them as long as the context lasts: a connection of the pool for the hub, and one for each group of duties."""
    hub = Hub(parts.pool)
    live = Live(hub, Fanout(parts, hub), Duties(parts))
    async with AsyncExitStack() as stack:
        for part in (live.hub, live.fanout, live.duties):
            stack.push_async_callback(part.stop)
            await part.start()
        yield live
