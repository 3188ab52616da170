"""Wait for what another process or task does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from api.context import Parts


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Come back when it holds; raises TimeoutError if it does not."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def until_it_listens(app: FastAPI) -> None:
    """Come back when the application hears of changes, of grants too."""
    parts: Parts = app.state.parts

    async def listens() -> bool:
        return parts.viewers.listening and parts.live.hub.listening

    await until(listens)
