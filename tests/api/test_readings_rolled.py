"""What is rolled up answers as the readings themselves would: whatever came when, in every zone, on every day."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx
import pytest

from api.app import create
from api.live.duties import KEEPING
from api.settings import ApiSettings
from db import rollups
from db.engine import Connection, Pool
from db.imports.readings import store
from db.ingest import Batch, Window, ingest
from db.models import Role
from tests.api.caller import Caller
from tests.db.sensing import HandClock

ZONES = {
    "Europe/Berlin": "2026-03-27T00:00Z",
    "America/New_York": "2026-10-30T12:00Z",
    "Australia/Lord_Howe": "2026-04-03T06:00Z",
    "Asia/Kathmandu": "2026-06-28T03:00Z",
    "Africa/Cairo": "2026-10-28T20:00Z",
    "America/Asuncion": "2024-10-04T02:00Z",
    "Asia/Kolkata": "2026-12-29T18:00Z",
    "Antarctica/Troll": "2026-10-23T00:00Z",
    "Australia/Lord_Howe ": "2026-10-02T06:00Z",
    "UTC": "2026-02-26T00:00Z",
}
"""Zones and when the story begins: about when their clocks change, or a month or year ends."""
BUCKETS = ("HOUR", "DAY", "WEEK", "MONTH", "WHOLE")
AGGREGATES = ("MIN", "MAX", "MEAN", "SUM", "COUNT", "FIRST", "LAST")
DAYS = 5
PLAIN = """
    SELECT start, array_agg(at ORDER BY at) AS at, array_agg(value ORDER BY at) AS values FROM (
        SELECT CASE WHEN $4 = 'WHOLE' THEN $2 ELSE date_trunc($4, at, $5) END AS start, at, value
        FROM telemetry.reading WHERE sensor_id = $1 AND at >= $2 AND at < $3
    ) r GROUP BY start ORDER BY start
