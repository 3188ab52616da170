"""What one process at a time does for the whole house. A new duty is a line in one of the lists here.

    async def unshelve(connection: Connection, clock: Clock) -> int:   # anywhere in db
    Duty("unshelving", unshelve, every=1.0)                            # here

A duty is called with the leader's own connection, outside of a transaction, and tells how much it did. It may be done
again from the beginning at any time, by another process as well: what it does has to be committed as a whole, by the
state of the house alone. `every` is in real seconds; house time is the clock's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from api import figures
from api.ingest.mqtt import listening
from api.live.deadlines import Deadlines
from api.live.leader import Duty, Group, Leader
from db import incidents
from db.escalate import escalate
from db.housekeeping import A_DAY, Retention, forget_attempts, make_months
from db.rollups import roll_up
from db.service import end_maintenance
from db.shelve import end_shelves
from db.statuses import Silence
from db.suppress import suppress
from db.unknown import prune

if TYPE_CHECKING:
    from api.context import Parts

TICKS = 0x6D6B_7469  # "mkti"
KEEPING = 0x6D6B_6B70  # "mkkp"
MQTT = 0x6D6B_6D71  # "mkmq"


def ticks(parts: Parts) -> Group:
    """What the passing of time does to alarms and sensors: short statements, often."""
    watched = parts.settings.metrics.enabled
    return Group(
        "ticks",
        TICKS,
        (
            Duty("deadlines", Deadlines()),
            Duty("incidents", incidents.watch, every=1.0),
            Duty("silence", Silence(), every=5.0),
            Duty("shelves", end_shelves, every=0.5),
            Duty("maintenance", end_maintenance, every=1.0),
            Duty("suppression", suppress, every=1.0),
            Duty("escalation", partial(escalate, limits=parts.settings.escalation.limits), every=1.0),
            *([Duty("figures of the moment", figures.moment, every=10.0)] if watched else ()),
        ),
        [partial(figures.kept, *figures.NOWS)],
    )


def housekeeping(parts: Parts) -> Group:
    """What keeps the database in order: seldom, in slices, as long as it takes."""
    settings = parts.settings
    retention = Retention(
        readings=settings.keeping.readings and max(settings.keeping.readings, settings.database.window_back),
        changes=settings.keeping.changes,
        arrivals=settings.keeping.arrivals,
        confirmations=settings.confirmation_lifetime + A_DAY,
    )
    return Group(
        "housekeeping",
        KEEPING,
        (
            Duty("months ahead", make_months, every=60.0),
            Duty("rolling up", roll_up, every=10.0),
            Duty("months that are too old", retention.drop_months, every=60.0),
            Duty("changes that are too old", retention.forget_changes, every=60.0),
            Duty("arrivals that are too old", retention.forget_arrivals, every=60.0),
            Duty("confirmations that have expired", retention.forget_confirmations, every=3600.0),
            Duty("attempts that are over", forget_attempts, every=60.0),
            Duty("unknown devices", prune, every=60.0),
            *([Duty("figures of the day", figures.day, every=60.0)] if settings.metrics.enabled else ()),
        ),
        [partial(figures.kept, figures.SIZE, *figures.DAYS)],
    )


def mqtt(parts: Parts) -> Group | None:
    """What a broker of MQTT has for us, where there is one."""
    if parts.settings.mqtt.broker is None:
        return None
    return Group("mqtt", MQTT, attended=[partial(listening, parts)])


GROUPS: tuple[Callable[[Parts], Group | None], ...] = (ticks, housekeeping, mqtt)
"""Each is led by one process at a time, not always the same for all."""


class Duties:
    """This process's part in all groups."""

    def __init__(self, parts: Parts) -> None:
        url = parts.settings.database.sessions
        self.leaders = {
            group.name: Leader(url, parts.clock, group)
            for group in (describe(parts) for describe in GROUPS)
            if group is not None
        }

    def leads(self, group: str) -> bool:
        return self.leaders[group].leading

    async def start(self) -> None:
        for leader in self.leaders.values():
            await leader.start()

    async def stop(self) -> None:
        for leader in self.leaders.values():
            await leader.stop()
