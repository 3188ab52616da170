"""A house run by the real command, in processes of its own, for stories."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
from wyoming.client import AsyncClient
from wyoming.event import Event

from tests.ports import free_port

MARKOFF = str(Path(sys.executable).with_name("markoff"))


@dataclass
class House:
    """`markoff up` on a data folder of its own, and the other commands against it."""

    data: Path
    port: int
    agent_port: int
    process: subprocess.Popen[str]
    log: Path
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def up(
        cls, data: Path, *arguments: str, patience: float = 120.0, settings: Mapping[str, str] | None = None
    ) -> House:
        """Start it, with these environment variables, and wait until it is ready."""
        port, agent_port = free_port(), free_port()
        log = data.with_suffix(".log")
        with log.open("a") as output:
            process = subprocess.Popen(
                [MARKOFF, "up", "--data", str(data), "--port", str(port), "--agent-port", str(agent_port), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env=environment() | dict(settings or {}),
            )
        house = cls(data, port, agent_port, process, log)
        try:
            house.wait_ready(patience)
        except BaseException:
            process.kill()
            process.wait(30)
            raise
        return house

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.down()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, patience: float) -> None:
        until = time.monotonic() + patience
        addresses = (f"{self.api}/ready", f"http://127.0.0.1:{self.agent_port}/health")
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"markoff up ended with {self.process.returncode}:\n{self.log.read_text()}")
            try:
                if all(httpx.get(address, timeout=10).status_code == 200 for address in addresses):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"markoff up was not ready within {patience} s:\n{self.log.read_text()}")

    def down(self) -> None:
        """Stop it as a service manager would."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def wait_hears(self, voice: str, patience: float = 120.0) -> None:
        """Wait until the voice process at an address has loaded what it hears with: the house is ready before."""
        until = time.monotonic() + patience
        while not asyncio.run(_hears(voice)).startswith("faster-whisper"):
            assert time.monotonic() < until, (self.data / "logs" / "voice.log").read_text()
            time.sleep(0.2)

    def part(self, word: str) -> psutil.Process | None:
        """The process of this house that has a word in its command line; those of its database come and go."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if word in " ".join(process.cmdline()):
                    return process
        return None

    def markoff(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Run another command on this house; its standard output."""
        done = subprocess.run(
            [MARKOFF, *arguments, "--data", str(self.data)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            env=environment(),
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(
                f"markoff {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def token(self, login: str = "admin") -> str:
        if login not in self.tokens:
            self.tokens[login] = self.markoff("token", "--as", login).strip()
        return self.tokens[login]

    def ask(self, text: str, *arguments: str) -> dict[str, Any]:
        """One question to the agent: reply, tool calls, proof."""
        answer: dict[str, Any] = json.loads(self.markoff("ask", text, "--json", *arguments))
        return answer

    def graph(self, query: str, variables: dict[str, Any] | None = None, login: str = "admin") -> dict[str, Any]:
        """One operation on the graph; its data, no errors tolerated."""
        answer = httpx.post(
            f"{self.api}/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"authorization": f"Bearer {self.token(login)}"},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


async def _hears(voice: str) -> str:
    """The names of its recognisers; none where nobody listens yet."""
    try:
        async with AsyncClient.from_uri(voice) as client:
            await client.write_event(Event("describe"))
            told = await client.read_event()
    except OSError:
        return ""
    return "".join(p["name"] for p in told.data["asr"]) if told else ""


def environment() -> dict[str, str]:
    """The caller's environment without what would change the house, in UTF-8."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith("MARKOFF_") and name != "DATABASE_URL"
    }
    return ours | {
        "MARKOFF_PLAYGROUND_ENABLED": "false",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
