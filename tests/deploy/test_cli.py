"""The `markoff` command answers every path with a sentence, in the person's language."""

from __future__ import annotations

import errno
import importlib
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Protocol

import asyncpg
import jwt
import psycopg
import pytest
import typer

from deploy import help, words
from deploy.cli import _full, _register, app, main
from deploy.commands.up import wish
from deploy.folder import our_version
from deploy.postgres import Postgres
from deploy.timing import ClockWish
from deploy.trouble import Trouble

GROUPS = sorted(module.stem for module in Path(words.__file__).parent.glob("*.py") if module.stem != "__init__")


class Markoff(Protocol):
    def __call__(
        self, *arguments: object, language: str = "C.UTF-8", answer: str = "", **environment: str
    ) -> tuple[int, str]: ...


@pytest.fixture
def markoff(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Markoff:
    """Runs the command: exit status and all that was said."""
    for name in os.environ:
        if "MARKOFF" in name or name == "DATABASE_URL":
            monkeypatch.delenv(name)

    def run(*arguments: object, language: str = "C.UTF-8", answer: str = "", **environment: str) -> tuple[int, str]:
        ours = {"LC_ALL": language, "COLUMNS": "200", "NO_COLOR": "1"} | environment
        with monkeypatch.context() as within:
            for name, value in ours.items():
                within.setenv(name, value)
            within.setattr(sys, "argv", ["markoff", *map(str, arguments)])
            within.setattr(sys, "stdin", StringIO(answer))
            with pytest.raises(SystemExit) as end:
                main()
        said = "".join(capfd.readouterr())
        assert "Traceback" not in said
        return int(end.value.code or 0), said.strip()

    return run


@pytest.fixture
def elsewhere(cluster: Postgres) -> str:
    """An empty database that no house has seen."""
    cluster.drop_database("untouched")
    cluster.create_database("untouched")
    return cluster.url("untouched")


@pytest.mark.parametrize("group", GROUPS)
def test_every_sentence_is_in_both_languages(group: str) -> None:
    for code, (english, russian) in importlib.import_module(f"deploy.words.{group}").SENTENCES.items():
        assert code.startswith(f"{group}.") or group == "common"
        assert set(_fields(english)) == set(_fields(russian)), code
        assert _share(russian) > 0.4 > _share(english), code


def _share(sentence: str) -> float:
    """How much of it is in Cyrillic letters, commands and placeholders apart."""
    letters = [
        letter
        for letter in re.sub(r"\{[^}]*\}|markoff \w+( \w+)?|[A-Z_]{4,}|--[\w-]+", "", sentence)
        if letter.isalpha()
    ]
    return sum("а" <= letter.lower() <= "ё" for letter in letters) / len(letters)


def _fields(sentence: str) -> list[str]:
    import string

    return [field for _, field, _, _ in string.Formatter().parse(sentence) if field]


def test_it_knows_its_version() -> None:
    installed = Path(sys.executable).with_name("markoff")
    said = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"markoff {our_version()}\n"


def test_help_names_every_command(markoff: Markoff) -> None:
    status, said = markoff("--help")
    assert status == 0
    assert all(command in said for command in ("up", "serve", "agent", "db", "token", "schema"))


def test_the_language_comes_from_the_environment_and_the_option(markoff: Markoff, folder: Path) -> None:
    assert "There is no house" in markoff("token", "--data", folder)[1]
    assert "дома ещё нет" in markoff("token", "--data", folder, language="ru_RU.UTF-8")[1]
    assert "дома ещё нет" in markoff("--lang", "ru", "token", "--data", folder)[1]
    assert "дома ещё нет" in markoff("token", "--data", folder, "--lang=ru")[1]
    assert not folder.exists()


def test_the_whole_help_is_in_russian_too() -> None:
    _register()
    told = {
        paragraph
        for command in help.commands(typer.main.get_command(app))
        for one in (command, *command.get_params(typer.Context(command)))
        for paragraph in help.paragraphs(getattr(one, "help", None))
    }
    shells = {one for one in help.russian()["help"] if "completion for the" in one}  # Typer says some, by the shell
    assert told | shells == set(help.russian()["help"])
    assert all(re.search("[а-я]", russian) for russian in help.russian()["help"].values())
    for english, russian in help.russian()["mistakes"].items():
        assert english.count("{}") == russian.count("{}"), english


@pytest.mark.parametrize(
    "arguments", [("--lang", "ru", "up", "--help"), ("up", "--help", "--lang=ru"), ("--lang", "ru", "--help"), ("db",)]
)
def test_help_is_in_russian_where_the_person_is(markoff: Markoff, arguments: tuple[str, ...]) -> None:
    status, said = markoff(*arguments, language="ru_RU.UTF-8" if arguments == ("db",) else "C.UTF-8")
    assert status == (2 if arguments == ("db",) else 0)
    assert "Вызов: " in said
    assert "Показать эту справку." in said
    assert "Параметры" in said
    assert not re.search("Usage|Options|OPTIONS|Commands|COMMAND|Show this|required|default", said)
    english = markoff(*(one for one in arguments if one not in ("--lang", "ru", "--lang=ru")))[1]
    assert not re.search("[А-я]", english)
    assert "Show this message and exit." in english


@pytest.mark.parametrize(
    ("arguments", "russian"),
    [
        (("up", "--nope"), "Нет такого параметра: --nope (похожие:"),
        (("--nope",), "Нет такого параметра: --nope"),
        (("nope",), "Нет такой команды: 'nope'."),
        (("import", "ifc"), "Не указан аргумент 'FILE'."),
        (("up", "--port"), "Параметру '--port' нужно значение."),
        (("up", "--port", "x"), "Не подходит значение '--port': нужно целое число"),
        (("up", "--port", "99999"), "Не подходит значение '--port': нужно не больше 65535"),
        (("up", "--no-demo=3"), "Параметр '--no-demo' не принимает значения."),
        (("up", "more"), "Лишние аргументы: more"),
    ],
)
def test_a_wrong_call_is_told_in_russian(markoff: Markoff, arguments: tuple[str, ...], russian: str) -> None:
    status, said = markoff(*arguments, "--lang", "ru")
    assert status == 2
    assert russian in said
    assert not re.search("Usage|OPTIONS|Error|Try ", said)
    assert "Error" in markoff(*arguments)[1]


def test_english_and_plain_commands_do_not_load_the_russian_help() -> None:
    plain = "import sys, deploy.cli; deploy.cli._register(); sys.exit('deploy.help' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", plain], check=False).returncode == 0


