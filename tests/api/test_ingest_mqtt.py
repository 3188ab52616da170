"""Readings by MQTT from Debian's mosquitto: what topics mean, and that nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sized
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from api.ingest.doors import Doors, opened_doors
from api.ingest.mapping import Topic, row_of, sheet_of, usual
from api.ingest.mqtt import Listener
from api.ingest.settings import Broker as Address
from api.ingest.settings import IngestSettings, MqttSettings
from db.engine import Connection, Pool, connect
from db.ingest import Reason, Window
from tests.api.broker import Broker, broker_in
from tests.api.waiting import until
from tests.db.sensing import START, HandClock, Site, add_sensors, at, make_site

NOW = START
TABLE = usual("markoff")

Taken = list[tuple[str, float, float | None]]
"""Name, seconds after START, value."""


def read(topic: str, payload: Any, *, retained: bool = False) -> tuple[Taken, list[Reason]] | None:
    row = row_of(TABLE, topic)
    if row is None:
        return None
    raw = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    sheet = sheet_of(row, topic, raw, NOW, retained=retained)
    times = [(one - NOW).total_seconds() for one in sheet.at]
    return list(zip(sheet.sensors, times, sheet.values, strict=True)), [one.reason for one in sheet.bad]


MEANT: list[tuple[str, Any, Taken]] = [
    ("markoff/tower/co2-1", "21.5", [("tower/co2-1", 0, 21.5)]),
    ("markoff/tower/co2-1", " -3e2\n", [("tower/co2-1", 0, -300.0)]),
    ("markoff/tower/door", "ON", [("tower/door", 0, 1.0)]),
    ("markoff/tower/door", "true", [("tower/door", 0, 1.0)]),
    ("markoff/tower/door", "closed", [("tower/door", 0, 0.0)]),
    ("markoff/tower/door", '"open"', [("tower/door", 0, 1.0)]),
    ("markoff/tower/co2-1", {"value": 7, "at": at(60).isoformat()}, [("tower/co2-1", 60, 7.0)]),
    ("markoff/tower/co2-1", {"value": 7, "at": at(60).timestamp() * 1000}, [("tower/co2-1", 60, 7.0)]),
    ("markoff/tower/co2-1", {"value": 7}, [("tower/co2-1", 0, 7.0)]),
    ("markoff/tower/co2-1", {"value": None}, [("tower/co2-1", 0, None)]),
    ("markoff/tower/co2-1", [1, {"value": 2}], [("tower/co2-1", 0, 1.0), ("tower/co2-1", 1e-6, 2.0)]),
    ("markoff/tower/co2-1", "warm", [("tower/co2-1", 0, None)]),
    ("markoff/tower/co2-1", "NaN", [("tower/co2-1", 0, None)]),
    ("markoff/tower/co2-1", "", [("tower/co2-1", 0, None)]),
    (
        "zigbee2mqtt/kitchen/window",
        {"temperature": 21.5, "contact": True, "linkquality": 99, "update": {"state": "idle"}, "action": "single"},
        [("/zigbee2mqtt/kitchen/window/temperature", 0, 21.5), ("/zigbee2mqtt/kitchen/window/contact", 0, 0.0)],
    ),
    (
        "zigbee2mqtt/leak",
        {"water_leak": False, "last_seen": at(9).isoformat(), "battery": 98},
        [("/zigbee2mqtt/leak/water_leak", 9, 0.0), ("/zigbee2mqtt/leak/battery", 9, 98.0)],
    ),
    ("homeassistant/sensor/kitchen_co2/state", "612", [("/homeassistant/sensor/kitchen_co2", 0, 612.0)]),
    ("homeassistant/binary_sensor/door/state", "off", [("/homeassistant/binary_sensor/door", 0, 0.0)]),
    ("homeassistant/sensor/x/state", "unavailable", [("/homeassistant/sensor/x", 0, None)]),
]


@pytest.mark.parametrize(("topic", "payload", "taken"), MEANT)
def test_what_messages_mean(topic: str, payload: Any, taken: Taken) -> None:
    assert read(topic, payload) == (taken, [])


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("markoff/tower/co2-1", {"at": at(0).isoformat()}),
        ("markoff/tower/co2-1", {"value": 1, "at": "yesterday"}),
        ("zigbee2mqtt/x", "online"),
        ("homeassistant/sensor/x/state", {"value": 1}),
    ],
)
def test_what_makes_no_sense_is_refused(topic: str, payload: Any) -> None:
    assert read(topic, payload) == ([], [Reason.MALFORMED])


@pytest.mark.parametrize(
    "topic",
    ["zigbee2mqtt/bridge/state", "zigbee2mqtt/a/b/set", "zigbee2mqtt/x/availability", "markoff/tower", "other/topic/x"],
)
def test_what_is_of_no_interest_is_left_alone(topic: str) -> None:
    assert read(topic, {"state": "ON"}) is None


def test_what_the_broker_kept_is_taken_with_a_time_of_its_own_only() -> None:
    assert read("markoff/tower/t", "21", retained=True) == ([], [])
    assert read("zigbee2mqtt/x", {"a": 1}, retained=True) == ([], [])
    assert read("markoff/tower/t", {"value": 1, "at": at(3).isoformat()}, retained=True) == ([("tower/t", 3, 1.0)], [])


def test_rows_of_the_table_and_addresses_are_checked() -> None:
    row = Topic(filter="plant/+/+/now", sensor="{1}-{2}", building="tower", payload="state")
    assert row.takes("plant/a/b/now")
    assert row.name("plant/a/b/now") == "a-b"
    assert Topic(filter="#", device="x/{topic}").name("a/b") == "/x/a/b"
    for bad in ("a/#/b", "a+/b", ""):
        with pytest.raises(ValidationError):
            Topic(filter=bad)
    with pytest.raises(ValidationError):
        MqttSettings(url=SecretStr("http://broker"))
    assert Address.at("mqtts://u:p%40@b") == Address("b", 8883, True, "u", "p@")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with broker_in(tmp_path) as broker:
        yield broker


@pytest.fixture
async def site(pool: Pool) -> Site:
    site = await make_site(pool, "tower")
    await add_sensors(pool, site, *(f"s{n}" for n in range(50)))
    return site


@pytest.fixture
async def doors(pool: Pool, site: Site) -> AsyncIterator[Doors]:
    async with opened_doors(pool, HandClock(at(3600)), Window(), IngestSettings(waiting=100)) as doors:
        yield doors


@asynccontextmanager
async def listening(broker: Broker, doors: Doors, **given: Any) -> AsyncIterator[Listener]:
    settings = MqttSettings(url=SecretStr(broker.url), **given)
    address = settings.broker
    assert address is not None
    listener = Listener(settings, address, doors, doors.queue.pool, doors.queue.clock)
    listener.start()
    try:
        assert await asyncio.to_thread(listener.connected.wait, 60)
        yield listener
    finally:
        await listener.stop()


async def stored(pool: Pool | Connection, count: int) -> None:
    async with asyncio.timeout(60):
        while (found := await pool.fetchval("SELECT count(*) FROM telemetry.reading")) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert found == count


def reading(sensor: int, second: int) -> tuple[str, str]:
    return f"markoff/tower/s{sensor}", json.dumps({"value": second, "at": at(second).isoformat()})


async def test_messages_become_readings(pool: Pool, doors: Doors, broker: Broker) -> None:
    await pool.execute("UPDATE telemetry.sensor SET external_id = 'zigbee2mqtt/kitchen/co2' WHERE code = 's7'")
    async with listening(broker, doors):
        broker.publish(
            reading(1, 5),
            ("markoff/tower/nobody", "1"),
            ("markoff/tower/s2", "\x00\xff"),
            ("markoff/tower/s3", "garbage"),
            ("zigbee2mqtt/kitchen", json.dumps({"co2": 612, "else": 1})),
            ("markoff/tower/s4", "ON"),
        )
        await stored(pool, 3)
    rows = await pool.fetch(
        "SELECT s.code, r.value FROM telemetry.reading r JOIN telemetry.sensor s ON s.id = r.sensor_id"
    )
    assert {row["code"]: row["value"] for row in rows} == {"s1": 5, "s7": 612, "s4": 1}


async def test_what_came_while_nobody_listened_waits(pool: Pool, doors: Doors, broker: Broker) -> None:
    async with listening(broker, doors):
        broker.publish(reading(0, 0))
        await stored(pool, 1)
    broker.publish(*(reading(n % 50, n) for n in range(1, 500)))
    broker.stop()
    broker.start()
    async with listening(broker, doors):
        await stored(pool, 500)


async def test_a_broker_that_comes_back_is_found_again(pool: Pool, doors: Doors, broker: Broker) -> None:
    async with listening(broker, doors) as listener:
        broker.publish(*(reading(n, 1) for n in range(10)))
        await stored(pool, 10)
        broker.stop()
        broker.start()
        async with asyncio.timeout(60):
            while not listener.connected.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        broker.publish(*(reading(n, 2) for n in range(10)))
        await stored(pool, 20)


async def left_over(broker: Broker, doors: Doors) -> int:
    """How many messages come again. A broker that is slow to read acknowledgements loses some when we are back first."""
    async with listening(broker, doors, in_flight=20) as listener:
        await asyncio.sleep(0.3)
        count = len(listener._order)
        while listener._order:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return count


async def _so_many(things: Sized, count: int) -> bool:
    return len(things) >= count


async def test_nothing_is_acknowledged_before_its_commit(pool: Pool, doors: Doors, broker: Broker) -> None:
    """The states are locked: only as many messages as are allowed come, and they come again to who listens next."""
    async with pool.acquire() as holder:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("SELECT FROM telemetry.sensor_state FOR UPDATE")
        async with listening(broker, doors, in_flight=20) as listener:
            broker.publish(*(reading(n % 50, n) for n in range(300)))
            await until(lambda: _so_many(listener._order, 20))
            await asyncio.sleep(0.5)
            assert len(listener._order) == 20, "the broker is held up"
            assert not any(arrived.done for arrived in listener._order)
        await transaction.rollback()
    async with asyncio.timeout(60):
        while await left_over(broker, doors) or await pool.fetchval("SELECT count(*) FROM telemetry.reading") < 300:
            pass
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 300


async def test_a_full_queue_holds_up_the_broker_and_loses_nothing(pool: Pool, doors: Doors, broker: Broker) -> None:
    async with pool.acquire() as holder:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("SELECT FROM telemetry.sensor_state FOR UPDATE")
        async with listening(broker, doors, in_flight=200):
            broker.publish(*(reading(n % 50, n) for n in range(400)))
            await until(lambda: _so_many(range(doors.queue.readings), 100))
            await asyncio.sleep(0.5)
            assert doors.queue.readings == 100
            await transaction.rollback()
            await stored(pool, 400)


async def test_a_database_that_goes_away_is_waited_for(database: str, doors: Doors, broker: Broker) -> None:
    """Whoever cuts the connections has one of its own: the next ones of the pool may be cut already."""
    own = await connect(database, {}, 60)
    async with listening(broker, doors):
        broker.publish(*(reading(n % 50, n) for n in range(200)))
        for _ in range(5):
            await own.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.05)
        await stored(own, 200)
    await own.close()


async def test_a_buildings_topics(pool: Pool, doors: Doors, broker: Broker) -> None:
    other = await make_site(pool, "annex")
    await add_sensors(pool, other, "s1")
    rows = (Topic(filter="annex/+", sensor="{1}", building="annex"), Topic(filter="lost/+", building="nowhere"))
    async with listening(broker, doors, topics=rows):
        broker.publish(("lost/s1", "1"), ("annex/s1", "2"))
        await stored(pool, 1)
    assert await pool.fetchval("SELECT value FROM telemetry.sensor_state WHERE value IS NOT NULL") == 2


async def test_quality_zero_is_taken_too(pool: Pool, doors: Doors, broker: Broker) -> None:
    async with listening(broker, doors):
        broker.publish(*(reading(n, 1) for n in range(20)), qos=0)
        await stored(pool, 20)


def test_sessions_are_bounded() -> None:
    with pytest.raises(ValidationError):
        MqttSettings(in_flight=100_000)
    assert MqttSettings(session=timedelta(days=1)).session == timedelta(days=1)
