"""`/health` and `/metrics` of the bot, on an address of their own: also while Telegram cannot be reached."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from agent.channels.telegram.metrics import REACHED
from agent.metrics import TEXT

log = logging.getLogger(__name__)


@dataclass
class Bot:
    """What is told of the bot."""

    reached: bool = False
    """Whether Telegram has answered since the start."""
    look: Callable[[], None] = lambda: None
    """Takes the figures of the moment."""


def application(bot: Bot, figures: bool) -> Starlette:
    """What listens."""

    async def health(request: Request) -> Response:
        if bot.reached:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "waiting", "reason": "Telegram has not answered since the start"}, 503)

    async def metrics(request: Request) -> Response:
        REACHED.set(bot.reached)
        bot.look()
        return Response(generate_latest(), media_type=TEXT)

    shown = [Route("/metrics", metrics)] if figures else []
    return Starlette(routes=[Route("/health", health), *shown])


@asynccontextmanager
async def listening(address: str, bot: Bot, figures: bool) -> AsyncIterator[int | None]:
    """Listen at `host:port` until the end of the block; the port. Without an address, or where it is taken, none."""
    host, _, port = address.rpartition(":")
    try:
        listener = socket.create_server((host.strip("[]"), int(port))) if address else None
    except OSError as error:
        log.warning("nobody can ask how the bot is: %s: %s", address, error.strerror or error)
        listener = None
    if listener is None:
        yield None
        return
    async with served(application(bot, figures), listener):
        yield int(listener.getsockname()[1])


@asynccontextmanager
async def served(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve until the end of the block, and close the listener."""
    config = uvicorn.Config(app, lifespan="off", log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the process has its own
    task = asyncio.create_task(server._serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


__all__ = ["Bot", "application", "listening", "served"]