def test_a_house_that_does_not_run_has_a_usable_database(markoff: Markoff, folder: Path) -> None:
    assert markoff("db", "upgrade", "--data", folder) == (0, "The tables are now those of this version.")
    assert markoff("db", "upgrade", "--data", folder) == (0, "The tables are those of this version already.")
    status, said = markoff("db", "check", "--data", folder)
    assert (status, "constraints hold" in said) == (0, True)


def test_checking_finds_what_is_wrong(markoff: Markoff, elsewhere: str) -> None:
    status, said = markoff("db", "check", "--url", elsewhere)
    assert (status, "markoff db upgrade" in said) == (1, True)
    assert markoff("db", "upgrade", DATABASE_URL=elsewhere)[0] == 0
    with psycopg.connect(elsewhere) as connection:
        connection.execute("ALTER TABLE physical.room DROP COLUMN capacity")
        connection.execute("ALTER TABLE physical.floor ADD CONSTRAINT modest CHECK (level < 200) NOT VALID")
    status, said = markoff("db", "check", "--url", elsewhere)
    assert status == 1
    assert "capacity" in said
    assert "physical.floor.modest" in said


def test_a_full_disk_is_told_whoever_finds_it() -> None:
    assert _full(OSError(errno.ENOSPC, "full", "/var/x")) == "/var/x"
    for full in (psycopg.errors.DiskFull("full"), asyncpg.DiskFullError("full")):
        behind = RuntimeError("writing failed")
        behind.__cause__ = full
        assert _full(behind) == "PostgreSQL"
    assert _full(OSError(errno.EIO, "broken")) is None


