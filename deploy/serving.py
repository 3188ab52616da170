"""Serves an ASGI application: `python -m deploy.serving api.app:create 7 8 9`.

It listens on the inherited socket that is descriptor 7. Its modules are loaded at once, but it serves only when its
settings (a JSON object of environment variables) have come through the pipe that is descriptor 8: loading takes
longer than starting a database, and need not wait for it. When it serves it writes a byte to descriptor 9.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module

GRACE = 3  # seconds that open requests and streams get in the end


def serve(
    factory: str, listening: socket.socket, *, sole: bool = False, begun: Callable[[], None] = lambda: None
) -> None:
    """Serve what `module:function` makes until SIGINT, or until all is answered that has begun before SIGTERM.

    A failing start ends the process with status 3. `sole`: no other process accepts on that socket; `begun` is called
    when callers are served.
    """
    import uvicorn

    from deploy import console, logs, tracing
    from deploy.config import checked
    from deploy.draining import Server
    from deploy.trouble import Trouble
    from deploy.wire import SERVING

    config = uvicorn.Config(
        factory, factory=True, lifespan="on", access_log=False, log_config=None,
        timeout_graceful_shutdown=GRACE, server_header=False, **SERVING,
    )  # fmt: skip
    server = Server(config, sole=sole, begun=begun)
    try:
        logs.begin(factory.partition(".")[0])
        tracing.begin(factory.partition(".")[0])
        server.run(sockets=[listening])
    except checked.WRONG as fault:
        console.complain(checked.explained(fault))
        sys.exit(3)
    except Trouble as trouble:
        console.complain(trouble)
        sys.exit(3)
    if not server.started:
        sys.exit(3)


def main(factory: str, listening: int, settings: int, told: int) -> None:
    """Load, wait for the settings, serve; garbage, of which loading makes none, is looked for from then on."""
    gc.disable()
    import_module("uvicorn")
    import_module(factory.split(":", 1)[0])
    with os.fdopen(settings) as pipe:
        os.environ.update(json.load(pipe))
    serve(factory, socket.socket(fileno=listening), begun=lambda: _begun(told))


def _begun(told: int) -> None:
    """Let who started us know that callers are served; what was loaded is never looked at as garbage again."""
    gc.freeze()
    gc.enable()
    with contextlib.suppress(BrokenPipeError):
        os.write(told, b"1")
    os.close(told)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
