"""What traces cost: processor time of the api process for a floor query, off, by a share, and for every request.

    uv run pytest tests/bench/bench_tracing.py -m bench -s

The same random floors of 50 rooms and 200 sensors are asked of processes on the same database, each question of one after the
other in a new order, so that a noisy machine disturbs all alike. A collector takes what comes, in a process of its own.
"""

from __future__ import annotations

import asyncio
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

WARM, ASKED = 300, 4000
"""Questions to each process before it counts, and then."""
BLOCK = 20
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
    await connection.close()
    tokens = {role: big.token(role, KEY) for role in ROLES}
    dice = random.Random(1)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(collector())
        asked = [
            Asked(name, await stack.enter_async_context(Serving.of(url, settings=settings)))
            for name, settings in ways(address).items()
        ]
        for each in asked:
            await each.line.open()
        for number in range(WARM + ASKED):
            if number == WARM:
                before = database()
                for each in asked:
                    each.begin()
            floor = {"floor": f"floor_{dice.choice(big.floors)}"}
            question = request(tokens[dice.choice(ROLES)], FLOOR, floor)
            for each in dice.sample(asked, len(asked)):
                await each.ask(question)
        await asyncio.sleep(2.5)  # what is sent behind is part of it
        found = {each.name: (each.processor(), each.took) for each in asked}
        told(found, (database() - before) / ASKED / len(asked))
        for each in asked:
            each.line.writer.close()


def database() -> float:
    """Seconds of processor time of all connections of the embedded server's databases that are there now."""
    return sum(
        sum(each.cpu_times()[:2])
        for each in psutil.process_iter(["cmdline"])
        if each.info["cmdline"] and "bench_tracing" in each.info["cmdline"][0]
    )


class Asked:
    """One of the processes, with how long its answers took (seconds)."""

    def __init__(self, name: str, serving: Serving) -> None:
        self.name, self.line, self.process = name, Line(serving.address), psutil.Process(serving.process.pid)
        self.took: list[float] = []
        self.before = 0.0

    def begin(self) -> None:
        """What was before does not count."""
        self.took.clear()
        self.before = sum(self.process.cpu_times()[:2])

    async def ask(self, question: bytes) -> None:
        began = time.perf_counter()
        await self.line.ask(question)
        self.took.append(time.perf_counter() - began)

    def processor(self) -> float:
        """Seconds of processor time of a request."""
        return (sum(self.process.cpu_times()[:2]) - self.before) / len(self.took)


def told(found: Mapping[str, tuple[float, list[float]]], database: float) -> None:
    """Medians of means of `BLOCK` questions each: one in ten is traced, and no hiccup of the machine counts."""
    without, plain = found["neither"]
    usual = statistics.median(means(plain))
    print(f"  processor time of the database {1000 * database:.3f} ms a request")
    for name, (processor, took) in found.items():
        more = statistics.median(means([one - other for one, other in zip(took, plain, strict=True)]))
        print(
            f"  {name:28} {1000 * processor:6.3f} ms of processor {1000 * (processor - without):+.3f}"
            f" {100 * (processor - without) / (without + database):+5.1f} %,"
            f" {1000 * statistics.median(means(took)):6.3f} ms a request {1000 * more:+.3f} {100 * more / usual:+5.1f} %"
        )


def means(values: list[float]) -> list[float]:
    return [statistics.fmean(values[at : at + BLOCK]) for at in range(0, len(values), BLOCK)]


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
