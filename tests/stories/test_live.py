"""Processes are killed amid 200,000 readings: what was acknowledged is there once, alarms are right, nobody misses a change.

Two api processes on a PostgreSQL of their own; devices that send over HTTP until they are answered, and others that
publish by MQTT; a subscriber at each process, who comes back with a cursor. On the way each api process is killed (SIGKILL), then PostgreSQL. The same readings
go into a twin house where nothing happens.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from db import changes, migrate
from db.clock import Clock
from db.engine import Pool, create_pool
from db.ingest import Batch, ingest
from db.ticks import fire
from deploy.postgres import Postgres
from tests.api.broker import Broker, broker_in
from tests.api.killing import Api, kill, own_postgres, start_again
from tests.api.waiting import until
from tests.db.sensing import add_sensors
from tests.stories.alive import TOLD, Device, Furnished, Progress, Publisher, Sent, Subscriber

SENSORS = 40
SECONDS = 5000
DEVICES = 4
BY_MQTT, BY_LISTS = 2, 8
"""So many of the sensors publish each reading as a message, and so many publish lists of readings."""
SIZE = 500
READINGS = SENSORS * SECONDS

STORED = """
    SELECT count(*) AS count, sum(hashtextextended(s.code || r.at || r.value, 0)) AS sum
    FROM telemetry.reading r JOIN telemetry.sensor s ON s.id = r.sensor_id WHERE s.code <> 'probe'
"""
ALARMS = """
    SELECT s.code, r.name, r.condition, a.title, a.priority, a.category, a.state, a.raised_at, a.last_raised_at,
        a.returned_at, a.closed_at, a.value, a.peak, a.occurrences,
        (SELECT json_agg(to_jsonb(o) - 'alarm_id' ORDER BY o.raised_at) FROM alarm.occurrence o WHERE o.alarm_id = a.id) AS stays
    FROM alarm.alarm a JOIN telemetry.sensor s ON s.id = a.sensor_id JOIN alarm.rule r ON r.id = a.rule_id
    WHERE a.occurrences > 0 ORDER BY s.code, r.id
"""
WAITING = "SELECT EXISTS (SELECT FROM alarm.watch WHERE deadline IS NOT NULL)"


@dataclass
class House:
    """The house that is to suffer, and its twin."""

    server: Postgres
    broker: Broker
    apis: list[Api]
    furnished: Furnished
    began: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=SECONDS + 600)
    )

    async def pool(self, name: str = "house") -> Pool:
        return await create_pool(self.server.url(name), 2)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(broker_in(tmp_path))
        server = stack.enter_context(own_postgres())
        apis = [
            Api(server.url("house"), tmp_path / f"api{n}.log", MARKOFF_MQTT_URL=f"mqtt://127.0.0.1:{broker.port}")
            for n in range(2)
        ]
        for api in apis:
            stack.callback(api.close)
            api.start()
        pool = await create_pool(server.url("house"), 1)
        house = House(server, broker, apis, await Furnished.at(pool, SENSORS))
        for api in apis:
            await api.ready()
        await add_sensors(pool, house.furnished.site, "probe", kind="POWER")
        await Publisher(broker.port, "b1", [], house.began, 1).heard(pool, "probe")
        await pool.close()
        yield house


def air() -> list[list[Sent]]:
    """The readings of each sensor, one a second: mostly quiet, with hours that are not; some are late."""
    dice = random.Random(7)
    series = []
    for sensor in range(SENSORS):
        mine: list[Sent] = []
        while len(mine) < SECONDS:
            low, high = dice.choice([(5.0, 9.0), (6.0, 9.0), (9.0, 10.5), (11.0, 13.0), (2.0, 3.5)])
            stretch = range(len(mine), min(len(mine) + dice.randrange(20, 400), SECONDS))
            mine += [Sent(sensor, second, round(dice.uniform(low, high) * 2) / 2) for second in stretch]
        late = {second: second + dice.randrange(600) for second in dice.sample(range(SECONDS), SECONDS // 100)}
        mine.sort(key=lambda one: late.get(one.second, one.second))
        series.append(mine)
    return series


def together(series: Sequence[Sequence[Sent]]) -> list[list[Sent]]:
    """Several sensors' readings in turn, in batches."""
    mixed = [one for row in zip(*series, strict=True) for one in row]
    return [mixed[n : n + SIZE] for n in range(0, len(mixed), SIZE)]


