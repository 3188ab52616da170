"""A house on one machine: it comes up whole, survives the death of its parts, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import psutil
import psycopg
import pytest

from deploy.folder import DataFolder, Run
from deploy.local import House, Plan
from deploy.postgres import Postgres
from deploy.trouble import Trouble
from tests.deploy.conftest import ROOT, fresh_folder, lives, ordinary_python, servers_of, wait_until

KEEP = """
import sys
from pathlib import Path
from deploy.folder import DataFolder
from deploy.local import House, Plan
from deploy.signals import Stopped, stoppable
plan = Plan(port=0, agent_port=0, demo=False, api="tests.deploy.parts:api", agent="tests.deploy.parts:agent")
try:
    with stoppable(), House(DataFolder(Path(sys.argv[1])), plan, lambda code, _: print(code, flush=True)) as house:
        house.up()
        print("ready", flush=True)
        house.watch()
except Stopped:
    print("stopped", flush=True)
"""
PLAN = Plan(port=0, agent_port=0, demo=False, api="tests.deploy.parts:api", agent="tests.deploy.parts:agent")


@dataclass
class Kept:
    """A house kept by another process, told through its standard output."""

    folder: DataFolder
    process: subprocess.Popen[str]

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self) -> Run:
        run = self.folder.running()
        assert run is not None
        return run

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


Keeper = Callable[[], Kept]


@pytest.fixture(scope="module")
def pattern() -> Iterator[Path]:
    """A house that was up once, to copy: making one takes longer."""
    with fresh_folder() as folder:
        with House(DataFolder(folder), PLAN, lambda *_: None) as house:
            house.up()
        yield folder


@pytest.fixture
def lived_in(folder: Path, pattern: Path) -> Path:
    subprocess.run(["cp", "--archive", pattern, folder], check=True)
    return folder


@pytest.fixture
def keep(lived_in: Path) -> Iterator[Keeper]:
    kept: list[Kept] = []

    def start() -> Kept:
        process = subprocess.Popen(
            [sys.executable, "-c", KEEP, str(lived_in)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        kept.append(Kept(DataFolder(lived_in), process))
        while (word := kept[-1].heard()) != "ready":
            assert word, "the house did not come up"
        return kept[-1]

    yield start
    for house in kept:
        house.process.kill()
        house.process.communicate()
    wait_until(lambda: not servers_of(lived_in))


def told(address: str) -> dict[str, str]:
    """What a stand-in says it was given."""
    with urllib.request.urlopen(f"{address}/ready", timeout=60) as answer:
        return dict(line.split("=", 1) for line in answer.read().decode().splitlines())


def gone(family: list[psutil.Process]) -> bool:
    return not any(lives(process) for process in family)


def owners(family: list[psutil.Process]) -> set[int]:
    """Whose processes they are; PostgreSQL's come and go."""
    found = set()
    for process in family:
        with suppress(psutil.NoSuchProcess):
            found.add(process.uids().real)
    return found


