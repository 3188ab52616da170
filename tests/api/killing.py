"""A house of real processes that can be killed: PostgreSQL of its own, and api processes that keep their addresses."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.auth import new_key
from db import migrate
from deploy.postgres import Postgres
from tests.api.caller import KEY

SERVE = """
import socket, sys
from deploy.serving import serve
serve("api.app:create", socket.socket(fileno=int(sys.argv[1])))
"""


class Api:
    """One api process. Its socket is ours: callers who come while it is dead wait for the next one."""

    def __init__(self, url: str, log: Path, **settings: str) -> None:
        self.settings = {"DATABASE_URL": url, "MARKOFF_JWT_KEY": KEY, "MARKOFF_RATE": "0", **settings}
        self.log = log
        self.listening = socket.create_server(("127.0.0.1", 0))
        os.set_inheritable(self.listening.fileno(), True)
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(self.listening.fileno())],
                env=os.environ | self.settings,
                pass_fds=[self.listening.fileno()],
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def ready(self) -> None:
        async with httpx.AsyncClient(timeout=5) as http, asyncio.timeout(90):
            while True:
                try:
                    if (await http.get(f"http://{self.address}/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.listening.close()


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A durable server that nobody else uses, with a migrated database `house`."""
    folder = Path(tempfile.mkdtemp(prefix="markoff-killed-"))
    server = Postgres(folder)
    try:
        server.start()
        server.create_database("house")
        migrate.upgrade(server.url("house"))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def kill(server: Postgres) -> None:
    """SIGKILL to the postmaster: the others of its processes find out and end."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)


def start_again(server: Postgres) -> None:
    server.stop()
    server.start()


__all__ = ["Api", "kill", "new_key", "own_postgres", "start_again"]
