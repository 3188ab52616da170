"""What one process at a time does for the whole house. A new duty is a line in one of the lists here.

    async def unshelve(connection: Connection, clock: Clock) -> int:   # anywhere in db
    Duty("unshelving", unshelve, every=1.0)                            # here

A duty is called with the leader's own connection, outside of a transaction, and tells how much it did. It may be done
again from the beginning at any time, by another process as well: what it does has to be committed as a whole, by the
state of the house alone. `every` is in real seconds; house time is the clock's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from api.live.deadlines import Deadlines
from api.live.leader import Duty, Group, Leader
from db.statuses import Silence

if TYPE_CHECKING:
    from api.context import Parts

TICKS = 0x6D6B_7469  # "mkti"
KEEPING = 0x6D6B_6B70  # "mkkp"


def ticks(parts: Parts) -> Group:
    """What the passing of time does to alarms and sensors: short statements, often."""
    return Group(
        "ticks",
        TICKS,
        (
            Duty("deadlines", Deadlines()),
            Duty("silence", Silence(), every=5.0),
        ),
    )


def housekeeping(parts: Parts) -> Group:
    """What keeps the database in order: seldom, in slices, as long as it takes."""
    return Group(
        "housekeeping",
        KEEPING,
    )


GROUPS: tuple[Callable[[Parts], Group], ...] = (ticks, housekeeping)
"""Each is led by one process at a time, not always the same for all. A connection that is kept open (a broker's) is a
group of its own: `lambda parts: Group("mqtt", 0x6D6B_6D71, attended=[partial(listening, parts)])`."""


class Duties:
    """This process's part in all groups."""

    def __init__(self, parts: Parts) -> None:
        url = parts.settings.database.url
        self.leaders = {
            group.name: Leader(url, parts.clock, group) for group in (describe(parts) for describe in GROUPS)
        }

    def leads(self, group: str) -> bool:
        return self.leaders[group].leading

    async def start(self) -> None:
        for leader in self.leaders.values():
            await leader.start()

    async def stop(self) -> None:
        for leader in self.leaders.values():
            await leader.stop()
