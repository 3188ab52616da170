"""The wish to stop: Ctrl-C, SIGTERM or a closed terminal, heard once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AGAIN = 0.05
"""Seconds after which a wish that was lost is uttered again."""


class Stopped(BaseException):
    """Somebody asked us to stop; raised wherever the main thread is at that moment."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.gently = number == signal.SIGTERM
        """By somebody who will wait until all is done that has begun."""


@contextmanager
def stoppable(signals: Sequence[signal.Signals] = ASKED_TO_STOP) -> Iterator[None]:
    """Within, the first such signal raises Stopped in the main thread; later ones do not disturb the stopping.

    Python drops what is raised while it finalizes an object: such a Stopped is raised again.
    """
    heard = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        if not heard:
            heard = True
            raise Stopped(number)

    def lost(what: sys.UnraisableHookArgs) -> None:
        nonlocal heard
        if isinstance(what.exc_value, Stopped):
            heard = False
            threading.Timer(AGAIN, os.kill, (os.getpid(), what.exc_value.args[0])).start()
        else:
            hook(what)

    hook = sys.unraisablehook
    before = {number: signal.getsignal(number) for number in signals}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}  # nohup
    for number in before:
        signal.signal(number, hear)
    sys.unraisablehook = lost
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
