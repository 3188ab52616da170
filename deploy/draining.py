"""A server that leaves without losing a request: asked by SIGTERM, it ends only when all that was begun is answered.

Its callers keep connections open (nginx does), and a connection that is closed at the moment a request comes in has
lost that request. So an idle one is left open until its caller closes it, or uses it once more: the answer says
`Connection: close`. SIGINT ends at once, within a few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn

from deploy.listening import HANDSHAKE, turn_newcomers_away
from deploy.wire import LEAVING, Web

QUIET = 6.0
"""Seconds after which nothing more comes on an idle connection: longer than nginx keeps one (deploy/nginx: 4 s)."""
LONGEST = 30.0
"""Seconds that requests in flight get."""
LOOK = 0.05
LEAVE = "markoff.leave"
"""What the application has put under this name into its lifespan's state is called when the process begins to leave,
with the seconds that it has."""


class Server(uvicorn.Server):
    """`sole`: nobody else accepts on these sockets; what waits in their queues would be lost with them."""

    def __init__(self, config: uvicorn.Config, *, sole: bool, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self.sole = sole
        self.begun = begun
        """Called when callers are served."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        gently = signal.SIGTERM in self._captured_signals
        if leave := self.lifespan.state.get(LEAVE):
            leave(LONGEST if gently else float(self.config.timeout_graceful_shutdown or 0))
        if gently:
            await self._drain(sockets or [])
        await super().shutdown(sockets)

    async def _drain(self, sockets: Sequence[socket.socket]) -> None:
        """Take no new connections, and wait until what is under way is answered."""
        setattr(self.server_state, LEAVING, True)
        if self.sole:
            await self._take_the_last(sockets)
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        for connection in self.server_state.connections:
            if isinstance(connection, Web):
                connection.leave()
        began = time.monotonic()
        while (passed := time.monotonic() - began) < LONGEST and not self.should_hurry:
            if not self.server_state.connections and not self.server_state.tasks:
                return
            if passed > QUIET and not self.server_state.tasks:
                return
            await asyncio.sleep(LOOK)

    @property
    def should_hurry(self) -> bool:
        """Somebody cannot wait."""
        return signal.SIGINT in self._captured_signals

    async def _take_the_last(self, sockets: Sequence[socket.socket]) -> None:
        """Turn newcomers away to where they find another process, and take all who came before."""
        for each in sockets:
            turn_newcomers_away(each)
        await asyncio.sleep(HANDSHAKE)
        for server in self.servers:
            for taking in server.sockets:
                await self._accept(taking)

    async def _accept(self, listening: Any) -> None:
        """What the event loop has not accepted yet."""
        loop = asyncio.get_running_loop()
        with socket.socket(fileno=os.dup(listening.fileno())) as taking:
            taking.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    connection, _ = taking.accept()
                    await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        return Web(self.config, self.server_state, self.lifespan.state)
