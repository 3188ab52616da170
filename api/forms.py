"""Requests of the agent as HTML forms, and their refusals in the words of OAuth (RFC 6749, 5.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse

from api import limits
from api.context import Parts
from api.errors import Fault
from db.models import KeyKind
from db.queries import access

FORM_LIMIT = 16 << 10
Form: TypeAlias = Mapping[str, list[str]]


class Denied(Exception):
    """Why nothing is given, in the words of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def one(form: Form, name: str) -> str:
    """A field that has to be there once. Raises `Denied`."""
    values = form.get(name, [])
    if len(values) != 1:
        raise Denied("invalid_request", f"{name} has to be given once")
    return values[0]


def parsed(raw: bytes) -> Form:
    """`application/x-www-form-urlencoded`."""
    try:
        return parse_qs(raw.decode(), max_num_fields=20)
    except ValueError as error:
        raise Denied("invalid_request", "the body has to be application/x-www-form-urlencoded") from error


async def actor(parts: Parts, form: Form) -> access.Key:
    """The agent whose key is shown. Raises `Denied`."""
    try:
        return await parts.viewers.api_key(one(form, "actor_token"), KeyKind.AGENT)
    except Fault as fault:
        raise Denied("invalid_client", "actor_token is not the key of an agent", 401) from fault


async def answered(
    request: Request, name: str, answer: Callable[[Parts, Form], Awaitable[dict[str, Any]]]
) -> JSONResponse:
    """What a route answers to a form."""
    parts: Parts = request.app.state.parts
    headers = {"Cache-Control": "no-store"}
    try:
        parts.rates.take(f"{name} {request.client.host if request.client else ''}")
        return JSONResponse(await answer(parts, parsed(await limits.body(request, FORM_LIMIT))), headers=headers)
    except Denied as denied:
        told = {"error": denied.error, "error_description": denied.description}
        return JSONResponse(told, denied.status, headers)
