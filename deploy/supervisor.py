"""Keeps the parts of a house running: waits until they answer, restarts those that die, stops all in order."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from deploy.cluster import Report, tail
from deploy.listening import address
from deploy.spawn import spawn
from deploy.trouble import Trouble

OUR_SETTINGS = {
    "DATABASE_URL", "MARKOFF_DATABASE_URL", "MARKOFF_JWT_KEY",
    "MARKOFF_API_URL", "MARKOFF_AGENT_KEY", "MARKOFF_MEMORY_URL", "MARKOFF_AGENT_DATABASE_URL",
}  # fmt: skip
"""A part gets only those that `settle` gives it."""
COUNTING = "PROMETHEUS_MULTIPROC_DIR"
LOG_LIMIT = 10_000_000  # bytes; a longer log is moved aside at the next start
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a part that died is started again
PATIENT = 45.0  # seconds in which a part that stops gently has to be done: more than deploy.draining takes
STEADY = 60.0  # seconds of life after which a part is taken to be well


class Part(Protocol):
    """Something that runs: PostgreSQL or a child process."""

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""

    def start(self) -> None:
        """Start it. Raises Trouble."""

    def stop(self) -> None:
        """Stop it; does nothing when it does not run."""


class Server:
    """A child process that serves `factory` on a socket of ours (deploy.serving); its output goes to a log file, or to
    where ours goes. Several may serve on one socket; `counting` is the folder in which those count together, so that
    whichever is asked for its metrics tells the sums.

    It may be started before its settings are known, to load meanwhile; `settle` gives them.
    """

    def __init__(
        self,
        name: str,
        factory: str,
        listening: socket.socket,
        ready: str,
        log: Path | None,
        counting: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.factory = factory
        self.counting = counting
        self._listening = listening
        self._ready = urlsplit(address(listening) + ready)
        self._settings: Mapping[str, str] | None = None
        self._pipe: int | None = None
        self._begun: int | None = None
        self._asked = False
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self.serving = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        if self.log is None:
            self._process = self._spawn(sys.stderr.fileno())
        else:
            self._start_with(self.log)
        if self._settings is not None:
            self._tell(self._settings)

    def _start_with(self, file: Path) -> None:
        if file.exists() and file.stat().st_size > LOG_LIMIT:
            file.replace(file.with_suffix(".log.1"))
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            self._log_start = os.fstat(log.fileno()).st_size
            self._process = self._spawn(log)

    def _spawn(self, log: int | IO[bytes]) -> subprocess.Popen[bytes]:
        self._forget()
        theirs, self._pipe = os.pipe()
        self._begun, told = os.pipe()
        os.set_blocking(self._begun, False)
        inherited = [self._listening.fileno(), theirs, told]
        command = [sys.executable, "-P", "-m", "deploy.serving", self.factory, *map(str, inherited)]
        env = {name: value for name, value in os.environ.items() if name not in OUR_SETTINGS}
        if self.counting is not None:
            env[COUNTING] = str(self.counting)
        try:
            return spawn(command, log, env, signal.SIGKILL, files=inherited)
        finally:
            os.close(theirs)
            os.close(told)

    def _forget(self) -> None:
        """What concerned its last process."""
        for descriptor in (self._pipe, self._begun):
            if descriptor is not None:
                os.close(descriptor)
        self._pipe = self._begun = None
        self._asked = self.serving = False

    def looked(self) -> bool:
        """Whether its process serves callers, as it says itself."""
        if self._begun is not None and not self.serving:
            with contextlib.suppress(BlockingIOError):
                self.serving = os.read(self._begun, 1) != b""
        return self.serving

    def settle(self, settings: Mapping[str, str]) -> None:
        """Give it its settings (environment variables), now and at every later start."""
        self._settings = settings
        self._tell(settings)

    def _tell(self, settings: Mapping[str, str]) -> None:
        if self._pipe is not None:
            with contextlib.suppress(BrokenPipeError), os.fdopen(self._pipe, "w") as pipe:  # it may be dead already
                json.dump(settings, pipe)
            self._pipe = None

    def heir(self) -> Server:
        """One like it, which has not been started."""
        heir = Server(self.name, self.factory, self._listening, self._ready.path, self.log, self.counting)
        heir._settings = self._settings
        return heir

    def exchange(self, heir: Server) -> None:
        """Go on with the heir's process; the heir has ours then, and can be stopped with it."""
        mine, theirs = vars(self).copy(), vars(heir).copy()
        vars(self).update(theirs)
        vars(heir).update(mine)

    def ask_to_stop(self, *, gently: bool = False) -> None:
        """Say so, once; does not wait. `gently`: when all is answered that has begun (`deploy.draining`)."""
        if self._process is not None and self._process.poll() is None and not self._asked:
            self._asked = self.looked()
            self._process.send_signal(signal.SIGINT if self._asked and not gently else signal.SIGTERM)

    def stop(self, patience: float = 5.0) -> None:
        """Ask it to, if nobody has, and SIGKILL after `patience` seconds."""
        if self._process is not None:
            self.ask_to_stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        self._process = None
        self._forget()

    def answers(self, timeout: float) -> bool:
        """Whether it says 200 within `timeout` seconds."""
        assert self._ready.hostname is not None
        connection = http.client.HTTPConnection(self._ready.hostname, self._ready.port, timeout=timeout)
        try:
            connection.request("GET", self._ready.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def last_words(self) -> str:
        """The end of what it wrote since its last start."""
        if self.log is None:
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return tail(log.read().decode(errors="replace"), 12)


def wait_ready(servers: Sequence[Server], patience: float = 60.0) -> None:
    """Return when all answer. Raises Trouble, with its last words, when one dies or takes longer than `patience` s."""
    waiting = list(servers)
    deadline = time.monotonic() + patience
    while waiting:
        for server in tuple(waiting):
            if server.pid is None:
                raise Trouble("part.no_start", name=server.name, log=server.log or "–", tail=server.last_words())
            if server.answers(0.5):
                waiting.remove(server)
            elif time.monotonic() > deadline:
                raise Trouble("part.slow_start", name=server.name, log=server.log or "–", tail=server.last_words())
        if waiting:
            time.sleep(0.05)


@dataclass
class _Watched:
    name: str
    part: Part
    pause: float = FIRST_PAUSE
    started: float = field(default_factory=time.monotonic)
    again: float | None = None


class Supervisor:
    """Watches parts in the order they were added, stops them in the reverse one."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._watched: list[_Watched] = []

    def add(self, name: str, part: Part) -> None:
        """Watch a part that runs, or will before `look` is called."""
        self._watched.append(_Watched(name, part))

    def add_first(self, name: str, part: Part) -> None:
        """The same, for one that the others need: it is started again before them, and stopped after them."""
        self._watched.insert(0, _Watched(name, part))

    def look(self) -> None:
        """Start again what died, each part after a pause that doubles while it keeps dying."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.part.pid is not None:
                continue
            if watched.again is None:
                if now - watched.started > STEADY:
                    watched.pause = FIRST_PAUSE
                watched.again = now + watched.pause
                self._report("part.died", {"name": watched.name, "seconds": watched.pause})
                watched.pause = min(watched.pause * 2, LONGEST_PAUSE)
            if now >= watched.again:
                self._restart(watched)

    def _restart(self, watched: _Watched) -> None:
        watched.again = None
        watched.started = time.monotonic()
        try:
            watched.part.stop()
            watched.part.start()
        except Trouble as trouble:
            self._report(trouble.code, trouble.parameters)
        except OSError as fault:  # a full disk, say: it may pass
            self._report("part.no_luck", {"name": watched.name, "reason": fault.strerror})
        else:
            self._report("part.again", {"name": watched.name})

    def stop(self, *, gently: bool = False) -> None:
        """Stop all, the last one first; those that serve the same together; `gently` may take them half a minute."""
        for watched in reversed(self._watched):
            for server in self._alike(watched.part):
                server.ask_to_stop(gently=gently)
            if gently and isinstance(watched.part, Server):
                watched.part.stop(PATIENT)
            else:
                watched.part.stop()

    def _alike(self, part: Part) -> list[Server]:
        servers = [one.part for one in self._watched if isinstance(one.part, Server)]
        return [one for one in servers if isinstance(part, Server) and one.factory == part.factory]
