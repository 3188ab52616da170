"""Ingest over HTTP against the bare locked statement, in one run.

    uv run pytest tests/bench/bench_ingest.py -m bench -s

Batches of 1,000 readings of 10,000 shared sensors, two rules each, two writers. The bare statement locks the touched
sensors' state rows in id order, stores the readings, moves the latest and appends one change to the stream, in one
transaction, on connections that do nothing else: no names, no rules, no HTTP. Both take the same readings, each in a
database of its own; short turns alternate, so that what else the machine does falls on both alike.

Then single readings of 64 clients at once, against the same request with nothing in it. Connections are kept, and the
clients do no more than write and read bytes.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import orjson
import pytest

from db import changes
from db.changes import News
from db.engine import Pool, create_pool
from deploy.postgres import Postgres
from tests.bench.serving import Serving

SENSORS = 10_000
SIZE = 1000
WRITERS = 2
BATCHES = 12
"""Of each writer in a turn."""
TURNS = 10
STEP = timedelta(milliseconds=50)
"""Between two rounds: about as fast as they are taken, so that the house lives in their time."""
CLIENTS, REQUESTS = 64, 40
"""At once, and of each in a turn."""

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


class Air:
    """CO2 of all sensors, wandering around 600 ppm, with one sensor in five in a stuffy room.

    Of the two rules (above 1000 with a deadband and a delay, above 1200 at once) some watch turns in about one reading of a
    hundred: far more than in a real house.
    """

    def __init__(self) -> None:
        self.dice = random.Random(1)
        self.rest = [self.dice.uniform(450, 700) if n % 5 else self.dice.uniform(850, 1150) for n in range(SENSORS)]
        self.level = list(self.rest)

    def batches(self) -> Batches:
        """In each round sensors are drawn anew for both writers: all are shared."""
        start = datetime.now(UTC)
        batches: Batches = [[] for _ in range(WRITERS)]
        for round_ in range(BATCHES):
            order = self.dice.sample(range(SENSORS), WRITERS * SIZE)
            for writer in range(WRITERS):
                at = start + STEP * round_ + timedelta(milliseconds=writer)
                mine = order[writer * SIZE : (writer + 1) * SIZE]
                batches[writer].append([(sensor, at, self._next(sensor)) for sensor in mine])
        return batches

    def first(self) -> Batches:
        """A first reading of every sensor: they wake up, and the stuffy rooms are told of."""
        at = datetime.now(UTC)
        whole = [(sensor, at, self._next(sensor)) for sensor in range(SENSORS)]
        parts = [whole[start : start + SIZE] for start in range(0, SENSORS, SIZE)]
        return [parts[writer::WRITERS] for writer in range(WRITERS)]

    def _next(self, sensor: int) -> float:
        level = self.level[sensor]
        self.level[sensor] = level + 0.1 * (self.rest[sensor] - level) + self.dice.gauss(0, 25)
        return round(self.level[sensor], 1)


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
    await connection.execute("VACUUM ANALYZE telemetry.sensor, telemetry.sensor_state, alarm.watch, alarm.rule")
    await connection.close()
    return [row["id"] for row in rows]


async def clocked(writers: Sequence[Callable[[], Awaitable[None]]]) -> float:
    """Readings a second."""
    began = time.perf_counter()
    await asyncio.gather(*(writer() for writer in writers))
    return WRITERS * BATCHES * SIZE / (time.perf_counter() - began)


async def bare(pool: Pool, ids: list[int], batches: Batches) -> float:
    async def write(mine: list[list[Reading]]) -> None:
        async with pool.acquire() as connection:
            for batch in mine:
                sensors, times, values = (list(column) for column in zip(*batch, strict=True))
                numbers = [ids[sensor] for sensor in sensors]
                async with connection.transaction():
                    await connection.execute(BARE_LOCK, numbers)
                    await connection.execute(BARE_STORE, numbers, times, values)
                    await changes.append(connection, [News(times[0], "readings", 1, (), 1, {"readings": SIZE})])

    return await clocked([partial(write, mine) for mine in batches])


class Client:
    """A kept connection that sends prepared requests one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self.reader = reader
        self.writer = writer
        self.head = f"POST /ingest HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Length: "

    @classmethod
    async def of(cls, serving: Serving, token: str) -> Client:
        host, port = serving.address.removeprefix("http://").split(":")
        return cls(*await asyncio.open_connection(host, int(port)), token)

    async def send(self, bodies: Sequence[bytes], told: bytes) -> None:
        for body in bodies:
            self.writer.write(f"{self.head}{len(body)}\r\n\r\n".encode() + body)
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            answer = await self.reader.readexactly(length)
            assert told in answer, answer


