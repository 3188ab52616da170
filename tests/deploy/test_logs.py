"""Logs: by logging.yaml, in lines or JSON, under the number of the request, and discreet about people and secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.discreet import Discretion
from tests.stories.house import environment

PROGRAM = """
import logging
from agent import tracing
from deploy import logs
logs.begin("agent")
log = logging.getLogger("agent.turns")
log.debug("not told")
with tracing.numbered("abcdef0123"):
    log.warning("the model %s failed: %s", "m", "Bearer abcdefghijkl")
try:
    raise ValueError("invalid input syntax for type integer: \\"Ivan Petrov\\"")
except ValueError:
    log.exception("a turn broke")
logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot7000:AAbbccddeeffgghhiijjkkllmmnn/getMe")
"""


def logged(tmp_path: Path, **settings: str) -> str:
    """What a process writes that logs so."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment() | settings, cwd=tmp_path
    )
    assert not done.stdout
    return done.stderr


def test_lines_bear_the_number_and_no_secret(tmp_path: Path) -> None:
    told = logged(tmp_path)
    first, second, *behind = told.splitlines()
    assert first.endswith("WARNING agent.turns: the model m failed: Bearer … [request=abcdef0123]")
    assert second.endswith("ERROR agent.turns: a turn broke")
    assert behind[0] == "Traceback (most recent call last):"
    assert behind[-1] == "ValueError: invalid input syntax for type integer: …"
    assert "Ivan" not in told
    assert "bot7000" not in told
    assert "not told" not in told


def test_json_is_an_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "markoff.toml").write_text("[logging]\nformat = 'json'\nlevel = 'DEBUG'\n")
    none, first, second = map(json.loads, logged(tmp_path).splitlines())
    assert none["message"] == "not told"
    assert (first["level"], first["logger"], first["service"]) == ("WARNING", "agent.turns", "markoff-agent")
    assert first["request"] == "abcdef0123"
    assert "Ivan" not in second["error"]


def test_a_file_of_ones_own_is_followed_and_a_bad_one_named(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 1\nformatters: {text: {'()': deploy.logs.Text}}\n"
        "handlers: {file: {class: logging.FileHandler, filename: own.log, formatter: text}}\n"
        "root: {level: ERROR, handlers: [file]}\n"
    )
    assert logged(tmp_path, MARKOFF_LOGGING_FILE=str(own)) == ""
    assert "a turn broke" in (tmp_path / "own.log").read_text()
    assert "the model" not in (tmp_path / "own.log").read_text()
    own.write_text("version: 1\nhandlers: {out: {class: nothing.There}}\nroot: {handlers: [out]}\n")
    assert "Trouble" in logged(tmp_path, MARKOFF_LOGGING_FILE=str(own))


REPEATING = """
import logging, time
from agent import tracing
from deploy import logs, repeats
logs.begin("api")
now = [0.0]
time.monotonic = lambda: now[0]
log = logging.getLogger("markoff.live")
for now[0] in (0.0, 0.2, 59.0, 59.9, 60.1, 61.0):
    log.warning("not listening for changes: %r", OSError("away"))
    log.info("as often as it is said")
    log.error("broken", exc_info=ValueError(int(now[0]) // 59))
with tracing.numbered("abcdef0123"):
    for _ in range(2):
        log.warning("not listening for changes: %r", OSError("away"))
for number in range(3 * repeats.MOST):
    log.warning("one of many: %d", number)
"""


def test_what_is_said_again_and_again_is_counted() -> None:
    done = subprocess.run([sys.executable, "-c", REPEATING], capture_output=True, text=True, env=environment())
    told = [line.split("markoff.live: ")[1] for line in done.stderr.splitlines() if "markoff.live: " in line]
    of = {word: [line for line in told if word in line] for word in ("not listening", "as often", "broken", "one of")}
    assert of["not listening"] == [
        "not listening for changes: OSError('away')",
        "not listening for changes: OSError('away') (and 3 times more in the last 60 s)",
        *["not listening for changes: OSError('away') [request=abcdef0123]"] * 2,
    ]
    assert len(of["as often"]) == 6
    assert of["broken"] == ["broken"] * 2, "another exception is another matter"
    assert len(of["one of"]) == 3000


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("postgresql://markoff:s3cret!@/markoff?host=/run", "postgresql://markoff:…@/markoff?host=/run"),
        ("key mk_0a1b2c3d4e_abcDEF-_123 is no good", "key mk_… is no good"),
        ("GET /plans/x.png?signature=abcdef123&w=5", "GET /plans/x.png?signature=…&w=5"),
        ('127.0.0.1:5 - "WebSocket /graphql?q=Ivan" [accepted]', '127.0.0.1:5 - "WebSocket /graphql?…" [accepted]'),
        ('{"password": "correct horse"}', '{"password": "…"}'),
        ("Key (phone)=(1) exists\nDETAIL:  Failing row contains (7, Иван Петров, +7 921 555-12-34).", "Key (phone)=(1) exists\nDETAIL: …"),
        ("call +7 (921) 555-12-34 or ivan.petrov@example.org", "call +… or …@…"),
        ("telegram:123456789 is not told of alarms any more", "telegram:…89 is not told of alarms any more"),
        ("invalid input for query argument $1: 'Иван' (expected int)", "invalid input for query argument $1: … (expected int)"),
        ("leading duties at 2026-11-22T20:26:49+00:00, floor_12, 1.5 s", "leading duties at 2026-11-22T20:26:49+00:00, floor_12, 1.5 s"),
        ("Error code: 400 - no model of this name", "Error code: 400 - no model of this name"),
    ],
)  # fmt: skip
def test_what_does_not_belong_there_is_left_out(said: str, told: str) -> None:
    assert Discretion().told(said) == told


def test_own_secrets_are_known_whatever_they_look_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARKOFF_JWT_KEY", "plain words that sign")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "markoff_agent_key").write_text("another one\n")
    monkeypatch.setenv("MARKOFF_SECRETS", str(tmp_path / "secrets"))
    (tmp_path / "markoff.toml").write_text(
        "[mqtt]\nurl = 'mqtt://house:brokerword@broker'\n[model]\nmodel_key = 'modelword'\n"
    )
    said = "plain words that sign, another one, brokerword, modelword, and a plain word"
    assert Discretion().told(said) == "…, …, …, …, and a plain word"
