"""A port for a program that is told where to listen: picked now, bound a little later."""

from __future__ import annotations

import os
import random
import socket

FIRST, LAST = 10_000, 32_000
"""Below the ports that systems give to connections: such a one may be taken before the program comes to it."""
dice = random.SystemRandom()
given: set[int] = set()


def free_port() -> int:
    """A port on which nobody listens just now, nor on the next one; none of these tests gets either of them again.

    They run in several processes (pytest-xdist), each of which has ports of its own.
    """
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = FIRST + 2 * (mine + processes * dice.randrange((LAST - FIRST) // (2 * processes)))
        if port not in given and _free(port) and _free(port + 1):
            given.add(port)
            return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
