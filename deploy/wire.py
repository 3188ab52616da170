"""How uvicorn serves callers: lines without compression, which takes memory of each, and so that one can be cut off.

A client that takes nothing can be told nothing; closing its connection would wait for it for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LEAVING = "leaving"
"""The attribute of a server's state that says that its process ends: connections are used no more after an answer."""
IDLE = 75
"""Seconds for which a connection waits for its next request: longer than any proxy keeps one, so that it is closed by
them, never while a request is on its way."""
CUT = "markoff.cut"
"""The extension of a request's scope under which `api.live.line` finds what cuts its connection."""


def _offer(scope: Any, cut: Callable[[], None]) -> None:
    scope.setdefault("extensions", {})[CUT] = cut


class Web(HttpToolsProtocol):
    """HTTP whose requests can be cut off, and whose connections end well with their process."""

    def on_headers_complete(self) -> None:
        _offer(self.scope, self.transport.abort)
        super().on_headers_complete()
        if getattr(self.server_state, LEAVING, False) and self.cycle is not None:  # None: it becomes a WebSocket
            self.cycle.keep_alive = False

    def leave(self) -> None:
        """Say with the answer that is not begun yet that it is the last; else with the next one."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False


class Sockets(WebSocketsSansIOProtocol):
    """WebSockets that can be cut off."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # else the handshake was none
            _offer(self.scope, self.transport.abort)


SERVING: dict[str, Any] = {
    "http": Web,
    "ws": Sockets,
    "timeout_keep_alive": IDLE,
    "ws_per_message_deflate": False,
    "ws_max_size": 4 << 20,
}
"""Options of `uvicorn.Config`."""
