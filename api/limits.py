"""How much one caller may ask: size of a body, requests a minute, failed sign-ins. Per process, in real time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from datetime import timedelta

from starlette.requests import Request

from api.errors import Fault

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


class Attempts:
    """Failed sign-ins of a login from an address, and of an address with any login (ten times as many)."""

    def __init__(self, most: int, window: timedelta) -> None:
        self.most = most
        self.window = window.total_seconds()
        self.failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def check(self, login: str, address: str) -> None:
        """Raises TOO_MANY_ATTEMPTS with the seconds to wait."""
        now = time.monotonic()
        for key, most in (((login, address), self.most), (("", address), self.most * 10)):
            times = self.failures.get(key)
            while times and times[0] <= now - self.window:
                times.popleft()
            if times and len(times) >= most:
                raise Fault("TOO_MANY_ATTEMPTS", seconds=math.ceil(times[0] + self.window - now))

    def failed(self, login: str, address: str) -> None:
        for key in ((login, address), ("", address)):
            times = self.failures.pop(key, None) or deque(maxlen=self.most * 10)
            times.append(time.monotonic())
            self.failures[key] = times
            if len(self.failures) > REMEMBERED:
                self.failures.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        self.failures.pop((login, address), None)


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
