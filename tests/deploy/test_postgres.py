"""The embedded PostgreSQL lives and dies with its owner, keeps its data and tells people what is wrong."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from deploy import programs
from deploy.postgres import Postgres, temporary
from deploy.sockets import LIMIT
from deploy.trouble import Trouble
from tests.deploy.conftest import HOLD, ordinary_python, servers_of, wait_until

Owner = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with temporary() as server:
        yield server


def value(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


def pid_of(owner: subprocess.Popen[str]) -> int:
    assert owner.stdout is not None
    return int(owner.stdout.readline())


def url_of_the_other(folder: Path) -> str:
    """The address of a server that another process started."""
    server = Postgres(folder)
    server._socket = folder / "socket"
    return server.url()


def test_it_knows_russian_letters(server: Postgres) -> None:
    assert value(server.url(), "SELECT lower('ЖУК') || upper('ёж')") == "жукЁЖ"
    assert value(server.url(), "SHOW server_encoding") == "UTF8"


def test_it_listens_on_no_network(server: Postgres) -> None:
    assert server.pid is not None
    assert not psutil.Process(server.pid).net_connections("inet")


def test_as_root_it_runs_as_somebody_else(server: Postgres) -> None:
    assert server.pid is not None
    assert psutil.Process(server.pid).uids().real != 0


def test_nobody_comes_in_without_the_password(server: Postgres) -> None:
    url = server.url()
    secret = url.split(":")[2].split("@")[0]
    for wrong in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match=r"password"):
            psycopg.connect(url.replace(secret, wrong))


def test_the_passwords_are_for_our_eyes_only(server: Postgres) -> None:
    assert stat.S_IMODE((server.folder / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_a_role_reaches_only_its_own_database(server: Postgres) -> None:
    for name in ("house", "memory"):
        server.create_role(name)
        server.create_role(name)
        server.create_database(name, owner=name)
    assert value(server.url("memory", "memory"), "SELECT current_user") == "memory"
    for other in ("house", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url(other, "memory"))


def test_databases_are_cloned_and_dropped(server: Postgres) -> None:
    server.create_database("pattern")
    with psycopg.connect(server.url("pattern")) as connection:
        connection.execute("CREATE TABLE room AS SELECT 412 AS number")
    server.create_database("copy", template="pattern")
    assert value(server.url("copy"), "SELECT number FROM room") == 412
    assert server.has_database("copy")
    with psycopg.connect(server.url("copy")):
        server.drop_database("copy")
    assert not server.has_database("copy")


def test_data_outlive_a_stop(folder: Path) -> None:
    server = Postgres(folder)
    with server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE room AS SELECT 412 AS number")
        pid = server.pid
    assert pid is not None
    assert not psutil.pid_exists(pid)
    with server:
        assert value(server.url(), "SELECT number FROM room") == 412
        assert not server.recovered


def test_killing_the_owner_leaves_no_server_and_loses_nothing(folder: Path, owner: Owner) -> None:
    process = owner()
    pid = pid_of(process)
    with psycopg.connect(url_of_the_other(folder)) as connection:
        connection.execute("CREATE TABLE room AS SELECT 412 AS number")
    process.kill()
    process.wait()
    with Postgres(folder) as server:  # at once: it waits for the other server to end
        assert value(server.url(), "SELECT number FROM room") == 412
        assert [found.pid for found in servers_of(folder)] == [server.pid]
        assert server.pid != pid


def test_killing_the_server_is_survived_and_told(folder: Path) -> None:
    heard: list[str] = []
    with Postgres(folder, report=lambda code, _: heard.append(code)) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE room AS SELECT 412 AS number")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: server.pid is None)
        server.stop()
        server.start()
        assert server.recovered
        assert heard == ["postgres.recovering"]
        assert value(server.url(), "SELECT number FROM room") == 412


def test_a_recovery_is_told_however_quick_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has begun and ended between a look at the log and the connection that succeeds."""
    connect = psycopg.connect

    def at_last(url: str, **more: Any) -> psycopg.Connection[Any]:
        found: list[psycopg.Connection[Any]] = []

        def connected() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                found.append(connect(url, **more))
            return bool(found)

        wait_until(connected)
        return found[0]

    heard: list[str] = []
    with Postgres(folder, report=lambda code, _: heard.append(code)) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: server.pid is None)
        monkeypatch.setattr(psycopg, "connect", at_last)
        server.stop()
        server.start()
        assert server.recovered
        assert heard == ["postgres.recovering"]


