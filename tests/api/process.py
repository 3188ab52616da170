"""A real api process: started, killed, started again on the same port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.api.caller import KEY

ROOT = Path(__file__).parents[2]


class Process:
    """It serves on a socket that the test keeps, so that callers wait while it is down."""

    def __init__(self, database: str) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.environment = {**os.environ, "DATABASE_URL": database, "MARKOFF_JWT_KEY": KEY, "MARKOFF_RATE": "0"}
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        number = str(self.listening.fileno())
        command = [sys.executable, "-m", "uvicorn", "api.app:create", "--factory", "--fd", number, "--log-level=error"]
        self.running = subprocess.Popen(command, cwd=ROOT, env=self.environment, pass_fds=[self.listening.fileno()])

    def kill(self) -> None:
        """kill -9."""
        if self.running is not None:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()
            self.running = None

    def close(self) -> None:
        self.kill()
        self.listening.close()
