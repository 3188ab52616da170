"""Whether this process lives (`/health`), and whether the whole can be used (`/ready`), with reasons if not."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib.metadata import version
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.context import Parts
from db import revision

PATIENCE = 2.0
"""Seconds in which the database has to answer."""
REVISION = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
CURRENT = "SELECT version_num FROM public.alembic_version"


@cache
def our_version() -> str:
    return version("markoff")


@cache
def our_revision() -> str:
    return revision.wanted()


async def health(request: Request) -> JSONResponse:
    """The process answers: nothing else is looked at."""
    return JSONResponse({"status": "alive", "version": our_version()})


async def ready(request: Request) -> JSONResponse:
    """200 when people can be served; else 503 and why not."""
    reasons = await not_ready(request.app.state.parts)
    told: dict[str, Any] = {"status": "not ready" if reasons else "ready", "version": our_version()}
    return JSONResponse(told | {"reasons": reasons} if reasons else told, 503 if reasons else 200)


async def not_ready(parts: Parts) -> list[str]:
    """What is missing, a sentence each."""
    reasons = []
    try:
        async with asyncio.timeout(PATIENCE), parts.pool.acquire() as connection:
            there = await connection.fetchval(REVISION)
            revision = await connection.fetchval(CURRENT) if there else None
        if revision != our_revision():
            reasons.append(f"the database has revision {revision}, this version needs {our_revision()}")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reasons.append(f"the database cannot be reached: {error!r}")
    if not parts.viewers.listening:
        reasons.append("changes of grants are not heard")
    return [*reasons, *(reason for check in parts.checks if (reason := check()) is not None)]
