"""The parts of a living house as a story needs them: devices that send until they are answered, and who follows it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import orjson
import paho.mqtt.client as paho
import websockets
from paho.mqtt.enums import CallbackAPIVersion

from api.auth import mint, new_key
from db.engine import Pool
from db.evaluator import Rule
from db.models import Condition
from tests.api.caller import KEY
from tests.api.killing import Api
from tests.api.serving import line
from tests.db.sensing import Site, add_rule, add_sensors, make_site

FOLLOW = "subscription ($after: Cursor) { alarmChanged(after: $after) { cursor kind alarm { id state occurrences } } }"
TOLD = """
    SELECT payload->>'kind', payload->'alarm'->>'id', payload->'alarm'->>'state', (payload->'alarm'->>'occurrences')::int
    FROM live.change WHERE kind = 'alarm' ORDER BY number
"""
RULES = {
    "high for long": Rule(Condition.ABOVE, 10.0, 2.0, timedelta(seconds=20), timedelta(seconds=5)),
    "low": Rule(Condition.BELOW, 4.0),
}
Told = tuple[str, str, str, int]
"""Of a change: its kind, the alarm, its state, its occurrences."""


class Sent(NamedTuple):
    """A reading: the number of its sensor, seconds since the house began, value."""

    sensor: int
    second: int
    value: float


@dataclass(frozen=True)
class Furnished:
    """A building with sensors `s0`, `s1` … under rules, a device's key, and a dispatcher's token."""

    site: Site
    sensors: Sequence[int]
    rules: Sequence[int]
    key: str
    token: str

    @classmethod
    async def at(cls, pool: Pool, sensors: int, rules: Sequence[Rule] = tuple(RULES.values())) -> Furnished:
        site = await make_site(pool)
        ids = await add_sensors(pool, site, *(f"s{n}" for n in range(sensors)))
        made = [await add_rule(pool, site, rule) for rule in rules]
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
            "INSERT INTO security.\"grant\" (user_id, role, building_id) VALUES ($1, 'DISPATCHER', $2)",
            user,
            site.building,
        )
        return cls(site, ids, made, key.text, mint(KEY, user, timedelta(hours=1)).token)


class Progress:
    """How many readings have been acknowledged, by all devices."""

    def __init__(self) -> None:
        self.count = 0
        self._more = asyncio.Event()

    def add(self, count: int) -> None:
        self.count += count
        self._more.set()

    async def reaches(self, count: int) -> None:
        while self.count < count:
            self._more.clear()
            await self._more.wait()


class Device:
    """Sends batches to one api or another until each has been answered."""

    def __init__(self, apis: Sequence[Api], key: str, batches: Sequence[Sequence[Sent]], began: datetime) -> None:
        self.apis = apis
        self.key = key
        self.batches = batches
        self.began = began
        self.repeated = 0
        self._dice = random.Random(batches[0][0].sensor)

    async def send(self, progress: Progress) -> None:
        async with httpx.AsyncClient(timeout=10, headers={"Authorization": f"Bearer {self.key}"}) as http:
            for batch in self.batches:
                body = b"\n".join(map(self._line, batch))
                while not await self._answered(http, body, len(batch)):
                    self.repeated += 1
                    await asyncio.sleep(0.05)
                progress.add(len(batch))

    def _line(self, reading: Sent) -> bytes:
        at = self.began + timedelta(seconds=reading.second)
        return orjson.dumps({"sensor": f"s{reading.sensor}", "at": at, "value": reading.value})

    async def _answered(self, http: httpx.AsyncClient, body: bytes, size: int) -> bool:
        try:
            answer = await http.post(f"http://{self._dice.choice(self.apis).address}/ingest", content=body)
        except httpx.TransportError:
            return False
        if answer.status_code == 200:
            report = answer.json()
            assert report["accepted"] + report["duplicates"] == size, report
            return True
        assert answer.status_code in (429, 503), answer.text
        return False


class Publisher:
    """Publishes by MQTT, QoS 1; a broker that has acknowledged keeps the message until the house has."""

    def __init__(
        self, port: int, building: str, series: Sequence[Sequence[Sent]], began: datetime, list_of: int
    ) -> None:
        """`list_of`: so many readings of one sensor go into a message."""
        self.port = port
        self.building = building
        self.series = series
        self.began = began
        self.list_of = list_of

    async def heard(self, pool: Pool, probe: str) -> None:
        """Publish readings of a sensor `probe` until one is stored: then the house listens."""
        sensor = "SELECT at IS NOT NULL FROM telemetry.sensor_state JOIN telemetry.sensor s ON s.id = sensor_id WHERE code = $1"
        async with asyncio.timeout(60):
            while not await pool.fetchval(sensor, probe):
                await asyncio.to_thread(self._publish, [(f"markoff/{self.building}/{probe}", b"1")])
                await asyncio.sleep(0.2)

    async def send(self, progress: Progress) -> None:
        for messages in self._parcels():
            await asyncio.to_thread(self._publish, messages)
            progress.add(len(messages) * self.list_of)

    def _parcels(self) -> Iterator[list[tuple[str, bytes]]]:
        columns = [range(n, n + self.list_of) for n in range(0, len(self.series[0]), self.list_of)]
        messages = [self._message([mine[n] for n in column]) for column in columns for mine in self.series]
        for n in range(0, len(messages), 1000):
            yield messages[n : n + 1000]

    def _message(self, readings: Sequence[Sent]) -> tuple[str, bytes]:
        told = [{"value": one.value, "at": self.began + timedelta(seconds=one.second)} for one in readings]
        return f"markoff/{self.building}/s{readings[0].sensor}", orjson.dumps(told[0] if len(told) == 1 else told)

    def _publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Come back when the broker has acknowledged all of them."""
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for one in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
            one.wait_for_publish(60)
        client.disconnect()
        client.loop_stop()


class Subscriber:
    """Follows alarms at one api, comes back with the cursor after whatever happens; cuts itself off now and then."""

    def __init__(self, api: Api, token: str, cursor: str) -> None:
        self.api = api
        self.token = token
        self.cursor = cursor
        self.told: list[Told] = []
        self.came = 0
        self._dice = random.Random(api.address)

    async def follow(self) -> None:
        while True:
            try:
                async with line(self.api.address, self.token) as listening:
                    self.came += 1
                    await listening.subscribe(FOLLOW, after=self.cursor)
                    for _ in range(self._dice.randrange(100, 1500)):
                        self._take((await listening.next())["alarmChanged"])
            except (OSError, TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(0.05)

    def _take(self, change: dict[str, Any]) -> None:
        self.cursor = change["cursor"]
        alarm = change["alarm"]
        self.told.append((change["kind"], alarm["id"], alarm["state"], alarm["occurrences"]))
