"""Keeps logs readable while something is away: what is said again and again is written once a minute, and counted."""

from __future__ import annotations

import logging
import time

from deploy.logs import request

EVERY = 60.0
"""Seconds in which the same warning is written once."""
MOST = 1000
"""Warnings that are remembered."""

Key = tuple[str, int, str, str]


class Repeats(logging.Filter):
    """Lets a warning or an error pass that was not said in the last minute; one that comes again says how often it did.

    What is the same: logger, level, words and the exception's. Lines of INFO and below always pass, and so does what is
    said of a request: it is looked for by its number.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[Key, tuple[float, int]] = {}
        """When each was written last, and how often it was not since."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or request():
            return True
        error = record.exc_info[1] if record.exc_info else None
        key = (record.name, record.levelno, record.getMessage(), repr(error) if error else "")
        now = time.monotonic()
        at, times = self._said.get(key, (-EVERY, 0))
        if now - at < EVERY:
            self._said[key] = (at, times + 1)
            return False
        if times:
            record.msg, record.args = f"{key[2]} (and {times} times more in the last {now - at:.0f} s)", ()
        if len(self._said) >= MOST:
            self._said = {known: said for known, said in self._said.items() if now - said[0] < EVERY}
            if len(self._said) >= MOST:
                self._said.clear()
        self._said[key] = (now, 0)
        return True


__all__ = ["Repeats"]
