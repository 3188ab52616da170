"""A person's yes, as a token: signed over who, which operation, which arguments and which difference; good once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from api.auth import ALGORITHM, Minted, derived
from api.viewer import Viewer

PURPOSE = "markoff confirmation"


class Unfit(Exception):
    """The confirmation is not ours, or is of another person, operation or set of arguments."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is confirmed: hashes stand for arguments and difference (`api.canonical.digest`)."""

    who: str
    operation: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`expired`: it makes no change any more, but may have made one."""

    id: str
    difference: str
    expired: bool


def who(viewer: Viewer) -> str:
    """The person, also when somebody acts for them; or the key."""
    return f"user_{viewer.user_id}" if viewer.user_id is not None else f"key_{viewer.key_id}"


def sign(key: str, act: Act, difference: str, lifetime: timedelta) -> Minted:
    """A confirmation, good for `lifetime` of real time, on any api process that has the same key."""
    expires_at = (datetime.now(UTC) + lifetime).replace(microsecond=0)
    claims = {
        "jti": secrets.token_urlsafe(16),
        "exp": expires_at,
        "sub": act.who,
        "op": act.operation,
        "args": act.arguments,
        "diff": difference,
    }
    return Minted(jwt.encode(claims, derived(key, PURPOSE), ALGORITHM), expires_at)


def read(key: str, token: str, act: Act) -> Confirmed:
    """What a confirmation confirms, if it is for this act. Raises `Unfit`."""
    try:
        claims = jwt.decode(
            token,
            derived(key, PURPOSE),
            [ALGORITHM],
            options={"require": ["jti", "exp", "sub", "op", "args", "diff"], "verify_exp": False},
        )
    except jwt.InvalidTokenError as error:
        raise Unfit from error
    if (claims["sub"], claims["op"], claims["args"]) != (act.who, act.operation, act.arguments):
        raise Unfit
    return Confirmed(claims["jti"], claims["diff"], claims["exp"] <= datetime.now(UTC).timestamp())
