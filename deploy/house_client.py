"""A patient client of a house's api: it tries again when the house is away or busy, for sending twice does no harm."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from deploy.reach import Doorway
from deploy.trouble import Trouble

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds between two tries: the first pause, doubled each time up to the longest."""
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
AGAIN = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Refused:
    """A reading that the house did not take: its place in the batch, why (for programs), and why (for people)."""

    index: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch."""

    accepted: int
    duplicates: int
    refused: tuple[Refused, ...]


class HouseClient:
    """One connection to the api; `patience` is how many seconds to try again before giving up."""

    def __init__(self, door: Doorway, language: str, patience: float = 600.0) -> None:
        headers = {"authorization": f"Bearer {door.token}", "accept-language": language}
        self.client = httpx.Client(base_url=door.address, headers=headers, timeout=TIMEOUT)
        self.address = door.address
        self.patience = patience
        self.retries = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def ingest(self, readings: Sequence[tuple[str, datetime, float]]) -> Receipt:
        """Send a batch and wait until it is stored. Raises Trouble."""
        lines = (orjson.dumps({"sensor": sensor, "at": at, "value": value}) for sensor, at, value in readings)
        told = self._post("/ingest", b"\n".join(lines), "application/x-ndjson")
        refused = [Refused(one["index"], one["code"], one["message"]) for one in told["refused"]]
        return Receipt(told["accepted"], told["duplicates"], tuple(refused))

    def graph(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """One operation on the graph; its data. Raises Trouble when it has errors."""
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        told = self._post("/graphql", body, "application/json")
        if told.get("errors"):
            raise Trouble("replay.refused", address=self.address, reason=_reason(told))
        data: dict[str, Any] = told["data"]
        return data

    def _post(self, path: str, body: bytes, media: str) -> dict[str, Any]:
        """The answer to a request; tried again while there is hope and patience."""
        until = time.monotonic() + self.patience
        pause = FIRST_PAUSE
        while True:
            wait, reason = pause, ""
            try:
                answer = self.client.post(path, content=body, headers={"content-type": media})
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.status_code not in AGAIN:
                    return self._understood(answer)
                reason = f"HTTP {answer.status_code}"
                wait = max(pause, _asked_to_wait(answer))
            if time.monotonic() + wait > until:
                raise Trouble("replay.away", address=self.address, reason=reason)
            self.retries += 1
            time.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 spreads the tries of many clients
            pause = min(pause * 2, LONGEST_PAUSE)

    def _understood(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            told: dict[str, Any] = answer.json()
        except ValueError as error:
            raise Trouble("replay.refused", address=self.address, reason=f"HTTP {answer.status_code}") from error
        if answer.status_code >= 400:
            raise Trouble("replay.refused", address=self.address, reason=_reason(told) or f"HTTP {answer.status_code}")
        return told


def _reason(told: dict[str, Any]) -> str:
    return " ".join(str(error.get("message", "")) for error in told.get("errors") or ())


def _asked_to_wait(answer: httpx.Response) -> float:
    """Seconds of a Retry-After header; 0 without one."""
    try:
        return float(answer.headers.get("retry-after", 0))
    except ValueError:
        return 0.0


__all__ = ["HouseClient", "Receipt", "Refused"]
