"""One change to 1,000 subscribers over WebSocket, told once for all of them, and once for each, in one run.

    uv run pytest tests/bench/bench_fanout.py -m bench -s

20 dispatchers with 50 lines each follow `alarmChanged`: by one operation, or each by its own (they differ in a comment, so
that nothing is shared). The clients do next to nothing: they note when bytes arrive. Turns alternate.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import psutil
import pytest

from api.auth import mint
from db import changes
from db.changes import News
from db.engine import Pool, create_pool
from deploy.postgres import Postgres
from tests.bench.serving import KEY, Serving

USERS, LINES = 20, 50
TURNS, CHANGES = 4, 8
PAUSE = 0.5
"""Seconds between two changes: each is told by itself."""
FOLLOW = """subscription { alarmChanged { cursor at kind
  alarm { id title state priority category raisedAt sensor room floor building value unit occurrences tenants } } }"""
ALARM = {
    "id": "alarm_1", "title": "Душно", "state": "ACTIVE", "priority": "HIGH", "category": "AIR", "value": 1250.5,
    "raisedAt": "2026-11-16T09:00:00+00:00", "lastRaisedAt": "2026-11-16T09:00:00+00:00", "returnedAt": None,
    "acknowledgedAt": None, "acknowledgedBy": None, "closedAt": None, "unit": "ppm", "occurrences": 1, "rule": "Душно",
    "sensor": "co2-412", "sensorKind": "CO2", "room": "412", "floor": "4 этаж", "building": "Башня",
    "tenants": ["ООО «Ромашка»"], "note": None, "resetAt": None, "resetBy": None, "latching": False,
    "shelvedUntil": None, "shelvedBy": None, "shelvedReason": None, "suppressed": False, "outOfService": False,
    "annunciated": True, "escalatedTo": None, "escalatedAt": None,
}  # fmt: skip


class Client(asyncio.Protocol):
    """A WebSocket of which only the arrival of changes is looked at."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.arrived: list[float] = []
        self.switched = asyncio.Event()
        self.acknowledged = asyncio.Event()
        self.begun = asyncio.Event()
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET /graphql HTTP/1.1\r\nHost: house\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._rest += data
        if not self.switched.is_set():
            head, end, self._rest = self._rest.partition(b"\r\n\r\n")
            assert end, head
            assert b" 101 " in head, head
            self.switched.set()
        while (frame := self._frame()) is not None:
            kind, body = frame
            if kind == 0x9:
                self._send(0xA, body)
            elif b'"next"' in body:
                self.arrived.append(now)
            elif b'"connection_ack"' in body:
                self.acknowledged.set()
            elif b'"pong"' in body:
                self.begun.set()
            elif b'"ping"' in body:
                self.say(type="pong")
            else:
                raise AssertionError(body)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame: its opcode and what is in it."""
        data = self._rest
        if len(data) < 4:
            return None
        length, begin = data[1], 2
        if length == 126:
            length, begin = int.from_bytes(data[2:4], "big"), 4
        if len(data) < begin + length:
            return None
        self._rest = data[begin + length :]
        return data[0] & 0xF, data[begin : begin + length]

    def say(self, **message: object) -> None:
        self._send(0x1, json.dumps(message).encode())

    def _send(self, kind: int, body: bytes) -> None:
        assert len(body) < 1 << 16
        length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self.transport.write(bytes([0x80 | kind]) + length + b"\0\0\0\0" + body)

    def follow(self, query: str) -> None:
        """Follow that and nothing else; `begun` is set when it is understood: messages are taken in order."""
        self.begun.clear()
        self.say(type="complete", id="1")
        self.say(type="subscribe", id="1", payload={"query": query})
        self.say(type="ping")


@dataclass
class Spread:
    """Milliseconds."""

    first_to_last: list[float] = field(default_factory=list)
    to_last: list[float] = field(default_factory=list)
    """From the commit."""


async def plant(connection: asyncpg.Connection[asyncpg.Record]) -> list[int]:
    """A building and its dispatchers."""
    await connection.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'UTC', 'EN');"
    )
    users = await connection.fetch(
        'INSERT INTO security."user" (login, name, language, enabled)'
        " SELECT 'd' || n, 'D', 'EN', true FROM generate_series(1, $1) n RETURNING id",
        USERS,
    )
    await connection.execute(
        'INSERT INTO security."grant" (user_id, role, building_id) SELECT id, \'DISPATCHER\', 1 FROM security."user"'
    )
    return [row["id"] for row in users]


async def opened(address: str, users: list[int]) -> list[Client]:
    host, port = address.removeprefix("http://").split(":")
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for user in users:
        token = mint(KEY, user, timedelta(hours=1)).token
        for _ in range(LINES):
            _, client = await loop.create_connection(Client, host, int(port))
            async with asyncio.timeout(30):
                await client.switched.wait()
                client.say(type="connection_init", payload={"authorization": f"Bearer {token}"})
                await client.acknowledged.wait()
            clients.append(client)
    return clients


async def turn(pool: Pool, clients: list[Client], spread: Spread | None) -> None:
    """Some changes, one after the other."""
    keys = {"building": 1, "code": "b", "floor": 1, "level": 4, "room": 1, "sensor": 1, "rule": 1}
    for _ in range(CHANGES):
        for client in clients:
            client.arrived.clear()
        news = News(datetime.now(UTC), "alarm", 1, (), 1, {"kind": "RAISED", "alarm": ALARM, "keys": keys})
        async with pool.acquire() as connection, connection.transaction():
            await changes.append(connection, [news])
        committed = time.perf_counter()
        async with asyncio.timeout(30):
            while not all(client.arrived for client in clients):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(PAUSE)
        arrivals = [client.arrived for client in clients]
        assert {len(each) for each in arrivals} == {1}
        times = [each[0] for each in arrivals]
        if spread is not None:
            spread.first_to_last.append(1000 * (max(times) - min(times)))
            spread.to_last.append(1000 * (max(times) - committed))


@pytest.mark.bench
async def test_fanout(cluster: Postgres) -> None:
    cluster.create_database("bench_fanout", template="template_markoff")
    try:
        await _measure(cluster.url("bench_fanout"))
    finally:
        cluster.drop_database("bench_fanout")


async def _measure(url: str) -> None:
    pool = await create_pool(url, 2)
    async with pool.acquire() as connection:
        users = await plant(connection)  # type: ignore[arg-type]
    shared, own = Spread(), Spread()
    async with Serving.of(url) as serving:
        process = psutil.Process(serving.process.pid)
        alone = process.memory_info().rss
        clients = await opened(serving.address, users)
        resident = 0
        for number in range(TURNS + 1):
            for spread, name in ((shared, ""), (own, "# {}\n")):
                for each, client in enumerate(clients):
                    client.follow(name.format(each) + FOLLOW)
                async with asyncio.timeout(120):
                    for client in clients:
                        await client.begun.wait()
                await asyncio.sleep(1)
                await turn(pool, clients, spread if number else None)
                if spread is shared:
                    resident = max(resident, process.memory_info().rss)
        most = process.memory_info().rss
        for client in clients:
            client.transport.abort()
    await pool.close()
    _tell(shared, own, alone, resident, most)


def _tell(shared: Spread, own: Spread, alone: int, resident: int, most: int) -> None:
    print(f"\n{USERS * LINES:,} subscribers, milliseconds      first to last     commit to last")
    for name, spread in (("one evaluation for all", shared), ("one evaluation for each", own)):
        first, last = statistics.median(spread.first_to_last), statistics.median(spread.to_last)
        print(f"{name:34} {first:8.0f} (…{max(spread.first_to_last):.0f}) {last:10.0f} (…{max(spread.to_last):.0f})")
    times = statistics.median(own.first_to_last) / statistics.median(shared.first_to_last)
    print(f"{'times better (at least 5)':34} {times:8.1f}")
    mebi = 1 << 20
    print(
        f"{'memory of the api, MiB':34} {alone / mebi:8.0f} alone, {resident / mebi:.0f} with all, {most / mebi:.0f} at last"
    )
