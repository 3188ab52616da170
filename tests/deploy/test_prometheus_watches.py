"""The real Prometheus with the very files of deploy/ over real processes: two of the api, an agent, the voice, a bot."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from db.engine import create_pool
from deploy.postgres import Postgres
from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.api.caller import Caller
from tests.api.process import ROOT, Process
from tests.api.serving import served
from tests.deploy.conftest import wait_until
from tests.deploy.watching import DASHBOARDS, expressions, program, prometheus
from tests.ports import free_port
from tests.world import World, build


class Part:
    """A process of the house that serves on a socket of ours."""

    def __init__(self, command: list[str], settings: dict[str, str], health: str, *files: int) -> None:
        environment = {**os.environ, **settings}
        self.health = health
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=files, stderr=subprocess.DEVNULL)

    def ready(self) -> bool:
        try:
            return httpx.get(self.health, timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> None:
        if self.process.poll() is None:
            psutil.Process(self.process.pid).kill()
        self.process.wait()


def agent(api: str, key: str, stack: ExitStack) -> str:
    """An agent process; its address."""
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    number, place = listening.fileno(), f"127.0.0.1:{listening.getsockname()[1]}"
    command = [sys.executable, "-m", "uvicorn", "agent.server:create", "--factory", "--fd", str(number)]
    part = Part(command, {"MARKOFF_API_URL": api, "MARKOFF_AGENT_KEY": key}, f"http://{place}/health", number)
    stack.callback(part.end)
    wait_until(part.ready, 180)
    return place


def voice(stack: ExitStack) -> str:
    """A voice process that only speaks; where its health is told."""
    place = f"127.0.0.1:{free_port()}"
    settings = {"MARKOFF_VOICE_LISTEN": "tcp://127.0.0.1:0", "MARKOFF_VOICE_HEALTH": place, "MARKOFF_VOICE_STT": "none"}
    part = Part([sys.executable, "-m", "voice"], settings, f"http://{place}/health")
    stack.callback(part.end)
    wait_until(part.ready, 180)
    return place


@asynccontextmanager
async def bot(api: str, agent_at: str, key: str, memory: str) -> AsyncIterator[str]:
    """A bot between a stand-in Telegram and the agent; where its health is told."""
    cloud, place = BotApi(), f"127.0.0.1:{free_port()}"
    async with served(cloud.app()) as address:
        told = {"TOKEN": TOKEN, "API_BASE": f"http://{address}", "HEALTH": place, "POLL_SECONDS": "1"}
        settings = {f"MARKOFF_TELEGRAM_{name}": value for name, value in told.items()}
        settings |= {"MARKOFF_API_URL": api, "MARKOFF_AGENT_URL": f"http://{agent_at}", "MARKOFF_AGENT_KEY": key}
        settings["MARKOFF_MEMORY_URL"] = memory
        command = [sys.executable, "-c", "from deploy.cli import main; main()", "telegram"]
        part = Part(command, settings, f"http://{place}/health")
        try:
            cloud.says(77, "Какие тревоги?", language="ru")
            await cloud.told(77, patience=180)
            await asyncio.to_thread(wait_until, part.ready)
            yield place
        finally:
            part.end()


@pytest.fixture
def apis(database: str) -> Iterator[tuple[Process, Process]]:
    pair = Process(database), Process(database)
    for each in pair:
        each.start()
    yield pair
    for each in pair:
        each.close()


async def test_a_house_is_watched_and_a_death_is_told(
    apis: tuple[Process, Process], database: str, tmp_path: Path, cluster: Postgres
) -> None:
    program("prometheus")
    pool = await create_pool(database, 2)
    world = await build(pool)
    await pool.close()
    memory = f"{database.rsplit('/', 1)[1].split('?')[0]}_agent"
    first, second = (each.url.removeprefix("http://") for each in apis)
    with ExitStack() as stack:
        cluster.create_database(memory)
        stack.callback(cluster.drop_database, memory)
        agent_at = agent(apis[0].url, world.secret["agent"], stack)
        voice_at = voice(stack)
        async with bot(apis[0].url, agent_at, world.secret["agent"], cluster.url(memory)) as bot_at:
            for each in apis:
                wait_until(
                    lambda each=each: httpx.get(f"{each.url}/ready", timeout=60, trust_env=False).status_code == 200
                )
            await used(apis, agent_at, world)
            targets = {"api": [first, second], "agent": [agent_at], "voice": [voice_at], "telegram": [bot_at]}
            watching = stack.enter_context(prometheus(tmp_path / "prometheus", targets))
            await asyncio.to_thread(watched, watching, apis)


async def used(apis: tuple[Process, Process], agent_at: str, world: World) -> None:
    """Somebody asks the house something."""
    async with httpx.AsyncClient(base_url=apis[1].url, timeout=60, trust_env=False) as http:
        dispatcher = Caller(http).as_user(world.user["dispatcher"])
        for _ in range(5):
            await dispatcher.ask("{ floors(first: 5) { nodes { id name } } }")
        said, headers = {"text": "Какие тревоги?"}, dispatcher.headers | {"X-Markoff-Channel": "web"}
        told = await http.post(f"http://{agent_at}/turns", json=said, headers=headers, timeout=60)
        assert "event: reply" in told.text, told.text


def watched(watching, apis: tuple[Process, Process]) -> None:  # type: ignore[no-untyped-def]
    first, second = (each.url.removeprefix("http://") for each in apis)
    wait_until(lambda: sum(value for _, value in watching.ask('up{job=~"api|agent|voice|telegram"}')) == 5)
    wait_until(lambda: watching.ask("sum(markoff_leads) == 2") != [])
    asked = 'sum by (instance) (markoff_api_requests_total{job="api",operation="floors",outcome="ok"})'
    assert watching.heard(asked) == [({"instance": second}, 5.0)]
    assert watching.heard('sum(markoff_agent_turns_total{channel="web",outcome="answered"})') == [({}, 1.0)]
    wait_until(lambda: watching.ask("sum(max by (state, priority) (markoff_alarms)) > 0") != [])
    for dashboard in DASHBOARDS:
        for expression in expressions(dashboard):
            watching.get("query", query=expression)
    from deploy import exposed

    modules = [
        one for title, some in exposed.PARTS.items() for one in some if title != "The copies"
    ]  # test_backup_routine
    known = {metric._name for module in modules for metric in exposed.of(module)}

    def told() -> set[str]:
        return {name for name in watching.families() if name.startswith("markoff_")}

    wait_until(lambda: known <= told(), why=lambda: ("told by no process", known - told()))
    assert told() <= known, json.dumps(sorted(told() - known))
    well = {"Watchdog", "VoiceDegraded", "NoReadings", "AlarmUnanswered"}
    wait_until(lambda: {name for name, _ in watching.firing()} <= well, why=watching.firing)
    apis[0].kill()
    wait_until(lambda: ("ProcessDown", first) in watching.firing())
    others = {("ProcessDown", second), ("HouseDown", ""), ("NobodyLeads", "")}
    wait_until(lambda: not others & watching.firing(), why=lambda: "the other goes on, and leads")
    apis[1].kill()
    wait_until(lambda: ("HouseDown", "") in watching.firing())
