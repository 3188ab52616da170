"""A house is lost and brought back from its backup: who followed it is told so, and begins anew."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db import changes
from db.engine import create_pool
from deploy.postgres import Postgres
from tests.api.killing import Api, own_postgres
from tests.api.serving import line
from tests.db.copying import dump, restore
from tests.stories.alive import FOLLOW, Device, Furnished, Progress, Sent, Subscriber


@dataclass
class House:
    """A database and the api on it."""

    server: Postgres
    name: str
    furnished: Furnished
    api: Api
    began: datetime

    async def newest(self) -> str:
        """The cursor of this moment."""
        pool = await create_pool(self.server.url(self.name), 1)
        async with pool, pool.acquire() as connection:
            return changes.cursor(*await changes.standing(connection))

    async def report(self, *readings: tuple[int, float]) -> None:
        """Readings of the one sensor: seconds, value."""
        sent = [[Sent(0, second, value)] for second, value in readings]
        await Device([self.api], self.furnished.key, sent, self.began).send(Progress())

    async def followed(self, second: int) -> str:
        """A raise and a return are heard by who follows from now; the cursor after them."""
        subscriber = Subscriber(self.api, self.furnished.token, await self.newest())
        task = asyncio.create_task(subscriber.follow())
        await self.report((second, 1.0), (second + 1, 6.0))
        async with asyncio.timeout(60):
            while len(subscriber.told) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert [kind for kind, *_ in subscriber.told] == ["RAISED", "RETURNED"]
        return subscriber.cursor


async def test_old_cursors_are_told_that_the_house_was_restored(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(own_postgres())
        pool = await create_pool(server.url("house"), 2)
        furnished = await Furnished.at(pool, 1)
        await pool.close()
        apis = [Api(server.url(name), tmp_path / f"{name}.log") for name in ("house", "again")]
        for api in apis:
            stack.callback(api.close)
        began = datetime.now(UTC) - timedelta(hours=1)
        house, again = (
            House(server, api_name, furnished, api, began)
            for api_name, api in zip(("house", "again"), apis, strict=True)
        )
        await begin(house.api)
        seen = await house.followed(0)
        dump(server.url("house"), tmp_path / "house.dump")
        await house.report((9, 1.0))
        beyond = await house.newest()
        house.api.kill()
        server.create_database("again")
        restore(server.url("again"), tmp_path / "house.dump")
        await begin(again.api)
        for old in (seen, beyond):
            async with line(again.api.address, furnished.token) as listening:
                await listening.subscribe(FOLLOW, after=old)
                told = await listening.hear()
                assert told["type"] == "error", told
                assert told["payload"][0]["extensions"]["code"] == "CURSOR_OF_ANOTHER_EPOCH"
        await again.followed(20)


async def begin(api: Api) -> None:
    api.start()
    await api.ready()
