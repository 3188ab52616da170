"""How an operation is run: reads as one statement, writes by Strawberry with planned results, answers as bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import orjson
from graphql import execute
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api import limits, metrics, tracing
from api.asking import ask
from api.documents import Documents, Mistaken, Operation
from api.errors import Fault, presented
from api.planner import plan
from api.planner.asked import Asked, Selection
from api.planner.plan import KEY, Ask, Kept, Plan
from api.planner.registry import Registry

if TYPE_CHECKING:
    import strawberry

    from api.context import Context
    from api.settings import ApiSettings

Fragment: TypeAlias = orjson.Fragment
"""JSON that PostgreSQL made: a resolver may return it for any field whose type is planned, or a union of such."""

MOST_PLANS = 2000
REFUSED = "refused"
"""Under which a context keeps which changes were refused."""
FRAGMENTS = "fragments"
"""Under which a context keeps what was planned of an operation that Strawberry executes."""
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, which lets JSON that is already made pass."""

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        if isinstance(result, orjson.Fragment):
            return result
        if path.prev is None and getattr(result, "refuses", False):
            known = info.context.scratch.setdefault(REFUSED, set())
            if path.key not in known:  # a union is completed as one, and as what it is
                known.add(path.key)
                metrics.REFUSALS.labels(info.field_name, result.code).inc()
        if path.prev is None and (made := info.context.scratch.get(FRAGMENTS)) and path.key in made:
            return made[path.key]
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


class Root:
    """The value of Query and Mutation: its planned fields are made beforehand."""

    def __getattr__(self, name: str) -> None:
        return None


class Graph:
    """The schema with what has been understood of operations so far."""

    def __init__(self, schema: strawberry.Schema, *, introspection: bool = True) -> None:
        self.schema = schema._schema
        self.registry = Registry.of(self.schema)
        self.documents = Documents(self.schema, introspection=introspection)
        self.plans: Kept[Any, Plan] = Kept(MOST_PLANS)

    async def answer(self, context: Context, text: str, variables: Mapping[str, Any], name: str | None) -> bytes:
        """The response to an operation. Raises what cannot be executed at all: `Mistaken`, `Fault`."""
        with metrics.asked() as asked:
            return await self._answered(asked, context, text, variables, name)

    async def _answered(
        self, asked: metrics.Asked, context: Context, text: str, variables: Mapping[str, Any], name: str | None
    ) -> bytes:
        operation = await self.documents.operation(text, name)
        asked.operation = operation.label
        tracing.operation(operation, text, variables)
        if operation.is_subscription:
            raise Fault("ONLY_STREAMED")
        coerced = operation.coerced(variables)
        if not operation.is_query:
            return await self._executed(asked, context, operation, variables)
        key = (operation, operation.shape(coerced), context.viewer.visibility)
        found = self.plans.get(key)
        if found is None:
            selection = Selection(self.schema, operation.fragments, coerced)
            fields = selection.of(self.registry.query, [operation.definition.selection_set])
            planned = [asked for asked in fields if asked.name == "__typename" or asked.source is not None]
            with tracing.step("plan"):
                found = await asyncio.to_thread(
                    plan.operation, self.registry, selection, context.viewer.visibility, planned
                )
            if len(planned) < len(fields):
                made = orjson.loads(await fetched(context, found, coerced))["data"] if planned else {}
                context.scratch[FRAGMENTS] = {key: orjson.Fragment(orjson.dumps(each)) for key, each in made.items()}
                return await self._executed(asked, context, operation, variables)
            self.plans.keep(key, found)
        return await fetched(context, found, coerced)

    async def _executed(
        self, asked: metrics.Asked, context: Context, operation: Operation, variables: Mapping[str, Any]
    ) -> bytes:
        context.scratch["operation"] = operation
        made = execute(
            self.schema,
            operation.document,
            root_value=Root(),
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation.definition.name.value if operation.definition.name else None,
            executor_class=Executor,
        )
        result: Any = await made if isawaitable(made) else made
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            asked.outcome = "fault"
            answer["errors"] = told = presented(result.errors, context.language)
            tracing.refused([one["extensions"]["code"] for one in told])
        elif REFUSED in context.scratch:
            asked.outcome = "refused"
        return orjson.dumps(answer)

    async def selected(
        self, context: Context, info: Any, type_name: str, id: int, connection: asyncpg.Connection[Any] | None
    ) -> bytes | None:
        """What the field of a resolver asks of one object, as JSON; None when it is not there for the viewer."""
        raw = info._raw_info
        operation: Operation = context.scratch["operation"]
        coerced: Mapping[str, Any] = raw.variable_values
        path = tuple(part for part in raw.path.as_list() if isinstance(part, str))
        key = (operation, operation.shape(coerced), context.viewer.visibility, path, type_name)
        found = self.plans.get(key)
        if found is None:
            selection = Selection(self.schema, operation.fragments, coerced)
            asked = Asked(selection, raw.parent_type, str(path[-1]), tuple(raw.field_nodes))
            found = plan.fragment(self.registry, selection, context.viewer.visibility, asked, type_name)
            self.plans.keep(key, found)
        made = await fetched(context, found, {**coerced, KEY: id}, connection)
        return None if made == b"null" else made


