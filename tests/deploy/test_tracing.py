"""Where traces go: nobody waits for a collector that is away, and it is complained of once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy import tracing
from tests.ports import free_port
from tests.stories.collector import collecting
from tests.stories.house import environment

pytest.importorskip("opentelemetry.sdk")

PROGRAM = """
import logging, os, sys, time
from deploy import logs, tracing
logs.begin("agent")
tracing.PATIENCE, tracing.PARTING = map(float, sys.argv[2:])
tracing.begin("agent")
from agent import tracing as spans
for number in range(int(sys.argv[1])):
    with spans.span("chat offline", {"gen_ai.operation.name": "chat"}) as span:
        spans.content(span, {"gen_ai.input.messages": "who rents 412?"})
        headers = spans.carried()
print(os.environ.get("LANGSMITH_TRACING"), int("0" + headers.get("traceparent", "")[-2:], 16) & 1)
"""


OURS = (tracing.PATIENCE, tracing.PARTING)
LONG = (60.0, 60.0)
"""For a collector of these tests, which comes to everything in the end."""


def run(tmp_path: Path, count: int = 3, patience: tuple[float, float] = LONG, **settings: str) -> tuple[str, str]:
    """What a process that traces so prints and logs; it ends well."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(count), *map(str, patience)],
        capture_output=True, text=True, env=environment() | settings, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


def test_without_an_address_there_are_no_traces_and_langsmith_is_off(tmp_path: Path) -> None:
    assert run(tmp_path, LANGSMITH_TRACING="true", LANGCHAIN_TRACING_V2="true") == ("false 0", "")
    assert run(tmp_path, LANGSMITH_TRACING="true", MARKOFF_TRACES_LANGSMITH="true") == ("true 0", "")


def test_a_collector_gets_everything_before_the_process_ends(tmp_path: Path) -> None:
    with collecting() as collector:
        (tmp_path / "markoff.toml").write_text(f"[traces]\nurl = '{collector.address}/'\n")
        told, log = run(tmp_path, 1000, MARKOFF_TRACES_HEADERS="x-token=a b, other=c")
        assert (told, log) == ("false 1", "")
        assert len(collector.spans) == 1000
        assert {one.service for one in collector.spans} == {"markoff-agent"}
        assert (collector.headers[0]["x-token"], collector.headers[0]["other"]) == ("a b", "c")
        assert "who rents" not in str(collector.spans)


def test_a_share_is_recorded_and_content_only_when_wished(tmp_path: Path) -> None:
    with collecting() as collector:
        settings = {"MARKOFF_TRACES_URL": collector.address, "MARKOFF_TRACES_CONTENT": "true"}
        run(tmp_path, 400, LONG, **settings, MARKOFF_TRACES_TURNS="0.25")
        assert 40 < len(collector.spans) < 200
        assert collector.spans[0].told["gen_ai.input.messages"] == "who rents 412?"
        told, _ = run(tmp_path, 1, LONG, **settings, MARKOFF_TRACES_TURNS="0")
        assert told == "false 0", "who is not recorded here is not recorded behind us"


@pytest.mark.parametrize("refuses", [False, True])
def test_a_collector_that_is_away_is_told_of_once(tmp_path: Path, refuses: bool) -> None:
    with collecting() as collector:
        collector.status = 400
        address = collector.address if refuses else f"http://127.0.0.1:{free_port()}"
        told, log = run(tmp_path, 20_000, OURS, MARKOFF_TRACES_URL=address)
        assert told == "false 1"
        lines = log.splitlines()
        assert len(lines) <= 1, log
        assert all("WARNING markoff.traces: traces do not reach http://127" in line for line in lines)


def test_an_address_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="url"):
        run(tmp_path, MARKOFF_TRACES_URL="otel:4318")
