"""A file that one process at a time holds, with a note for the others."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

ATTEMPTS = 4


class Busy(Exception):
    """Somebody else holds the lock; `note` is what they wrote."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class Lock:
    """An flock(2): the system takes it back when its holder dies, however it dies; children do not inherit it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor: int | None = None

    def take(self, note: str) -> None:
        """Take it and leave the note, or raise Busy with the holder's."""
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for attempt in range(ATTEMPTS):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as refusal:
                if attempt == ATTEMPTS - 1:
                    os.close(descriptor)
                    raise Busy(self.file.read_text(encoding="utf-8").strip()) from refusal
                time.sleep(0.05)  # somebody may only be looking
        self._descriptor = descriptor
        self.write(note)

    def note_of_holder(self) -> str | None:
        """The note of whoever holds it, None when nobody does. Raises PermissionError."""
        try:
            descriptor = os.open(self.file, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self.file.read_text(encoding="utf-8")
        else:
            return None
        finally:
            os.close(descriptor)

    def write(self, note: str) -> None:
        """Replace the note: there is no moment without one, spaces cover the rest of a longer one."""
        assert self._descriptor is not None
        os.pwrite(self._descriptor, note.encode().ljust(os.fstat(self._descriptor).st_size), 0)

    def release(self) -> None:
        """Let others in; does nothing when it is not held."""
        if self._descriptor is not None:
            os.truncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
