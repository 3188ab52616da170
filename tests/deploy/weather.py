"""A real api on a real port, and what happens between it and its clients: lost answers, limits, absence."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from db.engine import create_pool

KEY = "k" * 40
"""Signs the tokens of these houses."""


@dataclass
class Weather:
    """What happens between the client and the api: answers lost after the work was done, refusals, limits."""

    app: ASGIApp
    chance: float = 0.0
    luck: random.Random = field(default_factory=lambda: random.Random(7))
    bad: int = 0
    bodies: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.luck.random() >= self.chance:
            await self.app(scope, receive, send)
            return
        self.bad += 1
        kind = self.luck.choice(["lost", "busy", "away"])
        if kind == "lost":

            async def swallow(message: Any) -> None:
                pass

            await self.app(scope, receive, swallow)
        status = {"lost": 502, "busy": 429, "away": 503}[kind]
        await Response("not now", status, {"retry-after": "0"})(scope, receive, send)


@contextmanager
def serving(app: ASGIApp, port: int) -> Iterator[str]:
    """The app on a real port, in a thread of its own."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def run(database: str, work: Any) -> Any:
    """Something asynchronous on a pool of its own."""

    async def inside() -> Any:
        pool = await create_pool(database, 2)
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(inside())
