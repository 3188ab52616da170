"""Attempts that may be guesses, counted by the whole house: an attempt counts until it turns out to be no guess."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from db.engine import Connection

BEGIN = """
    INSERT INTO security.attempt AS a (who, times, until)
        VALUES ($1, ARRAY[$4::timestamptz], $4 + $3)
    ON CONFLICT (who) DO UPDATE SET until = excluded.until, times = excluded.times ||
        (SELECT array_agg(t ORDER BY t DESC) FROM unnest(a.times) t WHERE t > $4::timestamptz - $3::interval)
    WHERE (SELECT count(*) FROM unnest(a.times) t WHERE t > $4::timestamptz - $3::interval) < $2
    RETURNING true
"""
"""The newest first. It locks the row: of those who try at the same moment, no more get through."""
LEFT = """
    SELECT extract(epoch FROM times[$2] + $3 - $4)::float8
    FROM security.attempt WHERE who = $1
"""
FORGET = "DELETE FROM security.attempt WHERE who = $1"
TAKE_BACK = "UPDATE security.attempt SET times = array_remove(times, $2) WHERE who = ANY($1)"

Counted = tuple[str, int]
"""Who tries, and the most that they may within the window."""


class TooMany(Exception):
    """Nothing was counted; there may be another attempt after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def begin(connection: Connection, whose: Sequence[Counted], window: timedelta, now: datetime) -> None:
    """Count one attempt of each, or raise `TooMany`."""
    async with connection.transaction():
        for who, most in whose:
            if not await connection.fetchval(BEGIN, who, most, window, now):
                left = await connection.fetchval(LEFT, who, most, window, now)
                raise TooMany(max(1, math.ceil(left or 0.0)))


async def forgive(connection: Connection, who: str, others: Sequence[str], at: datetime) -> None:
    """It was no guess: forget all of `who`, and of the others this one, which was at that moment."""
    await connection.execute(FORGET, who)
    await connection.execute(TAKE_BACK, list(others), at)


__all__ = ["Counted", "TooMany", "begin", "forgive"]
