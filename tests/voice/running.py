"""A real voice process for tests, in a thread of its own, and a real Wyoming client to call it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wyoming.client import AsyncClient
from wyoming.event import Event

from voice.server import Running, run
from voice.settings import VoiceSettings


@contextmanager
def voice_process(**settings: Any) -> Iterator[Running]:
    """A voice process with these settings, on free ports, ready to work."""
    told = {"listen": "tcp://127.0.0.1:0", "health": "127.0.0.1:0", "device": "cpu"} | settings
    loop = asyncio.new_event_loop()
    ready: asyncio.Future[Running] = loop.create_future()
    begun = threading.Event()
    ready.add_done_callback(lambda _: begun.set())
    task = loop.create_task(run(VoiceSettings(**told), ready))
    task.add_done_callback(lambda _: begun.set())

    def serve() -> None:
        loop.run_until_complete(asyncio.wait({task}))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert begun.wait(120), "the voice process does not begin"
        if not ready.done():
            task.result()
        yield ready.result()
    finally:
        if thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it ended by itself
                loop.call_soon_threadsafe(task.cancel)
        thread.join(60)


async def ask(address: str, *events: Event, until: str | None = None) -> list[Event]:
    """What a caller is answered to these events: one event, or all up to one of this kind."""
    answers: list[Event] = []
    async with AsyncClient.from_uri(address) as client:
        for event in events:
            await client.write_event(event)
        while True:
            answer = await asyncio.wait_for(client.read_event(), 60)
            assert answer is not None, "the connection was closed"
            answers.append(answer)
            if until is None or answer.type in (until, "error"):
                return answers
