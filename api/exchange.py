"""POST /token: a person and the agent's key for a short token that says both (RFC 8693, token exchange).

The person is shown by their own access token, or by an identity that they have linked (`telegram:12345`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.auth import mint, read
from api.context import Parts
from api.errors import Fault
from api.forms import Denied, Form, actor, answered, one
from db.models import LinkChannel
from db.queries import links

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
IDENTITY = "urn:markoff:token-type:identity"


@dataclass(frozen=True, slots=True)
class Subject:
    """For whom a token is wanted, for how long at most, and what else is told of them."""

    user_id: int
    lifetime: timedelta
    link: int | None = None
    told: dict[str, str] | None = None


async def exchange(parts: Parts, form: Form) -> dict[str, Any]:
    """The answer of RFC 8693, 2.2.1: a token of the person with `act`, no longer alive than theirs. Raises `Denied`."""
    if form.get("grant_type") != [GRANT]:
        raise Denied("unsupported_grant_type", f"grant_type has to be {GRANT}")
    if form.get("requested_token_type") not in (None, [ACCESS_TOKEN]):
        raise Denied("invalid_request", f"requested_token_type has to be {ACCESS_TOKEN}")
    kind = form.get("subject_token_type", [ACCESS_TOKEN])
    if kind not in ([ACCESS_TOKEN], [IDENTITY]):
        raise Denied("invalid_request", f"subject_token_type has to be {ACCESS_TOKEN} or {IDENTITY}")
    acting = await actor(parts, form)
    text = one(form, "subject_token")
    subject = await (_by_identity(parts, text) if kind == [IDENTITY] else _by_token(parts, text))
    signing = parts.settings.jwt_key.get_secret_value()
    minted = mint(signing, subject.user_id, subject.lifetime, acting.name, subject.link)
    return {
        "access_token": minted.token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": max(0, int((minted.expires_at - datetime.now(UTC)).total_seconds())),
        **(subject.told or {}),
    }


async def _by_token(parts: Parts, text: str) -> Subject:
    settings = parts.settings
    try:
        person = read(settings.jwt_key.get_secret_value(), text)
        await parts.viewers.of(text)
    except Fault as fault:
        raise Denied("invalid_grant", "subject_token is not valid any more, or never was") from fault
    if person.acting is not None:
        raise Denied("invalid_grant", "subject_token is itself a delegated one")
    return Subject(person.user_id, min(settings.delegated_lifetime, person.expires_at - datetime.now(UTC)))


async def _by_identity(parts: Parts, text: str) -> Subject:
    """`telegram:12345`: who has linked that, with their name and language."""
    channel, _, identity = text.partition(":")
    found = None
    if channel.upper() in LinkChannel.__members__ and identity and "\x00" not in identity:
        async with parts.pool.acquire() as connection:
            found = await links.stands_for(connection, LinkChannel[channel.upper()], identity)
    if found is None:
        raise Denied("invalid_grant", "nobody has linked this identity")
    told = {"user": f"user_{found.user_id}", "name": found.name, "language": found.language.name}
    return Subject(found.user_id, parts.settings.delegated_lifetime, found.link, told)


async def token(request: Request) -> JSONResponse:
    """The route."""
    return await answered(request, "token", exchange)
