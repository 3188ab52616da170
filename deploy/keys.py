"""Keys pressed at the terminal, one by one, without waiting for the end of a line."""

from __future__ import annotations

import os
import select
import sys
from types import TracebackType
from typing import Any

END = frozenset({"", "q", "Q", "й", "Й", "\x03", "\x04", "\x1b"})
"""Keys that end a talk: q on either keyboard, Ctrl-C, Ctrl-D, Escape, and a terminal that is gone."""


class Keys:
    """The keyboard, while within; where there is no terminal, lines of the standard input count as keys."""

    def __init__(self) -> None:
        self.file = sys.stdin.fileno()
        self.before: list[Any] | None = None

    def __enter__(self) -> Keys:
        if os.isatty(self.file):
            import termios
            import tty

            self.before = termios.tcgetattr(self.file)
            tty.setcbreak(self.file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.before is not None:
            import termios

            termios.tcsetattr(self.file, termios.TCSADRAIN, self.before)

    def wait(self) -> str:
        """The next key; empty at the end."""
        return os.read(self.file, 64).decode(errors="replace")[:1]

    def pressed(self) -> bool:
        """Whether a key was pressed; it is taken."""
        if not select.select([self.file], [], [], 0)[0]:
            return False
        return bool(self.wait())
