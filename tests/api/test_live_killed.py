"""Processes are killed in the middle: what was acknowledged is there once, alarms are right, subscribers miss nothing.

Two api processes on a PostgreSQL of their own; writers that send again until they are answered; two subscribers, one at
each process, that come back with their cursors. In the middle each api process is killed (SIGKILL), then PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from api.auth import mint, new_key
from db import changes
from db.engine import Pool, create_pool
from db.evaluator import Reading, Rule
from db.models import Condition
from deploy.postgres import Postgres
from tests.api.caller import KEY
from tests.api.killing import Api, kill, own_postgres, start_again
from tests.api.serving import line
from tests.api.waiting import until
from tests.db.reference import stays_of
from tests.db.sensing import Site, add_rule, add_sensors, make_site, stored_stays

SENSORS = 6
SECONDS = 500
SIZE = 30
RULES = (
    Rule(Condition.ABOVE, 10.0, 2.0, timedelta(seconds=20), timedelta(seconds=5)),
    Rule(Condition.BELOW, 4.0),
)
FOLLOW = "subscription ($after: Cursor) { alarmChanged(after: $after) { cursor kind alarm { id state occurrences } } }"


@dataclass
class House:
    server: Postgres
    apis: list[Api]
    site: Site
    sensors: list[int]
    rules: list[int]
    key: str
    token: str
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))


async def furnish(server: Postgres, apis: list[Api]) -> House:
    pool = await create_pool(server.url("house"), 2)
    site = await make_site(pool)
    sensors = await add_sensors(pool, site, *(f"s{n}" for n in range(SENSORS)))
    rules = [await add_rule(pool, site, rule) for rule in RULES]
    key = new_key()
    await pool.execute(
        "INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at)"
        " VALUES ($1, $2, 'meter', 'DEVICE', $3, $4)",
        key.prefix,
        key.secret_hash,
        site.building,
        datetime.now(UTC),
    )
    user = await pool.fetchval(
        "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ('d', 'D', 'EN', true) RETURNING id"
    )
    await pool.execute(
        "INSERT INTO security.\"grant\" (user_id, role, building_id) VALUES ($1, 'DISPATCHER', $2)", user, site.building
    )
    await pool.close()
    return House(server, apis, site, sensors, rules, key.text, mint(KEY, user, timedelta(hours=1)).token)


class Writer:
    """Sends batches until each has been answered."""

    def __init__(self, house: House, batches: list[list[tuple[int, int, float]]], dice: random.Random) -> None:
        self.house = house
        self.batches = batches
        self.dice = dice
        self.repeated = 0

    async def write(self) -> None:
        async with httpx.AsyncClient(timeout=4, headers={"Authorization": f"Bearer {self.house.key}"}) as http:
            for batch in self.batches:
                await self._send(http, batch)

    async def _send(self, http: httpx.AsyncClient, batch: list[tuple[int, int, float]]) -> None:
        began = self.house.began
        body = "\n".join(
            json.dumps({"sensor": f"s{n}", "at": (began + timedelta(seconds=s)).isoformat(), "value": v})
            for n, s, v in batch
        )
        while True:
            api = self.dice.choice(self.house.apis)
            try:
                answer = await http.post(f"http://{api.address}/ingest", content=body)
                if answer.status_code == 200:
                    report = answer.json()
                    assert report["accepted"] + report["duplicates"] == len(batch), report
                    return
                assert answer.status_code == 503, answer.text
            except httpx.TransportError:
                pass
            self.repeated += 1
            await asyncio.sleep(0.05)


class Subscriber:
    """Follows at one process, comes back with the cursor after whatever happens; cuts itself off now and then."""

    def __init__(self, house: House, api: Api, cursor: str, dice: random.Random) -> None:
        self.house = house
        self.api = api
        self.dice = dice
        self.cursor = cursor
        self.changes: list[tuple[str, str, str, int]] = []
        self.came = 0

    async def follow(self) -> None:
        while True:
            try:
                async with line(self.api.address, self.house.token) as listening:
                    self.came += 1
                    await listening.subscribe(FOLLOW, after=self.cursor)
                    for _ in range(self.dice.randrange(5, 60)):
                        self._take((await listening.next())["alarmChanged"])
            except (OSError, TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(0.05)

    def _take(self, change: dict[str, Any]) -> None:
        self.cursor = change["cursor"]
        alarm = change["alarm"]
        self.changes.append((change["kind"], alarm["id"], alarm["state"], alarm["occurrences"]))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(own_postgres())
        apis = [Api(server.url("house"), tmp_path / f"api{n}.log") for n in range(2)]
        for api in apis:
            stack.callback(api.close)
            api.start()
        house = await furnish(server, apis)
        for api in apis:
            await api.ready()
        yield house


def story(dice: random.Random) -> list[tuple[int, int, float]]:
    """Readings of all sensors, one a second, in the order of time but for some that are late."""
    readings = [(n, s, dice.choice([2.0, 6.0, 9.0, 12.0, 12.0, 12.0])) for n in range(SENSORS) for s in range(SECONDS)]
    readings.sort(key=lambda one: one[1] // 20 * 20 + (40 if dice.random() < 0.02 else 0))
    return readings


async def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice(house: House) -> None:
    dice = random.Random(7)
    readings = story(dice)
    batches = [readings[n : n + SIZE] for n in range(0, len(readings), SIZE)]
    writers = [Writer(house, batches[n::3], random.Random(n)) for n in range(3)]
    pool = await create_pool(house.server.url("house"), 1)
    async with pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    await pool.close()
    subscribers = [Subscriber(house, api, beginning, random.Random(api.address)) for api in house.apis]
    following = [asyncio.create_task(subscriber.follow()) for subscriber in subscribers]
    writing = asyncio.gather(*(writer.write() for writer in writers))
    await _kill_all(house, dice)
    await writing
    pool = await create_pool(house.server.url("house"), 2)
    await until(lambda: _settled(pool), 60)
    numbers = await _told(pool)
    for subscriber, task in zip(subscribers, following, strict=True):
        await until(partial(_has, subscriber, task, len(numbers)), 60)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    await _compare(pool, house, readings)
    assert [subscriber.changes for subscriber in subscribers] == [numbers, numbers]
    assert min(subscriber.came for subscriber in subscribers) > 2
    assert sum(writer.repeated for writer in writers) > 0
    await pool.close()


async def _kill_all(house: House, dice: random.Random) -> None:
    for api in house.apis:
        await asyncio.sleep(dice.uniform(0.2, 0.6))
        api.kill()
        api.start()
        await api.ready()
    await asyncio.sleep(dice.uniform(0.1, 0.4))
    kill(house.server)
    start_again(house.server)
    for api in house.apis:
        await api.ready()


async def _settled(pool: Pool) -> bool:
    """Time has done what it will do: no deadline waits."""
    return not await pool.fetchval("SELECT EXISTS (SELECT FROM alarm.watch WHERE deadline IS NOT NULL)")


async def _told(pool: Pool) -> list[tuple[str, str, str, int]]:
    rows = await pool.fetch("SELECT payload FROM live.change WHERE kind = 'alarm' ORDER BY number")
    told = [(row["payload"]["kind"], row["payload"]["alarm"]) for row in rows]
    return [(kind, alarm["id"], alarm["state"], alarm["occurrences"]) for kind, alarm in told]


async def _has(subscriber: Subscriber, task: asyncio.Task[None], count: int) -> bool:
    if task.done():
        task.result()
    return len(subscriber.changes) >= count


async def _compare(pool: Pool, house: House, readings: list[tuple[int, int, float]]) -> None:
    stored = await pool.fetch("SELECT sensor_id, at, value FROM telemetry.reading")
    expected = {(house.sensors[n], house.began + timedelta(seconds=s)): v for n, s, v in readings}
    assert {(row["sensor_id"], row["at"]): row["value"] for row in stored} == expected
    assert len(stored) == len(readings)
    now = datetime.now(UTC)
    for number, sensor in enumerate(house.sensors):
        mine = sorted(
            (Reading(house.began + timedelta(seconds=s), v) for n, s, v in readings if n == number), key=lambda r: r.at
        )
        for id, rule in zip(house.rules, RULES, strict=True):
            assert await stored_stays(pool, sensor, id) == stays_of(rule, mine, now)
    live = await pool.fetch("SELECT count(*) FROM alarm.alarm WHERE occurrences > 0 GROUP BY rule_id, sensor_id")
    assert {row["count"] for row in live} == {1}
