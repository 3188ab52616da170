"""POST /link: the agent shows the code that somebody said in a chat; from then on that chat's identity is theirs."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.auth import hash_code
from api.context import Parts
from api.forms import Denied, Form, actor, answered, one
from api.ids import typed
from db import audit
from db.changes import driver
from db.clock import real
from db.engine import writing
from db.models import LinkChannel
from db.queries import links

LONGEST = 128
"""Most characters of an identity, a name or a code."""


def _line(form: Form, name: str) -> str:
    """A field of one short line. Raises `Denied`."""
    value = one(form, name).strip()
    if not value.isprintable() or not 0 < len(value) <= LONGEST:
        raise Denied("invalid_request", f"{name} has to be one line of at most {LONGEST} characters")
    return value


async def linked(parts: Parts, form: Form) -> dict[str, Any]:
    """Who the person is, and their language. Raises `Denied`: `bad_code` for a code that is not good, or no longer."""
    acting = await actor(parts, form)
    channel, identity, name, code = (_line(form, each) for each in ("channel", "identity", "name", "code"))
    if channel.upper() not in LinkChannel.__members__:
        raise Denied("invalid_request", f"channel has to be one of {', '.join(LinkChannel.__members__).lower()}")
    kind = LinkChannel[channel.upper()]
    guesser = f"{kind.name}:{identity}"
    attempt = await parts.attempts.begin("link", guesser)
    hashed = hash_code(parts.settings.jwt_key.get_secret_value(), code)
    async with writing(parts.engine) as session:
        connection = await driver(session)
        now = parts.clock.now()
        found = await links.link(connection, hashed, kind, identity, name, now, real())
        if found is None:
            raise Denied("bad_code", "the code was used, is too old, or never was")
        entry = audit.Entry(
            at=now,
            user_id=found.user_id,
            actor=acting.name,
            operation="link",
            arguments={"channel": kind.name, "identity": identity, "name": name},
            outcome=typed("link", found.link),
        )
        await audit.append(session, entry)
        await session.commit()
    await attempt.succeeded()
    return {"user": typed("user", found.user_id), "name": found.name, "language": found.language.name}


async def link(request: Request) -> JSONResponse:
    """The route."""
    return await answered(request, "link", linked)
