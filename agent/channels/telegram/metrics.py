"""What the bot did, for Prometheus: updates, requests to Telegram, alarms pushed and how long that took."""

from __future__ import annotations

import re
import time
from collections.abc import Hashable
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from telegram.error import RetryAfter, TelegramError
from telegram.request import HTTPXRequest

disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
METHOD = re.compile(r"/(\w+)$")

UPDATES = Counter("markoff_telegram_updates", "Updates that were worked on, by kind.", ["kind"])
UPDATE_SECONDS = Histogram(
    "markoff_telegram_update_seconds", "Time of one, waiting for its turn in the chat included.", ["kind"],
    buckets=SECONDS,
)  # fmt: skip
REQUESTS = Counter("markoff_telegram_requests", "Requests to the Bot API, by method and status.", ["method", "status"])
REQUEST_SECONDS = Histogram("markoff_telegram_request_seconds", "Time of one.", ["method"], buckets=SECONDS)
REACHED = Gauge("markoff_telegram_reached", "Whether Telegram has answered since the start; until then nobody is told.")
POLLING_ERRORS = Counter("markoff_telegram_polling_errors", "Times that updates could not be asked for.", ["kind"])
PAUSES = Counter(
    "markoff_telegram_pauses",
    "Times that pushes stopped for a while: Telegram asked to wait, again and again.",
)
PAUSED_SECONDS = Counter("markoff_telegram_paused_seconds", "For how long, together.")
PUSHES = Counter(
    "markoff_telegram_pushes", "Messages about alarms, by what was done and what came of it.", ["kind", "outcome"]
)
PUSH_SECONDS = Histogram(
    "markoff_telegram_push_seconds", "From a change that is kept to the message that Telegram took.", ["kind"],
    buckets=SECONDS,
)  # fmt: skip
WAITING = Gauge("markoff_telegram_pushes_waiting", "Messages about alarms that wait or are under way.")
OLDEST = Gauge("markoff_telegram_longest_push_wait_seconds", "How long the first of them has waited.")
PEOPLE = Gauge("markoff_telegram_people", "People who are told of alarms.")
BLOCKED = Counter("markoff_telegram_blocked", "People who blocked the bot, or unlinked themselves.")


class Request(HTTPXRequest):
    """python-telegram-bot's way to the Bot API, counted."""

    async def do_request(self, url: str, method: str, *given: Any, **more: Any) -> tuple[int, bytes]:
        found, begun, status = METHOD.search(url), time.perf_counter(), "none"
        name = found[1] if found else "file"
        try:
            code, payload = await super().do_request(url, method, *given, **more)
            status = str(code)
            return code, payload
        finally:
            REQUESTS.labels(name, status).inc()
            REQUEST_SECONDS.labels(name).observe(time.perf_counter() - begun)


class Lags:
    """Since when each message has waited."""

    def __init__(self) -> None:
        self.since: dict[Hashable, float] = {}

    def begin(self, key: Hashable) -> None:
        self.since.setdefault(key, time.monotonic())

    def end(self, key: Hashable, kind: str, outcome: str) -> None:
        """Its waiting is over; `kind`: new or edit."""
        PUSHES.labels(kind, outcome).inc()
        begun = self.since.pop(key, None)
        if begun is not None and outcome == "sent":
            PUSH_SECONDS.labels(kind).observe(time.monotonic() - begun)

    def drop(self, key: Hashable) -> None:
        """There was nothing to be sent."""
        self.since.pop(key, None)

    def look(self) -> None:
        """Take the figures of this moment."""
        WAITING.set(len(self.since))
        OLDEST.set(time.monotonic() - min(self.since.values()) if self.since else 0.0)


def asked_to_wait(error: RetryAfter, seconds: float) -> None:
    """Telegram wants nothing for so long."""
    PAUSES.inc()
    PAUSED_SECONDS.inc(seconds)


def polled(error: TelegramError) -> None:
    """Updates could not be asked for."""
    POLLING_ERRORS.labels(type(error).__name__).inc()
