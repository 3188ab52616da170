"""The ways to the database: a pool for single statements, and sessions whose type says who may write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from db import tracing
from db.pooled import class_with

Pool: TypeAlias = "asyncpg.Pool[Any]"
Connection: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"

LEAST_VERSION = 150000


class DatabaseTooOld(Exception):
    """The server is older than PostgreSQL 15."""

    def __init__(self, version: str) -> None:
        super().__init__(f"PostgreSQL {version} is too old for Markoff: it needs 15 or newer")


class ReadSession(AsyncSession):
    """A session in a read-only transaction."""


class WriteSession(AsyncSession):
    """A session that may write; it flushes, and the edge that opened it commits."""


def alchemy_url(url: str) -> str:
    """The address of a database as SQLAlchemy's asyncpg dialect wants it."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def create_engine(url: str, size: int, *, pooled: bool = False) -> AsyncEngine:
    """An engine for writes by people; `size` is the most connections it holds. `pooled`: see `db.pooled`."""
    unprepared = {"statement_cache_size": 0, "prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    engine = create_async_engine(
        alchemy_url(url),
        connect_args=unprepared if pooled else {},
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # an error is logged, and people's data are none of the log's business
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )
    tracing.watch(engine)
    return engine


async def _prepare(connection: asyncpg.Connection[Any]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda v: orjson.dumps(v).decode(), decoder=orjson.loads
    )


async def create_pool(url: str, size: int) -> Pool:
    """A pool for reads, ingest and the stream; `jsonb` is decoded, `json` comes as text.

    Raises `DatabaseTooOld` before version 15.
    """
    pool = await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=_prepare,
        connection_class=tracing.connection_class(),
        server_settings={"timezone": "UTC", "jit": "off"},
    )
    async with pool.acquire() as connection:
        if int(await connection.fetchval("SHOW server_version_num")) < LEAST_VERSION:
            version = await connection.fetchval("SHOW server_version")
            await pool.close()
            raise DatabaseTooOld(version)
    return pool


async def connect(url: str, settings: Mapping[str, str], patience: float) -> asyncpg.Connection[Any]:
    """A single connection with server settings of its own; a statement may take `patience` seconds."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        url, command_timeout=patience, server_settings={"timezone": "UTC", "jit": "off", **settings}
    )
    await _prepare(connection)
    return connection


async def _learn(connection: Connection) -> None:
    """asyncpg asks the database once about array types: before the first question, not with it."""
    await connection.prepare("SELECT $1::bigint[], $2::text[]")


async def _keep(_: Connection) -> None:
    """A single read leaves nothing behind, so nothing needs to be reset."""


def _session(settings: Mapping[str, str], *, pooled: bool) -> dict[str, Any]:
    """How a pool's connections come by their settings, and keep statements: for a session, or in each transaction."""
    if pooled:
        return {"connection_class": class_with(settings, tracing.connection_class()), "statement_cache_size": 0}
    return {
        "connection_class": tracing.connection_class(),
        "server_settings": dict(settings),
        "statement_cache_size": 500,
        "max_cached_statement_lifetime": 0,
        "max_cacheable_statement_size": 0,
    }


async def create_read_pool(url: str, size: int, patience: timedelta, *, pooled: bool = False) -> Pool:
    """A pool for planned reads, one read-only statement at a time, cut off after `patience`.

    Plans are generic: with arrays of keys as parameters PostgreSQL would otherwise plan each call anew, at more than
    the cost of the call. Pages are taken to be in memory, so that a few rows are fetched
    by index. Statements of any length are prepared once; not through a pooler (`pooled`, see `db.pooled`).
    """
    settings = {
        "timezone": "UTC",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "random_page_cost": "1.1",
        "transaction_read_only" if pooled else "default_transaction_read_only": "on",
        "statement_timeout": str(int(patience.total_seconds() * 1000)),
    }
    return await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=None if pooled else _learn,
        reset=_keep,
        **_session(settings, pooled=pooled),
    )


async def create_ingest_pool(url: str, size: int, *, pooled: bool = False) -> Pool:
    """A pool for the writers of readings. As for reads, plans are generic and statements are prepared once: to plan
    anew what batches of arrays ask costs a third of the whole. (An open transaction is rolled back by the driver.)
    """
    return await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=_prepare,
        reset=_keep,
        **_session({"timezone": "UTC", "jit": "off", "plan_cache_mode": "force_generic_plan"}, pooled=pooled),
    )


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[WriteSession]:
    """A session for one change; the caller commits, anything else is rolled back."""
    async with WriteSession(engine, expire_on_commit=False) as session:
        yield session


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[ReadSession]:
    """A session for reads only; the database refuses anything else."""
    async with ReadSession(engine, expire_on_commit=False) as session:
        await session.connection(execution_options={"postgresql_readonly": True})
        yield session
