"""A port for a program that is told where to listen: picked now, bound a little later."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 10_000, 32_000
"""Below the ports that systems give to connections: such a one may be taken before the program comes to it."""
dice = random.SystemRandom()


def free_port() -> int:
    """A port on which nobody listens just now."""
    while True:
        port = dice.randrange(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
