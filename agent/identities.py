"""For whom a channel speaks: identities of a messenger or a satellite, linked to people by a code, and their tokens.

people = Identities(http, agent_key)
person = await people.person("telegram:12345")   # Stranger: nobody has linked it
person = await people.link("telegram:12345", code="ABCDE FGHJK", name="@anna")   # BadCode, TooOften
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from agent.client import EXCHANGE, Faulty, GraphError, Unreachable
from agent.words import Language

IDENTITY = "urn:markoff:token-type:identity"
EARLY = 60.0
"""Seconds before its end from which a token is not used any more."""


class Stranger(GraphError):
    """Nobody has linked the identity, or not any more."""

    def __init__(self, identity: str) -> None:
        super().__init__(f"Nobody has linked {identity}.", "STRANGER")


class BadCode(GraphError):
    """The code was used, is too old, or never was."""

    def __init__(self) -> None:
        super().__init__("The code is not good.", "BAD_CODE")


class TooOften(GraphError):
    """Too many codes were tried; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"Too many attempts; {wait:.0f} s to wait.", "TOO_OFTEN")
        self.wait = wait


@dataclass(frozen=True)
class Person:
    """Somebody for whom a channel speaks."""

    id: str
    name: str
    language: Language
    token: str
    """A short one that acts for them; empty right after linking."""


@dataclass
class Identities:
    """The people behind identities (`telegram:12345`, `satellite:kitchen`), with a token each while it is good."""

    http: httpx.AsyncClient
    key: str
    held: dict[str, tuple[Person, float]] = field(default_factory=dict)

    async def person(self, identity: str) -> Person:
        """Who has linked the identity. Raises Stranger, Unreachable, Faulty."""
        now = time.monotonic()
        held = self.held.get(identity)
        if held is not None and held[1] > now:
            return held[0]
        form = {
            "grant_type": EXCHANGE,
            "subject_token": identity,
            "subject_token_type": IDENTITY,
            "actor_token": self.key,
        }
        answer = await self._post("/token", form)
        if answer.get("error") == "invalid_grant":
            self.forget(identity)
            raise Stranger(identity)
        person = _person(answer, str(answer.get("access_token") or ""))
        self.held = {each: kept for each, kept in self.held.items() if kept[1] > now}
        self.held[identity] = (person, now + max(0.0, float(answer.get("expires_in") or 0) - EARLY))
        return person

    async def link(self, identity: str, code: str, name: str) -> Person:
        """Link the identity to the person who has the code. Raises BadCode, TooOften, Unreachable, Faulty."""
        channel, _, who = identity.partition(":")
        form = {"actor_token": self.key, "channel": channel, "identity": who, "code": code[:64] or "-", "name": name}
        answer = await self._post("/link", form)
        if answer.get("error") in ("bad_code", "invalid_request"):
            raise BadCode
        self.forget(identity)
        return _person(answer, "")

    def forget(self, identity: str) -> None:
        """Drop the token held for an identity: it was not accepted any more."""
        self.held.pop(identity, None)

    async def _post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = await self.http.post(path, data=dict(form))
        except httpx.HTTPError as error:
            raise Unreachable(
                f"The graph cannot be reached: {error or type(error).__name__}", uncertain=True
            ) from error
        if response.status_code == 429:
            raise TooOften(float(response.headers.get("retry-after") or 60))
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or response.status_code not in (200, 400):
            raise Faulty(f"{path} answered {response.status_code}.", "BAD_ANSWER")
        return answer


def _person(answer: Mapping[str, Any], token: str) -> Person:
    """From the answer of either route. Raises Faulty."""
    if "user" not in answer:
        raise Faulty(str(answer.get("error_description") or "The graph does not say who it is."), "BAD_ANSWER")
    language: Language = "ru" if answer.get("language") == "RU" else "en"
    return Person(str(answer["user"]), str(answer.get("name") or ""), language, token)
