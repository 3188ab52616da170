"""How much one caller may ask: size of a body, requests a minute (of this process), failed sign-ins (of the house)."""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from api.errors import Fault
from db.clock import real
from db.engine import Pool
from db.queries import attempts

REMEMBERED = 10_000
"""Most callers that are counted at a time; the one longest silent is forgotten."""


class Rates:
    """A token bucket for each caller: `rate` requests a minute, a tenth of them at once. 0: no limit."""

    def __init__(self, rate: int) -> None:
        self.per_second = rate / 60
        self.burst = max(1.0, rate / 10)
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one request; raises TOO_MANY_REQUESTS with the seconds to wait."""
        if not self.per_second:
            return
        now = time.monotonic()
        left, since = self.buckets.pop(caller, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.per_second)
        allowed = left >= 1
        self.buckets[caller] = (left - 1 if allowed else left, now)
        if len(self.buckets) > REMEMBERED:
            self.buckets.popitem(last=False)
        if not allowed:
            raise Fault("TOO_MANY_REQUESTS", seconds=math.ceil((1 - left) / self.per_second))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that has begun, and counts as failed until it is forgiven."""

    pool: Pool
    who: str
    others: tuple[str, ...]
    at: datetime

    async def succeeded(self) -> None:
        """It was no guess: what its caller failed before is forgotten."""
        async with self.pool.acquire() as connection:
            await attempts.forgive(connection, self.who, self.others, self.at)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed sign-ins of a login from an address, and of an address with any login (ten times as many).

    They are counted in the database, by all processes together, under a print of who tries.
    """

    pool: Pool
    most: int
    window: timedelta

    async def begin(self, login: str, address: str) -> Attempt:
        """Count one before it is looked at, so that a flood gets no further; raises TOO_MANY_ATTEMPTS with the seconds
        to wait."""
        where = _place(address)
        anybody, who = _print("", where), _print(login, where)
        now = real()
        try:
            async with self.pool.acquire() as connection:
                counted = ((anybody, self.most * 10), (who, self.most))
                await attempts.begin(connection, counted, self.window, now)
        except attempts.TooMany as refusal:
            raise Fault("TOO_MANY_ATTEMPTS", seconds=refusal.seconds) from refusal
        return Attempt(self.pool, who, (anybody,), now)


def _place(address: str) -> str:
    """Where somebody is: who has one address of IPv6 has the 2⁶⁴ beside it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _print(login: str, where: str) -> str:
    return hashlib.sha256(f"{login}\0{where}".encode()).hexdigest()


async def body(request: Request, limit: int) -> bytes:
    """The body of a request; raises BODY_TOO_LARGE as soon as it is longer than `limit` bytes, however it is sent."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise Fault("BODY_TOO_LARGE", limit=limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Fault("BODY_TOO_LARGE", limit=limit)
        parts.append(part)
    return b"".join(parts)
