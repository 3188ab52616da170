"""What each condition costs: batches under one more rule, against the same under two rules of a threshold.

    uv run pytest tests/bench/bench_conditions.py -m bench -s

Batches of 1,000 readings, a minute apart, of 2,000 sensors; both sides take the same readings, each in a database of its
own, and short turns alternate. Nearly all readings are ordinary: what is measured is the looking, not the alarms.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from db.engine import Pool, create_pool
from db.ingest import Batch, ingest
from db.ticks import fire
from deploy.postgres import Postgres
from tests.db.sensing import HandClock

SENSORS = 2000
SIZE = 1000
TURNS = 40
WARM = 4
STEP = timedelta(minutes=1)
START = datetime(2026, 3, 1, tzinfo=UTC)
RULE = """
    INSERT INTO alarm.rule (building_id, sensor_kind, sensor_id, reference_id, name, condition, threshold,
        threshold_high, "window", deadband, on_delay, off_delay, priority, category, latching, enabled)
"""
REST = "0, 0, 0, 'LOW', 'AIR', false, true"
EXTRA = {
    "ABOVE": f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'ABOVE', 1300, NULL, NULL, {REST}",
    "BETWEEN": f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'BETWEEN', 1300, 1400, NULL, {REST}",
    "EQUALS": f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'EQUALS', 1, NULL, NULL, {REST}",
    "RATE, 10 minutes": f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'RATE', 400, NULL, 600, {REST}",
    "STALE, 15 minutes": f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'STALE', 900, NULL, NULL, {REST}",
    "DEVIATION, 200 pairs": f"{RULE} SELECT 1, NULL, s.id, s.id + 1000, 'x', 'DEVIATION', 700, NULL, NULL, {REST}"
    f" FROM telemetry.sensor s WHERE s.id <= 200",
}


async def plant(url: str, extra: str | None) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'UTC', 'EN')"
    )
    await connection.execute(
        "INSERT INTO telemetry.sensor (id, building_id, code, kind, unit)"
        " SELECT n, 1, 's' || n, 'CO2', 'ppm' FROM generate_series(1, $1::int) n",
        SENSORS,
    )
    for threshold, delay in ((1000, 60), (1200, 0)):
        await connection.execute(
            f"{RULE} SELECT 1, 'CO2', NULL, NULL, 'x', 'ABOVE', {threshold}, NULL, NULL, 50, {delay}, 0, 'LOW', 'AIR',"
            " false, true"
        )
    if extra is not None:
        await connection.execute(extra)
    await connection.execute("SELECT telemetry.make_partitions($1, $1)", START)
    await connection.execute("VACUUM ANALYZE telemetry.sensor, telemetry.sensor_state, alarm.watch, alarm.rule")
    await connection.close()


async def turn(pool: Pool, clock: HandClock, batches: list[Batch]) -> float:
    """Readings a second, the ticking in between included."""
    began = time.perf_counter()
    for batch in batches:
        clock.move(max(batch.at))
        await ingest(pool, clock, batch)
        async with pool.acquire() as connection:
            await fire(connection, clock, clock.now() - STEP)
    return sum(map(len, batches)) / (time.perf_counter() - began)


class Air:
    def __init__(self) -> None:
        self.dice = random.Random(1)
        self.minute = 0
        self.level = [self.dice.uniform(450, 700) for _ in range(SENSORS)]

    def batches(self) -> list[Batch]:
        """One minute of all sensors, in two batches."""
        self.minute += 1
        at = START + STEP * self.minute
        self.level = [max(400, 0.9 * level + 55 + self.dice.gauss(0, 20)) for level in self.level]
        order = self.dice.sample(range(SENSORS), SENSORS)
        halves = (order[:SIZE], order[SIZE:])
        return [Batch([f"s{n + 1}" for n in half], [at] * SIZE, [self.level[n] for n in half]) for half in halves]


@pytest.mark.bench
async def test_conditions(cluster: Postgres) -> None:
    sides: dict[str, str | None] = {"two rules of a threshold": None} | EXTRA
    names = {side: f"bench_{number}" for number, side in enumerate(sides)}
    pools: dict[str, tuple[Pool, HandClock]] = {}
    for side, extra in sides.items():
        cluster.create_database(names[side], template="template_markoff")
        await plant(cluster.url(names[side]), extra)
        pools[side] = (await create_pool(cluster.url(names[side]), 1), HandClock(START))
    air, speeds = Air(), {side: list[float]() for side in sides}
    for _ in range(TURNS):
        batches = air.batches()
        for side, (pool, clock) in pools.items():
            speeds[side].append(await turn(pool, clock, batches))
    for side, (pool, _) in pools.items():
        await pool.close()
        cluster.drop_database(names[side])
    plain = speeds["two rules of a threshold"][WARM:]
    for side, own in speeds.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(own[WARM:], plain, strict=True))
        print(f"\n{side:26} {statistics.median(own[WARM:]):9,.0f} readings/s   {ratio:5.2f} of the first", end="")
