"""An api process on a small world, reached over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from api.app import create
from api.live.duties import KEEPING, TICKS
from api.settings import ApiSettings
from db.engine import Pool, connect, create_pool
from db.settings import DatabaseSettings
from deploy.postgres import Postgres
from tests.api.caller import KEY, Caller
from tests.api.living import House
from tests.api.waiting import until_it_listens
from tests.world import World, build

SMALL_WORLD = "template_small_world"


@pytest.fixture(scope="session")
def small_world(cluster: Postgres) -> World:
    """What there is in the database `SMALL_WORLD`: a copy is made in a quarter of the time of the world itself."""
    cluster.create_database(SMALL_WORLD, template="template_markoff")

    async def made() -> World:
        async with await create_pool(cluster.url(SMALL_WORLD), 1) as pool:
            return await build(pool)

    return asyncio.run(made())


@pytest.fixture
def template(request: pytest.FixtureRequest) -> str:
    if "world" not in request.fixturenames:
        return "template_markoff"
    request.getfixturevalue("small_world")
    return SMALL_WORLD


@pytest.fixture
async def world(pool: Pool, small_world: World) -> World:
    """Two buildings and everybody who may see them."""
    return deepcopy(small_world)


@pytest.fixture
def settings(database: str) -> ApiSettings:
    """Nothing that is remembered of viewers ends by itself: only a change of grants drops it."""
    remembered = timedelta(hours=1)
    return ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0, viewer_cache=remembered)


@pytest.fixture
async def still(database: str) -> AsyncIterator[None]:
    """Nobody does the duties of this house: what is read twice is the same, nothing happens by itself in between."""
    connection = await connect(database, {}, 60)
    for group in (TICKS, KEEPING):
        await connection.execute("SELECT pg_advisory_lock($1)", group)
    yield
    await connection.close()


@pytest.fixture
async def app(settings: ApiSettings, world: World) -> AsyncIterator[FastAPI]:
    """The application, started, and listening."""
    app = create(settings)
    async with app.router.lifespan_context(app):
        await until_it_listens(app)
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
