"""Following over plain HTTP, by server-sent events (graphql-sse, "distinct connections": one operation a request).

`POST /graphql`, or `GET /graphql?query=…&variables=…`, with `Accept: text/event-stream`. Each change is an event `next`
whose id is its cursor; who comes back with it as `Last-Event-ID` gets what they missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import limits
from api.asking import ask
from api.context import Context, Parts
from api.documents import Mistaken
from api.errors import Fault, presented
from api.execution import Graph, graph, parsed
from api.live.audience import Telling
from api.live.closing import Closing
from api.live.fanout import Fanout
from api.live.followed import understood
from api.live.line import Line, abort

EVENTS = "text/event-stream"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
END = "event: complete\ndata:\n\n"
ALIVE = ":\n\n"


class EventStreams:
    """`/graphql` (ASGI): those who accept event streams get one, all others are passed on."""

    def __init__(self, otherwise: ASGIApp) -> None:
        self.otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if EVENTS in request.headers.get("accept", "").lower():
            await EventStream(request, send).hold()
        elif request.method == "POST":
            await self.otherwise(scope, receive, send)
        else:
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)


class StreamLine(Line):
    """A line that is an event stream: it carries one operation, and nothing comes back on it."""

    kind = "events"
    answers = False

    def __init__(self, request: Request, send: Send, context: Context, fanout: Fanout) -> None:
        super().__init__(context, request.headers["authorization"], fanout.hub, fanout.settings)
        self._request = request
        self._send = send

    def next_letter(self, id: str, telling: Telling) -> str:
        return f"id: {telling.cursor}\nevent: next\ndata: {telling.payload}\n\n"

    def error_letter(self, id: str, errors: list[dict[str, object]]) -> str:
        return _next({"errors": errors})

    def ping_letter(self) -> str:
        return ALIVE

    def refuse(self, id: str, errors: Iterable[BaseException]) -> None:
        super().refuse(id, errors)
        self.close(Closing.DONE)

    async def send(self, text: str) -> None:
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def hang_up(self, closing: Closing, cursor: str) -> None:
        text = END
        if closing is Closing.LEAVING:  # no end of the operation: who reads such streams comes back by themselves
            text = f"id: {cursor}\n\n" if cursor else ""
        elif closing is Closing.TOO_SLOW:
            text = _next({"errors": presented([Fault("FELL_BEHIND", cursor=cursor)], self.context.language)}) + END
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": False})

    def cut(self) -> None:
        abort(self._request.scope)


class EventStream:
    """One request, from its headers to the end of its stream."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.send = send
        self.parts: Parts = request.app.state.parts
        assert self.parts.live is not None
        self.fanout: Fanout = self.parts.live.fanout

    @property
    def graph(self) -> Graph:
        return graph(introspection=self.parts.settings.introspection)

    async def hold(self) -> None:
        """To the end. Raises the faults of a request that is nobody's or makes no sense; others are told as events."""
        asked = await self._asked()
        address = self.request.client.host if self.request.client else ""
        context = await ask(self.parts, self.request.headers, address)
        try:
            operation = await self.graph.documents.operation(asked["query"], asked["operationName"])
            if not operation.is_subscription:
                await self._answer(context, asked)
                return
            followed = await understood(self.graph, asked["query"], asked["variables"], asked["operationName"])
        except (Mistaken, Fault) as error:
            errors = error.errors if isinstance(error, Mistaken) else [error]
            await self._whole(_next({"errors": presented(errors, context.language)}))
            return
        if not context.viewer.known:
            raise Fault("NOT_SIGNED_IN")
        if last := self.request.headers.get("last-event-id"):
            followed = replace(followed, after=last)
        line = StreamLine(self.request, self.send, context, self.fanout)
        if not self.fanout.open(line):
            raise Fault("TOO_MANY_CONNECTIONS", most=self.fanout.settings.lines)
        try:
            await self._start()
            line.say("retry: 1000\n\n")
            self.fanout.begin(line, "", followed)
            await self._follow(line)
        except Fault as fault:
            line.refuse("", [fault])
            await line.write()
        finally:
            self.fanout.shut(line)

    async def _follow(self, line: StreamLine) -> None:
        writing = asyncio.create_task(line.write())
        gone = asyncio.create_task(self._gone())
        try:
            await asyncio.wait([writing, gone], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, gone):
                task.cancel()
            await asyncio.gather(writing, gone, return_exceptions=True)  # they end as the client does

    async def _gone(self) -> None:
        """Until the client is."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

    async def _asked(self) -> dict[str, Any]:
        """Query, variables and operation name. Raises BAD_BODY, BODY_TOO_LARGE."""
        if self.request.method == "POST":
            return parsed(await limits.body(self.request, self.parts.settings.body_limit))
        given: dict[str, Any] = dict(self.request.query_params)
        try:
            given["variables"] = orjson.loads(given.get("variables") or "null")
        except orjson.JSONDecodeError as error:
            raise Fault("BAD_BODY") from error
        return parsed(orjson.dumps(given))

    async def _answer(self, context: Context, asked: dict[str, Any]) -> None:
        """A question, or by POST a change: one event."""
        if self.request.method != "POST":
            raise Fault("ONLY_SUBSCRIPTIONS")
        answer = await self.graph.answer(context, asked["query"], asked["variables"], asked["operationName"])
        await self._whole(f"event: next\ndata: {answer.decode()}\n\n")

    async def _start(self) -> None:
        await self.send({"type": "http.response.start", "status": 200, "headers": HEADERS})

    async def _whole(self, text: str) -> None:
        await self._start()
        await self.send({"type": "http.response.body", "body": (text + END).encode(), "more_body": False})


def _next(answer: dict[str, Any]) -> str:
    return f"event: next\ndata: {orjson.dumps(answer).decode()}\n\n"
