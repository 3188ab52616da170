"""A house that has grown: towers of any size (db.demo.tower) with any number of stored readings."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from api.auth import mint
from db import rollups
from db.clock import Clock
from db.demo import tower

SLICES = 10
"""The history is written in so many stretches of time, each in the order of sensors, as a running house has it."""
STORE = """
    INSERT INTO telemetry.reading (sensor_id, at, value)
    SELECT s.id, at, 400 + (s.id * 7919 + extract(epoch FROM at)::bigint / 60) % 300
    FROM telemetry.sensor s, generate_series($1::timestamptz, $2, $3) AS at ORDER BY s.id, at
"""
LATEST = """
    UPDATE telemetry.sensor_state s SET at = $1, status = 'OK',
        value = 400 + (s.sensor_id * 7919 + extract(epoch FROM $1::timestamptz)::bigint / 60) % 300
"""
PEOPLE = """
    WITH made AS (INSERT INTO security."user" (login, name, language, enabled)
        VALUES ('dispatcher', 'D', 'EN', true) RETURNING id)
    INSERT INTO security."grant" (user_id, role, building_id) SELECT id, 'DISPATCHER', $1 FROM made RETURNING user_id
"""


@dataclass(frozen=True)
class Grown:
    """A house with one tower: its sensors by code, its floors, and a dispatcher who can ask."""

    building: int
    code: str
    codes: dict[str, list[str]]
    """Of the sensors, by kind."""
    floors: list[int]
    dispatcher: int

    def token(self, key: str) -> str:
        return mint(key, self.dispatcher, timedelta(hours=2)).token


async def build(connection: asyncpg.Connection[asyncpg.Record], sensors: int, stored: int = 0) -> Grown:
    """A tower of so many sensors in an empty database, with about so many readings up to five minutes ago."""
    made = await tower.build(connection, sensors)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    await connection.execute("SELECT telemetry.make_partitions($1, $2)", now - timedelta(days=60), now)
    if stored:
        await store(connection, stored // sensors, now - timedelta(minutes=5))
        while await rollups.roll_up(connection, Clock()):  # as it was while they came
            pass
    await connection.execute("VACUUM ANALYZE")
    rows = await connection.fetch("SELECT kind, code FROM telemetry.sensor ORDER BY id")
    codes: dict[str, list[str]] = {}
    for row in rows:
        codes.setdefault(row["kind"], []).append(row["code"])
    floors = [row["id"] for row in await connection.fetch("SELECT id FROM physical.floor ORDER BY level")]
    return Grown(made.key, made.code, codes, floors, await connection.fetchval(PEOPLE, made.key))


async def store(
    connection: asyncpg.Connection[asyncpg.Record],
    each: int,
    last: datetime,
    interval: timedelta = timedelta(minutes=5),
) -> None:
    """So many readings of every sensor, the newest at `last`; rules do not judge them."""
    await connection.execute("SELECT telemetry.make_partitions($1, $2)", last - each * interval, last)
    began = time.monotonic()
    size = max(1, each // SLICES)
    for place in range(0, each, size):
        first = last - (each - 1 - place) * interval
        until = first + (min(size, each - place) - 1) * interval
        await connection.execute(STORE, first, until, interval, timeout=3600)
        print(f"\r  stored up to {until:%m-%d %H:%M}, {time.monotonic() - began:.0f} s", end="", flush=True)
    print()
    await connection.execute(LATEST, last)
