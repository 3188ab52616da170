"""The voice process: engines behind Wyoming, on TCP or a Unix socket, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import stat
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from voice import memory
from voice.call import HEADER, Call
from voice.engines import Engines
from voice.faults import no_engine
from voice.health import Health
from voice.settings import VoiceSettings

log = logging.getLogger(__name__)

PARTING = 20.0
"""Seconds that requests under way get when the process is told to end."""
LOOK = 0.05
WATCH = 5.0
"""Seconds between two looks at the memory."""
TOO_BIG = 75
"""Exit status of a process that took too much memory: start it again (EX_TEMPFAIL)."""


@dataclass
class Running:
    """A voice process that serves."""

    engines: Engines
    address: str
    """Where Wyoming is spoken, tcp://… or unix://…"""
    health: str | None
    """Where health is told, http://…"""


class Door:
    """Lets callers in, as many as there may be and from where they may come."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.calls: dict[asyncio.Task[None], Call] = {}

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, from its first event to its last."""
        task = asyncio.current_task()
        peer = writer.get_extra_info("peername")
        if task is None or not self._welcome(peer) or len(self.calls) >= self.engines.settings.calls:
            log.warning("a caller from %s is not let in", peer)
            writer.close()
            return
        call = self.calls[task] = Call(self.engines, reader, writer)
        try:
            await call.run()
        finally:
            self.calls.pop(task, None)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _welcome(self, peer: object) -> bool:
        if not isinstance(peer, tuple):
            return True
        address = ip_address(str(peer[0]).partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.engines.settings.allow)

    async def close(self) -> None:
        """Hang up on everybody; who has asked for something gets it first, if it does not take too long."""
        ends = time.monotonic() + PARTING
        while any(call.busy for call in self.calls.values()) and time.monotonic() < ends:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)
        for task in self.calls:
            task.cancel()
        await asyncio.gather(*self.calls, return_exceptions=True)


@asynccontextmanager
async def serving(settings: VoiceSettings) -> AsyncIterator[Running]:
    """A voice process that listens at once, and is ready when its engines are loaded."""
    async with AsyncExitStack() as stack:
        engines = Engines(settings)
        stack.callback(engines.close)
        door = Door(engines)
        server, address = await _listen(settings, door)
        stack.callback(_unlink, settings.listen)
        stack.push_async_callback(door.close)
        stack.callback(server.close)
        health = None
        if settings.health:
            host, _, port = settings.health.rpartition(":")
            teller = await asyncio.start_server(Health(engines).called, host.strip("[]"), int(port), limit=HEADER)
            stack.callback(teller.close)
            health = "http://{}:{}".format(*teller.sockets[0].getsockname()[:2])
        await engines.prepare()
        _check_memory(settings)
        yield Running(engines, address, health)


async def _listen(settings: VoiceSettings, door: Door) -> tuple[asyncio.Server, str]:
    scheme, _, rest = settings.listen.partition("://")
    if scheme == "unix":
        _unlink(settings.listen)
        return await asyncio.start_unix_server(door.called, rest, limit=HEADER), settings.listen
    host, _, port = rest.rpartition(":")
    server = await asyncio.start_server(door.called, host.strip("[]"), int(port), limit=HEADER)
    return server, f"tcp://{host}:{server.sockets[0].getsockname()[1]}"


def _unlink(listen: str) -> None:
    """Remove the socket of a process that is gone."""
    scheme, _, rest = listen.partition("://")
    if scheme == "unix" and (place := Path(rest)).exists() and stat.S_ISSOCK(place.stat().st_mode):
        place.unlink(missing_ok=True)


def _check_memory(settings: VoiceSettings) -> None:
    taken = memory.resident() >> 20
    if settings.memory is not None and taken >= settings.memory:
        raise no_engine(
            f"The engines take {taken} MiB, but memory is {settings.memory}",
            f"Движки занимают {taken} МиБ, а memory — {settings.memory}",
        )


async def run(settings: VoiceSettings, ready: asyncio.Future[Running] | None = None) -> int:
    """Serve until cancelled, or until too much memory is taken; the exit status."""
    async with serving(settings) as running:
        if ready is not None:
            ready.set_result(running)
        while True:
            await asyncio.sleep(WATCH)
            if _too_big(settings):
                return TOO_BIG


def _too_big(settings: VoiceSettings) -> bool:
    most = settings.memory
    if most is None or memory.resident() >> 20 < most:
        return False
    memory.give_back()
    taken = memory.resident() >> 20
    if taken >= most:
        log.error("the process takes %d MiB, and may take %d: it ends, to be started again", taken, most)
    return taken >= most
