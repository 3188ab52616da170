"""`markoff config`: all mistakes at once, where they are and what is wanted; what counts; a file to begin with."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from deploy import cli
from deploy.config import catalogue
from deploy.config.catalogue import russian
from deploy.config.mistakes import found
from deploy.words.settings import REASONS
from tests.deploy.test_cli import Markoff, markoff

__all__ = ["markoff"]

ROOT = Path(__file__).parents[2]
WRONG = """\
model_url = "http://model/v1"
agent_port = 3
api = 5

[databse]
a = 1
[ingest]
writers = 77
grup = 5
device = "cpu"
[voice]
device = "gpu"
listen = "nope"
allow = 3
[mqtt]
url = "mqtt://user:hunter2@h:none"
[[satellites]]
name = "lobby"
listen = "tcp://0.0.0.0:10700"
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "markoff.toml"


def test_all_mistakes_are_told_at_once_with_file_line_table_key_and_what_is_wanted(
    markoff: Markoff, file: Path
) -> None:
    file.write_text(WRONG)
    told = {"MARKOFF_RAET": "1", "MARKOFF_READERS": "0", "MARKOFF_VOICE_ALLOW": "[x"}
    status, said = markoff("config", "check", **told)
    assert status == 1
    for line in (
        "markoff.toml:1 model_url: this setting stands in the table [agent], as model_url.",
        "markoff.toml:2 agent_port: this setting stands in the table [agent], as port.",
        "markoff.toml:3 api: write it as a table, [api].",
        "markoff.toml:5 [databse]: there is no such table. Did you mean [database]?",
        "markoff.toml:8 [ingest] writers=77: at most 6.",
        "markoff.toml:9 [ingest] grup: there is no such setting. Did you mean group?",
        "markoff.toml:10 [ingest] device: this setting stands in the table [voice], as device.",
        "markoff.toml:12 [voice] device=gpu: wanted: one of auto, cpu, cuda.",
        "markoff.toml:13 [voice] listen=nope will not do: write it as tcp://host:port or unix:///path.",
        "MARKOFF_VOICE_ALLOW=[x: wanted: a list (JSON in a variable).",
        "MARKOFF_READERS=0: at least 1.",
        "MARKOFF_RAET: nobody reads this variable. Did you mean MARKOFF_RATE?",
        "satellites.0=",
    ):
        assert line in said, line
    assert "hunter2" not in said
    russian = markoff("config", "check", language="ru_RU.UTF-8", **told)[1]
    assert len(russian.splitlines()) == len(said.splitlines())
    assert "markoff.toml:13 [voice] listen=nope не подходит: пишите tcp://узел:порт или unix:///путь." in russian
    assert "listen открыт не только этой машине" in russian


@pytest.mark.parametrize("command", ["up", "serve", "agent", "telegram", "voice serve"])
def test_nothing_starts_with_a_mistake(markoff: Markoff, file: Path, command: str) -> None:
    file.write_text("[voice]\nbeam = 99\n[api]\nrate = -1\n")
    status, said = markoff(*command.split(), MARKOFF_HOUSE_OF_CARDS="1")
    assert status == 1
    assert "[voice] beam=99: at most 10." in said
    assert "[api] rate=-1: at least 0." in said
    assert "MARKOFF_HOUSE_OF_CARDS: nobody reads this variable." in said


