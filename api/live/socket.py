"""Following over WebSocket, by the protocol `graphql-transport-ws`.

The caller shows a token in the payload of `connection_init` ({"authorization": "Bearer …"}) or in the header of the
handshake; without a valid one the line is closed with 4403. Queries and changes go by POST: they are refused here.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from api import metrics
from api.asking import caller, language_of
from api.context import Context, Parts
from api.documents import Mistaken
from api.errors import Fault
from api.execution import graph
from api.live.audience import Telling
from api.live.closing import Closing
from api.live.fanout import Fanout
from api.live.followed import understood
from api.live.line import Line, abort

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 256


class Refused(Exception):
    """What a client sent is not in the protocol, or not at that time."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing)
        self.closing = closing


class Socket:
    """The route for WebSockets: `WebSocketRoute("/graphql", Socket())`; parts are in the application's state."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Conversation(WebSocket(scope, receive, send)).hold()


class SocketLine(Line):
    """A line over a WebSocket."""

    kind = "websocket"

    def __init__(self, socket: WebSocket, context: Context, authorization: str, fanout: Fanout) -> None:
        super().__init__(context, authorization, fanout.hub, fanout.settings)
        self.socket = socket
        self.writing: asyncio.Task[None] | None = None

    def next_letter(self, id: str, telling: Telling) -> str:
        return f'{{"id":{_json(id)},"type":"next","payload":{telling.payload}}}'

    def error_letter(self, id: str, errors: list[dict[str, object]]) -> str:
        return _json({"id": id, "type": "error", "payload": errors})

    def ping_letter(self) -> str:
        return '{"type":"ping"}'

    async def send(self, text: str) -> None:
        await self.socket.send({"type": "websocket.send", "text": text})

    async def hang_up(self, closing: Closing, cursor: str) -> None:
        reason = f"{closing.reason} {cursor}" if closing.resumed else closing.reason
        await self.socket.close(closing.code, reason.rstrip())

    def cut(self) -> None:
        abort(self.socket.scope)
        if self.writing is not None:
            self.writing.cancel()


class Conversation:
    """One WebSocket, from its handshake to its end."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.parts: Parts = socket.app.state.parts
        assert self.parts.live is not None
        self.fanout: Fanout = self.parts.live.fanout
        self.line: SocketLine | None = None

    async def hold(self) -> None:
        """To the end."""
        offered = PROTOCOL in self.socket.scope["subprotocols"]
        await self.socket.accept(PROTOCOL if offered else None)
        try:
            if not offered:
                raise Refused(Closing.NO_PROTOCOL)
            self.line = line = await self._introduced()
            line.writing = asyncio.create_task(line.write())
            try:
                await self._listen(line)
            finally:
                self.fanout.shut(line)
                line.writing.cancel()
                await asyncio.gather(line.writing, return_exceptions=True)  # it ends as the client does
        except Refused as refused:
            await self._close(refused.closing)
        except WebSocketDisconnect:
            pass

    async def _close(self, closing: Closing) -> None:
        metrics.CLOSED.labels(closing.name.lower()).inc()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the client was faster
            await self.socket.close(closing.code, closing.reason)

    # -- who it is

    async def _introduced(self) -> SocketLine:
        """Wait until the caller has said who they are, and let them in."""
        try:
            async with asyncio.timeout(self.fanout.settings.sign_in.total_seconds()):
                message = await self._heard()
                while message["type"] in ("ping", "pong"):
                    if message["type"] == "ping":
                        await self.socket.send_text('{"type":"pong"}')
                    message = await self._heard()
        except TimeoutError:
            raise Refused(Closing.SILENT) from None
        if message["type"] != "connection_init":
            raise Refused(Closing.NOT_YET if message["type"] in ("subscribe", "complete") else Closing.INVALID)
        shown = message.get("payload") or {}
        if not isinstance(shown, dict):
            raise Refused(Closing.INVALID)
        line = await self._line(shown)
        if not self.fanout.open(line):
            raise Refused(Closing.TOO_MANY_LINES)
        line.say('{"type":"connection_ack"}')
        return line

    async def _line(self, shown: dict[str, Any]) -> SocketLine:
        headers = self.socket.headers
        given = shown.get("authorization") or shown.get("Authorization") or headers.get("authorization")
        if not given:
            raise Refused(Closing.FORBIDDEN)
        authorization = str(given)
        try:
            viewer = await self.parts.viewers.behind(authorization)
        except Fault as fault:
            raise Refused(Closing.FORBIDDEN) from fault
        accepted = shown.get("acceptLanguage") or headers.get("accept-language")
        language = language_of(str(accepted) if accepted else None, viewer.language)
        address = self.socket.client.host if self.socket.client else ""
        return SocketLine(self.socket, Context(self.parts, viewer, language, address), authorization, self.fanout)

    # -- what it says

    async def _heard(self) -> dict[str, Any]:
        """The next message. Raises Refused for what is none."""
        received = await self.socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code") or 1005)
        text = received.get("text")
        if text is None:
            raise Refused(Closing.INVALID)
        if len(text) > self.parts.settings.body_limit:
            raise Refused(Closing.TOO_LONG)
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Refused(Closing.INVALID) from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Refused(Closing.INVALID)
        return message

    async def _listen(self, line: SocketLine) -> None:
        while True:
            try:
                message = await self._heard()
                line.heard_now()
                if line.closing is None:
                    await self._take(line, message)
            except Refused as refused:
                line.close(refused.closing)

    async def _take(self, line: SocketLine, message: dict[str, Any]) -> None:
        match message["type"]:
            case "subscribe":
                await self._subscribe(line, _id(message), message.get("payload"))
            case "complete":
                self.fanout.end(line, _id(message))
            case "ping":
                line.say('{"type":"pong"}')
            case "pong":
                pass
            case "connection_init":
                raise Refused(Closing.TWICE)
            case _:
                raise Refused(Closing.INVALID)

    async def _subscribe(self, line: SocketLine, id: str, payload: Any) -> None:
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            raise Refused(Closing.INVALID)
        variables, name = payload.get("variables"), payload.get("operationName")
        if not isinstance(variables, dict | None) or not isinstance(name, str | None):
            raise Refused(Closing.INVALID)
        if id in line.followers:
            raise Refused(Closing.SAME_ID)
        try:
            self.parts.rates.take(caller(line.context.viewer, line.context.address))
            known = graph(introspection=self.parts.settings.introspection)
            self.fanout.begin(line, id, await understood(known, payload["query"], variables or {}, name or None))
        except Mistaken as mistaken:
            line.refuse(id, mistaken.errors)
        except Fault as fault:
            line.refuse(id, [fault])


def _id(message: dict[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise Refused(Closing.INVALID)
    return id


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
