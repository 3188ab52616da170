"""From a reading sent over HTTP to its alarm at the subscribers, while a thousand readings a second come.

    uv run pytest tests/bench/bench_latency.py -m bench -s

Ten gateways send ten readings each, ten times a second; one reading in fifty raises an alarm. A hundred WebSocket subscribers of
one operation, in a process of their own, say when each alarm came; `sent` is the moment before the request is written.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import orjson
import psutil
import pytest

from api.auth import mint
from deploy.postgres import Postgres
from tests.bench.bench_floor import Line
from tests.bench.serving import KEY, Serving

GATEWAYS = 10
READINGS = 10
"""In one request."""
PERIOD = 0.1
"""Seconds between two requests of a gateway."""
RAISING = 0.2
"""Of each request's readings, how many raise an alarm, on average."""
SUBSCRIBERS = 100
PEOPLE = 4
"""Dispatchers, who open a part of the lines each."""
SECONDS = 30.0
WARMING = 5.0
LIMIT = 1000.0


@dataclass
class Gateway:
    """Sends readings of sensors of its own at a steady pace, however long the answers take."""

    number: int
    address: str
    key: str
    sent: dict[float, float]
    answered: list[float] = field(default_factory=list)

    async def send(self, seconds: float) -> None:
        line = Line(self.address)
        await line.open()
        clock = asyncio.get_running_loop().time
        began = clock() + self.number * PERIOD / GATEWAYS
        for turn in range(int(seconds / PERIOD)):
            await asyncio.sleep(max(0.0, began + turn * PERIOD - clock()))
            request = self._request(turn)
            at = clock()
            if (value := self._raise(turn)) is not None:
                self.sent[value] = at
            await line.ask(request)
            self.answered.append(clock() - at)
        line.writer.close()

    def _raise(self, turn: int) -> float | None:
        """The value, unlike any other, that raises an alarm in this turn."""
        if turn % round(1 / RAISING):
            return None
        return LIMIT + 1 + self.number + turn * GATEWAYS

    def _request(self, turn: int) -> bytes:
        at = datetime.now(UTC)
        values = [LIMIT / 2 + (turn + n) % 100 for n in range(READINGS)]
        values[0] = self._raise(turn) or LIMIT - 1
        lines = [
            orjson.dumps({"sensor": f"s{self.number * READINGS + n}", "at": at, "value": value})
            for n, value in enumerate(values)
        ]
        body = b"\n".join(lines)
        head = f"POST /ingest?building=b HTTP/1.1\r\nHost: house\r\nAuthorization: Bearer {self.key}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def plant(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """A building with its sensors under two rules, and dispatchers: their tokens."""
    await connection.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'UTC', 'EN')"
    )
    await connection.execute(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit)"
        " SELECT 1, 's' || n, 'CO2', 'ppm' FROM generate_series(0, $1 - 1) n",
        GATEWAYS * READINGS,
    )
    await connection.execute(
        "INSERT INTO alarm.rule (building_id, sensor_kind, name, condition, threshold, deadband, on_delay, off_delay,"
        " priority, category, latching, enabled) VALUES"
        " (1, 'CO2', 'Stuffy', 'ABOVE', $1, 0, 0, 0, 'HIGH', 'AIR', false, true),"
        " (1, 'CO2', 'Very stuffy', 'ABOVE', 1e6, 0, 0, 0, 'HIGH', 'AIR', false, true)",
        LIMIT,
    )
    await connection.execute("SELECT telemetry.make_partitions($1, $1)", datetime.now(UTC))
    users = await connection.fetch(
        'INSERT INTO security."user" (login, name, language, enabled)'
        " SELECT 'd' || n, 'D', 'EN', true FROM generate_series(1, $1) n RETURNING id",
        PEOPLE,
    )
    await connection.execute(
        'INSERT INTO security."grant" (user_id, role, building_id) SELECT id, \'DISPATCHER\', 1 FROM security."user"'
    )
    return [mint(KEY, user["id"], timedelta(hours=1)).token for user in users]


@pytest.mark.bench
async def test_latency(cluster: Postgres) -> None:
    cluster.create_database("bench_latency", template="template_markoff")
    url = cluster.url("bench_latency")
    connection = await asyncpg.connect(url)
    try:
        tokens = await plant(connection)
        async with Serving.of(url) as serving:
            key = await serving.device_key(connection, building_id=1)
            await _measure(serving, key, tokens)
    finally:
        await connection.close()
        cluster.drop_database("bench_latency")


async def _measure(serving: Serving, key: str, tokens: Sequence[str]) -> None:
    address, process = serving.address, psutil.Process(serving.process.pid)
    socket = address.replace("http", "ws", 1) + "/graphql"
    listening = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.listening", socket, str(SUBSCRIBERS), *tokens,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert listening.stdout is not None
    assert await listening.stdout.readline() == b"ready\n"
    sent: dict[float, float] = {}
    gateways = [Gateway(number, address, key, sent) for number in range(GATEWAYS)]
    began, worked = time.monotonic(), process.cpu_times()
    await asyncio.gather(*(gateway.send(WARMING + SECONDS) for gateway in gateways))
    took, working = time.monotonic() - began, process.cpu_times()
    print(f"\nprocessor time of the api         {(sum(working[:2]) - sum(worked[:2])) / took:8.0%} of one core", end="")
    await asyncio.sleep(1)
    told, _ = await listening.communicate(b"")
    arrivals = [(at, came) for value, came in orjson.loads(told) if (at := sent[value]) > began + WARMING]
    counted = sum(at > began + WARMING for at in sent.values())
    assert len(arrivals) == counted * SUBSCRIBERS, (len(arrivals), counted)
    _tell(took, [answer for gateway in gateways for answer in gateway.answered], [came - at for at, came in arrivals])


def _tell(took: float, answers: Sequence[float], latencies: Sequence[float]) -> None:
    print(f"\nreadings a second                {len(answers) * READINGS / took:8,.0f}")
    print(f"alarms a second, each to {SUBSCRIBERS:4}    {len(latencies) / SUBSCRIBERS / SECONDS:8.1f}")
    for name, found, bars in (
        ("sent → answered", answers, ""),
        ("sent → alarm at a subscriber", latencies, "   (at most 15; 60)"),
    ):
        cuts = statistics.quantiles(found, n=100)
        print(f"{name:32} p50 {cuts[49] * 1000:6.1f} ms   p99 {cuts[98] * 1000:6.1f} ms{bars}")
