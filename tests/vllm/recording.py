"""What stands between the agent and the api: it passes everything on, and remembers what was asked of the graph."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from graphql import GraphQLError, GraphQLSchema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language.ast import OperationDefinitionNode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PASSED_ON = ("authorization", "content-type", "accept-language", "accept")


@dataclass
class Recording:
    """The api at another address."""

    api: str
    asked: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """Requests to the graph, each with its answer."""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.pass_on, methods=["GET", "POST"])])

    async def pass_on(self, request: Request) -> Response:
        body = await request.body()
        headers = {k: v for k, v in request.headers.items() if k in PASSED_ON}
        async with httpx.AsyncClient(base_url=self.api, timeout=60, trust_env=False) as http:
            answer = await http.request(request.method, request.url.path, content=body, headers=headers)
        if request.url.path == "/graphql":
            self.asked.append((json.loads(body), answer.json()))
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


def malformed(schema: GraphQLSchema, asked: dict[str, Any]) -> list[str]:
    """What the contract has against the form of a request; nothing if all is well."""
    try:
        document = parse(asked["query"])
    except GraphQLError as wrong:
        return [wrong.message]
    if wrong := validate(schema, document):
        return [each.message for each in wrong]
    [operation] = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    values = get_variable_values(schema, operation.variable_definitions or (), asked.get("variables") or {})
    return [each.message for each in values] if isinstance(values, list) else []