def test_what_counts_and_where_it_comes_from(markoff: Markoff, file: Path, tmp_path: Path) -> None:
    file.write_text("[api]\nrate = 7\njwt_key = '" + "s3cret" * 8 + "'\n[database]\nurl = 'postgresql://me:pw@h/d'\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "markoff_agent_key").write_text("mk_s3cret")
    told = {"MARKOFF_READERS": "3", "MARKOFF_SECRETS": str(tmp_path / "secrets")}
    status, said = markoff("config", "show", **told)
    assert (status, "s3cret" in said, "pw@" in said) == (0, False, False)
    assert re.search(r"^rate = 7 +# file markoff.toml:2 \[api\] rate$", said, re.MULTILINE)
    assert re.search(r"^readers = \"?3\"? +# environment MARKOFF_READERS$", said, re.MULTILINE)
    assert re.search(r"^agent_key = •+ +# file of secrets \S+markoff_agent_key$", said, re.MULTILINE)
    assert re.search(r"^writers = 4 +# default$", said, re.MULTILINE)
    rows = json.loads(markoff("config", "show", "--json", "--told", **told)[1])
    assert {"table": "api", "key": "rate", "value": "7", "origin": "file", "name": "markoff.toml:2 [api] rate"} in rows
    assert "default" not in {row["origin"] for row in rows}
    assert len(rows) == 6  # the bot may read the agent's key too


def test_files_of_secrets_that_nobody_reads_and_a_file_that_others_may_read(
    markoff: Markoff, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "markoff_jwt_kye").write_text("x")
    file.write_text("[telegram]\ntoken = '123456:abcdefghijklmnopqrstuvwxyz'\n")
    file.chmod(0o644)
    status, said = markoff("config", "check", MARKOFF_SECRETS=str(tmp_path))
    assert (status, "Did you mean markoff_jwt_key?" in said, "chmod 600" in said) == (0, True, True)
    file.chmod(0o600)
    assert "chmod 600" not in markoff("config", "check", MARKOFF_SECRETS=str(tmp_path))[1]
    status, said = markoff("config", "check", MARKOFF_SECRETS="/nowhere", MARKOFF_CONFIG="/nowhere.toml")
    assert (status, "no such folder" in said, "no such file" in said) == (0, True, True)  # images name both


def test_a_file_that_is_no_toml_is_told_by_every_command(markoff: Markoff, file: Path) -> None:
    file.write_text("[api\n")
    for command in ("config check", "config show", "up", "serve"):
        status, said = markoff(*command.split())
        assert (status, "markoff.toml cannot be read" in said, "line 1" in said) == (1, True, True), command


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_example_is_a_file_without_mistakes_also_when_all_of_it_counts(
    markoff: Markoff, file: Path, language: str
) -> None:
    status, said = markoff("config", "example", "--lang", language)
    file.write_text(said)
    assert (status, found()) == (0, [])
    assert ("Папка данных" in said, "The house's" in said) == (language == "ru", False)
    assert set(tomllib.loads(said)) >= {"house", "database", "api", "agent", "telegram", "voice"}
    counting = "\n".join(
        line.removeprefix("#") if re.match(r"#\w+ = [^…]*$", line) else line for line in said.split("\n")
    )
    file.write_text(counting)
    assert found() == []
    assert len(tomllib.loads(counting)["voice"]) > 15


def test_every_class_of_settings_is_in_the_catalogue_and_every_setting_says_what_it_is_for() -> None:
    known = {part.split(":")[1] for part in catalogue.PARTS}
    for folder in ("db", "api", "agent", "voice", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and any("FileSettings" in ast.dump(base) for base in node.bases):
                    assert node.name in known, f"{path}: add {node.name} to deploy.config.catalogue.PARTS"
    assert [f"[{one.table}] {one.key}" for one in catalogue.settings() if not one.description] == []


def test_every_setting_is_told_in_russian_too() -> None:
    """Each table and each setting, and none that is no more."""
    told = {(table, key) for table, inside in russian().items() for key in inside}
    tables = [(table or "top", one.key) for table, inside in catalogue.tables().items() for one in inside]
    assert told == {*tables, *((table, "") for table in catalogue.tables() if table)}
    assert all(re.search("[а-я]", words) for inside in russian().values() for words in inside.values())


def test_every_variable_of_a_command_is_known() -> None:
    cli._register()
    known = {name for one in catalogue.settings() for name in one.variables} | set(catalogue.OTHERS)
    open_ = [typer.main.get_command(cli.app)]
    while open_:
        command = open_.pop()
        open_ += getattr(command, "commands", {}).values()
        told = {one.envvar for one in command.params if isinstance(one.envvar, str)}
        assert told <= known | {"DATABASE_URL"}


def test_what_parts_say_of_wrong_settings_is_said_in_russian_too() -> None:
    for path in [*ROOT.glob("*/settings.py"), *ROOT.glob("*/*/settings.py"), *ROOT.glob("*/*/*/settings.py")]:
        for reason in re.findall(r'raise ValueError\("(.*?)"\)', path.read_text()):
            assert reason in REASONS, f"{path}: {reason}"