def test_a_house_comes_up_whole_and_stops_whole(folder: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    with House(DataFolder(folder), PLAN, lambda *_: None) as house:
        run = house.up()
        api, agent = told(run.api), told(run.agent)
        family = [process for process in psutil.Process().children(recursive=True) if process not in before]
        assert DataFolder(folder).running() == run
        with psycopg.connect(run.database) as connection:
            assert connection.execute('SELECT login FROM security."user"').fetchall() == [("admin",)]
            assert connection.execute("SELECT name FROM security.api_key").fetchall() == [("agent",)]
    assert gone(family)
    assert DataFolder(folder).running() is None
    assert api["COLLECTS"] == agent["COLLECTS"] == "True", "garbage is left alone only while they load"
    assert set(api) == {"PID", "COLLECTS", "DATABASE_URL", "MARKOFF_JWT_KEY"}
    assert set(agent) == {"PID", "COLLECTS", "MARKOFF_API_URL", "MARKOFF_AGENT_KEY", "MARKOFF_MEMORY_URL"}


def test_secrets_are_for_our_eyes_only_and_last(folder: Path) -> None:
    house = DataFolder(folder)
    house.open()
    secrets = house.secrets()
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert DataFolder(folder).secrets() == secrets


def test_the_agent_cannot_enter_the_buildings_database(lived_in: Path) -> None:
    with House(DataFolder(lived_in), PLAN, lambda *_: None) as house:
        memory = told(house.up().agent)["MARKOFF_MEMORY_URL"]
        with psycopg.connect(memory) as connection:
            connection.execute("CREATE TABLE thread AS SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(memory.replace("/markoff_agent?", "/markoff?"))


def test_a_second_house_on_one_folder_says_who_is_first(keep: Keeper, folder: Path) -> None:
    kept = keep()
    with pytest.raises(Trouble) as trouble, House(DataFolder(folder), PLAN, lambda *_: None) as house:
        house.up()
    assert trouble.value.code == "folder.running"
    for fact in (str(kept.process.pid), kept.run().api, kept.run().agent):
        assert fact in str(trouble.value)
        assert fact in trouble.value.in_language("ru")


def test_a_house_is_found_while_it_tells_more_of_itself(folder: Path) -> None:
    house, looks = DataFolder(folder), list[Run | None]()
    house.open()
    few, more = Run(1, "http://api", "http://agent"), Run(1, "http://api", "http://agent", "postgresql:///" + "x" * 99)
    house.take(few)
    looking = Thread(target=lambda: looks.extend(DataFolder(folder).running() for _ in range(5000)))
    looking.start()
    while looking.is_alive():
        house.announce(more)
        house.announce(few)
    house.release()
    assert set(looks) <= {few, more}


FINALIZED = """
import os, signal, time
from deploy.signals import Stopped, stoppable

class Late:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

try:
    with stoppable():
        late = Late()
        del late
        while True:
            time.sleep(0.01)
except Stopped as stopped:
    print("stopped", stopped.gently)
"""


def test_a_signal_is_heard_even_while_an_object_is_finalized() -> None:
    told = subprocess.run([sys.executable, "-c", FINALIZED], capture_output=True, text=True, timeout=60)
    assert (told.stdout, told.stderr) == ("stopped True\n", "")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(keep: Keeper, folder: Path, sign: signal.Signals) -> None:
    kept = keep()
    family = kept.family()
    kept.process.send_signal(sign)
    assert kept.process.wait(60) == 0
    assert kept.heard() == "stopped"
    assert gone(family)
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()


def test_killing_the_house_leaves_nothing_and_loses_nothing(keep: Keeper) -> None:
    kept = keep()
    family = kept.family()
    with psycopg.connect(kept.run().database) as connection:
        connection.execute("CREATE TABLE public.kept AS SELECT 412 AS number")
    kept.process.kill()
    kept.process.wait()
    wait_until(lambda: gone(family))
    with psycopg.connect(keep().run().database) as connection:
        assert connection.execute("SELECT number FROM public.kept").fetchone() == (412,)


@pytest.mark.parametrize("part", ["api", "agent"])
def test_a_part_that_dies_is_started_again(keep: Keeper, part: str) -> None:
    kept = keep()
    address = getattr(kept.run(), part)
    pid = told(address)["PID"]
    os.kill(int(pid), signal.SIGKILL)
    assert told(address)["PID"] != pid  # asked at once: the question waits for the next one
    assert [kept.heard(), kept.heard()] == ["part.died", "part.again"]


def test_a_killed_database_is_started_again(keep: Keeper, folder: Path) -> None:
    kept = keep()
    with psycopg.connect(kept.run().database) as connection:
        connection.execute("CREATE TABLE public.kept AS SELECT 412 AS number")
    (server,) = (process for process in servers_of(folder) if process.ppid() == kept.process.pid)
    server.kill()
    assert [kept.heard(), kept.heard(), kept.heard()] == ["part.died", "postgres.recovering", "part.again"]
    with psycopg.connect(kept.run().database) as connection:
        assert connection.execute("SELECT number FROM public.kept").fetchone() == (412,)


def test_a_part_that_does_not_start_shows_its_last_words(lived_in: Path) -> None:
    plan = replace(PLAN, api="tests.deploy.parts:broken")
    with pytest.raises(Trouble, match="the stove is cold"), House(DataFolder(lived_in), plan, lambda *_: None) as house:
        house.up()
    assert not servers_of(lived_in)


def test_a_taken_port_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        plan = replace(PLAN, port=port)
        with (
            pytest.raises(Trouble, match=rf"{port} .*--port"),
            House(DataFolder(folder), plan, lambda *_: None) as house,
        ):
            house.up()
    assert not (folder / "postgres").exists()


def test_a_folder_of_a_newer_markoff_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "VERSION").write_text("99.1.0\n")
    with (
        pytest.raises(Trouble, match=r"99\.1\.0"),
        House(DataFolder(folder), PLAN, lambda *_: None) as house,
    ):
        house.up()
    assert [path.name for path in folder.iterdir()] == ["VERSION"]


def test_a_folder_of_somebody_else_is_not_touched(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(Trouble, match="nothing was touched"):
        DataFolder(folder).open()
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_a_database_elsewhere_is_used_and_the_agent_gets_its_own_there(folder: Path, cluster: Postgres) -> None:
    cluster.drop_database("elsewhere")
    cluster.create_database("elsewhere")
    plan = replace(PLAN, url=cluster.url("elsewhere"))
    for _ in range(2):
        with House(DataFolder(folder), plan, lambda *_: None) as house:
            memory = told(house.up().agent)["MARKOFF_MEMORY_URL"]
    with psycopg.connect(memory) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS thread (id int)")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(memory.replace("/elsewhere_agent?", "/elsewhere?"))
    assert not (folder / "postgres").exists()
    cluster.drop_database("elsewhere")
    cluster.drop_database("elsewhere_agent")


def test_a_login_that_may_make_no_memory_is_told_what_to_do(folder: Path, cluster: Postgres) -> None:
    cluster.create_role("modest")
    cluster.drop_database("narrow")
    cluster.create_database("narrow", owner="modest")
    url = cluster.url("narrow", "modest")
    with pytest.raises(Trouble) as trouble, House(DataFolder(folder), replace(PLAN, url=url), lambda *_: None) as house:
        house.up()
    assert trouble.value.code == "database.no_memory"
    assert "MARKOFF_MEMORY_URL" in str(trouble.value)
    with House(DataFolder(folder), replace(PLAN, url=url, memory_url="postgresql:///mine"), lambda *_: None) as house:
        assert told(house.up().agent)["MARKOFF_MEMORY_URL"] == "postgresql:///mine"
    cluster.drop_database("narrow")


def test_an_ordinary_user_keeps_a_house(folder: Path) -> None:
    python, environment = ordinary_python()
    place = folder.with_name("theirs")
    place.mkdir()
    os.chown(place, 65534, -1)
    process = subprocess.Popen(
        [python, "-c", KEEP, str(place / "house")],
        user="nobody", group="nogroup", extra_groups=[], env=environment, cwd="/", stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    kept = Kept(DataFolder(place / "house"), process)
    try:
        assert kept.heard() == "ready"
        assert owners(kept.family()) == {65534}
        assert json.loads((place / "house" / "run.json").read_text())["pid"] == process.pid
    finally:
        process.terminate()
        assert process.wait(60) == 0
        process.communicate()
    assert not servers_of(place)


def test_a_taken_port_leaves_no_folder_behind(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        house = House(DataFolder(folder), replace(PLAN, port=other.getsockname()[1]), lambda code, _: None)
        with pytest.raises(Trouble) as trouble, house:
            house.up()
    assert trouble.value.code == "port.taken"
    assert not folder.exists()
