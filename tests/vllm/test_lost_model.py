"""vLLM is killed in the middle of a turn: the offline model answers; vLLM comes back, and answers again."""

from __future__ import annotations

import asyncio

from tests.vllm.serving import PATIENCE, Vllm
from tests.vllm.talking import LIMITS, Agent, Turn

ASKED = "Какие сейчас тревоги?"


async def until_asked(agent: Agent, vllm: Vllm, thread: str) -> Turn:
    """A turn in the middle of which vLLM is killed: it has been asked, and has not answered yet."""
    asked = vllm.asked()
    vllm.freeze()
    turn = asyncio.create_task(agent.says("dispatcher", thread, ASKED))
    while vllm.asked() == asked:
        assert not turn.done(), turn.result()
        await asyncio.sleep(0.01)
    await asyncio.to_thread(vllm.kill)
    return await turn


async def test_health_names_the_model(agent: Agent, vllm: Vllm) -> None:
    health = await asyncio.to_thread(agent.health)
    assert health is not None
    assert health["model"] == {"name": "tiny", "status": "ok"}


async def test_killed_in_the_middle_of_a_turn_the_offline_model_answers_until_it_is_back(
    agent: Agent, vllm: Vllm
) -> None:
    lost = await until_asked(agent, vllm, "lost")
    assert lost.engine == "offline"
    assert lost.of("reply")[-1]["failed"]
    assert "тревог" in lost.reply.lower()
    assert lost.seconds < float(LIMITS["MARKOFF_TURN_SECONDS"])
    health = await asyncio.to_thread(agent.health)
    assert health is not None
    assert health["model"] == {"name": "tiny", "status": "away"}
    without = await agent.says("dispatcher", "without", ASKED)
    assert (without.engine, without.events[-1].kind) == ("offline", "done")
    print(f"killed in the middle: {lost.seconds:.1f} s to the reply; without it: {without.seconds:.1f} s")
    await asyncio.to_thread(vllm.start)
    await asyncio.to_thread(vllm.wait)
    async with asyncio.timeout(PATIENCE):
        while (back := await agent.says("dispatcher", "back", ASKED)).engine == "offline":
            assert not back.of("error")
    assert back.engine == "tiny" or back.waits is not None
    health = await asyncio.to_thread(agent.health)
    assert health is not None
    assert health["model"] == {"name": "tiny", "status": "ok"}
