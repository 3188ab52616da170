"""Sensors fall silent and speak again: each change of status once, with its time, in the stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from db.clock import Clock, Setting
from db.engine import Pool
from db.ingest import Batch, ingest
from db.models import ClockMode
from db.statuses import Silence
from tests.db.sensing import START, at


def clock(seconds: float) -> Clock:
    return Clock(Setting(ClockMode.SPEED, at(seconds), None, 1.0))


@pytest.fixture
async def sensors(pool: Pool) -> dict[str, int]:
    """Three sensors: one expected each minute, one each hour, one whenever it likes."""
    building = await pool.fetchval(
        "INSERT INTO physical.building (code, name, time_zone, language) VALUES ('b', 'B', 'UTC', 'EN') RETURNING id"
    )
    insert = "INSERT INTO telemetry.sensor (building_id, code, kind, unit, interval) VALUES ($1, $2, 'CO2', 'ppm', $3)"
    given = {"often": 60, "seldom": 3600, "ever": None}
    return {code: await pool.fetchval(f"{insert} RETURNING id", building, code, each) for code, each in given.items()}


async def say(pool: Pool, code: str, seconds: float, now: float | None = None) -> None:
    await ingest(pool, clock(seconds if now is None else now), Batch([code], [at(seconds)], [1.0]))


async def look(pool: Pool, silence: Silence, seconds: float) -> int:
    async with pool.acquire() as connection:
        return await silence(connection, clock(seconds))


async def told(pool: Pool) -> list[tuple[str, str, str, datetime]]:
    rows: list[Any] = await pool.fetch("SELECT at, payload FROM live.change WHERE kind = 'status' ORDER BY number")
    shown = [(row["at"], row["payload"]["sensor"]) for row in rows]
    return [(sensor["code"], sensor["before"], sensor["status"], when) for when, sensor in shown]


async def test_a_sensor_falls_silent_and_speaks_again(pool: Pool, sensors: dict[str, int]) -> None:
    silence = Silence()
    for code in sensors:
        await say(pool, code, 0)
    assert await told(pool) == [(code, "UNKNOWN", "OK", START) for code in sensors]
    assert [await look(pool, silence, second) for second in (179.9, 180, 181, 182)] == [0, 0, 1, 0]
    assert (await told(pool))[3:] == [("often", "OK", "STALE", at(180))]
    await say(pool, "often", 200)
    assert (await told(pool))[4:] == [("often", "STALE", "OK", at(200))]
    kept = await pool.fetch(
        "SELECT at, status FROM telemetry.status_change WHERE sensor_id = $1 ORDER BY at", sensors["often"]
    )
    assert [tuple(row) for row in kept] == [(START, "OK"), (at(180), "STALE"), (at(200), "OK")]
    assert [await look(pool, silence, 10**9) for _ in range(3)] == [0, 2, 0], "one without an interval is never silent"


async def test_a_reading_between_two_looks_counts(pool: Pool, sensors: dict[str, int]) -> None:
    silence = Silence()
    await say(pool, "often", 0)
    for second in range(1, 10):
        assert await look(pool, silence, 200 * second) == 0
        await say(pool, "often", 200 * second - 10, 200 * second)
    assert await told(pool) == [("often", "UNKNOWN", "OK", START)]


async def test_late_readings_do_not_wake(pool: Pool, sensors: dict[str, int]) -> None:
    silence = Silence()
    await say(pool, "often", 0)
    assert [await look(pool, silence, second) for second in (300, 301)] == [0, 1]
    await say(pool, "often", -60, 310)
    assert (await told(pool))[-1][2] == "STALE"
    await say(pool, "often", 60, 310)
    assert (await told(pool))[-1][1:3] == ("STALE", "OK")


async def test_a_fault_is_not_silence(pool: Pool, sensors: dict[str, int]) -> None:
    silence = Silence()
    await say(pool, "often", 0)
    await pool.execute("UPDATE telemetry.sensor_state SET status = 'FAULT'")
    assert [await look(pool, silence, second) for second in (300, 301)] == [0, 0]


async def test_many_fall_silent_at_once(pool: Pool, sensors: dict[str, int]) -> None:
    await pool.execute(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit, interval)"
        " SELECT building_id, 'x' || n, 'CO2', 'ppm', 60 FROM telemetry.sensor, generate_series(1, 1200) n"
        " WHERE code = 'often'"
    )
    await pool.execute("UPDATE telemetry.sensor_state SET status = 'OK', at = $1, value = 1", START)
    silence = Silence()
    assert [await look(pool, silence, second) for second in (500, 501)] == [0, 1201]
    assert len(await told(pool)) == 1201
    assert await pool.fetchval("SELECT max(at) FROM live.change") == START + timedelta(seconds=180)
