"""POST /token: a person's token and the agent's key for a short token that says both (RFC 8693, token exchange)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse

from api import limits
from api.auth import mint, read
from api.context import Parts
from api.errors import Fault
from db.models import KeyKind

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
FORM_LIMIT = 16 << 10


class Denied(Exception):
    """Why no token is given, in the words of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


Form = Mapping[str, list[str]]


def _one(form: Form, name: str) -> str:
    values = form.get(name, [])
    if len(values) != 1:
        raise Denied("invalid_request", f"{name} has to be given once")
    return values[0]


def _parsed(raw: bytes) -> Form:
    """`application/x-www-form-urlencoded`."""
    try:
        return parse_qs(raw.decode(), max_num_fields=20)
    except ValueError as error:
        raise Denied("invalid_request", "the body has to be application/x-www-form-urlencoded") from error


async def exchange(parts: Parts, form: Form) -> dict[str, Any]:
    """The answer of RFC 8693, 2.2.1: a token of the person with `act`, no longer alive than theirs. Raises `Denied`."""
    if form.get("grant_type") != [GRANT]:
        raise Denied("unsupported_grant_type", f"grant_type has to be {GRANT}")
    for kind in ("subject_token_type", "requested_token_type"):
        if form.get(kind) not in (None, [ACCESS_TOKEN]):
            raise Denied("invalid_request", f"{kind} has to be {ACCESS_TOKEN}")
    settings = parts.settings
    signing = settings.jwt_key.get_secret_value()
    try:
        actor = await parts.viewers.api_key(_one(form, "actor_token"), KeyKind.AGENT)
    except Fault as fault:
        raise Denied("invalid_client", "actor_token is not the key of an agent", 401) from fault
    try:
        subject = _one(form, "subject_token")
        person = read(signing, subject)
        await parts.viewers.of(subject)
    except Fault as fault:
        raise Denied("invalid_grant", "subject_token is not valid any more, or never was") from fault
    if person.acting is not None:
        raise Denied("invalid_grant", "subject_token is itself a delegated one")
    lifetime = min(settings.delegated_lifetime, person.expires_at - datetime.now(UTC))
    minted = mint(signing, person.user_id, lifetime, acting=actor.name)
    return {
        "access_token": minted.token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": max(0, int((minted.expires_at - datetime.now(UTC)).total_seconds())),
    }


async def token(request: Request) -> JSONResponse:
    """The route."""
    parts: Parts = request.app.state.parts
    headers = {"Cache-Control": "no-store"}
    try:
        parts.rates.take(f"token {request.client.host if request.client else ''}")
        return JSONResponse(await exchange(parts, _parsed(await limits.body(request, FORM_LIMIT))), headers=headers)
    except Denied as denied:
        told = {"error": denied.error, "error_description": denied.description}
        return JSONResponse(told, denied.status, headers)
