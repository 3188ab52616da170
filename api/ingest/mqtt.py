"""Readings by MQTT 5: each message is acknowledged after the commit of what it carried, in the order of their coming.

The session is kept by the broker: what comes while nobody of the house is there, waits. At most `in_flight` messages
are on their way, so a full queue holds up the broker, and through it the senders; nothing is dropped but QoS 0.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from api import metrics, tracing
from api.errors import UNREACHABLE, Fault
from api.ingest.doors import Doors, Sender
from api.ingest.mapping import Topic, row_of, sheet_of
from api.ingest.settings import Broker, MqttSettings
from db.clock import Clock
from db.engine import Pool
from db.ingest import Batch, Report
from db.models import Door
from db.queries import space

if TYPE_CHECKING:
    from api.context import Parts

log = logging.getLogger("markoff.mqtt")

KEEPALIVE = 15
"""Seconds of silence after which either side takes the other for gone."""
LARGEST = 1 << 20
"""Most bytes of a message; the broker keeps larger ones to itself."""
AGAIN = 1.0
"""Seconds until readings are put in again that could not be stored."""
TRIES = 3
"""How often that is done when the readings themselves seem to be the cause."""
THEIRS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
"""What the database or its driver says when the readings are at fault and not itself."""
NEW_ONLY = 1
"""Retain handling (MQTT 5, 3.8.3.1): what the broker kept comes with a new subscription only."""


@dataclass(slots=True, eq=False)
class Arrived:
    """A message that is not acknowledged yet; its number means something on the connection that brought it only."""

    message: paho.MQTTMessage
    connection: int
    done: bool = False


class Listener:
    """Our end of the broker's session. paho's thread speaks with the broker, the loop with the queue."""

    def __init__(self, settings: MqttSettings, broker: Broker, doors: Doors, pool: Pool, clock: Clock) -> None:
        self.settings = settings
        self.table = settings.table
        self.doors = doors
        self.pool = pool
        self.clock = clock
        self.connected = threading.Event()
        """Set while we are subscribed."""
        self.dropped = 0
        """Messages of QoS 0 for which there was no room."""
        self._loop = asyncio.get_running_loop()
        self._order: deque[Arrived] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection = 0
        self._acking = threading.Lock()
        self._client = self._make(broker)

    def _make(self, broker: Broker) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2, self.settings.client_id, protocol=paho.MQTTv5, manual_ack=True
        )
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            client.tls_set_context(ssl.create_default_context(cafile=self.settings.ca))
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._on_connect
        client.on_connect_fail = lambda *_: log.warning("the broker cannot be reached")
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = min(int(self.settings.session.total_seconds()), 0xFFFF_FFFF)
        properties.ReceiveMaximum = self.settings.in_flight
        properties.MaximumPacketSize = LARGEST
        client.connect_async(broker.host, broker.port, keepalive=KEEPALIVE, clean_start=False, properties=properties)
        return client

    def start(self) -> None:
        self._client.loop_start()

    async def stop(self) -> None:
        """Leave; what is not acknowledged comes again, to whoever is next."""
        await asyncio.to_thread(self._leave)
        metrics.BROKER_CONNECTED.set(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    # -- in paho's thread

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refuses us: %s", reason)
            return
        with self._acking:
            self._connection += 1
        options = SubscribeOptions(qos=1, retainHandling=NEW_ONLY)
        client.subscribe([(filter, options) for filter in dict.fromkeys(row.filter for row in self.table)])

    def _on_subscribe(self, client: paho.Client, data: Any, number: int, reasons: Any, properties: Any) -> None:
        for row, reason in zip(dict.fromkeys(row.filter for row in self.table), reasons, strict=False):
            if reason.is_failure:
                log.warning("the broker does not let us read %s: %s", row, reason)
        self.connected.set()
        metrics.BROKER_CONNECTED.set(1)

    def _on_disconnect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.connected.clear()
        metrics.BROKER_CONNECTED.set(0)
        if reason.is_failure:
            log.warning("the broker is gone: %s", reason)

    def _on_message(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        self._loop.call_soon_threadsafe(self._arrived, Arrived(message, self._connection))

    # -- in the loop

    def _arrived(self, arrived: Arrived) -> None:
        if arrived.message.qos:
            self._order.append(arrived)
        elif len(self._tasks) >= 2 * self.settings.in_flight:
            self.dropped += 1
            metrics.BROKER_DROPPED.inc()
            if self.dropped % 1000 == 1:
                log.warning("%d messages of QoS 0 were dropped: there is no room for more", self.dropped)
            return
        task = self._loop.create_task(self._take(arrived))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, arrived: Arrived) -> None:
        for tries in range(1, TRIES + 1):
            try:
                with tracing.unasked("mqtt message", {"messaging.system": "mqtt"}):
                    await self._store(arrived.message)
                break
            except Exception:
                log.exception("a message could not be taken, try %d of %d", tries, TRIES)
                await asyncio.sleep(AGAIN)
        else:
            payload = bytes(arrived.message.payload)
            log.error("given up: %d bytes for a topic of %d levels", len(payload), arrived.message.topic.count("/") + 1)
            log.debug("given up, as it came: %s %r", arrived.message.topic, payload)
        arrived.done = True
        self._acknowledge()

    async def _store(self, message: paho.MQTTMessage) -> None:
        """Store what a message carries, however long it takes until the house is able to."""
        row = row_of(self.table, message.topic)
        if row is None:
            return
        payload = bytes(message.payload)
        sheet = sheet_of(row, message.topic, payload, self.clock.now(), retained=message.retain)
        refused = sheet.refused(await self._stored(row, sheet.batch))
        for one in refused if log.isEnabledFor(logging.DEBUG) else ():
            log.debug("%s: %s %s", message.topic, one.reason.name, one.sensor)

    async def _stored(self, row: Topic, batch: Batch) -> Report:
        while True:
            try:
                return await self.doors.take(await self._sender(row), batch)
            except Fault as fault:
                if fault.code != "TOO_BUSY":
                    raise
            except THEIRS:
                raise
            except (*UNREACHABLE, asyncpg.PostgresError, OSError) as error:
                log.warning("readings wait for the database: %r", error)
            await asyncio.sleep(AGAIN)

    async def _sender(self, row: Topic) -> Sender:
        """A broker speaks for its buildings: who may publish is its own business."""
        if row.building is None:
            return Sender(None, Door.MQTT)
        key = await self.pool.fetchval(space.BUILDING_KEY, None, row.building)
        if key is None:
            log.warning("%s: there is no building %s", row.filter, row.building)
        return Sender(() if key is None else (key,), Door.MQTT)

    def _acknowledge(self) -> None:
        """Acknowledge what is done, in the order of coming, on the connection that it came by."""
        while self._order and self._order[0].done:
            arrived = self._order.popleft()
            with self._acking:
                if arrived.connection == self._connection:
                    self._client.ack(arrived.message.mid, arrived.message.qos)


@asynccontextmanager
async def listening(parts: Parts) -> AsyncIterator[Listener]:
    """Listen to the broker as long as the context lasts."""
    settings = parts.settings.mqtt
    assert settings.broker is not None, "there is no broker"
    assert parts.doors is not None, "the doors are closed"
    listener = Listener(settings, settings.broker, parts.doors, parts.pool, parts.clock)
    listener.start()
    try:
        yield listener
    finally:
        await listener.stop()
