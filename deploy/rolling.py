"""The rolling restart of processes on one socket: a new one serves before the one that it replaces leaves."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from deploy.cluster import Report
from deploy.listening import HANDSHAKE, turn_newcomers_away
from deploy.supervisor import PATIENT, Server, Supervisor

STARTING = 90.0  # seconds that a new process gets until it serves
LOOK = 0.05


class Wish:
    """Whether SIGHUP has asked for new processes; what a closed terminal sends is no such wish, and stops us."""

    def __init__(self) -> None:
        self._asked = False
        terminal = sys.stdin is not None and sys.stdin.isatty()
        self.stops = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if terminal else ()))

    def hear(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def taken(self) -> bool:
        """Whether it was asked for since this was last looked at."""
        asked, self._asked = self._asked, False
        return asked


@contextmanager
def asked_to_roll() -> Iterator[Wish]:
    """Listen for the wish."""
    wish = Wish()
    before = signal.getsignal(signal.SIGHUP)
    if signal.SIGHUP not in wish.stops:
        signal.signal(signal.SIGHUP, wish.hear)
    try:
        yield wish
    finally:
        signal.signal(signal.SIGHUP, before)


def roll(servers: Sequence[Server], supervisor: Supervisor, report: Report) -> None:
    """Replace all, one after the other. Where a new one does not serve, the old ones stay, and that is reported."""
    report("serve.rolling", {"count": len(servers)})
    for server in servers:
        if not _replaced(server, supervisor):
            report("serve.no_heir", {"name": server.name, "pid": server.pid or "–"})
            return
    report("serve.rolled", {"count": len(servers)})


def _replaced(server: Server, supervisor: Supervisor) -> bool:
    """Whether a new process serves in its place; the old one has ended then."""
    heir = server.heir()
    try:
        heir.start()
        if not _until(lambda: heir.looked() or heir.pid is None, supervisor, STARTING) or not heir.looked():
            return False
        server.exchange(heir)
        heir.ask_to_stop(gently=True)
        _until(lambda: heir.pid is None, supervisor, PATIENT)
        return True
    finally:
        heir.stop()


def _until(holds: Callable[[], bool], supervisor: Supervisor, patience: float) -> bool:
    """Whether it comes to hold in time; the others are looked after meanwhile."""
    until = time.monotonic() + patience
    while not holds():
        if time.monotonic() > until:
            return False
        supervisor.look()
        time.sleep(LOOK)
    return True


def stop(supervisor: Supervisor, listening: socket.socket, *, gently: bool) -> None:
    """Stop all processes of a socket that we hold; `gently`: who has come is taken, who comes now is turned away."""
    if gently:
        turn_newcomers_away(listening)
        time.sleep(10 * HANDSHAKE)  # they take what waits in its queue
    supervisor.stop(gently=gently)
