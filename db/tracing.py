"""Spans of statements, for whoever traces requests; a process that traces nothing pays nothing.

A span is made only within one that is being recorded: work that nobody asked for leaves no trace. Statements are told
with their placeholders, never with their values.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

tracer: Tracer | None = None
"""What makes spans; None while nobody wants any."""

LONGEST = 8000
"""Characters of a statement that are told."""
OPENED = "markoff_span"
WORD = re.compile(r"[A-Za-z]+")


def begin() -> None:
    """From now on statements are told; where spans go has been set up by whoever started the process."""
    global tracer
    from opentelemetry import trace

    tracer = trace.get_tracer("markoff.db")


def connection_class() -> type[asyncpg.Connection[Any]]:
    """What pools are to make their connections of."""
    return asyncpg.Connection if tracer is None else Traced


def _opened(query: str, operation: str | None = None) -> Span | None:
    """A span of a statement, within the current one; None where nothing is recorded."""
    if tracer is None:
        return None
    from opentelemetry import trace

    if not trace.get_current_span().is_recording():
        return None
    name = operation or _operation(query)
    told = {"db.system.name": "postgresql", "db.operation.name": name, "db.query.text": query[:LONGEST]}
    return tracer.start_span(name, kind=trace.SpanKind.CLIENT, attributes=told)


def _operation(query: str) -> str:
    found = WORD.search(query)
    return found[0].upper() if found else "SQL"


def _closed(span: Span, rows: int | None) -> None:
    if rows is not None and rows >= 0:
        span.set_attribute("db.response.returned_rows", rows)
    span.end()


def _failed(span: Span, error: BaseException) -> None:
    """The kind of an error, not its words: they may hold values."""
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", getattr(error, "sqlstate", None) or type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))
    span.end()


async def _spanned(span: Span | None, done: Awaitable[Any], rows: Callable[[Any], int | None]) -> Any:
    if span is None:
        return await done
    try:
        result = await done
    except BaseException as error:
        _failed(span, error)
        raise
    _closed(span, rows(result))
    return result


def _touched(status: Any) -> int | None:
    """Rows of a status such as `INSERT 0 5`."""
    last = str(status).rpartition(" ")[2]
    return int(last) if last.isdigit() else None


def _one(row: Any) -> int:
    return 0 if row is None else 1


class Traced(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose statements are told."""

    async def execute(self, query: str, *args: Any, **more: Any) -> Any:
        return await _spanned(_opened(query), super().execute(query, *args, **more), _touched)

    async def executemany(self, command: str, args: Iterable[Any], **more: Any) -> Any:
        return await _spanned(_opened(command), super().executemany(command, args, **more), lambda _: None)

    async def fetch(self, query: str, *args: Any, **more: Any) -> Any:
        return await _spanned(_opened(query), super().fetch(query, *args, **more), len)

    async def fetchval(self, query: str, *args: Any, **more: Any) -> Any:
        return await _spanned(_opened(query), super().fetchval(query, *args, **more), _one)

    async def fetchrow(self, query: str, *args: Any, **more: Any) -> Any:
        return await _spanned(_opened(query), super().fetchrow(query, *args, **more), _one)

    async def copy_records_to_table(self, table_name: str, **more: Any) -> Any:
        span = _opened(f"COPY {table_name}", f"COPY {table_name}")
        return await _spanned(span, super().copy_records_to_table(table_name, **more), _touched)

    async def reset(self, **more: Any) -> None:
        """Not what anybody asked for."""
        from opentelemetry import trace

        with trace.use_span(trace.INVALID_SPAN):
            await super().reset(**more)


def watch(engine: AsyncEngine) -> None:
    """Tell the statements of an engine, too."""
    if tracer is None:
        return
    event.listen(engine.sync_engine, "before_cursor_execute", _before)
    event.listen(engine.sync_engine, "after_cursor_execute", _after)
    event.listen(engine.sync_engine, "handle_error", _error)


def _before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    setattr(context, OPENED, _opened(statement))


def _after(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    if (span := getattr(context, OPENED, None)) is not None:
        setattr(context, OPENED, None)
        _closed(span, cursor.rowcount)


def _error(failure: Any) -> None:
    if (span := getattr(failure.execution_context, OPENED, None)) is not None:
        setattr(failure.execution_context, OPENED, None)
        _failed(span, failure.original_exception)


__all__ = ["begin", "connection_class", "tracer", "watch"]
