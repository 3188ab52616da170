"""Reading over HTTP with a token, against the same JSON asked directly by a statement written by hand, in one run.

    uv run pytest tests/bench/bench_floor.py -m bench -s

Random floors of 50 rooms, their tenants and 200 sensors, by three roles in turn; a whole building of 1,000 rooms and 4,000
sensors in one query; and the same from a plain Strawberry server with DataLoaders. Eight connections everywhere; rounds
alternate, and the medians are compared.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from db.engine import create_read_pool
from deploy.postgres import Postgres
from tests.bench import by_hand
from tests.bench.big import ROLES, Big, build
from tests.bench.serving import KEY, Serving

CONNECTIONS = 8
ROUNDS = 5
SECONDS = 3.0
"""Of one round."""
SENSORS = "sensors { id code kind value unit at status }"
ROOMS = f"id number name kind area tenant {{ id name }} {SENSORS}"
FLOOR = f"query Floor($floor: ID!) {{ floor(id: $floor) {{ id level name rooms(first: 100) {{ {ROOMS} }} }} }}"
BUILDING = f'{{ building(id: "building_1") {{ id rooms(first: 1000) {{ {ROOMS} }} }} }}'

Once = Callable[[], Awaitable[bytes]]


class Line:
    """One connection that keeps asking over HTTP/1.1, with as little work of its own as can be."""

    def __init__(self, address: str) -> None:
        self.host, port = address.removeprefix("http://").split(":")
        self.port = int(port)

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 24)

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return await self.reader.readexactly(length)


def request(token: str, query: str, variables: dict[str, Any]) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: house\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def a_second(lines: list[Once], seconds: float) -> float:
    """How often all lines together get an answer in a second."""
    until = time.perf_counter() + seconds

    async def keep(once: Once) -> int:
        count = 0
        while time.perf_counter() < until:
            await once()
            count += 1
        return count

    began = time.perf_counter()
    counts = await asyncio.gather(*map(keep, lines))
    return sum(counts) / (time.perf_counter() - began)


class Bench:
    """Ways to ask for a random floor and for the whole building."""

    def __init__(self, url: str, big: Big, serving: Serving, plain: Serving) -> None:
        self.url = url
        self.big = big
        self.dice = random.Random(1)
        self.tokens = {role: big.token(role, KEY) for role in ROLES}
        self.addresses = {"markoff": serving.address, "plain": plain.address}

    def floor(self) -> tuple[str, int]:
        return self.dice.choice(ROLES), self.dice.choice(self.big.floors)

    @asynccontextmanager
    async def ways(self, name: str, pool: Any, what: str) -> AsyncIterator[list[Once]]:
        if name == "by hand":
            yield self.direct(pool, what)
            return
        lines = [Line(self.addresses[name]) for _ in range(CONNECTIONS)]
        for line in lines:
            await line.open()
        yield [self.over(line, what) for line in lines]
        for line in lines:
            line.writer.close()
            await line.writer.wait_closed()

    def direct(self, pool: Any, what: str) -> list[Once]:
        def floor() -> Awaitable[str]:
            role, floor = self.floor()
            return pool.fetchval(by_hand.floor(role), floor, [1], self.big.now)  # type: ignore[no-any-return]

        def building() -> Awaitable[str]:
            return pool.fetchval(by_hand.building("MANAGER"), 1, [1], self.big.now)  # type: ignore[no-any-return]

        return [floor if what == "floor" else building] * CONNECTIONS  # type: ignore[list-item]

    def over(self, line: Line, what: str) -> Once:
        floors = {
            (role, floor): request(self.tokens[role], FLOOR, {"floor": f"floor_{floor}"})
            for role in ROLES
            for floor in self.big.floors
        }
        building = request(self.tokens["MANAGER"], BUILDING, {})
        return lambda: line.ask(floors[self.floor()] if what == "floor" else building)

    async def same(self, pool: Any) -> None:
        """All ways give the same answer."""
        for role in ROLES:
            floor = self.big.floors[7]
            known = json.loads(await pool.fetchval(by_hand.floor(role), floor, [1], self.big.now))
            assert len(known["data"]["floor"]["rooms"]) == 50
            for address in self.addresses.values():
                line = Line(address)
                await line.open()
                told = json.loads(await line.ask(request(self.tokens[role], FLOOR, {"floor": f"floor_{floor}"})))
                assert told == known, role
                line.writer.close()


async def measure(url: str) -> None:
    connection = await asyncpg.connect(url)
    big = await build(connection)
    pool = await create_read_pool(url, CONNECTIONS, timedelta(seconds=60))
    async with Serving.of(url) as serving, Serving.of(url, "tests.bench.plain:create") as plain:
        bench = Bench(url, big, serving, plain)
        await bench.same(pool)
        for what in ("floor", "building"):
            found: dict[str, list[float]] = {"by hand": [], "markoff": [], "plain": []}
            for number in range(-1, ROUNDS):
                for name, each in found.items():
                    async with bench.ways(name, pool, what) as lines:
                        speed = await a_second(lines, SECONDS)
                    if number >= 0:
                        each.append(speed)
            told(what, {name: statistics.median(each) for name, each in found.items()}, found)
    await pool.close()
    await connection.close()


def told(what: str, middle: dict[str, float], found: dict[str, list[float]]) -> None:
    print(f"\n{what}")
    names = {
        "by hand": "statement by hand, asked directly",
        "markoff": "POST /graphql",
        "plain": "Strawberry with DataLoaders",
    }
    for name, each in middle.items():
        print(f"  {names[name]:36} {each:9,.1f} a second   {' '.join(f'{one:,.0f}' for one in found[name])}")
    print(f"  {'of the direct statement':36} {middle['markoff'] / middle['by hand']:9.2f}", end="")
    print(
        "   (at least 0.60)"
        if what == "floor"
        else f"   (time {middle['by hand'] / middle['markoff']:.2f}, at most 1.30)"
    )
    print(f"  {'times the plain server':36} {middle['markoff'] / middle['plain']:9.1f}   (at least 10)")


@pytest.mark.bench
def test_floor(cluster: Postgres) -> None:
    import uvloop

    cluster.create_database("bench_floor", template="template_markoff")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(cluster.url("bench_floor")))
    finally:
        cluster.drop_database("bench_floor")
