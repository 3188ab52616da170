"""A command of ours that a house keeps running beside its servers, its words in a log file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.spawn import spawn
from deploy.supervisor import LOG_LIMIT, OUR_SETTINGS

PATIENT = 30.0
"""Seconds in which it has to be done: a bot first answers who has written to it."""
MARKOFF = "from deploy.cli import main; main()"


class Job:
    """A child process that runs `markoff` with these arguments; a Part of the supervisor."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self.log = log
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        env = {name: value for name, value in os.environ.items() if name not in {*OUR_SETTINGS, "MARKOFF_TOKEN"}}
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            command = [sys.executable, "-P", "-c", MARKOFF, *self._arguments]
            self._process = spawn(command, log, env | {"NO_COLOR": "1"}, signal.SIGTERM)

    def stop(self, patience: float = PATIENT) -> None:
        """SIGTERM, and SIGKILL after `patience` seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


__all__ = ["Job"]
