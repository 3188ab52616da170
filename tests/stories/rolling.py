"""A house of two processes of the api behind nginx, under load, whose processes are started anew one after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import websockets

from db import changes
from db.engine import Pool
from tests.api.caller import KEY
from tests.api.serving import PROTOCOL
from tests.api.waiting import until
from tests.deploy.edge import Edge, edge
from tests.ports import free_port
from tests.stories.alive import Furnished

COMMAND = [sys.executable, "-c", "from deploy.cli import main; main()", "--lang", "en", "serve"]
QUESTION = "{ sensors(first: 20) { nodes { code kind unit value at } } rooms(first: 5) { nodes { number } } }"
REPORT = """mutation ($text: String!) { reportEvent(input: {text: $text, building: "b1"}) {
  __typename ... on Event { id } } }"""
FOLLOW = "subscription ($after: Cursor) { eventHappened(after: $after) { cursor event { text } } }"


class Serve:
    """`markoff serve` as a service manager or Docker runs it: it keeps its port, nobody else holds its socket."""

    def __init__(self, url: str, log: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        self.log = log
        self.arguments = ["--url", url, "--port", str(self.port), *arguments]
        self.settings = {"MARKOFF_JWT_KEY": KEY, "MARKOFF_RATE": "0", **settings}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *self.arguments], env=os.environ | self.settings, stdout=log, stderr=log
            )

    def tell(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)

    async def leave(self) -> float:
        """SIGTERM; the seconds until it has ended."""
        assert self.process is not None
        began = time.monotonic()
        self.tell(signal.SIGTERM)
        await asyncio.to_thread(self.process.wait, 60)
        return time.monotonic() - began

    async def ready(self) -> None:
        async with httpx.AsyncClient(timeout=5) as http, asyncio.timeout(240):
            while True:
                try:
                    if (await http.get(f"http://{self.address}/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)


@contextmanager
def serving(url: str, folder: Path, count: int, **settings: str) -> Iterator[list[Serve]]:
    """So many processes, started; not all of them may be ready yet."""
    processes = [Serve(url, folder / f"serve{n}.log", **settings) for n in range(count)]
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.stop()


@dataclass
class Load:
    """So many requests a second through the edge: questions, changes, readings; each is sent once, whatever comes."""

    edge: Edge
    token: str
    key: str
    rate: float
    sent: int = 0
    reported: list[str] = field(default_factory=list)
    """Texts of events whose report was answered."""
    read: int = 0
    """Readings that were acknowledged."""
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0
    """That it took."""
    _began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=20))
    _over: bool = False

    def end(self) -> None:
        self._over = True

    async def run(self, callers: int = 16) -> None:
        """Until `end`."""
        began = time.monotonic()
        await asyncio.gather(*(self._call(Line(self.edge), began) for _ in range(callers)))
        self.seconds = time.monotonic() - began

    async def _call(self, line: Line, began: float) -> None:
        while not self._over:
            number, self.sent = self.sent, self.sent + 1
            await asyncio.sleep(began + number / self.rate - time.monotonic())
            asked = time.monotonic()
            try:
                await (self._ask, self._ask, self._ask, self._report, self._read)[number % 5](line, number)
            except (OSError, EOFError, AssertionError) as failure:
                self.failed.append(f"{number % 5}: {failure!r}")
                line.close()
            self.slowest = max(self.slowest, time.monotonic() - asked)
        line.close()

    async def _ask(self, line: Line, number: int) -> None:
        answer = await self._graph(line, {"query": QUESTION})
        assert answer["data"]["sensors"]["nodes"], answer

    async def _report(self, line: Line, number: int) -> None:
        text = f"event {number}"
        answer = await self._graph(line, {"query": REPORT, "variables": {"text": text}})
        assert answer["data"]["reportEvent"]["__typename"] == "Event", answer
        self.reported.append(text)

    async def _read(self, line: Line, number: int) -> None:
        at = (self._began + timedelta(milliseconds=number)).isoformat()
        reading = orjson.dumps({"sensor": f"s{number % 10}", "at": at, "value": 5 + number % 7})
        answer = orjson.loads(await line.post("/ingest", reading, self.key))
        assert answer["accepted"] == 1, answer
        self.read += 1

    async def _graph(self, line: Line, body: object) -> dict[str, dict[str, dict[str, object]]]:
        told: dict[str, dict[str, dict[str, object]]] = orjson.loads(
            await line.post("/graphql", orjson.dumps(body), self.token)
        )
        assert "errors" not in told, told
        return told


class Line:
    """One kept connection to the edge that does no more than write and read bytes: the load must not be the clients'."""

    def __init__(self, edge: Edge) -> None:
        self.edge, self.host = edge, edge.url.removeprefix("https://")
        self.writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, token: str) -> bytes:
        """What is answered with 200; raises AssertionError for other answers, OSError and EOFError for none."""
        if self.writer is None:
            name, port = self.host.split(":")
            self.reader, self.writer = await asyncio.open_connection(name, int(port), ssl=self.edge.trust)
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        told = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        answer = await self.reader.readexactly(int(told.split(b"content-length: ")[1].split(b"\r\n")[0]))
        assert told.startswith(b"http/1.1 200"), told + answer
        if b"connection: close" in told:
            self.close()
        return answer

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Listener:
    """Follows events through the edge, and comes back with its cursor whenever the line ends."""

    edge: Edge
    token: str
    cursor: str
    told: list[str] = field(default_factory=list)
    came: int = 0
    closings: list[str] = field(default_factory=list)

    async def by_socket(self) -> None:
        while True:
            self.came += 1
            try:
                async with websockets.connect(
                    self.edge.line, ssl=self.edge.trust, subprotocols=[PROTOCOL], close_timeout=1
                ) as line:
                    await self._follow(line)
            except websockets.ConnectionClosed as closed:
                self.closings.append(f"{closed.rcvd.code} {closed.rcvd.reason[:10]}" if closed.rcvd else "cut")
            except (OSError, websockets.InvalidStatus) as failure:
                self.closings.append(repr(failure))
            await asyncio.sleep(0.02)

    async def _follow(self, line: websockets.ClientConnection) -> None:
        await line.send(
            orjson.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}}).decode()
        )
        payload = {"query": FOLLOW, "variables": {"after": self.cursor}}
        await line.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode())
        while True:
            message = orjson.loads(await line.recv())
            if message["type"] == "ping":
                await line.send('{"type":"pong"}')
            elif message["type"] != "connection_ack":
                self._take(message["payload"]["data"])

    async def by_events(self) -> None:
        headers = _bearer(self.token) | {"Accept": "text/event-stream"}
        async with httpx.AsyncClient(verify=self.edge.trust, timeout=60, headers=headers) as http:
            while True:
                self.came += 1
                body = {"query": FOLLOW, "variables": {"after": self.cursor}}
                try:
                    async with http.stream("POST", f"{self.edge.url}/graphql", json=body) as stream:
                        assert stream.status_code == 200, stream.status_code
                        async for line in stream.aiter_lines():
                            assert line != "event: complete", "that would be the end of it"
                            if line.startswith("id: "):
                                self.cursor = line[4:]
                            if line.startswith("data: {"):
                                self._take(orjson.loads(line[6:])["data"])
                    self.closings.append("end")
                except httpx.TransportError as failure:
                    self.closings.append(repr(failure))
                await asyncio.sleep(0.02)

    def _take(self, data: dict[str, dict[str, object]]) -> None:
        change = data["eventHappened"]
        self.cursor = str(change["cursor"])
        event = change["event"]
        assert isinstance(event, dict)
        self.told.append(str(event["text"]))