def test_an_owner_at_work_is_respected(folder: Path, owner: Owner) -> None:
    process = owner()
    pid_of(process)
    with pytest.raises(Trouble, match=f"process {process.pid}"):
        Postgres(folder).start()
    assert servers_of(folder)


def test_a_stale_pid_file_is_no_obstacle(folder: Path) -> None:
    with Postgres(folder, durable=False) as server:
        words = (server.data / "postmaster.pid").read_text().splitlines()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *words[1:]]) + "\n")
    os.chown(server.data / "postmaster.pid", server.data.stat().st_uid, -1)
    with server:
        assert server.pid is not None


@pytest.mark.parametrize(("version", "code"), [("17", "postgres.older"), ("99", "postgres.newer")])
def test_data_of_another_version_are_refused_with_the_way_out(folder: Path, version: str, code: str) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text(version)
    if os.geteuid() == 0:
        os.chown(folder / "data", programs.account(Path("/nowhere")).uid, -1)
    with pytest.raises(Trouble) as trouble:
        Postgres(folder).start()
    assert trouble.value.code == code
    assert version in str(trouble.value)
    assert version in trouble.value.in_language("ru")


def test_a_folder_of_somebody_else_is_not_touched(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(Trouble, match="nothing was touched"):
        Postgres(folder).start()
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_an_interrupted_creation_is_begun_anew(folder: Path) -> None:
    (folder / "data.new" / "data").mkdir(parents=True)
    with Postgres(folder, durable=False) as server:
        assert server.pid is not None
    assert not (folder / "data.new").exists()


@pytest.mark.parametrize("name", ["x" * (LIMIT + 1), "дом, 5 этаж"])
def test_a_long_or_odd_folder_gets_a_short_socket(folder: Path, name: str) -> None:
    with Postgres(folder.with_name(name), durable=False) as server:
        assert value(server.url(), "SELECT 1") == 1
        socket = server._socket
    assert socket is not None
    assert not socket.exists()


def test_a_lost_password_file_is_named(folder: Path) -> None:
    with Postgres(folder, durable=False):
        pass
    (folder / "passwords.json").unlink()
    with pytest.raises(Trouble, match=r"passwords\.json"):
        Postgres(folder).start()


def test_a_broken_setting_shows_the_servers_last_words(folder: Path) -> None:
    with Postgres(folder, durable=False) as server:
        pass
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = 'much'\n")
    with pytest.raises(Trouble, match="shared_buffers"):
        server.start()
    assert server.pid is None


def test_another_thread_may_not_start_it(folder: Path) -> None:
    troubles: list[Trouble] = []

    def start() -> None:
        try:
            Postgres(folder, durable=False).start()
        except Trouble as trouble:
            troubles.append(trouble)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert [trouble.code for trouble in troubles] == ["wrong_thread"]


def test_an_unreachable_folder_is_refused_and_its_parents_stay_closed(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs PostgreSQL as somebody else")
    folder.mkdir(mode=0o700)
    with pytest.raises(Trouble, match=f"{folder} is closed"):
        Postgres(folder / "data").start()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_unreachable_programs_are_copied_once(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs PostgreSQL as somebody else")
    who = programs.account(Path("/nowhere"))
    closed = folder / "venv"
    closed.mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    (closed / "pginstall18").symlink_to(programs.shipped())
    cache = folder.with_name("cache")
    copy = programs.reachable(closed / "pginstall18", who, cache)
    assert copy.is_relative_to(cache)
    first = copy.stat().st_ino
    assert programs.reachable(closed / "pginstall18", who, cache).stat().st_ino == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(cache.iterdir())) == 1


def test_an_ordinary_user_needs_nothing_special(folder: Path) -> None:
    python, environment = ordinary_python()
    place = folder.with_name("theirs")
    place.mkdir()
    os.chown(place, 65534, -1)
    process = subprocess.Popen(
        [python, "-c", HOLD, str(place / "house")],
        user="nobody", group="nogroup", extra_groups=[], env=environment, cwd="/", stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        pid = pid_of(process)
        assert psutil.Process(pid).uids().real == 65534
        assert stat.S_IMODE((place / "house").stat().st_mode) == 0o700
    finally:
        process.kill()
        process.communicate()
    wait_until(lambda: not servers_of(place))
