"""Plans of floors over HTTP: asking for one, fetching it for the first time, and again when it is kept.

    uv run pytest tests/bench/bench_plans.py -m bench -s

A floor of 50 rooms with outlines and 200 sensors, 1600 px wide, of a building of 1,000 rooms; an api process of its own.
Beside the clock's time stands the processor time of that process.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import psutil
import pytest

from api.plans.moment import floor_at
from deploy.postgres import Postgres
from tests.bench.bench_floor import Line
from tests.bench.big import build
from tests.bench.serving import KEY, Serving

OUTLINES = """
UPDATE physical.floor SET outline = '[[[0,0],[60,0],[60,30],[0,30],[0,0]]]';
UPDATE physical.room SET outline = to_json(ARRAY[ARRAY[
    ARRAY[x, y], ARRAY[x + 6, y], ARRAY[x + 6, y + 6], ARRAY[x, y + 6], ARRAY[x, y]]])
    FROM (SELECT id AS room, (row_number() OVER (PARTITION BY floor_id ORDER BY id) - 1) % 10 * 6 AS x,
        (row_number() OVER (PARTITION BY floor_id ORDER BY id) - 1) / 10 * 6 AS y FROM physical.room) at
    WHERE room = id;
UPDATE telemetry.sensor s SET x = (r.outline->0->0->>0)::float8 + 1 + s.id % 4, y = (r.outline->0->0->>1)::float8 + 1 + s.id % 4
    FROM physical.room r WHERE r.id = s.room_id;
"""
PLAN = """query($floor: ID!, $highlight: [ID!]) { floorPlan(floor: $floor, highlight: $highlight, layers: [ROOMS, TENANTS, SENSORS, ALARMS]) {
    address width height legend { label colour } } }"""
TIMES = 200


async def measured(what: str, times: int, process: psutil.Process, once: Callable[[int], Awaitable[object]]) -> None:
    """Print the median and the 95th of a hundred, and the process's own time for each."""
    spent = []
    before = sum(process.cpu_times()[:2])
    for number in range(times):
        began = time.perf_counter()
        await once(number)
        spent.append((time.perf_counter() - began) * 1000)
    own = (sum(process.cpu_times()[:2]) - before) / times * 1000
    spent.sort()
    print(
        f"{what:34} median {statistics.median(spent):7.2f} ms   p95 {spent[int(len(spent) * 0.95)]:7.2f} ms   processor {own:6.2f} ms"
    )


@pytest.mark.bench
async def test_plans_over_http(cluster: Postgres, database: str) -> None:
    connection = await asyncpg.connect(database)
    big = await build(connection)
    for each in OUTLINES.split(";\n"):
        if each.strip():
            await connection.execute(each)
    headers = {"Authorization": f"Bearer {big.token('MANAGER', KEY)}"}
    async with Serving.of(database) as serving, httpx.AsyncClient(base_url=serving.address, headers=headers) as http:
        process = psutil.Process(serving.process.pid)
        rooms = await connection.fetch("SELECT id FROM physical.room WHERE floor_id = $1 ORDER BY id", big.floors[0])
        found: list[dict[str, object]] = []

        async def ask(number: int) -> None:
            body = {"floor": f"floor_{big.floors[0]}", "highlight": [f"room_{rooms[number % 50]['id']}"]}
            answer = await http.post("/graphql", json={"query": PLAN, "variables": body})
            found.append(json.loads(answer.content)["data"]["floorPlan"])

        async def fetch(number: int) -> None:
            picture = await http.get(str(found[number]["address"]))
            assert picture.status_code == 200, picture.text

        await ask(0)
        await fetch(0)
        print()
        found.clear()
        await measured("asked for (data and drawing)", 30, process, ask)
        await measured("fetched first (encoding)", 30, process, fetch)
        tags = {}

        tags["etag"] = (await http.get(str(found[0]["address"]))).headers["etag"]
        line = Line(serving.address)
        await line.open()
        asked = f"GET {found[0]['address']} HTTP/1.1\r\nHost: house\r\n\r\n".encode()

        async def kept(number: int) -> None:
            await line.ask(asked)

        async def unchanged(number: int) -> None:
            picture = await http.get(str(found[0]["address"]), headers={"If-None-Match": tags["etag"]})
            assert picture.status_code == 304

        await measured("fetched again (kept)", TIMES, process, kept)
        line.writer.close()
        await line.writer.wait_closed()
        await measured("fetched again (304)", TIMES, process, unchanged)
        for form in ("png", "webp", "svg"):
            picture = await http.get(str(found[1]["address"]).replace(".png", f".{form}"))
            print(f"{form}: {len(picture.content) / 1024:.0f} KiB")
        print(f"memory of the process: {process.memory_info().rss / 2**20:.0f} MiB")
    await connection.close()


@pytest.mark.bench
async def test_the_statement_of_a_moment(cluster: Postgres, database: str) -> None:
    """The statement alone, now and in the past."""
    del cluster
    from datetime import timedelta

    from api.app import opened
    from api.settings import ApiSettings
    from db.settings import DatabaseSettings

    connection = await asyncpg.connect(database)
    big = await build(connection)
    await connection.close()
    async with opened(ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database))) as parts:
        print()
        for role in ("ADMIN", "MANAGER"):
            viewer = await parts.viewers.person(big.users[role])
            for what, age in (("now", timedelta(0)), ("yesterday", timedelta(days=1))):
                spent = []
                for number in range(60):
                    began = time.perf_counter()
                    assert await floor_at(parts, viewer, big.floors[number % 20], big.now - age) is not None
                    spent.append((time.perf_counter() - began) * 1000)
                print(f"the statement, {role}, {what}: median {statistics.median(spent):.2f} ms")
