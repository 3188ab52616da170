"""What a spoken turn costs beside listening and speaking: the agent's own time, with a voice that answers at once."""

from __future__ import annotations

import asyncio
import base64
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from wyoming.asr import Transcript
from wyoming.event import Event, async_read_event, async_write_event

from agent.channels.cli import parsed
from tests.deploy.conftest import fresh_folder
from tests.ports import free_port
from tests.stories.house import House

QUESTION = "Какие сейчас тревоги?"
TURNS = 40
BAR = 60.0
"""Milliseconds."""


@asynccontextmanager
async def immediate(port: int) -> AsyncIterator[None]:
    """A voice process that knows everything already: the question, and a note of ten seconds' size."""

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        event = await async_read_event(reader)
        if event is not None and event.type == "recording":
            context = {"engine": "none", "confirm": False}
            await async_write_event(Transcript(text=QUESTION, language="ru", context=context).event(), writer)
        elif event is not None:
            await async_write_event(
                Event("recording", {"duration": 10.0, "engine": "none"}, os.urandom(40_000)), writer
            )
        writer.close()

    async with await asyncio.start_server(called, "127.0.0.1", port, limit=1 << 20):
        yield


async def turns(http: httpx.AsyncClient, agent: psutil.Process, **body: Any) -> tuple[float, float]:
    """Milliseconds of a turn: as the caller sees it (the median), and of the agent's processor."""
    took, before = [], sum(agent.cpu_times()[:2])
    for number in range(TURNS):
        began = time.perf_counter()
        told = await http.post(
            "/turns", json=body | {"thread": f"{sorted(body)}-{number}".replace("'", "")[:60].translate(PLAIN)}
        )
        took.append((time.perf_counter() - began) * 1000)
        assert "event: reply" in told.text, told.text
    return statistics.median(took), (sum(agent.cpu_times()[:2]) - before) / TURNS * 1000


PLAIN = str.maketrans("[], ", "....")


@pytest.mark.bench
async def test_own_time_of_a_spoken_turn() -> None:
    port = free_port()
    settings = {"MARKOFF_VOICE_URL": f"tcp://127.0.0.1:{port}", "MARKOFF_TURNS_A_MINUTE": "10000"}
    recording = base64.b64encode(os.urandom(30_000)).decode()
    async with immediate(port):
        with fresh_folder() as folder:
            house = await asyncio.to_thread(House.up, Path(folder), settings=settings)
            try:
                token = await asyncio.to_thread(house.token)
                address = f"http://127.0.0.1:{house.agent_port}"
                head = {"Authorization": f"Bearer {token}", "Accept-Language": "ru"}
                agent = next(
                    part
                    for part in psutil.Process(house.process.pid).children(recursive=True)
                    if "agent.server:create" in part.cmdline()
                )
                async with httpx.AsyncClient(base_url=address, headers=head, timeout=60, trust_env=False) as http:
                    await turns(http, agent, text=QUESTION)
                    written = await turns(http, agent, text=QUESTION)
                    spoken = await turns(http, agent, audio=recording)
                    assert [
                        k
                        for k, _ in parsed(
                            iter((await http.post("/turns", json={"audio": recording})).text.splitlines())
                        )
                        if k == "audio"
                    ]
            finally:
                await asyncio.to_thread(house.down)
    print(f"\nload {os.getloadavg()[0]:.1f}, medians of {TURNS}")
    print("| turn | ms | of the agent's processor, ms |")
    for name, (wall, cpu) in (("written", written), ("spoken", spoken)):
        print(f"| {name} | {wall:.0f} | {cpu:.0f} |")
    print(
        f"| spoken more than written | {spoken[0] - written[0]:.0f} | {spoken[1] - written[1]:.0f} | (bar for the whole: {BAR:.0f})"
    )
