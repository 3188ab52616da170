"""A year's chart of one sensor against a day's, over HTTP, in one run.

    uv run pytest tests/bench/bench_history.py -m bench -s

Forty sensors have told a value every five minutes for a year, each round of them stored together as ingest does: 4.2
million readings. A chart is one question of one person; turns of all charts alternate. The same charts are asked again
with nothing rolled up, for comparison.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from api.auth import mint
from api.live.duties import KEEPING
from db import rollups
from db.clock import Clock
from deploy.postgres import Postgres
from tests.bench.serving import KEY, Serving

SENSORS = 40
TURNS = 40
CHARTS = {
    "a day, as they were: 288": (1, "", ""),
    "a day by HOUR: 24": (1, "bucket: HOUR", ""),
    "a year by DAY: 366": (365, "bucket: DAY", ""),
    "a year by DAY, MAX": (365, "bucket: DAY", "aggregate: MAX"),
    "a year by WEEK: 53": (365, "bucket: WEEK", ""),
    "a year by MONTH: 13": (365, "bucket: MONTH", ""),
}
DAY_AS_IT_WAS, DAY_BY_HOUR, YEAR = list(CHARTS)[:3]
FILL = """
    INSERT INTO telemetry.reading (sensor_id, at, value)
    SELECT n, at, 400 + (extract(epoch FROM at)::bigint / 300 * (7 + n)) % 997 / 4.0
    FROM generate_series($1::timestamptz, $2, '5 minutes') at, generate_series(1, $3) n
"""


async def plant(connection: asyncpg.Connection[asyncpg.Record], now: datetime) -> str:
    """The building, its sensors and their year; the token of an administrator."""
    await connection.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'Europe/Berlin', 'EN')"
    )
    await connection.execute(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit)"
        " SELECT 1, 's' || n, 'CO2', 'ppm' FROM generate_series(1, $1) n",
        SENSORS,
    )
    user = await connection.fetchval(
        "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ('a', 'A', 'EN', true) RETURNING id"
    )
    await connection.execute("INSERT INTO security.\"grant\" (user_id, role) VALUES ($1, 'ADMIN')", user)
    since = now - timedelta(days=366)
    await connection.execute("SELECT telemetry.make_partitions($1, $2)", since, now)
    await connection.execute(FILL, since, now, SENSORS)
    await connection.execute("UPDATE telemetry.sensor_state SET at = $1, value = 400, status = 'OK'", now)
    return mint(KEY, user, timedelta(hours=1)).token


class Asker:
    """Asks for charts, one after the other."""

    def __init__(self, http: httpx.AsyncClient, now: datetime) -> None:
        self.http = http
        self.now = now

    async def chart(self, name: str) -> float:
        """Milliseconds."""
        days, bucket, aggregate = CHARTS[name]
        arguments = ", ".join(filter(None, ["from: $from", "to: $to", "first: 1000", bucket, aggregate]))
        query = (
            "query ($sensor: ID!, $from: DateTime, $to: DateTime)"
            f" {{ sensor(id: $sensor) {{ readings({arguments}) {{ at value }} }} }}"
        )
        given = {"sensor": "b/s7", "from": (self.now - timedelta(days=days)).isoformat(), "to": self.now.isoformat()}
        began = time.perf_counter()
        answer = await self.http.post("/graphql", json={"query": query, "variables": given})
        took = time.perf_counter() - began
        assert answer.json()["data"]["sensor"]["readings"], answer.text
        return took * 1000

    async def all(self, turns: int) -> dict[str, float]:
        took: dict[str, list[float]] = {name: [] for name in CHARTS}
        for _ in range(turns + 1):
            for name in CHARTS:
                took[name].append(await self.chart(name))
        return {name: statistics.median(each[1:]) for name, each in took.items()}


async def measure(cluster: Postgres, token: str, now: datetime, turns: int) -> dict[str, float]:
    async with Serving.of(cluster.url("bench_history")) as serving:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=serving.address, headers=headers, timeout=60) as http:
            return await Asker(http, now).all(turns)


@pytest.mark.bench
async def test_history(cluster: Postgres) -> None:
    cluster.create_database("bench_history", template="template_markoff")
    connection = await asyncpg.connect(cluster.url("bench_history"), command_timeout=600)
    now = datetime.now(UTC).replace(minute=17, second=0, microsecond=0) - timedelta(hours=2)
    try:
        token = await plant(connection, now)
        began = time.perf_counter()
        while await rollups.roll_up(connection, Clock()):
            pass
        rolling = time.perf_counter() - began
        await connection.execute("VACUUM ANALYZE")
        rolled = await measure(cluster, token, now, TURNS)
        await connection.execute("UPDATE telemetry.rolling SET rolled = NULL, closing = NULL")
        await connection.execute("SELECT pg_advisory_lock($1)", KEEPING)
        plain = await measure(cluster, token, now, 5)
    finally:
        await connection.close()
        cluster.drop_database("bench_history")
    print(f"\n{'chart':28} {'ms':>8} {'from the readings, ms':>24}")
    for name in CHARTS:
        print(f"{name:28} {rolled[name]:8.1f} {plain[name]:24.1f}")
    print(f"rolling up 4.2 million readings took {rolling:.0f} s")
    for day in (DAY_AS_IT_WAS, DAY_BY_HOUR):
        print(f"a year by DAY against {day}: {rolled[YEAR] / rolled[day]:.2f} (at most 3)")
