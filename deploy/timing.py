"""How the house's time goes: as wished at the start, or on from where it stood when the house last stopped."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from deploy import external

if TYPE_CHECKING:
    from db.clock import Clock, Setting
    from db.engine import Connection

LATEST = """
    SELECT greatest((SELECT max(at) FROM live.change WHERE at <= $1),
                    (SELECT max(at) FROM telemetry.sensor_state WHERE at <= $1))
"""


@dataclass(frozen=True)
class ClockWish:
    """The house's time: from `start` on (None: from where it is), so many times as fast (None: as readings arrive)."""

    start: datetime | None
    speed: float | None = 1.0


def set_clock(url: str, wish: ClockWish | None) -> Setting | None:
    """Let the house's time go as wished, for all its processes; without a wish it goes on as it went.

    None when the house lives in real time.
    """
    if wish is None and not _simulated(url):
        return None
    return asyncio.run(_set_clock(url, wish))


def _simulated(url: str) -> bool:
    with external.connect(url) as connection:
        row = connection.execute("SELECT 1 FROM live.clock WHERE mode <> 'REAL'").fetchone()
    return row is not None


async def _set_clock(url: str, wish: ClockWish | None) -> Setting:
    import asyncpg

    from db.clock import Clock

    connection = await asyncpg.connect(url)
    try:
        clock = Clock()
        await clock.refresh(connection)
        setting = _wished(wish, clock) if wish else await _resumed(connection, clock)
        if setting != clock.setting:
            await clock.set(connection, setting)
        return setting
    finally:
        await connection.close()


def _wished(wish: ClockWish, clock: Clock) -> Setting:
    from db.clock import Setting
    from db.models import ClockMode

    start = wish.start or clock.now()
    if wish.speed is None:
        return Setting(ClockMode.MAX, start, None, 1.0)
    return Setting(ClockMode.SPEED, start, datetime.now(UTC), wish.speed)


async def _resumed(connection: Connection, clock: Clock) -> Setting:
    """A scaled clock stood while the house did: it goes on from the last thing the house remembers."""
    from db.models import ClockMode

    setting = clock.setting
    if setting.mode is not ClockMode.SPEED or setting.house_at is None:
        return setting
    latest = await connection.fetchval(LATEST, clock.now())
    return replace(setting, house_at=max(filter(None, (setting.house_at, latest))), real_at=datetime.now(UTC))
