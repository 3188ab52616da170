"""Where threads are kept: the agent's own PostgreSQL database, or this process where there is none."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

CONNECTIONS = 4
TRUSTED = 1.0
"""Seconds for which a connection that has answered is taken to be good."""


@asynccontextmanager
async def kept(url: str | None) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """The checkpoints at this address, their tables made where they are missing; closed afterwards."""
    if not url:
        yield InMemorySaver()
        return
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow, dict_row
    from psycopg_pool import AsyncConnectionPool

    options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    checked: WeakKeyDictionary[AsyncConnection[DictRow], float] = WeakKeyDictionary()

    async def check(connection: AsyncConnection[DictRow]) -> None:
        """Whether the server still answers; a turn takes a connection twenty times, and asks once."""
        if checked.get(connection, 0.0) + TRUSTED < time.monotonic():
            await AsyncConnectionPool.check_connection(connection)
            checked[connection] = time.monotonic()

    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        url, min_size=1, max_size=CONNECTIONS, open=False, kwargs=options, check=check
    )
    await pool.open(wait=True, timeout=15)
    try:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        yield saver
    finally:
        await pool.close()
