"""Between servers and versions of PostgreSQL: by a copy, and by `markoff move`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db import migrate
from deploy.folder import DataFolder
from deploy.keeping.moving import move
from deploy.keeping.restoring import opened, restore
from deploy.keeping.taking import take
from deploy.local import House, Plan
from deploy.postgres import Postgres
from deploy.reach import database
from deploy.trouble import Trouble
from deploy.upkeep import examine
from tests.db.revisions import furnish
from tests.deploy.conftest import ROOT, fresh_folder
from tests.deploy.debian import postgresql_15
from tests.stories.house import environment

PLAN = Plan(port=0, agent_port=0, demo=False, api="tests.deploy.parts:api", agent="tests.deploy.parts:agent")
FIRST = "20261122_five_nouns"


def quiet(*_: object) -> None:
    pass


@pytest.fixture(scope="module")
def debian() -> Iterator[str]:
    with postgresql_15() as url:
        yield url


def beside(url: str, name: str) -> str:
    """A new database on that server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.rsplit("/", 1)[0] + f"/{name}"


def alarms(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT id, title, state, peak, raised_at FROM alarm.alarm ORDER BY id").fetchall()


def test_from_15_to_18_and_back(debian: str, cluster: Postgres, tmp_path: Path) -> None:
    """On the way, tables of the first revision become those of today."""
    from alembic import command

    old = beside(debian, "first")
    command.upgrade(migrate.config(old), FIRST)
    furnish(old, [FIRST])
    cluster.create_database("eighteen")
    new, back = cluster.url("eighteen"), beside(debian, "back")
    try:
        for number, (source, target) in enumerate(((old, new), (new, back))):
            file = tmp_path / f"{number}.backup"
            with file.open("wb") as out:
                made = take(out, source, None, None, quiet)
            with opened(file) as copy:
                done = restore(copy, target, None, quiet)
            assert (done.rows, done.upgraded) == (made.rows, source == old)
            assert examine(target).faults == ()
            assert alarms(target) == alarms(old)
    finally:
        cluster.drop_database("eighteen")


def test_a_house_moves_and_goes_on_there(debian: str) -> None:
    with fresh_folder() as place:
        folder = DataFolder(place)
        with House(folder, PLAN, quiet) as house:
            house.up()
            with pytest.raises(Trouble) as trouble:
                move(place, debian, None, quiet, yes=True)
            assert trouble.value.code == "db.running"
        url = beside(debian, "moved")
        with database(place, None) as old, psycopg.connect(old) as connection:
            connection.execute("INSERT INTO business.tenant (name) VALUES ('Альфа')")
        moved = move(place, url, None, quiet, yes=False)
        assert moved.rows > 0
        assert not folder.postgres.exists()
        assert (place / "server.json").stat().st_mode & 0o777 == 0o600
        assert sorted(json.loads((place / "server.json").read_text())) == ["building", "memory"]
        there = folder.server()
        assert there is not None
        assert there.building == url
        with database(place, None) as now, psycopg.connect(now) as connection:
            assert now == url
            assert connection.execute("SELECT name FROM business.tenant").fetchall() == [("Альфа",)]
        with pytest.raises(Trouble) as trouble:
            move(place, url, None, quiet, yes=True)
        assert trouble.value.code == "move.moved"
        up(place, url)


def up(place: Path, url: str) -> None:
    """`markoff up` on the folder runs on the server."""
    command = [sys.executable, "-c", "from deploy.cli import main; main()", "up", "--data", str(place), "--port", "0"]
    command += ["--agent-port", "0", "--no-telegram", "--lang", "en"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "database" not in said and (line := process.stdout.readline()):
            said += line
        process.terminate()
    assert "moved" in said


def test_a_server_that_refuses_leaves_the_house_where_it_was(debian: str) -> None:
    with fresh_folder() as place:
        with House(DataFolder(place), PLAN, quiet) as house:
            house.up()
        with psycopg.connect(debian, autocommit=True) as connection:
            connection.execute("CREATE ROLE poor LOGIN")
            connection.execute("CREATE DATABASE poor_house OWNER postgres")
            connection.execute("CREATE DATABASE poor_memory OWNER poor")
        poor = debian.replace("postgres@", "poor@")
        with pytest.raises(Trouble):
            move(
                place,
                poor.replace("/postgres", "/poor_house"),
                poor.replace("/postgres", "/poor_memory"),
                quiet,
                yes=True,
            )
        folder = DataFolder(place)
        assert folder.server() is None
        with database(place, None) as building:
            assert examine(building).faults == ()
        elsewhere_with_its_keys(place)


def elsewhere_with_its_keys(place: Path) -> None:
    """A copy with sealed keys makes a house on another machine whose tokens are good; a wrong passphrase makes none."""

    def markoff(*words: str, passphrase: str = "a phrase to be kept") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from deploy.cli import main; main()", *words, "--lang", "en"]
        told = environment() | {"MARKOFF_BACKUP_PASSPHRASE": passphrase} if passphrase else environment()
        return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, start_new_session=True)

    with fresh_folder() as other:
        copy = str(place.with_suffix(".backup"))
        assert (
            "12 characters"
            in markoff("backup", copy, "--data", str(place), "--with-secrets", passphrase="short").stderr
        )
        asked = markoff("backup", copy, "--data", str(place), "--with-secrets", passphrase="")
        assert "MARKOFF_BACKUP_PASSPHRASE" in asked.stderr
        assert not Path(copy).exists()
        made = markoff("backup", copy, "--data", str(place), "--with-secrets")
        assert "sealed with the passphrase" in made.stdout, made.stderr
        keys = DataFolder(place).secrets()
        assert keys.jwt_key.encode() not in Path(copy).read_bytes()
        refused = markoff("restore", copy, "--data", str(other), "--yes", passphrase="another phrase of ours")
        assert (refused.returncode, "not the passphrase" in refused.stderr) == (1, True), refused.stderr
        assert not DataFolder(other).exists
        done = markoff("restore", copy, "--data", str(other), "--yes")
        assert "keys of the house were brought back" in done.stdout, done.stderr
        assert DataFolder(other).secrets() == keys
        assert (other / "secrets.json").stat().st_mode & 0o777 == 0o600
        left = markoff("restore", copy, "--data", str(other), "--yes", "--without-secrets", passphrase="")
        assert "keys in the copy were left out" in left.stdout, left.stderr
        assert DataFolder(other).secrets() == keys
