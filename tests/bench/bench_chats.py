"""100 chats at once, each with questions: all answered, in order in each chat; the bot's own memory and processor time."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from time import perf_counter

import httpx
import psutil
import pytest

from agent import server
from agent.settings import AgentSettings
from api.app import create
from api.settings import ApiSettings
from db.engine import Pool
from db.settings import DatabaseSettings
from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.api.caller import KEY
from tests.api.serving import served
from tests.world import build

CHATS, QUESTIONS = 100, ("Какие сейчас тревоги?", "Сколько помещений на первом этаже?")

pytestmark = pytest.mark.bench


async def test_a_hundred_chats_at_once(database: str, pool: Pool) -> None:
    world, cloud = await build(pool), BotApi()
    await pool.execute(
        "INSERT INTO security.link (user_id, channel, identity, name, linked_at)"
        " SELECT $1, 'TELEGRAM', n::text, 'x', $2 FROM generate_series(1, $3) n",
        world.user["dispatcher"], world.now, CHATS,
    )  # fmt: skip
    settings = ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)
    app = create(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        api = f"http://{await stack.enter_async_context(served(app))}"
        agent = server.create(AgentSettings(api_url=api, agent_key=world.secret["agent"], turns_a_minute=1000))
        await stack.enter_async_context(agent.router.lifespan_context(agent))
        talk = f"http://{await stack.enter_async_context(served(agent))}"
        telegram = f"http://{await stack.enter_async_context(served(cloud.app()))}"
        told = {
            "MARKOFF_TELEGRAM_TOKEN": TOKEN, "MARKOFF_TELEGRAM_API_BASE": telegram, "MARKOFF_API_URL": api,
            "MARKOFF_AGENT_URL": talk, "MARKOFF_AGENT_KEY": world.secret["agent"],
        }  # fmt: skip
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "agent.channels.telegram", env=os.environ | told, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await cloud.until(lambda: bool(cloud.called("getUpdates")), 60)
            process = psutil.Process(bot.pid)
            spent, idle = sum(process.cpu_times()[:2]), process.memory_info().rss
            begun = perf_counter()
            asked = {chat: [cloud.says(chat, text) for text in QUESTIONS] for chat in range(1, CHATS + 1)}
            await cloud.until(lambda: len(cloud.messages) >= CHATS * len(QUESTIONS), 300, lambda: len(cloud.messages))
            took = perf_counter() - begun
            spent = sum(process.cpu_times()[:2]) - spent
            peak = process.memory_info().rss
        finally:
            bot.terminate()
            await bot.wait()
        assert bot.returncode == 0
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{talk}/health")).status_code == 200
    answers = {chat: [one.plain for one in cloud.chat(chat)] for chat in asked}
    assert all(len(each) == len(QUESTIONS) for each in answers.values())
    print(
        f"\n{CHATS} chats × {len(QUESTIONS)} questions: {took:.1f} s, {spent * 1000 / CHATS / 2:.1f} ms of processor time each"
    )
    print(f"memory of the bot: {idle / 2**20:.0f} MiB idle, {peak / 2**20:.0f} MiB afterwards")
    assert peak < 500 * 2**20
