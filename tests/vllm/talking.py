"""An agent process whose model is a real server, and people who talk with it over HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from tests.ports import free_port
from tests.stories.house import MARKOFF, House, environment

LIMITS = {
    "MARKOFF_TURNS_A_MINUTE": "10000", "MARKOFF_MODEL_TEMPERATURE": "1", "MARKOFF_MODEL_MAX_TOKENS": "200",
    "MARKOFF_TURN_SECONDS": "60", "MARKOFF_TURN_STEPS": "25", "MARKOFF_TURN_TOKENS": "40000",
    "MARKOFF_MODEL_STALL": "10", "MARKOFF_MODEL_TIMEOUT": "20",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """What the agent told of a turn, and when (seconds since it began)."""

    kind: str
    data: Mapping[str, Any]
    at: float


@dataclass
class Turn:
    """What became of somebody's words."""

    text: str
    events: list[Event] = field(default_factory=list)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [e.data for e in self.events if e.kind == kind]

    @property
    def reply(self) -> str:
        return str(self.of("reply")[-1]["text"]) if self.of("reply") else ""

    @property
    def engine(self) -> str:
        return str(self.of("reply")[-1]["engine"]) if self.of("reply") else ""

    @property
    def waits(self) -> Mapping[str, Any] | None:
        """What the person is asked at the end."""
        asked = [e.data for e in self.events if e.kind in ("confirm", "choice")]
        return asked[-1] if asked and not self.of("reply") and not self.of("error") else None

    @property
    def seconds(self) -> float:
        return self.events[-1].at


class Agent:
    """`markoff agent`, a process of its own."""

    def __init__(self, house: House, api: str, model: str, log: Path) -> None:
        self.house, self.port, self.log = house, free_port(), log
        run = json.loads((house.data / "run.json").read_text())
        key = json.loads((house.data / "secrets.json").read_text())["agent_key"]
        self.settings = LIMITS | {
            "MARKOFF_API_URL": api, "MARKOFF_AGENT_KEY": key, "MARKOFF_MEMORY_URL": run["memory"],
            "MARKOFF_MODEL_URL": model, "MARKOFF_MODEL_NAME": "tiny",
        }  # fmt: skip
        self.tokens = {login: house.token(login) for login in ("manager", "dispatcher", "tenant")}

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [MARKOFF, "agent", "--port", str(self.port)], stdout=log, stderr=log, env=environment() | self.settings
            )
        until = time.monotonic() + 180
        while self.health() is None:
            assert self.process.poll() is None, f"the agent ended:\n{self.log.read_text()}"
            assert time.monotonic() < until, f"the agent did not begin:\n{self.log.read_text()}"
            time.sleep(0.1)
        return self

    def __exit__(self, *why: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, Any] | None:
        try:
            answer = httpx.get(f"{self.url}/health", timeout=10, trust_env=False)
        except httpx.TransportError:
            return None
        return dict(answer.json()) if answer.status_code == 200 else None

    async def says(self, person: str, thread: str, text: str) -> Turn:
        """A person's words, and what becomes of them."""
        turn = Turn(text)
        async for event in self._events(person, "/turns", {"text": text, "thread": thread}):
            turn.events.append(event)
        return turn

    async def decides(self, person: str, thread: str, decision: Mapping[str, Any]) -> Turn:
        """What a person answers to a question of the agent."""
        turn = Turn(json.dumps(decision))
        async for event in self._events(person, f"/threads/{thread}/resume", decision):
            turn.events.append(event)
        return turn

    async def _events(self, person: str, path: str, body: Mapping[str, Any]) -> AsyncIterator[Event]:
        began, kind = time.monotonic(), ""
        headers = {"Authorization": f"Bearer {self.tokens[person]}"}
        async with (
            httpx.AsyncClient(timeout=120, trust_env=False) as http,
            http.stream("POST", f"{self.url}{path}", json=body, headers=headers) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield Event(kind, json.loads(line.removeprefix("data: ")), time.monotonic() - began)
