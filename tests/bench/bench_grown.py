"""Ten times the sensors and fifty million stored readings, against a house without a past, in one run.

    uv run pytest tests/bench/bench_grown.py -m bench -s        (MARKOFF_STORED=5000000 for a smaller past)

Ingest: batches of 1,000 readings of sensors drawn at random, two writers, a device's key. Alarm: a reading that raises
one, from the request to its change at a subscriber. Floor: 40 rooms and 400 sensors, asked by a dispatcher. Turns
alternate between the two houses, and medians are compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import httpx
import orjson
import pytest
import websockets

from db import migrate
from deploy import postgres
from deploy.postgres import Postgres
from tests.bench.grown import Grown, build
from tests.bench.serving import KEY, Serving

TEMPLATE = "template_grown"
SENSORS, TIMES = 10_000, 10
STORED = int(os.environ.get("MARKOFF_STORED", "50000000"))
TURNS, BATCHES, SIZE, WRITERS = 7, 8, 1000, 2
ALARMS, FLOORS = 15, 25
"""In one turn."""
FLOOR = """query ($floor: ID!) { floor(id: $floor) { id name rooms(first: 100) {
    id number kind tenant { name } sensors { code kind value unit at status } } } }"""
CHANGED = "subscription { alarmChanged { at kind alarm { sensor } } }"


@dataclass
class House:
    """A house at work, and what was measured in it."""

    name: str
    grown: Grown
    serving: Serving
    device: httpx.AsyncClient
    person: httpx.AsyncClient
    heard: asyncio.Queue[str]
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    found: dict[str, list[float]] = field(default_factory=dict)

    @property
    def busy(self) -> list[str]:
        """The sensors that report: four of ten."""
        return [code for kind in ("HUMIDITY", "LIGHT", "CO2", "POWER") for code in self.grown.codes[kind]]

    def batch(self, codes: list[str]) -> bytes:
        """A reading of each, none of which raises an alarm."""
        now = datetime.now(UTC)
        lines = ({"sensor": code, "at": now, "value": self.dice.uniform(26, 39)} for code in codes)
        return b"\n".join(map(orjson.dumps, lines))

    async def warm(self) -> None:
        """Each sensor has reported once to this process, as in a house that has been at work for five minutes."""
        for first in range(0, len(self.busy), SIZE):
            answer = await self.device.post("/ingest", content=self.batch(self.busy[first : first + SIZE]))
            assert answer.status_code == 200, answer.text

    async def ingest(self) -> float:
        """Readings a second."""

        async def write(bodies: list[bytes]) -> None:
            for body in bodies:
                answer = await self.device.post("/ingest", content=body)
                assert answer.json()["accepted"] == SIZE, answer.text

        busy = self.busy
        bodies = [[self.batch(self.dice.sample(busy, SIZE)) for _ in range(BATCHES)] for _ in range(WRITERS)]
        began = time.perf_counter()
        await asyncio.gather(*map(write, bodies))
        return WRITERS * BATCHES * SIZE / (time.perf_counter() - began)

    async def alarm(self) -> float:
        """Milliseconds from a reading to its change at the subscriber; the leak is over again afterwards."""
        times = []
        for code in self.dice.sample(self.grown.codes["LEAK"], ALARMS):
            for value in (1.0, 0.0):
                body = orjson.dumps({"sensor": code, "at": datetime.now(UTC), "value": value})
                began = time.perf_counter()
                sent = asyncio.create_task(self.device.post("/ingest", content=body))
                while code not in await asyncio.wait_for(self.heard.get(), 30):
                    pass
                times.append((time.perf_counter() - began) * 1000)
                await sent
        return statistics.median(times)

    async def floor(self) -> float:
        """Milliseconds of one floor."""
        times = []
        for floor in (self.dice.choice(self.grown.floors) for _ in range(FLOORS)):
            began = time.perf_counter()
            answer = await self.person.post("/graphql", json={"query": FLOOR, "variables": {"floor": f"floor_{floor}"}})
            times.append((time.perf_counter() - began) * 1000)
            assert len(answer.json()["data"]["floor"]["rooms"]) == 40
        return statistics.median(times)


@asynccontextmanager
async def opened(url: str, name: str, sensors: int, stored: int) -> AsyncIterator[House]:
    connection = await asyncpg.connect(url)
    grown = await build(connection, sensors, stored)
    async with AsyncExitStack() as stack:
        serving = await stack.enter_async_context(Serving.of(url))
        key = await serving.device_key(connection, grown.building)
        await connection.close()
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=serving.address, timeout=60, headers={"Authorization": f"Bearer {token}"})
            )
            for token in (key, grown.token(KEY))
        ]
        address = serving.address.replace("http", "ws", 1) + "/graphql"
        protocol = websockets.Subprotocol("graphql-transport-ws")
        line = await stack.enter_async_context(websockets.connect(address, subprotocols=[protocol]))
        hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {grown.token(KEY)}"}}
        await line.send(json.dumps(hello))
        assert json.loads(await line.recv())["type"] == "connection_ack"
        await line.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": CHANGED}}))
        heard: asyncio.Queue[str] = asyncio.Queue()
        listening = asyncio.create_task(listen(line, heard))
        yield House(name, grown, serving, *clients, heard)
        listening.cancel()


async def listen(line: websockets.ClientConnection, heard: asyncio.Queue[str]) -> None:
    """Answer pings, hand on the rest."""
    async for message in line:
        if json.loads(message)["type"] == "ping":
            await line.send('{"type": "pong"}')
        else:
            heard.put_nowait(str(message))


async def measure(small: str, large: str) -> None:
    async with (
        opened(small, "a house", SENSORS, 0) as house,
        opened(large, "ten times the sensors, with a past", SENSORS * TIMES, STORED) as grown,
    ):
        await house.warm()
        await grown.warm()
        for turn in range(-1, TURNS):
            for one in (house, grown):
                for what in ("ingest", "alarm", "floor"):
                    figure = await getattr(one, what)()
                    if turn >= 0:
                        one.found.setdefault(what, []).append(figure)
        for what, unit in (("ingest", "readings/s"), ("alarm", "ms"), ("floor", "ms")):
            first, second = (statistics.median(one.found[what]) for one in (house, grown))
            times = first / second if unit == "readings/s" else second / first
            print(f"{what:8} {first:12,.1f} → {second:12,.1f} {unit:12} time ×{times:.2f} (at most 1.5)")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """A server that keeps as many pages as that of a house, unlike the one of the tests."""
    monkeypatch.setitem(postgres.NOT_DURABLE, "shared_buffers", postgres.buffers())
    with postgres.temporary() as server:
        server.create_database(TEMPLATE)
        migrate.upgrade(server.url(TEMPLATE))
        yield server


@pytest.mark.bench
async def test_grown(cluster: Postgres) -> None:
    names = ("bench_small", "bench_grown")
    for name in names:
        cluster.create_database(name, template=TEMPLATE)
    try:
        await measure(*map(cluster.url, names))
    finally:
        for name in names:
            cluster.drop_database(name)
