"""Turns at the agent process, as a stream of events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from agent.channels.cli import AgentAway, AgentRefuses
from agent.identities import Person
from agent.words import Language

Event = tuple[str, Mapping[str, Any]]


class Expired(Exception):
    """The person's token is not accepted any more."""


@dataclass
class Told:
    """What came of a turn."""

    heard: str = ""
    """What was understood of a recording."""
    reply: str = ""
    pictures: list[Mapping[str, Any]] = field(default_factory=list)
    sounds: list[Mapping[str, Any]] = field(default_factory=list)
    waiting: Mapping[str, Any] | None = None
    """The question that is left to the person."""
    error: Mapping[str, Any] | None = None
    ended: bool = False
    """Whether the agent has said that the turn is over."""

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        """Note an event."""
        match kind:
            case "heard":
                self.heard = str(data["text"])
            case "reply":
                self.reply = str(data.get("whole") or data["text"])
                self.pictures = list(data.get("pictures") or ())
            case "audio":
                self.sounds.append(data)
            case "confirm" | "choice":
                self.waiting = data
            case "error":
                self.error = data
            case "done":
                self.ended = True


@dataclass
class Agent:
    """The agent process over HTTP. Raises AgentAway, AgentRefuses or Expired."""

    http: httpx.AsyncClient
    patience: float

    async def ask(
        self, person: Person, thread: str, language: Language, text: str, audio: str | None = None
    ) -> AsyncIterator[Event]:
        """A turn from a person's words, or from a recording in base64."""
        body: dict[str, Any] = {"thread": thread, "text": text} | ({"audio": audio} if audio else {})
        async for event in self._events("/turns", person, language, body):
            yield event

    async def decide(
        self, person: Person, thread: str, language: Language, decision: Mapping[str, Any]
    ) -> AsyncIterator[Event]:
        """The rest of a turn after the person has decided."""
        async for event in self._events(f"/threads/{thread}/resume", person, language, decision):
            yield event

    async def pending(self, person: Person, thread: str, language: Language) -> Mapping[str, Any] | None:
        """The question that waits in a thread, if there is one."""
        try:
            response = await self.http.get(f"/threads/{thread}", headers=_headers(person, language))
        except httpx.HTTPError as error:
            raise AgentAway(str(error) or type(error).__name__) from error
        if response.status_code != 200:
            raise _refusal(response)
        pending: Mapping[str, Any] | None = response.json()["pending"]
        return pending

    async def _events(
        self, path: str, person: Person, language: Language, body: Mapping[str, Any]
    ) -> AsyncIterator[Event]:
        kind = ""
        try:
            headers, wait = _headers(person, language), httpx.Timeout(self.patience, connect=5)
            async with self.http.stream("POST", path, json=dict(body), headers=headers, timeout=wait) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise _refusal(response)
                async for line in response.aiter_lines():
                    if line.startswith("event: "):
                        kind = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        yield kind, json.loads(line.removeprefix("data: "))
        except httpx.HTTPError as error:
            raise AgentAway(str(error) or type(error).__name__) from error


def _headers(person: Person, language: Language) -> dict[str, str]:
    told = {"Authorization": f"Bearer {person.token}", "Accept-Language": language}
    return told | {"X-Markoff-Channel": "telegram"}


def _refusal(response: httpx.Response) -> Exception:
    if response.status_code == 401:
        return Expired("The token was not accepted.")
    try:
        answer = response.json()
        return AgentRefuses(str(answer["code"]), str(answer["message"]))
    except (ValueError, KeyError, TypeError):
        return AgentAway(f"HTTP {response.status_code}")


__all__ = ["Agent", "AgentAway", "AgentRefuses", "Event", "Expired", "Told"]