"""
codes = count(1)


async def furnish(connection: Connection, zone: str) -> list[int]:
    """A building in the zone with three sensors."""
    code = f"z{next(codes)}"
    building = await connection.fetchval(
        "INSERT INTO physical.building (code, name, time_zone, language) VALUES ($1, $1, $2, 'EN') RETURNING id",
        code,
        zone,
    )
    rows = await connection.fetch(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit)"
        " SELECT $1, $2 || '-' || n, 'CO2', 'ppm' FROM generate_series(1, 3) n RETURNING id",
        building,
        code,
    )
    return [row["id"] for row in rows]


class Story:
    """Readings that come by ingest and by import, in time and late, while the clock and the rolling move on."""

    def __init__(self, pool: Pool, dice: Random, sensors: Sequence[int], began: datetime) -> None:
        self.pool = pool
        self.dice = dice
        self.sensors = sensors
        self.began = began
        self.clock = HandClock(began)

    def moment(self) -> datetime:
        """Often the edge of a quarter of an hour, or just beside one."""
        whole = self.began + timedelta(minutes=15 * self.dice.randrange(DAYS * 96))
        beside = self.dice.choice([0, 0, 1, -1, 60_000_000, self.dice.randrange(900_000_000)])
        return min(max(self.began, whole + timedelta(microseconds=beside)), self.began + timedelta(days=DAYS))

    async def go(self) -> None:
        for _ in range(self.dice.randrange(6, 14)):
            await self.dice.choice([self.ingest, self.ingest, self.import_, self.roll, self.step_back])()
            if self.dice.random() < 0.6:
                self.clock.move(self.clock.now() + timedelta(minutes=self.dice.randrange(60 * 36)))

    async def ingest(self) -> None:
        rows = self._rows(self.dice.randrange(1, 60))
        names = dict(await self.pool.fetch("SELECT id, code FROM telemetry.sensor WHERE id = ANY($1)", self.sensors))
        batch = Batch([names[key] for key, _, _ in rows], [at for _, at, _ in rows], [value for _, _, value in rows])
        await ingest(self.pool, self.clock, batch, window=Window(timedelta(days=9), timedelta(days=9)))

    async def import_(self) -> None:
        rows = self._rows(self.dice.randrange(1, 60))
        async with self.pool.acquire() as connection:
            await connection.execute(store.STAGING)
            await store._store(connection, [(key, at, value, line) for line, (key, at, value) in enumerate(rows)])

    async def roll(self) -> None:
        """Sometimes only the first step, or no more than the marks."""
        async with self.pool.acquire() as connection:
            match self.dice.randrange(5):
                case 0:
                    await rollups.close(connection, self.clock.now())
                case 1:
                    await connection.fetchval(rollups.CLEAN, self.dice.randrange(1, 30))
                case _:
                    await rollups.roll_up(connection, self.clock)

    async def step_back(self) -> None:
        if self.dice.random() < 0.3:
            self.clock.move(self.clock.now() - timedelta(hours=self.dice.randrange(48)))
            await self.roll()

    def _rows(self, size: int) -> list[tuple[int, datetime, float]]:
        keys = {(self.dice.choice(self.sensors), self.moment()) for _ in range(size)}
        return [(key, at, self.dice.randrange(-12, 40) / 4) for key, at in sorted(keys)]


def expected(row: Any, aggregate: str) -> tuple[datetime, float]:
    """By plain words, from the readings of a bucket in order of time."""
    at, values, start = row["at"], row["values"], row["start"]
    match aggregate:
        case "MIN" | "MAX":
            value = min(values) if aggregate == "MIN" else max(values)
            return at[values.index(value)], value
        case "FIRST" | "LAST":
            return start, values[0 if aggregate == "FIRST" else -1]
        case "COUNT":
            return start, len(values)
        case "SUM":
            return start, math.fsum(values)
    return start, math.fsum(values) / len(values)


def asked() -> str:
    """All buckets and aggregates, in one operation."""
    fields = "".join(
        f"{bucket}_{aggregate}: readings(from: $from, to: $to, bucket: {bucket}, aggregate: {aggregate}, first: 1000)"
        " { at value bucketStart count } "
        for bucket in BUCKETS
        for aggregate in AGGREGATES
    )
    return f"query ($sensor: ID!, $from: DateTime, $to: DateTime) {{ sensor(id: $sensor) {{ {fields} }} }}"


async def compare(caller: Caller, pool: Pool, sensor: int, zone: str, since: datetime, until: datetime) -> None:
    told = await caller.ask(asked(), sensor=f"sensor_{sensor}", **{"from": since.isoformat(), "to": until.isoformat()})
    for bucket in BUCKETS:
        rows = await pool.fetch(PLAIN, sensor, since, until, bucket, zone)
        for aggregate in AGGREGATES:
            mine = [
                (datetime.fromisoformat(r["at"]), r["value"], datetime.fromisoformat(r["bucketStart"]), r["count"])
                for r in told["sensor"][f"{bucket}_{aggregate}"]
            ]
            theirs = [(*expected(row, aggregate), row["start"], len(row["values"])) for row in rows]
            assert mine == theirs, (bucket, aggregate, zone, since, until)


@pytest.fixture
async def asking(settings: ApiSettings, pool: Pool) -> AsyncIterator[Caller]:
    """An administrator; the process keeps no house by itself: the story says when."""
    app = create(settings)
    user = await pool.fetchval(
        "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ('a', 'A', 'EN', true) RETURNING id"
    )
    await pool.execute('INSERT INTO security."grant" (user_id, role) VALUES ($1, $2)', user, Role.ADMIN.name)
    async with pool.acquire() as keeper:
        await keeper.execute("SELECT pg_advisory_lock($1)", KEEPING)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
                yield Caller(http).as_user(user)
        await keeper.execute("SELECT pg_advisory_unlock($1)", KEEPING)


@pytest.mark.parametrize("zone", ZONES)
async def test_what_is_rolled_up_answers_as_the_readings_do(asking: Caller, pool: Pool, zone: str) -> None:
    """Sums are of quarters, so that they are exact in any order."""
    hours = 0
    for seed in range(5):
        dice = Random(f"{zone}{seed}")
        async with pool.acquire() as connection:
            sensors = await furnish(connection, zone.strip())
        story = Story(pool, dice, sensors, datetime.fromisoformat(ZONES[zone]))
        await story.go()
        for _ in range(4):
            since, until = sorted((story.moment(), story.moment()))
            await compare(asking, pool, dice.choice(sensors), zone.strip(), since, until)
            await story.roll()
        hours += await pool.fetchval("SELECT count(*) FROM telemetry.reading_hour WHERE sensor_id = ANY($1)", sensors)
    assert hours > 20


async def test_hours_answer_when_their_readings_are_gone(asking: Caller, pool: Pool) -> None:
    async with pool.acquire() as connection:
        [sensor, *_] = await furnish(connection, "Asia/Kolkata")
        story = Story(pool, Random(3), [sensor], datetime(2026, 5, 10, 18, 30, tzinfo=UTC))
        await story.import_()
        story.clock.move(story.began + timedelta(days=DAYS + 1))
        await rollups.roll_up(connection, story.clock)
        given = {"from": story.began.isoformat(), "to": (story.began + timedelta(days=DAYS + 1)).isoformat()}
        before = await asking.ask(asked(), sensor=f"sensor_{sensor}", **given)
        await connection.execute("DROP TABLE telemetry.reading_2026_05")
        after = await asking.ask(asked(), sensor=f"sensor_{sensor}", **given)
    assert before["sensor"]["DAY_COUNT"]
    assert after == before