def test_resetting_asks_first(markoff: Markoff, elsewhere: str) -> None:
    markoff("db", "upgrade", "--url", elsewhere)
    with psycopg.connect(elsewhere) as connection:
        connection.execute(
            "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ('a', 'A', 'RU', true)"
        )
    for answer in ("", "no\n"):
        assert markoff("db", "reset", "--url", elsewhere, answer=answer)[0] == 1
    with psycopg.connect(elsewhere) as connection:
        assert connection.execute('SELECT count(*) FROM security."user"').fetchone() == (1,)
    assert markoff("db", "reset", "--url", elsewhere, answer="да\n")[0] == 0
    with psycopg.connect(elsewhere) as connection:
        assert connection.execute('SELECT count(*) FROM security."user"').fetchone() == (0,)
    assert markoff("db", "reset", "--url", elsewhere, "--yes")[0] == 0


def test_a_restored_house_begins_its_stream_anew(markoff: Markoff, elsewhere: str) -> None:
    markoff("db", "upgrade", "--url", elsewhere)
    epochs = []
    for _ in range(2):
        status, said = markoff("db", "restored", "--url", elsewhere)
        assert (status, "begins anew" in said) == (0, True)
        with psycopg.connect(elsewhere) as connection:
            epochs.append(connection.execute("SELECT epoch FROM live.epoch").fetchone())
    assert epochs[0] != epochs[1]


def test_a_token_is_a_persons(markoff: Markoff, elsewhere: str) -> None:
    key = "k" * 40
    assert "markoff db upgrade" in markoff("token", "--url", elsewhere, MARKOFF_JWT_KEY=key)[1]
    markoff("db", "upgrade", "--url", elsewhere)
    assert "no administrator" in markoff("token", "--url", elsewhere, MARKOFF_JWT_KEY=key)[1]
    with psycopg.connect(elsewhere) as connection:
        connection.execute(
            'INSERT INTO security."user" (login, name, language, enabled) OVERRIDING SYSTEM VALUE'
            " VALUES ('anna', 'Анна', 'RU', true), ('gone', 'Ушёл', 'RU', false)"
        )
    status, token = markoff("token", "--as", "anna", "--url", elsewhere, MARKOFF_JWT_KEY=key)
    assert status == 0
    assert jwt.decode(token, key, ["HS256"])["sub"].startswith("user_")
    for login in ("gone", "nobody", "'; DROP"):
        assert markoff("token", "--as", login, "--url", elsewhere, MARKOFF_JWT_KEY=key) == (
            1,
            f"There is no user {login}.",
        )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://me:hush@127.0.0.1:1/house", "does not answer"),
        ("postgresql:///house?host=/nowhere", "does not answer"),
        ("mysql://me:hush@host/house", "is no address of a database"),
        ("house", "is no address of a database"),
    ],
)
def test_a_wrong_address_is_said_without_its_password(markoff: Markoff, url: str, sentence: str) -> None:
    status, said = markoff("db", "check", "--url", url)
    assert (status, sentence in said, "hush" in said) == (1, True, False)


def test_a_house_of_a_newer_markoff_is_refused(markoff: Markoff, folder: Path) -> None:
    folder.mkdir()
    (folder / "VERSION").write_text("99.0.0\n")
    for command in (["up"], ["db", "upgrade"], ["token"]):
        status, said = markoff(*command, "--data", folder, "--lang", "ru")
        assert (status, "99.0.0" in said) == (1, True)


def test_the_clock_is_read_with_care() -> None:
    assert wish(None, None) is None
    assert wish(None, "max") == ClockWish(None, None)
    found = wish("2022-10-10T00:00+02:00", "600")
    assert found is not None
    assert found.start is not None
    assert (found.start.isoformat(), found.speed) == ("2022-10-10T00:00:00+02:00", 600)
    for clock, speed in [
        ("2022-10-10T00:00", None),
        ("soon", None),
        (None, "0"),
        (None, "fast"),
        (None, "nan"),
        (None, "-1"),
    ]:
        with pytest.raises(Trouble):
            wish(clock, speed)


