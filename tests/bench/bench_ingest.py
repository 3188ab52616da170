"""Ingest over HTTP against the bare locked statement, in one run: batches of 1,000, 2,000 shared sensors, two rules each,
two writers.

    uv run pytest tests/bench/bench_ingest.py -m bench -s

The bare statement locks the touched sensors' state rows in id order, stores the readings and moves the latest, in one
transaction, on connections that do nothing else: no names, no rules, no stream, no HTTP. Both write the same readings, each in
a fresh database; rounds alternate, and the medians are compared.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import orjson
import pytest

from db.engine import create_pool
from deploy.postgres import Postgres
from tests.bench.serving import Serving

SENSORS = 2000
SIZE = 1000
WRITERS = 2
BATCHES = 40
"""Of each writer in a round."""
ROUNDS = 3
STEP = timedelta(milliseconds=60)
"""Between two readings of a sensor: about as fast as they are taken, so that time in the house is their time."""

BARE_LOCK = "SELECT sensor_id, at FROM telemetry.sensor_state WHERE sensor_id = ANY($1) ORDER BY sensor_id FOR UPDATE"
BARE_STORE = """
    WITH fresh AS (
        INSERT INTO telemetry.reading (sensor_id, at, value)
        SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[]) ON CONFLICT DO NOTHING
        RETURNING sensor_id, at, value
    )
    UPDATE telemetry.sensor_state s SET at = n.at, value = n.value
    FROM (SELECT DISTINCT ON (sensor_id) * FROM fresh ORDER BY sensor_id, at DESC) n
    WHERE s.sensor_id = n.sensor_id AND (s.at IS NULL OR s.at < n.at)
"""

Reading = tuple[int, datetime, float]
Batches = list[list[list[Reading]]]
"""By writer, by batch."""


def readings(dice: random.Random) -> Batches:
    """Each writer sends half of each round's sensors, drawn anew each round: all sensors are shared.

    CO2 wanders around 600 ppm, with one sensor in five in a stuffy room: of the two rules (above 1000 with a deadband and a
    delay, above 1200 at once) some watch turns in about one reading of a hundred.
    """
    start = datetime.now(UTC)
    level = [dice.uniform(450, 700) if n % 5 else dice.uniform(850, 1150) for n in range(SENSORS)]
    rest = list(level)
    batches: Batches = [[] for _ in range(WRITERS)]
    for round_ in range(BATCHES):
        order = list(range(SENSORS))
        dice.shuffle(order)
        for writer in range(WRITERS):
            at = start + STEP * round_ + timedelta(milliseconds=writer)
            batch = []
            for sensor in order[writer * SIZE : (writer + 1) * SIZE]:
                level[sensor] += 0.1 * (rest[sensor] - level[sensor]) + dice.gauss(0, 25)
                batch.append((sensor, at, round(level[sensor], 1)))
            batches[writer].append(batch)
    return batches


async def plant(url: str) -> list[int]:
    """A building with its sensors and two rules; the ids of the sensors."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'UTC', 'EN')"
    )
    rows = await connection.fetch(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit)"
        " SELECT 1, 's' || n, 'CO2', 'ppm' FROM generate_series(0, $1 - 1) n RETURNING id",
        SENSORS,
    )
    await connection.execute(
        "INSERT INTO alarm.rule (building_id, sensor_kind, name, condition, threshold, deadband, on_delay, off_delay,"
        " priority, category, latching, enabled) VALUES"
        " (1, 'CO2', 'Stuffy', 'ABOVE', 1000, 50, 1, 0, 'MEDIUM', 'AIR', false, true),"
        " (1, 'CO2', 'Very stuffy', 'ABOVE', 1200, 0, 0, 0, 'HIGH', 'AIR', false, true)"
    )
    await connection.execute("SELECT telemetry.make_partitions($1, $1)", datetime.now(UTC))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return [row["id"] for row in rows]


async def clocked(writers: Sequence[Callable[[], Awaitable[None]]]) -> float:
    """Readings a second."""
    began = time.perf_counter()
    await asyncio.gather(*(writer() for writer in writers))
    return WRITERS * BATCHES * SIZE / (time.perf_counter() - began)


async def bare(url: str, seed: int) -> float:
    ids = await plant(url)
    pool = await create_pool(url, WRITERS)
    batches = readings(random.Random(seed))

    async def write(mine: list[list[Reading]]) -> None:
        async with pool.acquire() as connection:
            for batch in mine:
                columns = [
                    [ids[sensor] for sensor, _, _ in batch],
                    [at for _, at, _ in batch],
                    [v for _, _, v in batch],
                ]
                async with connection.transaction():
                    await connection.execute(BARE_LOCK, columns[0])
                    await connection.execute(BARE_STORE, *columns)

    speed = await clocked([lambda mine=mine: write(mine) for mine in batches])  # type: ignore[misc]
    await pool.close()
    return speed


async def over_http(url: str, seed: int) -> tuple[float, dict[str, int]]:
    await plant(url)
    connection = await asyncpg.connect(url)
    async with Serving.of(url) as serving:
        token = await serving.device_key(connection, building_id=1)

        async def write(mine: list[bytes]) -> None:
            async with httpx.AsyncClient(timeout=60, headers={"Authorization": f"Bearer {token}"}) as http:
                for body in mine:
                    answer = await http.post(f"{serving.address}/ingest", content=body)
                    assert answer.json()["accepted"] == SIZE, answer.text

        await _warm(serving, token)
        bodies = [[_ndjson(batch) for batch in mine] for mine in readings(random.Random(seed))]
        speed = await clocked([lambda mine=mine: write(mine) for mine in bodies])  # type: ignore[misc]
        done = {
            "changes": await connection.fetchval("SELECT count(*) FROM live.change"),
            "alarms": await connection.fetchval("SELECT count(*) FROM alarm.alarm"),
        }
    await connection.close()
    return speed, done


def _ndjson(batch: list[Reading]) -> bytes:
    return b"\n".join(orjson.dumps({"sensor": f"s{n}", "at": at, "value": value}) for n, at, value in batch)


async def _warm(serving: Serving, token: str) -> None:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
        for _ in range(5):
            await http.post(f"{serving.address}/ingest", content=b"")


@pytest.mark.bench
async def test_ingest(cluster: Postgres, tmp_path: Path) -> None:
    speeds: dict[str, list[float]] = {"bare": [], "http": []}
    done: dict[str, int] = {}
    for number in range(ROUNDS):
        for name in speeds:
            database = f"bench_{name}_{number}"
            cluster.create_database(database, template="template_markoff")
            try:
                if name == "bare":
                    speeds[name].append(await bare(cluster.url(database), number))
                else:
                    speed, done = await over_http(cluster.url(database), number)
                    speeds[name].append(speed)
            finally:
                cluster.drop_database(database)
    middle = {name: statistics.median(each) for name, each in speeds.items()}
    ratio = middle["http"] / middle["bare"]
    print(f"\n{'bare locked statement':40} {middle['bare']:10,.0f} readings/s   {_spread(speeds['bare'])}")
    print(f"{'POST /ingest, rules, alarms, stream':40} {middle['http']:10,.0f} readings/s   {_spread(speeds['http'])}")
    print(f"{'ratio':40} {ratio:10.2f}   (at least 0.50)   {done}")


def _spread(speeds: list[float]) -> str:
    return " ".join(f"{speed:,.0f}" for speed in speeds)