async def fetched(
    context: Context, found: Plan, variables: Mapping[str, Any], connection: asyncpg.Connection[Any] | None = None
) -> bytes:
    """The JSON that a plan selects. Raises the faults of its values, and TOO_SLOW."""
    clock = context.clock
    values = found.values(Ask(variables, context.viewer, clock.now(), clock.simulated))
    try:
        with metrics.Statement("reads" if connection is None else "writes"):
            made: bytes = await (connection or context.parts.reads).fetchval(found.sql, *values)
    except asyncpg.QueryCanceledError as error:
        patience = context.parts.settings.database.read_patience
        raise Fault("TOO_SLOW", seconds=int(patience.total_seconds())) from error
    return made


async def select(
    info: Any, type_name: str, id: int | None, *, connection: asyncpg.Connection[Any] | None = None
) -> Any:
    """What the current field asks of one object, as JSON: to be returned by a resolver of a mutation or a refusal.

    `info` is the resolver's `strawberry.Info`, `type_name` the object's GraphQL type ("Lease"), `id` its bigint key.
    Inline fragments of unions and interfaces are looked through; what is chosen is what the viewer may see. None when
    the object does not exist for the viewer or `id` is None. It runs one statement on the reading pool, or on
    `connection` (asyncpg's) to see what is not yet committed.

        async def room(self, info: Info) -> Room | None:          # a field of a refusal
            return await select(info, "Room", self.room_id)
    """
    if id is None:
        return None
    made = await graph().selected(info.context, info, type_name, id, connection)
    return None if made is None else orjson.Fragment(made)


class Endpoint:
    """`POST /graphql` (ASGI): JSON in, JSON out, by the GraphQL-over-HTTP specification."""

    def __init__(self, settings: ApiSettings) -> None:
        self.settings = settings

    @cached_property
    def graph(self) -> Graph:
        return graph(introspection=self.settings.introspection)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        asked = parsed(await limits.body(request, self.settings.body_limit))
        context = await ask(scope["app"].state.parts, request.headers, request.client.host if request.client else "")
        modern = GRAPHQL_JSON in request.headers.get("accept", "")
        status = 200
        try:
            body = await self.graph.answer(context, asked["query"], asked["variables"], asked["operationName"])
        except Exception as error:  # noqa: BLE001  the edge: every failure is told, unknown ones are logged
            errors = error.errors if isinstance(error, Mistaken) else [error]
            told = presented(errors, context.language)
            tracing.refused([one["extensions"]["code"] for one in told])
            status = 400 if modern else 200
            body = orjson.dumps({"data": None, "errors": told} if not modern else {"errors": told})
        await _send(send, status, GRAPHQL_JSON if modern else JSON, body)


def parsed(body: bytes) -> dict[str, Any]:
    """Query, variables and operation name of a request. Raises BAD_BODY."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Fault("BAD_BODY") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise Fault("BAD_BODY")
    variables, name = asked.get("variables"), asked.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise Fault("BAD_BODY")
    return {"query": asked["query"], "variables": variables or {}, "operationName": name or None}


async def _send(send: Send, status: int, kind: str, body: bytes) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_graphs: dict[bool, Graph] = {}


def graph(*, introspection: bool = True) -> Graph:
    """The graph of this process."""
    if introspection not in _graphs:
        from api.schema import schema

        _graphs[introspection] = Graph(schema(), introspection=introspection)
    return _graphs[introspection]
