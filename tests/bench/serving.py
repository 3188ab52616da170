"""The api as a process of its own, as `markoff serve` runs it, for measurements."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import httpx

from api.auth import new_key

SERVE = """
import socket, sys
from deploy.serving import serve
serve(sys.argv[2], socket.socket(fileno=int(sys.argv[1])))
"""
KEY = "a key for measurements, of thirty-two characters or more"


@dataclass(frozen=True)
class Serving:
    """A process that serves the graph at `address`."""

    address: str
    process: subprocess.Popen[bytes]

    @classmethod
    @asynccontextmanager
    async def of(
        cls, url: str, factory: str = "api.app:create", settings: Mapping[str, str] | None = None
    ) -> AsyncIterator[Serving]:
        """Start it on a database, wait until it is ready, stop it afterwards."""
        listening = socket.create_server(("127.0.0.1", 0))
        os.set_inheritable(listening.fileno(), True)
        environment = {**os.environ, "DATABASE_URL": url, "MARKOFF_JWT_KEY": KEY, "MARKOFF_RATE": "0"}
        environment |= settings or {}
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", SERVE, str(listening.fileno()), factory],
            env=environment,
            pass_fds=[listening.fileno()],
        )
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            await _ready(address)
            yield cls(address, process)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 20)
            listening.close()

    async def device_key(self, connection: asyncpg.Connection[asyncpg.Record], building_id: int) -> str:
        """A new API key of a device of the building."""
        key = new_key()
        await connection.execute(
            "INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at)"
            " VALUES ($1, $2, 'bench', 'DEVICE', $3, $4)",
            key.prefix,
            key.secret_hash,
            building_id,
            datetime.now(UTC),
        )
        return key.text


async def _ready(address: str) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(60):
        while True:
            try:
                if (await http.get(f"{address}/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