async def over_http(clients: Sequence[Client], batches: Batches) -> float:
    bodies = [[_ndjson(batch) for batch in mine] for mine in batches]
    told = f'"accepted":{SIZE}'.encode()
    return await clocked([partial(client.send, mine, told) for client, mine in zip(clients, bodies, strict=True)])


def _ndjson(batch: list[Reading]) -> bytes:
    return b"\n".join(orjson.dumps({"sensor": f"s{n}", "at": at, "value": value}) for n, at, value in batch)


@pytest.mark.bench
async def test_ingest(cluster: Postgres) -> None:
    databases = {name: f"bench_{name}" for name in ("bare", "http")}
    for database in databases.values():
        cluster.create_database(database, template="template_markoff")
    try:
        await _measure(cluster.url(databases["bare"]), cluster.url(databases["http"]))
    finally:
        for database in databases.values():
            cluster.drop_database(database)


async def _measure(bare_url: str, http_url: str) -> None:
    ids, _ = await plant(bare_url), await plant(http_url)
    pool, connection = await create_pool(bare_url, WRITERS), await asyncpg.connect(http_url)
    speeds: list[tuple[float, float]] = []
    air = Air()
    async with Serving.of(http_url) as serving:
        token = await serving.device_key(connection, building_id=1)
        clients = [await Client.of(serving, token) for _ in range(WRITERS)]
        await bare(pool, ids, air.first())
        await over_http(clients, air.first())
        before = await connection.fetchval("SELECT count(*) FROM live.change")
        for _ in range(TURNS):
            batches = air.batches()
            speeds.append((await bare(pool, ids, batches), await over_http(clients, batches)))
        for client in clients:
            client.writer.close()
    told = await connection.fetchval("SELECT count(*) FROM live.change") - before
    await pool.close()
    await connection.close()
    _tell(speeds, told / TURNS / WRITERS / BATCHES)


def _tell(speeds: Sequence[tuple[float, float]], changes: float) -> None:
    bare_speeds, http_speeds = zip(*speeds, strict=True)
    ratios = [http / bare for bare, http in speeds]
    for name, row in (("bare locked statement", bare_speeds), ("POST /ingest: rules, alarms, stream", http_speeds)):
        print(f"\n{name:38} {statistics.median(row):9,.0f} readings/s  {min(row):9,.0f} … {max(row):9,.0f}", end="")
    print(
        f"\n{'ratio (at least 0.60)':38} {statistics.median(ratios):9.2f}             {min(ratios):9.2f} … {max(ratios):9.2f}"
    )
    print(f"{'changes of alarms in 1,000 readings':38} {changes:9.1f}")


async def singles(clients: Sequence[Client], number: int, told: bytes, *, empty: bool) -> float:
    """Requests a second."""
    now = datetime.now(UTC)
    bodies = [
        [
            b"" if empty else _ndjson([(REQUESTS * who + n, now + timedelta(microseconds=number), float(n))])
            for n in range(REQUESTS)
        ]
        for who in range(len(clients))
    ]
    began = time.perf_counter()
    await asyncio.gather(*(client.send(mine, told) for client, mine in zip(clients, bodies, strict=True)))
    return len(clients) * REQUESTS / (time.perf_counter() - began)


@pytest.mark.bench
async def test_singles(database: str) -> None:
    await plant(database)
    connection = await asyncpg.connect(database)
    speeds: list[tuple[float, float]] = []
    async with Serving.of(database) as serving:
        token = await serving.device_key(connection, building_id=1)
        clients = [await Client.of(serving, token) for _ in range(CLIENTS)]
        for turn in range(TURNS + 1):
            empty = await singles(clients, turn, b'"accepted":0', empty=True)
            speeds.append((empty, await singles(clients, turn, b'"accepted":1', empty=False)))
        for client in clients:
            client.writer.close()
    stored, transactions = await connection.fetchrow(
        "SELECT count(*), count(DISTINCT xmin::text) FROM telemetry.reading"
    ) or (0, 1)
    await connection.close()
    _tell_singles(speeds[1:], stored / transactions)


def _tell_singles(speeds: Sequence[tuple[float, float]], group: float) -> None:
    empties, readings = zip(*speeds, strict=True)
    ratios = [reading / empty for empty, reading in speeds]
    for name, row in (("empty POST, 64 clients", empties), ("POST of one reading, 64 clients", readings)):
        print(f"\n{name:38} {statistics.median(row):9,.0f} requests/s  {min(row):9,.0f} … {max(row):9,.0f}", end="")
    print(
        f"\n{'ratio (at least 0.50)':38} {statistics.median(ratios):9.2f}             {min(ratios):9.2f} … {max(ratios):9.2f}"
    )
    print(f"{'readings in a transaction':38} {group:9.1f}")
