"""Subscriptions over WebSocket, by the protocol `graphql-transport-ws`.

The caller shows a token in the payload of `connection_init` ({"authorization": "Bearer …"}) or in the header of the
handshake; without a valid one the line is closed with 4403. Queries and changes go by POST: they are refused here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UnsetType

from api.asking import language_of
from api.context import Context
from api.errors import Fault, presented
from api.live.subscription import AUTHORIZATION

INIT_PATIENCE = timedelta(seconds=10)
"""Within which a caller has to say who they are."""
MOST = 50
"""Subscriptions on one line."""


@dataclass(slots=True)
class Listener(Context):
    """One line: its context, and what the caller sent to open it."""

    connection_params: dict[str, Any] = field(default_factory=dict)
    handshake: dict[str, str] = field(default_factory=dict)


class Socket(GraphQL[Listener, None]):
    """The route for WebSockets: `WebSocketRoute("/graphql", Socket(schema))`; parts are in the application's state."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(
            cast(BaseSchema, Followed(schema)),
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_PATIENCE,
            max_subscriptions_per_connection=MOST,
            allowed_origins=("*",),  # callers show tokens, and no browser adds those by itself
        )

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Listener:
        address = request.client.host if request.client else ""
        return Listener(request.app.state.parts, address=address, handshake=dict(request.headers))

    async def on_ws_connect(self, context: Listener) -> UnsetType:
        """Find out who it is; nobody is refused."""
        shown = context.connection_params
        authorization = shown.get("authorization") or shown.get("Authorization") or context.handshake.get(AUTHORIZATION)
        try:
            context.viewer = await context.parts.viewers.behind(str(authorization) if authorization else None)
        except Fault as fault:
            raise ConnectionRejectionError from fault
        if not context.viewer.known:
            raise ConnectionRejectionError
        context.scratch[AUTHORIZATION] = str(authorization)
        accepted = shown.get("acceptLanguage") or context.handshake.get("accept-language")
        context.language = language_of(str(accepted) if accepted else None, context.viewer.language)
        return UnsetType()  # an acknowledgement without a payload


class Followed:
    """The schema as the socket uses it: subscriptions only, with errors as the rest of the house tells them."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    async def stream(
        self, query: str, *, context_value: Listener, **asked: Any
    ) -> AsyncGenerator[ExecutionResult, None]:
        """What strawberry.Schema.stream gives."""
        return self._told(query, context_value, asked)

    async def _told(
        self, query: str, context: Listener, asked: dict[str, Any]
    ) -> AsyncGenerator[ExecutionResult, None]:
        results = await self.schema.stream(
            query, context_value=context, allowed_operation_types=(OperationType.SUBSCRIPTION,), **asked
        )
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, ExecutionResult)
                if result.errors:
                    result.errors = shown(result.errors, context)
                yield result


def _known(error: BaseException) -> BaseException:
    wrong_kind = isinstance(error, GraphQLError) and isinstance(error.original_error, InvalidOperationTypeError)
    return Fault("ONLY_SUBSCRIPTIONS") if wrong_kind else error


def shown(errors: Sequence[BaseException], context: Context) -> list[GraphQLError]:
    """Errors with codes, in the caller's language."""
    return [
        GraphQLError(told["message"], path=told.get("path"), extensions=told["extensions"])
        for told in presented(map(_known, errors), context.language)
    ]
