"""A stream that finds itself in another database begins anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import changes, epochs
from db.changes import CursorOfAnotherEpoch
from db.engine import Pool, create_pool
from db.evaluator import Rule
from db.ingest import ingest
from db.models import Condition
from deploy.postgres import Postgres
from tests.db.copying import dump, restore
from tests.db.sensing import HandClock, add_rule, add_sensors, at, batch, make_site


async def cursor(pool: Pool) -> str:
    async with pool.acquire() as connection:
        return changes.cursor(*await changes.standing(connection))


async def test_a_stream_that_stays_goes_on(pool: Pool) -> None:
    before = await cursor(pool)
    for _ in range(2):
        async with pool.acquire() as connection:
            assert not await epochs.arrive(connection)
    assert await cursor(pool) == before


async def test_one_that_was_brought_back_begins_anew(pool: Pool) -> None:
    before = await cursor(pool)
    async with pool.acquire() as connection:
        assert not await epochs.arrive(connection)
        await connection.execute("UPDATE live.epoch SET lives_in = 'somewhere else'")
        assert await epochs.arrive(connection)
        assert not await epochs.arrive(connection)
        with pytest.raises(CursorOfAnotherEpoch):
            await changes.place(connection, before)
        after = await cursor(pool)
        assert await epochs.begin_anew(connection) != changes.parsed(after)[0]
        assert not await epochs.arrive(connection)


async def test_a_copy_in_another_database_knows_that_it_is_one(
    cluster: Postgres, database: str, pool: Pool, tmp_path: Path
) -> None:
    """A cursor beyond the copy, and one that the copy has given out itself, are both refused."""
    site, clock = await make_site(pool), HandClock(at(1000))
    await add_sensors(pool, site, "co2")
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    async with pool.acquire() as connection:
        await epochs.arrive(connection)
    await ingest(pool, clock, batch(("co2", 0, 12.0), ("co2", 10, 5.0)))
    known = await cursor(pool)
    dump(database, tmp_path / "house.dump")
    await ingest(pool, clock, batch(("co2", 20, 12.0)))
    beyond = await cursor(pool)
    cluster.create_database("copy")
    try:
        url = cluster.url("copy")
        restore(url, tmp_path / "house.dump")
        copy = await create_pool(url, 2)
        async with copy.acquire() as connection:
            assert await epochs.arrive(connection)
        await ingest(copy, clock, batch(("co2", 30, 12.0), ("co2", 40, 5.0)))
        async with copy.acquire() as connection:
            for old in (known, beyond):
                with pytest.raises(CursorOfAnotherEpoch):
                    await changes.place(connection, old)
        await copy.close()
    finally:
        cluster.drop_database("copy")
