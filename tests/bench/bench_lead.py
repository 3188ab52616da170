"""How soon another process leads (ticks, escalation) when the one that led is killed, and when it hangs.

uv run pytest tests/bench/bench_lead.py -m bench -s
"""

from __future__ import annotations

import asyncio
import signal
import statistics
import time

import pytest

from api.live.duties import TICKS
from tests.api.killing import Api
from tests.api.test_several_processes import House, house

__all__ = ["house"]
KILLED, HUNG = 10, 3
"""Times."""


async def taken_over(house: House, leader: Api) -> float:
    """Seconds until another leads."""
    began = time.perf_counter()
    while await house.leader(TICKS) in (None, leader):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    return time.perf_counter() - began


@pytest.mark.bench
async def test_another_leads(house: House) -> None:
    killed, hung = [], []
    for _ in range(KILLED):
        leader = await house.settled(TICKS)
        leader.kill()
        killed.append(await taken_over(house, leader))
        leader.start()
        await leader.ready()
    for _ in range(HUNG):
        leader = await house.settled(TICKS)
        assert leader.process is not None
        leader.process.send_signal(signal.SIGSTOP)
        hung.append(await taken_over(house, leader))
        leader.process.send_signal(signal.SIGCONT)
    for what, found in (("killed", killed), ("hangs", hung)):
        print(f"{what}: another leads after {statistics.median(found):.2f} s, at most {max(found):.2f} s")