async def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice(house: House) -> None:
    series = air()
    publishers, devices = senders(house, series)
    progress = Progress()
    pool = await house.pool()
    async with pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    await pool.close()
    subscribers = [Subscriber(api, house.furnished.token, beginning) for api in house.apis]
    following = [asyncio.create_task(subscriber.follow()) for subscriber in subscribers]
    sending = asyncio.gather(*(one.send(progress) for one in (*publishers, *devices)))
    await suffer(house, progress)
    await sending
    pool = await house.pool()
    async with asyncio.timeout(240):
        while not await settled(pool):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
    told = [tuple(row) for row in await pool.fetch(TOLD)]
    for subscriber, task in zip(subscribers, following, strict=True):
        await until(partial(has, subscriber, task, len(told)), 120)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for subscriber in subscribers:
        assert subscriber.told == told
        assert subscriber.came > 1
    assert sum(device.repeated for device in devices) > 0
    await compare(pool, await undisturbed(house, series))
    await pool.close()


def senders(house: House, series: Sequence[Sequence[Sent]]) -> tuple[list[Publisher], list[Device]]:
    one_by_one, lists, posted = series[:BY_MQTT], series[BY_MQTT:][:BY_LISTS], series[BY_MQTT + BY_LISTS :]
    publishers = [
        Publisher(house.broker.port, "b1", one_by_one, house.began, 1),
        Publisher(house.broker.port, "b1", lists, house.began, 50),
    ]
    batches = [together(posted[n::DEVICES]) for n in range(DEVICES)]
    return publishers, [Device(house.apis, house.furnished.key, mine, house.began) for mine in batches]


async def suffer(house: House, progress: Progress) -> None:
    """Kill each api process, then PostgreSQL, while readings come.

    An api whose database dies while it starts ends, and nobody here starts it again.
    """
    for share, api in zip((0.15, 0.35), house.apis, strict=True):
        await progress.reaches(int(READINGS * share))
        api.kill()
        api.start()
    await progress.reaches(READINGS * 6 // 10)
    for api in house.apis:
        await api.ready()
    kill(house.server)
    start_again(house.server)


async def settled(pool: Pool) -> bool:
    """All that was acknowledged is stored, and time has done what it will do: no deadline waits."""
    stored = await pool.fetchrow(STORED)
    return stored is not None and stored["count"] == READINGS and not await pool.fetchval(WAITING)


async def has(subscriber: Subscriber, task: asyncio.Task[None], count: int) -> bool:
    if task.done():
        task.result()
    return len(subscriber.told) >= count


async def undisturbed(house: House, series: Sequence[Sequence[Sent]]) -> Pool:
    """The twin, who gets the same readings in the order of time; its pool."""
    house.server.create_database("twin")
    await asyncio.to_thread(migrate.upgrade, house.server.url("twin"))
    pool, clock = await house.pool("twin"), Clock()
    await Furnished.at(pool, SENSORS)
    for batch in together([sorted(mine, key=lambda one: one.second) for mine in series]):
        codes, seconds, values = zip(*batch, strict=True)
        times = [house.began + timedelta(seconds=second) for second in seconds]
        await ingest(pool, clock, Batch([f"s{n}" for n in codes], times, values))
    async with pool.acquire() as connection:
        await fire(connection, clock, clock.now())
    return pool


async def compare(pool: Pool, twin: Pool) -> None:
    stored = await pool.fetchrow(STORED)
    assert stored is not None
    assert stored["count"] == READINGS
    assert stored == await twin.fetchrow(STORED)
    alarms, calm = await pool.fetch(ALARMS), await twin.fetch(ALARMS)
    assert len(calm) > SENSORS
    assert alarms == calm
    await twin.close()
