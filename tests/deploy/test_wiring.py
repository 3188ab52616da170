"""The real api in a real house: it gets its database, knows our tokens, and survives a killed PostgreSQL."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from deploy import reach
from deploy.folder import DataFolder
from deploy.local import House, Plan
from tests.deploy.conftest import lives, servers_of, wait_until

PLAN = Plan(port=0, agent_port=0, demo=False, agent="tests.deploy.parts:agent")


def ask(door: reach.Doorway, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{door.address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {door.token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ready", timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:  # not yet
        return False


def watched(house: House) -> bool:
    house.look()
    return True


def test_the_house_knows_its_administrator_and_outlives_its_database(folder: Path) -> None:
    heard: list[str] = []
    with House(DataFolder(folder), PLAN, lambda code, _: heard.append(code)) as house:
        house.up()
        door = reach.api(folder, None, None)
        assert ask(door, "{ me { user { login } } }") == {"data": {"me": {"user": {"login": "admin"}}}}
        assert ask(reach.api(folder, None, None, "admin"), "{ house { simulated } }")["data"]["house"] == {
            "simulated": False
        }
        postmaster = next(process for process in servers_of(folder) if process.ppid() == house.run.pid)
        postmaster.kill()
        wait_until(lambda: not lives(postmaster))
        wait_until(lambda: watched(house) and "part.again" in heard)  # its processes may still answer until then
        wait_until(lambda: watched(house) and is_ready(house.run.api))
        assert ask(door, "{ me { user { login } } }")["data"]["me"]["user"]["login"] == "admin"
