"""Proof of who asks: passwords (argon2id), access tokens (JWT, RFC 7519) and API keys."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.errors import Fault

ISSUER = "markoff"
ALGORITHM = "HS256"
LEEWAY = 5
"""Seconds by which clocks of machines may differ."""

_hasher = PasswordHasher()
_hashing = asyncio.Semaphore(2)
"""argon2 takes 64 MiB and all of a core: two at a time."""


@dataclass(frozen=True, slots=True)
class Minted:
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: whose it is, until when, and who acts for them, if anybody does."""

    user_id: int
    expires_at: datetime
    acting: str | None = None
    link: int | None = None
    """The link on whose strength it was given: it ends with that."""


def mint(key: str, user_id: int, lifetime: timedelta, acting: str | None = None, link: int | None = None) -> Minted:
    """An access token of a user; `acting` makes it a delegated one (RFC 8693, `act`). Lifetimes are real time."""
    now = datetime.now(UTC)
    expires_at = (now + lifetime).replace(microsecond=0)
    claims = {"iss": ISSUER, "sub": f"user_{user_id}", "iat": now, "exp": expires_at, "jti": secrets.token_urlsafe(12)}
    if acting is not None:
        claims["act"] = {"sub": acting}
    if link is not None:
        claims["lnk"] = link
    return Minted(jwt.encode(claims, key, ALGORITHM), expires_at)


def read(key: str, token: str) -> Claims:
    """The claims of an access token. Raises TOKEN_EXPIRED or BAD_TOKEN."""
    try:
        claims = jwt.decode(
            token, key, [ALGORITHM], issuer=ISSUER, leeway=LEEWAY, options={"require": ["exp", "iat", "jti", "sub"]}
        )
        noun, number = str(claims["sub"]).split("_", 1)
        if noun != "user" or not number.isdecimal():
            raise Fault("BAD_TOKEN")
        act = claims.get("act")
        acting = str(act["sub"]) if act is not None else None
        link = int(claims["lnk"]) if "lnk" in claims else None
        return Claims(int(number), datetime.fromtimestamp(claims["exp"], UTC), acting, link)
    except jwt.ExpiredSignatureError as error:
        raise Fault("TOKEN_EXPIRED") from error
    except (jwt.InvalidTokenError, ValueError, KeyError, TypeError) as error:
        raise Fault("BAD_TOKEN") from error


def derived(key: str, purpose: str) -> str:
    """A key for one more purpose, so that what one signs the other does not take (RFC 5869, expand)."""
    return hmac.new(key.encode(), purpose.encode() + b"\x01", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key just made: `text` is shown once, `prefix` and `secret_hash` are kept."""

    text: str
    prefix: str
    secret_hash: str


def new_key() -> NewKey:
    prefix = secrets.token_hex(5)
    secret = secrets.token_urlsafe(32)
    return NewKey(f"mk_{prefix}_{secret}", prefix, hash_secret(secret))


def hash_secret(secret: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_key(text: str) -> tuple[str, str]:
    """Prefix and secret of an API key `mk_<prefix>_<secret>`. Raises BAD_TOKEN."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "mk" or not parts[1] or not parts[2]:
        raise Fault("BAD_TOKEN")
    return parts[1], parts[2]


CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that are taken for others: I, L, O, U, 0, 1."""
CODE_LENGTH = 10


def new_code() -> str:
    """A one-time code for people to type: nearly 50 random bits."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def hash_code(key: str, code: str) -> str:
    """What is kept of a one-time code, however it was typed: useless without the house's key."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hmac.new(derived(key, "link code").encode(), plain.encode(), hashlib.sha256).hexdigest()


def is_key(text: str) -> bool:
    return text.startswith("mk_")


def hash_password(password: str) -> str:
    """argon2id with the parameters of RFC 9106, second choice (64 MiB)."""
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    return hash_password(secrets.token_hex(16))


def _verified(hashed: str | None, password: str) -> bool:
    try:
        return _hasher.verify(hashed or _nobody(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


async def check_password(hashed: str | None, password: str) -> bool:
    """Whether the password is right; takes as long when there is no such user (`hashed` is None)."""
    async with _hashing:
        return await asyncio.to_thread(_verified, hashed, password)
