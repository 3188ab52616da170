"""Serves an ASGI application: `python -m deploy.serving api.app:create 7`, on the listening socket number 7."""

from __future__ import annotations

import socket
import sys

GRACE = 3  # seconds that open requests and streams get when we are asked to stop


def serve(factory: str, listening: socket.socket) -> None:
    """Serve what `module:function` makes until SIGTERM or SIGINT; a failing start ends the process with status 3."""
    import uvicorn

    config = uvicorn.Config(
        factory, factory=True, lifespan="on", ws="websockets-sansio", access_log=False,
        timeout_graceful_shutdown=GRACE, server_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(3)


if __name__ == "__main__":
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
