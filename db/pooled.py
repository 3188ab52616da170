"""Connections through a pooler in transaction mode (PgBouncer): what outlives a transaction is lost there.

The server behind a connection may be another one after each transaction. So nothing is prepared for later, each
statement is in a transaction, and each transaction begins with the settings that a session would have had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asyncpg.transaction import Transaction


class Begun(Transaction):  # type: ignore[misc]
    """A transaction that begins with its connection's settings."""

    async def start(self) -> None:
        await super().start()
        connection = self._connection
        if connection._top_xact is self and connection.beginning:  # not a savepoint
            await connection.execute(connection.beginning)


class Pooled:
    """A connection whose single statements are transactions; to be mixed into one of asyncpg's."""

    beginning = ""
    """Sets what is to hold within each transaction."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def transaction(self, *, isolation: Any = None, readonly: bool = False, deferrable: bool = False) -> Any:
        self._check_open()
        return Begun(self, isolation, readonly, deferrable)

    async def _execute(self, *arguments: Any, **more: Any) -> Any:
        if self.is_in_transaction():
            return await super()._execute(  # type: ignore[misc]
                *arguments, **more
            )
        async with self.transaction():
            return await super()._execute(  # type: ignore[misc]
                *arguments, **more
            )

    async def _executemany(self, *arguments: Any, **more: Any) -> Any:
        if self.is_in_transaction():
            return await super()._executemany(  # type: ignore[misc]
                *arguments, **more
            )
        async with self.transaction():
            return await super()._executemany(  # type: ignore[misc]
                *arguments, **more
            )


def class_with(settings: Mapping[str, str], base: type[Any]) -> type[Any]:
    """The class of connections, otherwise like `base`, in whose transactions these hold: names and values of ours."""
    told = ";".join(f"SET LOCAL {name} = '{value}'" for name, value in settings.items())
    return type("PooledConnection", (Pooled, base), {"__slots__": (), "beginning": told})
