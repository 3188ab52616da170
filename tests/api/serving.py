"""The application on a real port, in this process."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
import websockets
from fastapi import FastAPI

from api.live.line import Follower
from db.engine import Pool
from deploy.wire import SERVING
from tests.api.waiting import until

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Its address, `127.0.0.1:port`, while it serves; the application is started already."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_level="error", timeout_graceful_shutdown=1, **SERVING)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


async def followed(app: FastAPI, count: int = 1) -> None:
    """Come back when so many subscriptions have their place in the stream: what happens from now on is told to them."""

    async def begun() -> bool:
        return len(_followers(app)) >= count

    await until(begun)


async def told(app: FastAPI, pool: Pool, *lines: Line) -> list[list[dict[str, Any]]]:
    """What comes on each line of all that has happened so far; nothing more of it is on the way."""
    newest = await pool.fetchval("SELECT coalesce(max(number), 0) FROM live.change")

    async def handed_on() -> bool:
        behind = any(not one.joined for one in _followers(app))
        return bool(app.state.parts.live.fanout.told >= newest) and not behind

    await until(handed_on)
    return [await line.waiting() for line in lines]


def _followers(app: FastAPI) -> list[Follower]:
    return [one for audience in app.state.parts.live.fanout.audiences.values() for one in audience.members]


class Line:
    """A client of graphql-transport-ws."""

    def __init__(self, raw: websockets.ClientConnection) -> None:
        self.raw = raw

    async def say(self, **message: Any) -> None:
        await self.raw.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message; pings are answered and passed over."""
        async with asyncio.timeout(60):
            while (message := json.loads(await self.raw.recv())) == {"type": "ping"}:
                await self.say(type="pong")
        heard: dict[str, Any] = message
        return heard

    async def waiting(self) -> list[dict[str, Any]]:
        """The messages that are on their way: an answer comes behind them."""
        await self.say(type="ping")
        found: list[dict[str, Any]] = []
        while (message := await self.hear()) != {"type": "pong"}:
            found.append(message)
        return found

    async def subscribe(self, query: str, id: str = "1", **variables: Any) -> None:
        await self.say(type="subscribe", id=id, payload={"query": query, "variables": variables})

    async def next(self) -> dict[str, Any]:
        """The data of the next message, which has no errors."""
        while (message := await self.hear())["type"] == "ping":
            await self.say(type="pong")
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        data: dict[str, Any] = message["payload"]["data"]
        return data


@asynccontextmanager
async def line(address: str, token: str | None, **params: Any) -> AsyncIterator[Line]:
    """An open and acknowledged line."""
    async with websockets.connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL], close_timeout=0.2) as raw:
        opened = Line(raw)
        shown = {"authorization": f"Bearer {token}"} if token else {}
        await opened.say(type="connection_init", payload=shown | params)
        answer = await opened.hear()
        assert answer == {"type": "connection_ack"}, answer
        yield opened
