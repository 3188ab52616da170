"""`markoff ask` and `markoff chat` against a running agent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.server import create

ALARMS = '{if r1 empty}Тревог нет.{else}{for a in r1.nodes sep ", "}{a.title}: {a.value}{end}{end}'
DONE = "{if r1 done}Подтверждена: {r1.title}{end}{if r1 declined}Тревога не подтверждена.{end}"


def markoff(url: str, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    command = [str(Path(sys.executable).parent / "markoff"), "--lang", "ru", *words, "--url", url, "--token", "anna"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MARKOFF")} | {"PYTHONUTF8": "1"}
    return subprocess.run(command, input=said, capture_output=True, text=True, timeout=120, env=environment)


@pytest.fixture
def agent(serve: Any, house_with: Any, script: Any) -> Any:
    """Starts an agent whose model says these things."""
    servers = []

    def start(*steps: Any) -> str:
        server = serve(create(made=house_with(script(steps=list(steps)))), lifespan="on")
        servers.append(server.__enter__())
        return str(server.url)

    yield start
    for server in servers:
        server.__exit__()


def test_asking(agent, call):
    done = markoff(agent(call(("alarms", {"active": True})), ALARMS), "ask", "Какие", "тревоги?")
    assert (done.returncode, done.stdout) == (0, "Душно в 101: 913\u00a0ppm, Душно в 201: 640,25\u00a0ppm\n")


def test_asking_for_json_gives_reply_calls_and_proof(agent, call):
    done = markoff(agent(call(("alarms", {"active": True})), ALARMS), "ask", "--json", "Какие тревоги?")
    told = json.loads(done.stdout)
    assert told["reply"].startswith("Душно в 101")
    assert told["engine"] == "offline"
    assert told["calls"] == [{"name": "alarms", "arguments": {"active": True}, "outcome": "read"}]
    assert {"r1.nodes[0].value": 913.0, "r1.nodes[1].value": 640.25}.items() <= {
        p["reference"]: p["value"] for p in told["proof"] if not isinstance(p["value"], list)
    }.items()


@pytest.mark.parametrize(
    ("words", "said", "status", "last"),
    [
        (["--yes"], "", 0, "Подтверждена: Душно в 101"),
        ([], "да\n", 0, "Подтверждена: Душно в 101"),
        ([], "нет\n", 0, "Тревога не подтверждена."),
        ([], "", 3, ""),
    ],
)
def test_a_change_waits_for_a_yes(agent, call, building, words, said, status, last):
    url = agent(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE)
    done = markoff(url, "ask", *words, "Подтверди тревогу", said=said)
    assert done.returncode == status, done.stderr
    assert "• тревога «Душно в 101»: состояние: активна → подтверждена" in done.stdout
    assert done.stdout.rstrip().endswith(last)
    assert building.alarms[0]["acknowledged"] is (last == "Подтверждена: Душно в 101")


def test_a_choice_is_made_by_number(agent, call):
    found = call(("search", {"text": "альфа"}))
    guess = call(("tenant", {"id": "tenant_1"}))
    done = markoff(agent(found, guess, "Это {r2.name}."), "ask", "Что снимает Альфа?", said="2\n")
    assert "  1. Альфа\n  2. Альфа Плюс\n" in done.stdout
    assert done.stdout.rstrip().endswith("Это Альфа Плюс.")


def test_chatting_goes_on_with_the_same_talk(agent):
    done = markoff(agent("Здравствуйте!", "И вам того же."), "chat", said="Привет\nХорошего дня\n\n")
    assert done.returncode == 0, done.stderr
    assert "Здравствуйте!" in done.stdout
    assert "И вам того же." in done.stdout


def test_an_agent_that_is_away_is_said():
    done = markoff("http://127.0.0.1:9", "ask", "Привет")
    assert done.returncode == 1
    assert "не отвечает" in done.stderr
