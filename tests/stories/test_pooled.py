"""The api on PostgreSQL 15 of Debian, straight and through PgBouncer in transaction mode: reads, changes, readings, lines."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest

from db import migrate
from db.engine import create_pool
from deploy import external
from deploy.trouble import Trouble
from tests.api.serving import line
from tests.db.programs import pgbouncer, postgres_15
from tests.stories.alive import Furnished
from tests.stories.rolling import FOLLOW, QUESTION, REPORT, Serve


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that programs can reach which run as somebody else than we."""
    with tempfile.TemporaryDirectory(prefix="markoff-edge-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def used(api: Serve, house: Furnished) -> None:
    """Many at once, so that connections of the pooler change hands; all is answered, and told on."""
    await api.ready()
    head = {"Authorization": f"Bearer {house.token}"}

    async def ask(http: httpx.AsyncClient, number: int) -> None:
        base = f"http://{api.address}"
        for body in ({"query": QUESTION}, {"query": REPORT, "variables": {"text": f"event {number}"}}):
            told = (await http.post(f"{base}/graphql", json=body, headers=head)).json()
            assert "errors" not in told, told
        reading = orjson.dumps({"sensor": f"s{number % 10}", "at": datetime.now(UTC), "value": 20 + number})
        answer = await http.post(f"{base}/ingest", content=reading, headers={"Authorization": f"Bearer {house.key}"})
        assert answer.json().get("accepted") == 1, answer.text

    async with line(api.address, house.token) as following, httpx.AsyncClient(timeout=60) as http:
        standing = await http.post(f"http://{api.address}/graphql", json={"query": "{ house { cursor } }"})
        await following.subscribe(FOLLOW, after=standing.json()["data"]["house"]["cursor"])
        await asyncio.gather(*(ask(http, number) for number in range(30)))
        heard = {(await following.next())["eventHappened"]["event"]["text"] for _ in range(30)}
    assert heard == {f"event {number}" for number in range(30)}


async def test_postgresql_15_and_pgbouncer(folder: Path) -> None:
    with postgres_15(folder) as direct, pgbouncer(folder, direct) as pooler:
        migrate.upgrade(direct)
        external.check(direct)
        with pytest.raises(Trouble, match="pooler"):
            external.check(pooler)
        pool = await create_pool(direct, 2)
        house = await Furnished.at(pool, 10)
        for url, settings in ((direct, {}), (pooler, {"MARKOFF_DIRECT_URL": direct})):
            api = Serve(url, folder / "serve.log", **settings)
            api.start()
            try:
                await used(api, house)
            finally:
                api.stop()
        assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 60
        await pool.close()
