"""A whole house on one machine: PostgreSQL (or a server elsewhere), the api, the agent: started, watched, stopped."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from deploy import console, external, prepare, revision
from deploy.cluster import Report
from deploy.folder import DataFolder, Run, Secrets
from deploy.job import Job
from deploy.listening import address, listen
from deploy.playground import is_current
from deploy.playground_part import Building, folder_of
from deploy.postgres import Postgres
from deploy.prepare import Beginning
from deploy.supervisor import Server, Supervisor, wait_ready
from deploy.telegram_part import telegram_part
from deploy.timing import ClockWish, set_clock
from deploy.voice_part import voice_part

if TYPE_CHECKING:
    from db.clock import Setting

BUILDING, MEMORY = "markoff", "markoff_agent"


@dataclass(frozen=True)
class Plan:
    """How a house is to be run."""

    url: str | None = None
    """Of a database elsewhere; None: our own."""
    memory_url: str | None = None
    """Of the agent's database elsewhere; None: beside the building's."""
    host: str = "127.0.0.1"
    port: int = 8000
    agent_port: int = 8001
    demo: bool = True
    clock: ClockWish | None = None
    workers: int = 1
    """Processes of the api."""
    simulate: bool = False
    """Play the building's sensors."""
    voice: bool = False
    """Listen and speak: start the voice process."""
    voice_port: int = 10300
    telegram: bool = False
    """Start the bot."""
    playground: bool = False
    """Build the page for browsers, where there is none of this version."""
    api: str = "api.app:create"
    agent: str = "agent.server:create"


class House:
    """One house at work; it holds its data folder as long as it lives."""

    def __init__(self, folder: DataFolder, plan: Plan, report: Report) -> None:
        self.folder = folder
        self.plan = plan
        self.beginning = Beginning.KNOWN
        self.clock: Setting | None = None
        self.run = Run(os.getpid(), f"http://{plan.host}:{plan.port}", f"http://{plan.host}:{plan.agent_port}")
        self._report = report
        self._sockets: list[socket.socket] = []
        self._supervisor = Supervisor(report)
        self._building: Building | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> Run:
        """Return when everything answers. Raises Trouble; `down` is then still to be called."""
        api, agent = self._begin()
        self.run = replace(self.run, api=address(api), agent=address(agent))
        self.folder.announce(self.run)
        secrets = self.folder.secrets()
        if self.plan.voice:
            self._give_voice()
        servers = self._load(api, agent)
        building, memory = self._databases(secrets)
        revision.upgrade(building)
        self.folder.stamp()
        self.clock = set_clock(building, self.plan.clock)
        self.beginning = prepare.begin(building, secrets, demo=self.plan.demo)
        self.run = replace(self.run, database=building, memory=memory)
        self.folder.announce(self.run)
        self._settle(servers, building, memory, secrets)
        wait_ready(servers)
        self.run = replace(self.run, ready=True)
        self.folder.announce(self.run)
        if self.plan.simulate:
            self._simulate()
        if self.plan.telegram:
            self._start_bot()
        if self.plan.playground:
            self._build_page()
        return self.run

    def _give_voice(self) -> None:
        """The voice process; its engines load while the rest starts, and nobody waits for them."""
        where, voice = voice_part(self.plan.host, self.plan.voice_port, self.folder.logs / "voice.log")
        self._supervisor.add("voice", voice)
        voice.start()
        self.run = replace(self.run, voice=where)

    def _start_bot(self) -> None:
        bot = telegram_part(self.folder.path, console.language(), self.folder.logs / "telegram.log")
        self._supervisor.add("telegram", bot)
        bot.start()

    def _build_page(self) -> None:
        """The page for browsers, once; nobody waits for it."""
        if (folder := folder_of(self.folder.path)) and not is_current(folder):
            self._building = Building(self.folder.path, self.folder.logs / "playground.log", self._report)
            self._building.start()

    def _simulate(self) -> None:
        arguments = ["simulate", "--data", str(self.folder.path), "--yes", "--wait", "--lang", console.language()]
        simulator = Job(arguments, self.folder.logs / "simulator.log")
        self._supervisor.add("simulator", simulator)
        simulator.start()

    def watch(self) -> None:
        """Restart whatever dies; never returns (a signal ends it: deploy.signals)."""
        while True:
            time.sleep(0.25)
            self.look()

    def look(self) -> None:
        """Restart what has died since."""
        self._supervisor.look()
        if self._building and not self._building.look():
            self._building = None

    def down(self) -> None:
        """Stop everything in order; takes seconds."""
        if self._building:
            self._building.stop()
        self._supervisor.stop()
        for listening in self._sockets:
            listening.close()
        self.folder.release()

    def _begin(self) -> list[socket.socket]:
        """Take the folder and the ports; a folder that is no house yet is not touched before the ports are ours."""
        listening = [] if self.folder.exists else self._listen()
        self.folder.open()
        self.folder.take(self.run)
        return listening or self._listen()

    def _listen(self) -> list[socket.socket]:
        for port, option in ((self.plan.port, "--port"), (self.plan.agent_port, "--agent-port")):
            self._sockets.append(listen(self.plan.host, port, option))
        return self._sockets

    def _databases(self, secrets: Secrets) -> tuple[str, str]:
        """Addresses of the building's database and of the agent's."""
        if self.plan.url:
            external.check(self.plan.url)
            return self.plan.url, self.plan.memory_url or external.memory(self.plan.url, secrets.memory_password)
        server = Postgres(self.folder.postgres, report=self._report)
        self._supervisor.add_first("PostgreSQL", server)
        server.start()
        return databases(server)

    def _load(self, api: socket.socket, agent: socket.socket) -> list[Server]:
        """The api and the agent, started; they load while the database starts, and wait for their settings."""
        logs = self.folder.logs
        counting = self.folder.counting() if self.plan.workers > 1 else None
        apis = [(name, logs / f"{name}.log") for name in names(self.plan.workers)]
        servers = [
            *(Server(name, self.plan.api, api, "/ready", log, counting) for name, log in apis),
            Server("agent", self.plan.agent, agent, "/health", logs / "agent.log"),
        ]
        for server in servers:
            self._supervisor.add(server.name, server)
            server.start()
        return servers

    def _settle(self, servers: list[Server], building: str, memory: str, secrets: Secrets) -> None:
        *apis, agent = servers
        page = folder_of(self.folder.path)
        shown = {"MARKOFF_PLAYGROUND_FOLDER": str(page)} if page else {}
        for api in apis:
            api.settle({"DATABASE_URL": building, "MARKOFF_JWT_KEY": secrets.jwt_key} | shown)
        known = {"MARKOFF_API_URL": self.run.api, "MARKOFF_AGENT_KEY": secrets.agent_key}
        spoken = {"MARKOFF_VOICE_URL": self.run.voice} if self.run.voice else {}
        agent.settle(known | {"MARKOFF_MEMORY_URL": memory} | spoken)


def names(workers: int) -> list[str]:
    """What the processes of the api are called, in messages and logs."""
    return ["api", *(f"api-{number}" for number in range(2, workers + 1))]


def databases(server: Postgres) -> tuple[str, str]:
    """The building's database and the agent's, made when absent, each with a login that reaches only its own."""
    for name in (BUILDING, MEMORY):
        server.create_role(name)
        if not server.has_database(name):
            server.create_database(name, owner=name)
    return server.url(BUILDING, BUILDING), server.url(MEMORY, MEMORY)
