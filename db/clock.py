"""The house's one clock: real, scaled, or following the readings; kept in the database so that all processes agree."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.engine import Connection, Pool
from db.models import ClockMode

LOAD = "SELECT mode, house_at, real_at, speed FROM live.clock"
SET = """
    INSERT INTO live.clock (one, mode, house_at, real_at, speed) VALUES (1, $1, $2, $3, $4)
    ON CONFLICT (one) DO UPDATE SET mode = $1, house_at = $2, real_at = $3, speed = $4
"""
FOLLOW = "UPDATE live.clock SET house_at = $1 WHERE mode = 'MAX' AND house_at < $1"


def real() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setting:
    """How house time is made; `speed` is house seconds per real second (SPEED only)."""

    mode: ClockMode = ClockMode.REAL
    house_at: datetime | None = None
    real_at: datetime | None = None
    speed: float = 1.0

    def at(self, moment: datetime) -> datetime:
        """The house's time at the machine's `moment`."""
        if self.mode is ClockMode.REAL or self.house_at is None:
            return moment
        if self.mode is ClockMode.MAX or self.real_at is None:
            return self.house_at
        return self.house_at + (moment - self.real_at) * self.speed


class Clock:
    """What time it is in the house. `refresh` is called when another process may have set it."""

    def __init__(self, setting: Setting | None = None) -> None:
        self.setting = setting or Setting()

    @classmethod
    async def load(cls, pool: Pool) -> Clock:
        """The clock as the database keeps it."""
        clock = cls()
        async with pool.acquire() as connection:
            await clock.refresh(connection)
        return clock

    @property
    def simulated(self) -> bool:
        return self.setting.mode is not ClockMode.REAL

    @property
    def follows_readings(self) -> bool:
        return self.setting.mode is ClockMode.MAX

    def now(self) -> datetime:
        return self.setting.at(real())

    async def sleep(self, house: timedelta) -> None:
        """Wait for so much house time; a clock that follows readings is looked at again every 50 ms."""
        until = self.now() + house
        while (left := (until - self.now()).total_seconds()) > 0:
            speed = self.setting.speed if self.setting.mode is ClockMode.SPEED else 1.0
            await asyncio.sleep(0.05 if self.follows_readings else min(left / speed, 1.0))

    async def refresh(self, connection: Connection) -> None:
        before = self.setting
        row = await connection.fetchrow(LOAD)
        if row is not None and self.setting is before:  # else it was set while we read
            self.setting = Setting(ClockMode[row["mode"]], row["house_at"], row["real_at"], row["speed"])

    async def set(self, connection: Connection, setting: Setting) -> None:
        """Keep a new setting, for all processes."""
        await connection.execute(SET, setting.mode.name, setting.house_at, setting.real_at, setting.speed)
        self.setting = setting

    async def follow(self, connection: Connection, at: datetime) -> None:
        """Move a clock that follows readings forward to `at`; any other clock stays."""
        if self.follows_readings and self.setting.house_at is not None and at > self.setting.house_at:
            await connection.execute(FOLLOW, at)
            self.reached(at)

    def reached(self, at: datetime) -> None:
        """Move a clock that follows readings forward to `at` here, again when that is committed: a look at the
        database from before the commit is dropped, which would move it back."""
        if self.follows_readings and self.setting.house_at is not None:
            self.setting = Setting(ClockMode.MAX, max(at, self.setting.house_at), None, 1.0)
