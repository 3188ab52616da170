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

from deploy.wire import SERVING

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


class Line:
    """A client of graphql-transport-ws."""

    def __init__(self, raw: websockets.ClientConnection) -> None:
        self.raw = raw

    async def say(self, **message: Any) -> None:
        await self.raw.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message; pings are answered and passed over."""
        async with asyncio.timeout(20):
            while (message := json.loads(await self.raw.recv())) == {"type": "ping"}:
                await self.say(type="pong")
        heard: dict[str, Any] = message
        return heard

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