TOLD = "SELECT payload->'event'->>'text' FROM live.change WHERE kind = 'event' ORDER BY number"


async def started_anew(database: str, pool: Pool, folder: Path, rate: float, calm: float) -> Load:
    """Two processes, one after the other, under so many requests a second; `calm` seconds before, between and after.

    Fails where a request failed, or somebody who follows missed a change, or was told one twice or out of order.
    """
    house = await Furnished.at(pool, 10)
    async with pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    with (
        serving(database, folder, 2) as processes,
        edge(folder, [process.address for process in processes], RATE_ASKING="5000r/s") as nginx,
    ):
        for process in processes:
            await process.ready()
        by_socket = [Listener(nginx, house.token, beginning) for _ in range(3)]
        by_events = [Listener(nginx, house.token, beginning) for _ in range(3)]
        following = [asyncio.create_task(one.by_socket()) for one in by_socket]
        following += [asyncio.create_task(one.by_events()) for one in by_events]
        load = Load(nginx, house.token, house.key, rate=rate)
        asking = asyncio.create_task(load.run())

        async def followed() -> bool:
            return all(listener.told for listener in (*by_socket, *by_events))

        await until(followed)
        for process in processes:
            await asyncio.sleep(calm)
            await process.leave()
            process.start()
            await process.ready()
        await asyncio.sleep(calm)
        load.end()
        await asking
        assert load.failed == []
        assert load.sent > 2 * rate
        told = [row[0] for row in await pool.fetch(TOLD)]
        assert sorted(told) == sorted(load.reported)
        assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == load.read
        for listener in (*by_socket, *by_events):
            async with asyncio.timeout(60):
                while len(listener.told) < len(told):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert listener.told == told
            assert listener.came > 1
        assert {closing for one in by_socket for closing in one.closings} == {"1012 Restarting"}
        assert {closing for one in by_events for closing in one.closings} == {"end"}
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    return load
