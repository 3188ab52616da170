"""What comes in to the agent process: each request with its number, and a span where spans are wanted."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent import tracing

QUIET = frozenset({"/health", "/ready", "/metrics"})
"""Asked again and again by programs that look after us."""


class Application(FastAPI):
    """FastAPI, whose every answer bears the number of its request, also that of an error."""

    def __init__(self, **told: Any) -> None:
        """FastAPI's own traces are left off: they tell whole addresses, and ask nobody which requests to record."""
        super().__init__(telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False}, **told)

    def build_middleware_stack(self) -> ASGIApp:
        return Numbered(super().build_middleware_stack())


class Numbered:
    """The application, with a number and a span for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        with tracing.numbered(headers.get(tracing.NUMBER, "")) as mine:
            answer = Answer(send, mine)
            if scope["path"] in QUIET:
                await self.app(scope, receive, answer)
                return
            place = _place(scope["path"])
            told = {"http.request.method": scope["method"], "http.route": place}
            name = f"{scope['method']} {place}"
            with tracing.span(name, told, kind="SERVER", within=tracing.caller(headers)) as span:
                await self.app(scope, receive, answer)
                tracing.tell(span, {"http.response.status_code": answer.status})
                if answer.status >= 500:
                    tracing.failed(span, str(answer.status))


class Answer:
    """What the application sends, with the number of the request among its headers."""

    def __init__(self, send: Send, mine: str) -> None:
        self.send, self.mine, self.status = send, mine, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (tracing.NUMBER.encode(), self.mine.encode())]
            message = {**message, "headers": headers}
        await self.send(message)


def _place(path: str) -> str:
    """The route of a path, without the name of a thread."""
    first, _, rest = path[1:].partition("/")
    if first not in ("turns", "threads"):
        return "/other"
    return f"/{first}" if not rest else "/threads/{name}/resume" if rest.endswith("/resume") else "/threads/{name}"
