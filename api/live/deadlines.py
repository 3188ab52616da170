"""Lets the deadlines of watches pass that no reading has decided."""

from __future__ import annotations

import time

from db.clock import Clock
from db.engine import Connection
from db.ticks import Due, due, turn

GRACE = 1.0
"""Seconds (real) for which a deadline has to be due before it counts: the reading that decides it may be on its way,
alone or in the next part of a device's buffer."""
MOST = 2000
"""Deadlines looked at in one round."""


class Deadlines:
    """The duty, which remembers since when it knows what is due."""

    def __init__(self) -> None:
        self._waiting: dict[Due, float] = {}
        """Deadlines that have come, and since when (monotonic) we know."""

    async def __call__(self, connection: Connection, clock: Clock) -> int:
        return await turn(connection, clock, await self._ripe(connection, clock))

    async def _ripe(self, connection: Connection, clock: Clock) -> list[Due]:
        now = time.monotonic()
        found = await due(connection, clock.now(), MOST)
        self._waiting = {one: self._waiting.get(one, now) for one in found}
        return [one for one, since in self._waiting.items() if now - since >= GRACE]
