"""`markoff serve --workers`: processes on one address; those that die are started again, and none outlives the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.folder import DataFolder
from deploy.local import House, Plan
from tests.api.caller import KEY
from tests.deploy.conftest import ROOT, lives, wait_until
from tests.ports import free_port

COMMAND = [sys.executable, "-c", "from deploy.cli import main; main()", "--lang", "en"]


class Served:
    """The command at work."""

    def __init__(self, database: str, workers: int, said: Path, **settings: str) -> None:
        self.said = said
        self.port = free_port()
        arguments = ["serve", "--url", database, "--port", str(self.port), "--workers", str(workers)]
        environment = os.environ | {"MARKOFF_JWT_KEY": KEY} | settings
        with said.open("wb") as out:
            self.process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, env=environment, stderr=out)

    def wait(self, workers: int) -> None:
        """Until each of so many has read its settings and works."""
        wait_until(lambda: "Listening at" in self.said.read_text())
        wait_until(lambda: self.metrics().get(("markoff_stream_listening", ())) == workers)

    def workers(self) -> set[int]:
        """Those of one moment: while they were looked at, none came."""
        while True:
            family = self.family()
            alive = {child.pid for child in family if lives(child)}
            if set(self.family()) <= set(family):
                return alive

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def asked(self) -> Any:
        body = json.dumps({"query": "{ __typename }"}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def metrics(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            told = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in told for sample in family.samples]
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}

    def counted(self) -> float:
        labels = (("operation", "introspection"), ("outcome", "ok"))
        return self.metrics()["markoff_api_requests_total", labels]


@pytest.fixture
def served(database: str, tmp_path: Path) -> Iterator[Served]:
    served = Served(database, 3, tmp_path / "said")
    try:
        served.wait(3)
        yield served
    finally:
        served.process.kill()
        served.process.wait()


def gone(family: list[psutil.Process]) -> bool:
    return not any(lives(process) for process in family)


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    before = served.workers()
    for _ in range(20):
        assert served.asked() == {"data": {"__typename": "Query"}}
    assert {served.counted() for _ in range(6)} == {20.0}, "whichever is asked tells the sum of all"
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    assert served.asked() == {"data": {"__typename": "Query"}}, "the others go on"
    wait_until(lambda: len(served.workers()) == 3 and killed not in served.workers())
    assert len(before & served.workers()) == 2
    wait_until(lambda: served.metrics()["markoff_stream_listening", ()] == 3)
    assert {served.counted() for _ in range(6)} == {21.0}, "what the dead one has counted stays, how it stood does not"
    wait_until(lambda: served.metrics()["markoff_leads", (("group", "ticks"),)] == 1)


def test_all_stop_with_the_command(served: Served) -> None:
    family = served.family()
    served.process.terminate()
    assert served.process.wait(60) == 0
    assert gone(family)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a killed parent")
def test_none_outlives_a_killed_command(served: Served) -> None:
    family = served.family()
    served.process.kill()
    wait_until(lambda: gone(family))


def serves(child: psutil.Process) -> bool:
    try:
        return "tests.deploy.parts:api" in child.cmdline()
    except psutil.Error:  # it has just ended
        return False


def test_a_house_has_several_processes_of_the_api(folder: Path) -> None:
    """Stand-ins, which tell who they are."""
    plan = Plan(
        port=0, agent_port=0, demo=False, workers=3, api="tests.deploy.parts:api", agent="tests.deploy.parts:agent"
    )
    with House(DataFolder(folder), plan, lambda *_: None) as house:
        run = house.up()
        serving = [child for child in psutil.Process().children(recursive=True) if serves(child)]
        assert len(serving) == 3
        serving[0].kill()
        wait_until(lambda: not lives(serving[0]))
        with urllib.request.urlopen(f"{run.api}/ready", timeout=60) as answer:
            assert f"PID={serving[0].pid}" not in answer.read().decode()
        names = sorted(path.name for path in (folder / "logs").glob("api*.log"))
        assert names == ["api-2.log", "api-3.log", "api.log"]


def asked(served: Served, count: int) -> list[int]:
    """The statuses of so many requests, one after the other, each on a connection of its own."""
    found = []
    for _ in range(count):
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/health", timeout=60) as answer:
            found.append(answer.status)
    return found


def test_sighup_starts_all_anew_one_after_the_other(served: Served) -> None:
    before = served.workers()
    served.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 240
    while "are new" not in served.said.read_text():
        assert time.monotonic() < until, served.said.read_text()
        assert asked(served, 20) == [200] * 20, "somebody answers all the while"
        assert len(served.workers()) >= 3
    assert not before & served.workers()
    assert len(served.workers()) == 3


def test_old_processes_stay_where_new_ones_do_not_start(database: str, tmp_path: Path) -> None:
    file = tmp_path / "markoff.toml"
    file.write_text("")
    served = Served(database, 2, tmp_path / "said", MARKOFF_CONFIG=str(file))
    try:
        served.wait(2)
        before = served.workers()
        file.write_text('[api]\nrate = "many"\n')
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "does not start" in served.said.read_text())
        assert served.workers() == before
        assert asked(served, 3) == [200] * 3
    finally:
        served.process.kill()
        served.process.wait()
