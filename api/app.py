"""The api process: its routes, and what it opens when it starts and closes when it ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from api import metrics
from api.asking import language_before
from api.context import Parts
from api.errors import UNREACHABLE, Fault, masked, presented_one
from api.exchange import token
from api.execution import Endpoint
from api.health import health, our_revision, our_version, ready
from api.ingest import line
from api.ingest.doors import opened_doors
from api.ingest.ndjson import receive
from api.limits import Attempts, Rates
from api.linking import link
from api.live import living
from api.live.socket import Socket
from api.live.stream import EventStreams
from api.plans import page
from api.plans.pictures import Pictures
from api.playground.page import Page, files
from api.requests import Numbered
from api.schema import schema
from api.settings import ApiSettings
from api.standing import watched
from api.viewers import Viewers
from db.clock import Clock
from db.engine import Pool, create_engine, create_ingest_pool, create_pool, create_read_pool
from db.ingest import Window

log = logging.getLogger("markoff.api")

LEAVE = "markoff.leave"
"""In the lifespan's state: what the server calls when the process begins to leave (`deploy.draining`)."""
SMALL = 8
"""Connections for ingest, the stream and small things."""
CLOSING = 2.0
"""Seconds that connections in use get when the process ends."""
PATIENCE = 30.0
"""Seconds to wait at start for a database that is not there yet."""


@asynccontextmanager
async def opened(settings: ApiSettings) -> AsyncIterator[Parts]:
    """The parts of a process, open; closed in reverse order."""
    database = settings.database
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(_open(lambda: create_pool(database.sessions, SMALL)))
        reads = await stack.enter_async_context(
            _open(
                lambda: create_read_pool(database.url, database.readers, database.read_patience, pooled=database.pooled)
            )
        )
        engine = create_engine(database.url, database.writers, pooled=database.pooled)
        stack.push_async_callback(engine.dispose)
        if settings.metrics.enabled:
            metrics.watch(engine)
        viewers = Viewers(settings, pool)
        stack.push_async_callback(viewers.stop)
        await viewers.start()
        parts = Parts(
            settings=settings,
            pool=pool,
            reads=reads,
            engine=engine,
            clock=await Clock.load(pool),
            viewers=viewers,
            attempts=Attempts(pool, settings.attempts, settings.attempts_window),
            rates=Rates(settings.rate),
        )
        window = Window(database.window_back, database.window_ahead)
        writers = await stack.enter_async_context(
            _open(lambda: create_ingest_pool(database.url, settings.ingest.writers, pooled=database.pooled))
        )
        parts.doors = await stack.enter_async_context(opened_doors(writers, parts.clock, window, settings.ingest))
        parts.pictures = Pictures(parts, settings.plans)
        stack.callback(parts.pictures.close)
        parts.live = await stack.enter_async_context(living(parts))
        parts.checks.append(parts.live.trouble)
        if settings.metrics.enabled:
            await stack.enter_async_context(watched(parts))
        yield parts


@asynccontextmanager
async def _open(connect: Callable[[], Awaitable[Pool]]) -> AsyncIterator[Pool]:
    """A pool; the database is waited for when it starts a little later than we do."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            pool = await connect()
            break
        except (OSError, asyncpg.CannotConnectNowError) as error:
            if time.monotonic() > until:
                raise
            log.warning("waiting for the database: %r", error)
            await asyncio.sleep(0.5)
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(CLOSING):
                await pool.close()
        except TimeoutError:
            log.warning("connections that are still in use are cut")
            pool.terminate()


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    """A fault outside of GraphQL, in the form that GraphQL gives it."""
    fault = error if isinstance(error, Fault) else masked(error)
    headers = {}
    if fault.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "seconds" in fault.parameters:
        headers["Retry-After"] = str(fault.parameters["seconds"])
    told = {"errors": [presented_one(fault, language_before(request.headers))]}
    return JSONResponse(told, fault.status, headers)


class Application(FastAPI):
    """FastAPI, whose every answer bears the number of its request, also that of an error."""

    def __init__(self, **told: Any) -> None:
        """FastAPI's own traces are left off: they tell whole addresses, and ask nobody which requests to record."""
        super().__init__(telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False}, **told)

    def build_middleware_stack(self) -> ASGIApp:
        return Numbered(super().build_middleware_stack())


def create(settings: ApiSettings | None = None) -> FastAPI:
    """The application (ASGI); settings come from the environment and `markoff.toml` unless given."""
    chosen = settings or ApiSettings()
    schema()  # made before anybody asks
    metrics.Switch.on = chosen.metrics.enabled

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Callable[[float], None]]]:
        await asyncio.to_thread(our_revision)
        async with opened(chosen) as parts:
            app.state.parts = parts
            live = parts.live
            yield {LEAVE: lambda seconds: live.leave()} if live is not None else {}

    app = Application(
        title="Markoff",
        version=our_version(),
        lifespan=lifespan,
        openapi_url=None,
        exception_handlers=dict.fromkeys((Fault, DBAPIError, *UNREACHABLE, Exception), _refuse),
    )
    app.router.routes.extend(_routes(chosen))
    return app


def _routes(settings: ApiSettings) -> list[BaseRoute]:
    """Where the graph and everything beside it is."""
    return [
        Route(
            "/graphql",
            Page(settings.playground, EventStreams(Endpoint(settings))),
            methods=["GET", "POST"],
        ),
        files(settings.playground),
        WebSocketRoute("/graphql", Socket()),
        Route("/ingest", metrics.route("ingest", receive), methods=["POST"]),
        Route("/api/v2/write", metrics.route("write", line.write), methods=["POST"]),
        Route("/write", metrics.route("write", line.write), methods=["POST"]),
        Route("/ping", line.ping, methods=["GET"]),
        Route("/query", line.query, methods=["GET", "POST"]),
        Route("/token", metrics.route("token", token), methods=["POST"]),
        Route("/link", metrics.route("link", link), methods=["POST"]),
        page.ROUTE,
        Route("/health", health, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/metrics", metrics.page, methods=["GET"]),
    ]
