"""A bot at work between a stand-in Telegram and an agent whose models are scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from agent.channels.telegram.app import Running, at_work
from agent.channels.telegram.settings import TelegramSettings
from agent.server import create
from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.api.serving import served

KEY = "mk_agent_key"
Start = Callable[..., Any]


@pytest.fixture
async def cloud() -> AsyncIterator[BotApi]:
    """Telegram; `cloud.url` is where."""
    api = BotApi()
    async with served(api.app()) as address:
        api.url = f"http://{address}"
        yield api


@pytest.fixture
async def bot(cloud: BotApi, building: Any, api: str, serve: Any, house_with: Any, script: Any) -> AsyncIterator[Start]:
    """Starts a bot whose model says these things; chat 5 is Anna's (a dispatcher), 6 is Boris's (a viewer)."""
    building.links |= {"telegram:5": "anna", "telegram:6": "boris"}
    async with AsyncExitStack() as stack:

        async def start(*steps: Any, **settings: Any) -> Running:
            made = house_with(script(steps=list(steps)), turns_a_minute=100)
            server = stack.enter_context(serve(create(made=made), lifespan="on"))
            told = {"poll_seconds": 1, "health": "", "token": TOKEN, "api_base": cloud.url, "api_url": api} | settings
            return await stack.enter_async_context(
                at_work(TelegramSettings(**{"agent_url": server.url, "agent_key": KEY} | told))
            )

        yield start
