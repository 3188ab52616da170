"""The terminal's side of a talk: sends what is said, reads the events, asks for a yes or a choice."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from agent import tracing

WAIT = 180.0
"""Seconds to wait for the next event."""

Decision = dict[str, Any]
Decide = Callable[[str, Mapping[str, Any]], Decision | None]
"""Asked with the kind of question and its parts; None leaves it unanswered."""


class AgentAway(Exception):
    """The agent process cannot be reached, or broke off."""


class AgentRefuses(Exception):
    """The agent process does not serve the request; the sentence says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Told:
    """What came of a turn."""

    thread: str = ""
    reply: str = ""
    engine: str = ""
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    proof: list[Mapping[str, Any]] = field(default_factory=list)
    pictures: list[Mapping[str, Any]] = field(default_factory=list)
    """Each with its whole address and its title."""
    waiting: Mapping[str, Any] | None = None
    """The question that was left unanswered."""
    heard: Mapping[str, Any] | None = None
    """What was said in a recording, and who heard it."""
    audio: Mapping[str, Any] | None = None
    """The reply as a voice note."""
    error: Mapping[str, Any] | None = None

    def json(self) -> str:
        """The turn as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, default=str)


@dataclass
class Talk:
    """A thread with the agent process, over HTTP."""

    address: str
    token: str
    language: str
    thread: str | None = None
    channel: str = "terminal"

    def ask(self, text: str, decide: Decide) -> Told:
        """One turn with all the questions that it asks back; `AgentAway` or `AgentRefuses` if there is none."""
        with tracing.numbered(), tracing.span("ask"):
            return self._turn({"text": text}, decide)

    def say(self, recording: bytes) -> Told:
        """One turn from a recording (OGG/Opus or WAV); a question that it asks back is answered by the next."""
        with tracing.numbered(), tracing.span("say"):
            return self._turn({"audio": base64.b64encode(recording).decode()}, lambda kind, asked: None)

    def _turn(self, said: Mapping[str, Any], decide: Decide) -> Told:
        told = Told()
        with httpx.Client(base_url=self.address, timeout=httpx.Timeout(WAIT, connect=5), trust_env=False) as http:
            body = {**said} | ({"thread": self.thread} if self.thread else {})
            self._follow(http, "/turns", body, told)
            while told.waiting is not None:
                decision = decide(str(told.waiting["kind"]), told.waiting)
                if decision is None:
                    break
                self._follow(http, f"/threads/{self.thread}/resume", decision, told)
        return told

    def _follow(self, http: httpx.Client, path: str, body: Mapping[str, Any], told: Told) -> None:
        told.waiting = None
        for kind, data in self._events(http, path, body):
            if kind in ("confirm", "choice"):
                told.waiting = data
            elif kind == "tool":
                told.calls.append(data)
            elif kind == "heard":
                told.heard = data
            elif kind == "audio":
                told.audio = data
            elif kind == "reply":
                told.reply, told.engine, told.proof = data["text"], data["engine"], data["proofs"]
                told.pictures = [_whole(picture, data["pictures_at"]) for picture in data.get("pictures", ())]
            elif kind == "error":
                told.error = data
            elif kind == "done":
                self.thread = told.thread = data["thread"]

    def _events(self, http: httpx.Client, path: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **tracing.carried()}
        headers["X-Markoff-Channel"] = self.channel
        try:
            with http.stream("POST", path, json=dict(body), headers=headers) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refusal(response)
                yield from parsed(response.iter_lines())
        except httpx.HTTPError as error:
            raise AgentAway(str(error) or type(error).__name__) from error


def parsed(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Server-sent events: their kinds and data."""
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def _whole(picture: Mapping[str, Any], server: str) -> dict[str, Any]:
    return {**picture, "address": f"{server}{picture['address']}"}


def _refusal(response: httpx.Response) -> Exception:
    try:
        answer = response.json()
        return AgentRefuses(str(answer["code"]), str(answer["message"]))
    except (ValueError, KeyError, TypeError):
        return AgentAway(f"HTTP {response.status_code}")
