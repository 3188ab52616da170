"""What traces cost: processor time of the api process for a floor query, off, by a share, and for every request.

    uv run pytest tests/bench/bench_tracing.py -m bench -s

One connection asks for random floors of 50 rooms and 200 sensors; rounds alternate between processes on the same
database, and the medians are compared. A collector takes what comes, in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import psutil
import pytest
from opentelemetry import trace

from deploy.postgres import Postgres
from tests.bench.bench_floor import FLOOR, Line, request
from tests.bench.big import ROLES, build
from tests.bench.serving import KEY, Serving

ROUNDS = 5
ASKED = 1000
"""Requests of one round."""
TIMES = 20_000
COLLECTOR = """
import sys, time
from tests.stories.collector import collecting
with collecting() as collector:
    collector.take = lambda body: None
    print(collector.address, flush=True)
    time.sleep(3600)
"""


@asynccontextmanager
async def collector() -> AsyncIterator[str]:
    process = subprocess.Popen([sys.executable, "-c", COLLECTOR], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ways(address: str) -> Mapping[str, dict[str, str]]:
    quiet = {"MARKOFF_METRICS_ENABLED": "false"}
    traced = {"MARKOFF_TRACES_URL": address}
    return {
        "neither": quiet,
        "metrics": {},
        "traces of 1 in 10": quiet | traced | {"MARKOFF_TRACES_REQUESTS": "0.1"},
        "traces of all": quiet | traced | {"MARKOFF_TRACES_REQUESTS": "1"},
        "metrics, traces of 1 in 10": traced | {"MARKOFF_TRACES_REQUESTS": "0.1"},
    }


async def measure(url: str) -> None:
    connection = await asyncpg.connect(url)
    big = await build(connection)
    tokens = {role: big.token(role, KEY) for role in ROLES}
    dice = random.Random(1)
    found: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(collector())
        serving = {
            name: await stack.enter_async_context(Serving.of(url, settings=settings))
            for name, settings in ways(address).items()
        }
        for number in range(-1, ROUNDS):
            for name, each in serving.items():
                line = Line(each.address)
                await line.open()
                process = psutil.Process(each.process.pid)
                before, began = sum(process.cpu_times()[:2]), time.perf_counter()
                for _ in range(ASKED):
                    variables = {"floor": f"floor_{dice.choice(big.floors)}"}
                    await line.ask(request(tokens[dice.choice(ROLES)], FLOOR, variables))
                took = time.perf_counter() - began
                await asyncio.sleep(2.5)  # what is sent behind is part of it
                if number >= 0:
                    found.setdefault(name, []).append((sum(process.cpu_times()[:2]) - before) / ASKED * 1000)
                    whole.setdefault(name, []).append(took / ASKED * 1000)
                line.writer.close()
    await connection.close()
    told(found, whole)


def told(found: Mapping[str, list[float]], whole: Mapping[str, list[float]]) -> None:
    without, plain = (statistics.median(each["neither"]) for each in (found, whole))
    for name, each in found.items():
        cpu, wall = statistics.median(each), statistics.median(whole[name])
        print(
            f"  {name:28} {cpu:6.3f} ms of processor {cpu - without:+.3f} ms,"
            f" {wall:6.3f} ms a request {100 * (wall / plain - 1):+5.1f} %,"
            f" of the whole {100 * (cpu - without) / plain:+5.1f} %"
        )
    print(json.dumps({name: [round(one, 3) for one in each] for name, each in found.items()}))


async def alone() -> None:
    """The traces' own work for a request with one statement, without the request: it is the same on a busy machine."""
    from api import tracing
    from api.requests import Numbered
    from db import tracing as statements
    from deploy import tracing as sending

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        if (span := statements._opened("WITH asked AS (SELECT $1) SELECT * FROM asked")) is not None:
            statements._closed(span, 1)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def nobody(message: Any) -> None:
        pass

    async def took(app: Any) -> float:
        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [(b"host", b"house")] * 6}
        began = time.process_time()
        for _ in range(TIMES):
            await app(scope, None, nobody)
        return (time.process_time() - began) / TIMES * 1e6

    numbered = Numbered(asked)
    bare = await took(asked)
    print(f"  the number of a request, nothing traced {await took(numbered) - bare:6.1f} µs")
    async with collector() as address:
        trace.set_tracer_provider(sending._provider("api", sending.TracesSettings(url=address)))
        for share in (0.0, 0.1, 1.0):
            tracing.begin(share, content=False)
            print(f"  traced, a share of {share:<19} {await took(numbered) - bare:6.1f} µs")


@pytest.mark.bench
def test_what_traces_cost_alone() -> None:
    asyncio.run(alone())


@pytest.mark.bench
def test_what_traces_cost(cluster: Postgres) -> None:
    import uvloop

    cluster.create_database("bench_tracing", template="template_markoff")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(cluster.url("bench_tracing")))
    finally:
        cluster.drop_database("bench_tracing")
