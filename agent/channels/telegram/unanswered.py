"""Problems that wait for a yes: in the agent's database, so that they outlive the bot; without one in its memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from agent.channels.telegram.kept import Kept

MOST = 1000
"""Problems that wait in memory; the oldest gives way."""
KEEP = """
    INSERT INTO agent.telegram_problem (key, person, given, confirmation, asked_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
"""
TAKE = "DELETE FROM agent.telegram_problem WHERE key = %s AND person = %s RETURNING given, confirmation"
FORGET = "DELETE FROM agent.telegram_problem WHERE asked_at < %s"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """What is to be written into the log, and the confirmation of it."""

    given: dict[str, Any]
    confirmation: str


@dataclass
class Unanswered:
    """The problems that wait, each taken once."""

    kept: Kept | None
    _here: dict[str, tuple[int, Waiting]] = field(default_factory=dict)

    async def keep(self, key: str, person: int, one: Waiting) -> None:
        if self.kept is not None:
            now = datetime.now(UTC)
            await self.kept.do(FORGET, (now - A_DAY,))
            await self.kept.do(KEEP, (key, person, Jsonb(one.given), one.confirmation, now))
            return
        if len(self._here) >= MOST:
            del self._here[next(iter(self._here))]
        self._here[key] = person, one

    async def take(self, key: str, person: int) -> Waiting | None:
        """The problem, which from now on nobody else gets; None where it was taken, or is a day old."""
        if self.kept is not None:
            rows = await self.kept.all(TAKE, (key, person))
            return Waiting(rows[0]["given"], rows[0]["confirmation"]) if rows else None
        if self._here.get(key, (None, None))[0] != person:
            return None
        return self._here.pop(key)[1]


__all__ = ["Unanswered", "Waiting"]