def test_one_part_alone_says_what_it_needs(markoff: Markoff) -> None:
    assert "DATABASE_URL" in markoff("serve")[1]
    assert "MARKOFF_JWT_KEY" in markoff("serve", "--url", "postgresql:///x")[1]
    assert "MARKOFF_API_URL" in markoff("agent")[1]


def test_hints_repeat_the_folder(markoff: Markoff, folder: Path) -> None:
    for command in ("token", "ask", "simulate"):
        arguments = (command, "Привет") if command == "ask" else (command,)
        assert f"markoff up --data {folder}" in markoff(*arguments, "--data", folder)[1]
    assert f"markoff up --data '{folder} x'" in markoff("token", "--data", f"{folder} x")[1]


def test_settings_that_cannot_be_read_are_all_told(
    markoff: Markoff, elsewhere: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "markoff.toml").write_text('[database]\nwindow_back = "soon"\n')
    wrong = {"MARKOFF_WINDOW_AHEAD": "600", "MARKOFF_READERS": "0", "MARKOFF_JWT_KEY": "short and secret"}
    status, said = markoff("serve", "--url", elsewhere, "--port", "0", **wrong)
    assert status == 1
    assert "MARKOFF_WINDOW_AHEAD=600: no duration. Write it like PT10M" in said
    assert "markoff.toml:2 [database] window_back=soon: no duration." in said
    assert "MARKOFF_READERS=0: at least 1." in said
    assert "MARKOFF_JWT_KEY: at least 32 characters." in said
    assert "secret" not in said
    assert "MARKOFF_READERS=0: не меньше 1." in markoff("serve", "--url", elsewhere, language="ru_RU.UTF-8", **wrong)[1]
    (tmp_path / "markoff.toml").write_text("[database\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert "markoff.toml cannot be read" in markoff("token", **wrong)[1]


def test_a_device_gets_a_key_and_loses_it(markoff: Markoff, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO physical.building (code, name, time_zone, language) VALUES ('tower', 'T', 'UTC', 'EN')"
        )
        status, key = markoff("key", "make", "tower", "--name", "gateway", "--limit", 60, "--url", database)
        assert (status, bool(re.fullmatch(r"mk_\w+_\S+", key))) == (0, True)
        row = connection.execute("SELECT name, kind, readings_per_minute FROM security.api_key").fetchone()
        assert row == ("gateway", "DEVICE", 60)
        assert markoff("key", "make", "nowhere", "--url", database) == (1, "There is no building nowhere.")
        assert markoff("key", "revoke", key, "--url", database)[0] == 0
        assert markoff("key", "revoke", key.split("_")[1], "--url", database)[0] == 1
        assert connection.execute("SELECT count(*) FROM security.api_key WHERE revoked_at IS NULL").fetchone() == (0,)


def test_a_bot_needs_a_token_and_a_house(markoff: Markoff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (("telegram",), ("up", "--telegram")):
        status, said = markoff(*command, "--data", tmp_path / "house")
        assert (status, "@BotFather" in said) == (1, True), said
    (tmp_path / "markoff.toml").write_text('[telegram]\ntoken = "123456:abcdefghijklmnopqrstuvwxyz"\n')
    status, said = markoff("telegram", "--data", tmp_path / "house")
    assert (status, "@BotFather" in said) == (1, False), said
    status, said = markoff("telegram", MARKOFF_AGENT_KEY="mk_a_b", MARKOFF_API_URL="http://127.0.0.1:9")
    assert (status, "MARKOFF_AGENT_URL" in said) == (1, True), said


def test_a_code_is_made_by_a_house_at_work(markoff: Markoff, tmp_path: Path) -> None:
    status, said = markoff("link", "--data", tmp_path / "house", language="ru_RU.UTF-8")
    assert (status, "не запущен" in said) == (1, True), said
    status, said = markoff("link", "--channel", "pigeon", "--url", "http://127.0.0.1:9", "--token", "x")
    assert (status, "There is no channel pigeon" in said) == (1, True), said
