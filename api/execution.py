"""How an operation is run: reads as one statement, writes by Strawberry with their results planned, answers as bytes."""

from __future__ import annotations

from typing import Any, TypeAlias

import orjson
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Fragment: TypeAlias = orjson.Fragment
"""JSON that PostgreSQL made: a resolver may return it for any field whose type is planned, or a union of such."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, which lets JSON that is already made pass."""

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        if isinstance(result, orjson.Fragment):
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


async def select(info: Any, type_name: str, id: int | None, *, connection: Any = None) -> Fragment | None:
    """What the current field asks of one object, as JSON: to be returned by a resolver of a mutation or a refusal.

    `info` is the resolver's `strawberry.Info`, `type_name` the object's GraphQL type ("Lease"), `id` its bigint key.
    Inline fragments of unions and interfaces are looked through; what is chosen is what the viewer may see. None when
    the object does not exist for the viewer or `id` is None. It runs one statement on the pool of the context
    (`info.context.pool`, `.viewer`, `.clock`), or on `connection` (asyncpg's) to see what is not yet committed.

        async def room(self, info: Info) -> Room | None:          # a field of a refusal
            return await select(info, "Room", self.room_id)
    """
    raise NotImplementedError
