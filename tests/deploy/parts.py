"""Stand-ins for the api and the agent: tiny servers that tell what they were given."""

from __future__ import annotations

import gc
import os
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
TOLD = ("DATABASE_URL", "MARKOFF_JWT_KEY", "MARKOFF_API_URL", "MARKOFF_AGENT_KEY", "MARKOFF_MEMORY_URL")


async def _app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for done in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{done}.complete"})
        return
    told = [f"{name}={os.environ[name]}" for name in TOLD if name in os.environ]
    body = "\n".join([f"PID={os.getpid()}", f"COLLECTS={gc.isenabled()}", *told]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def api() -> App:
    return _app


def agent() -> App:
    return _app


def broken() -> App:
    raise RuntimeError("the stove is cold")
