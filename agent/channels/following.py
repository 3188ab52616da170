"""Following the graph over WebSocket (graphql-transport-ws), on behalf of one person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import websockets
from websockets.exceptions import ConnectionClosed, WebSocketException

FORBIDDEN, TOKEN_ENDED = 4403, 4453
OPENING = 10.0
"""Seconds for a line to open."""
LARGEST = 4 << 20


class Broken(Exception):
    """The line is down; come back with the last cursor. `token`: not without another token."""

    def __init__(self, why: str, *, token: bool = False) -> None:
        super().__init__(why)
        self.token = token


class Refused(Exception):
    """The graph does not begin, or go on with, what was asked for: by its code."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{name}: {code}")
        self.name, self.code = name, code


@dataclass(frozen=True)
class Wanted:
    """A subscription: its document, and its variables."""

    document: str
    variables: Mapping[str, Any]


async def follow(
    api: str, token: str, language: str, wanted: Mapping[str, Wanted]
) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
    """What is told to each of the subscriptions, by their names, until the line breaks (Broken) or one is Refused."""
    address = api.replace("http", "ws", 1).rstrip("/") + "/graphql"
    hello = {"authorization": f"Bearer {token}", "acceptLanguage": language}
    try:
        async with websockets.connect(
            address,
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
            open_timeout=OPENING,
            max_size=LARGEST,
            proxy=None,
        ) as line:
            await line.send(json.dumps({"type": "connection_init", "payload": hello}))
            async for raw in line:
                message = json.loads(raw)
                match message["type"]:
                    case "connection_ack":
                        for name, each in wanted.items():
                            asked = {"query": each.document, "variables": dict(each.variables)}
                            await line.send(json.dumps({"id": name, "type": "subscribe", "payload": asked}))
                    case "ping":
                        await line.send('{"type":"pong"}')
                    case "next":
                        payload = message["payload"]
                        if payload.get("errors"):
                            raise Refused(message["id"], _code(payload["errors"]))
                        yield message["id"], payload["data"]
                    case "error":
                        raise Refused(message["id"], _code(message["payload"]))
        raise Broken("the line was closed")
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd is not None else 0
        raise Broken(str(closed), token=code in (FORBIDDEN, TOKEN_ENDED)) from closed
    except (OSError, TimeoutError, WebSocketException) as error:
        raise Broken(str(error) or type(error).__name__) from error


def _code(errors: Any) -> str:
    try:
        return str(errors[0]["extensions"]["code"])
    except (LookupError, TypeError):
        return "UNKNOWN"
