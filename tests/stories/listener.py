"""A subscriber that is cut off now and then, and comes back with its cursor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import websockets

ALARM_CHANGED = """
subscription ($after: Cursor) {
  alarmChanged(after: $after) {
    cursor at kind
    alarm { id title state sensor room rule value occurrences raisedAt lastRaisedAt returnedAt }
  }
}
"""


class Listener:
    """Collects `alarmChanged` over graphql-transport-ws; `cuts` says after how many changes the line is cut."""

    def __init__(self, api: str, token: str, cursor: str, cuts: tuple[int, ...] = ()) -> None:
        self.address = api.replace("http", "ws", 1) + "/graphql"
        self.token = token
        self.cuts = list(cuts)
        self.changes: list[dict[str, Any]] = []
        self.cursor = cursor

    async def listen(self, enough: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Listen until it is enough, reconnecting after each cut."""
        while not enough(self.changes):
            async with websockets.connect(
                self.address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
            ) as line:
                await line.send(
                    json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}})
                )
                assert json.loads(await line.recv())["type"] == "connection_ack"
                payload = {"query": ALARM_CHANGED, "variables": {"after": self.cursor}}
                await line.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                await self._follow(line, enough)

    async def _follow(self, line: Any, enough: Callable[[list[dict[str, Any]]], bool]) -> None:
        while not enough(self.changes):
            message = json.loads(await line.recv())
            if message["type"] == "ping":
                await line.send(json.dumps({"type": "pong"}))
                continue
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            change = message["payload"]["data"]["alarmChanged"]
            self.changes.append(change)
            self.cursor = change["cursor"]
            if self.cuts and len(self.changes) >= self.cuts[0]:
                self.cuts.pop(0)
                line.transport.abort()
                return
