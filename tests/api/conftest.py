"""An api process on a small world, reached over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.app import create
from api.settings import ApiSettings
from db.engine import Pool
from db.settings import DatabaseSettings
from tests.api.caller import KEY, Caller
from tests.api.living import House
from tests.world import World, build


@pytest.fixture
async def world(pool: Pool) -> World:
    """Two buildings and everybody who may see them."""
    return await build(pool)


@pytest.fixture
def settings(database: str) -> ApiSettings:
    return ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)


@pytest.fixture
async def app(settings: ApiSettings, world: World) -> AsyncIterator[FastAPI]:
    """The application, started."""
    app = create(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def caller(app: FastAPI) -> AsyncIterator[Caller]:
    """Nobody yet: `caller.as_user(world.user["manager"])`."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
        yield Caller(http)


@pytest.fixture
async def house(app: FastAPI, caller: Caller, world: World, pool: Pool) -> House:
    """The same world, for stories of alarms."""
    admin, dispatcher, manager = (caller.as_user(world.user[login]) for login in ("admin", "dispatcher", "manager"))
    return House(admin, dispatcher, manager, pool, world.now)
