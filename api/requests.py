"""Each request has a number, its caller's (`X-Request-Id`) or one of ours; answer, log and trace bear it."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import tracing

number: ContextVar[str] = ContextVar("markoff_api_request", default="")
"""Of the request that is being answered; empty where there is none."""

GIVEN = re.compile(rb"[A-Za-z0-9._-]{8,64}")
NUMBER, PARENT, STATE = b"x-request-id", b"traceparent", b"tracestate"
PLACES = frozenset(
    {"/graphql", "/ingest", "/api/v2/write", "/write", "/query", "/token", "/link", "/plans", "/playground"}
)
QUIET = frozenset({"/health", "/ready", "/ping", "/metrics"})
"""Asked again and again by programs that look after us."""


class Numbered:
    """The application, with a number for each request and, where it is wanted, a span."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = {name: value for name, value in scope["headers"] if name in (NUMBER, PARENT, STATE)}
        given = headers.get(NUMBER, b"")
        mine = given.decode() if GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = number.set(mine)
        answering = Answering(send, mine)
        try:
            if tracing.on is None or scope["type"] != "http" or (where := place(scope["path"])) in QUIET:
                return await self.app(scope, receive, answering)
            carried = {name.decode(): value.decode("latin-1") for name, value in headers.items()}
            with tracing.served(scope["method"], where, carried, mine) as span:
                await self.app(scope, receive, answering)
                if span is not None:
                    tracing.answered(span, answering.status)
        finally:
            number.reset(token)


class Answering:
    """What an application sends, with the number of the request among its headers."""

    def __init__(self, send: Send, mine: str) -> None:
        self.send, self.mine, self.status = send, mine, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            self.status = message.get("status", 101)
            headers: list[Any] = [*message.get("headers", ()), (NUMBER, self.mine.encode())]
            message = {**message, "headers": headers}
        await self.send(message)


def place(path: str) -> str:
    """The route of a path, without what a caller has written into it."""
    if path in PLACES or path in QUIET:
        return path
    first = f"/{path[1:].partition('/')[0]}"
    return first if first in PLACES else "/other"


def fresh() -> str:
    """The number of the request, or a new one for what happens outside of any."""
    return number.get() or secrets.token_hex(8)
