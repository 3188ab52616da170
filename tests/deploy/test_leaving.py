"""Processes that are told to end while somebody waits for them: what was begun is answered, or its end is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import httpx
import pytest

from tests.agent.conftest import KEY, Building, Served, app
from tests.agent.telegram.botapi import TOKEN
from tests.deploy.conftest import ROOT, wait_until
from tests.ports import free_port
from tests.stories.house import environment

MAIN = "from deploy.cli import main; main()"


@contextmanager
def agent(graph: str, memory: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`markoff agent` alone, and where it is."""
    told = {"MARKOFF_API_URL": graph, "MARKOFF_AGENT_KEY": KEY, "MARKOFF_MEMORY_URL": memory}
    told |= {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MAIN, "agent", "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, cwd=ROOT, env=environment() | told, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            lines: list[str] = []
            while not lines or "startup complete" not in lines[-1]:
                lines.append(process.stderr.readline())
                assert lines[-1], "".join(lines)
            (address,) = {word for line in lines for word in line.split() if word.startswith("http://127")}
            yield address, process
        finally:
            process.kill()


class Slow(Building):
    """Tells its alarms when it may."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.may = Event()

    def root(self, person: str) -> dict[str, Any]:
        found = super().root(person)

        def alarms(info: Any, **given: Any) -> Any:
            assert self.may.wait(60)
            return found["alarms"](info, **given)

        return {**found, "alarms": alarms}


@pytest.mark.parametrize(("told", "end"), [(signal.SIGTERM, "reply"), (signal.SIGINT, "error")], ids=["gently", "now"])
def test_a_turn_ends_or_is_told_to_be_broken_off(database: str, told: signal.Signals, end: str) -> None:
    building = Slow()
    with Served(app(building)) as served, agent(served.url, database) as (address, process):
        asked = {"text": "Какие тревоги?", "language": "ru"}
        events: list[tuple[str, Any]] = []
        with httpx.stream(
            "POST", f"{address}/turns", json=asked, headers={"Authorization": "Bearer anna"}, timeout=60
        ) as answer:
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    if not events:
                        process.send_signal(told)
                        wait_until(lambda: _health(address) is None)
                        if end == "reply":
                            building.may.set()
                    events.append((line.removeprefix("event: "), None))
                elif line.startswith("data: "):
                    events[-1] = (events[-1][0], json.loads(line.removeprefix("data: ")))
        building.may.set()
        kinds = [kind for kind, _ in events if kind not in ("state", "tool")]
        assert kinds == [end, "done"], events
        if end == "error":
            assert dict(events)["error"]["code"] == "LEAVING"
        assert process.wait(60) in (0, -told, 128 + told)


def test_a_bot_ends_while_it_waits_for_telegram(database: str) -> None:
    health = f"127.0.0.1:{free_port()}"
    told = dict.fromkeys(("MARKOFF_API_URL", "MARKOFF_AGENT_URL"), "http://127.0.0.1:9")
    told |= {"MARKOFF_AGENT_KEY": KEY, "MARKOFF_MEMORY_URL": database, "MARKOFF_TELEGRAM_TOKEN": TOKEN}
    told |= {"MARKOFF_TELEGRAM_API_BASE": "http://127.0.0.1:9"}
    told |= {"MARKOFF_TELEGRAM_HEALTH": health, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", MAIN, "telegram"], cwd=ROOT, env=environment() | told) as process:
        try:
            wait_until(lambda: _health(f"http://{health}") == 503)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        finally:
            process.kill()


def _health(address: str) -> int | None:
    try:
        return httpx.get(f"{address}/health", timeout=5, trust_env=False).status_code
    except httpx.TransportError:
        return None
