"""A house of any earlier revision comes to this one with all that it remembers, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from api.app import create
from api.settings import ApiSettings
from db import audit, migrate
from db.engine import create_pool
from db.settings import DatabaseSettings
from deploy import upkeep
from deploy.postgres import Postgres
from tests.api.caller import KEY, Caller
from tests.db.revisions import NOTHING_TO_FILL, SINCE, furnish

REVISIONS = [
    script.revision for script in ScriptDirectory.from_config(migrate.config("postgresql://")).walk_revisions()
][::-1]
QUESTION = """{
    rooms(first: 5) { nodes { number name floor { level } tenant { name } sensors { code value } } }
    leases(first: 5) { totalCount nodes { number rent } }
    alarms(first: 5) { totalCount nodes { state title acknowledgedBy { name } occurrences } }
    sensor(id: "co2-101") { readings(from: "2026-10-30T00:00:00Z", to: "2026-11-05T00:00:00Z", bucket: DAY) { count } }
    search(text: "кабинет 101") { label }
}"""
TABLES = """
    SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables
    WHERE schemaname <> 'public' AND relname NOT IN ('search_word', 'version', 'naming') ORDER BY 1
"""


@pytest.fixture(scope="module")
def ages(cluster: Postgres) -> Iterator[dict[str, str]]:
    """An empty database of each revision, by its name."""
    names: dict[str, str] = {}
    cluster.create_database("aging")
    for revision in REVISIONS:
        command.upgrade(migrate.config(cluster.url("aging")), revision)
        names[revision] = f"age_{len(names)}"
        cluster.create_database(names[revision], template="aging")
    yield names
    for name in ("aging", *names.values()):
        cluster.drop_database(name)


def rows(url: str) -> dict[str, int]:
    """Of each table that has any."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        counted = {name: connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in names}
    return {name: count[0] for name, count in counted.items() if count and count[0]}


@pytest.mark.parametrize("revision", REVISIONS)
async def test_from_every_revision(cluster: Postgres, ages: dict[str, str], revision: str) -> None:
    url = cluster.url(ages[revision])
    furnish(url, REVISIONS[: REVISIONS.index(revision) + 1])
    before = rows(url)
    assert migrate.upgrade(url) is (revision != REVISIONS[-1])
    after = rows(url)
    assert {name: after.get(name) for name in before} == before
    if revision in (REVISIONS[0], REVISIONS[-1]):
        assert upkeep.examine(url).faults == ()
    pool = await create_pool(url, 1)
    async with pool, pool.acquire() as connection:
        assert await audit.verify(connection) is None
    answer = await asked(url)
    assert [room["number"] for room in answer["rooms"]["nodes"]] == ["101", "201"]
    assert answer["alarms"]["totalCount"] == 2
    assert sum(day["count"] for day in answer["sensor"]["readings"]) == 100
    assert "101" in answer["search"][0]["label"]


async def asked(url: str) -> dict[str, Any]:
    app = create(ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=url), rate=0))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
            return await Caller(http).as_user(1).ask(QUESTION)


def test_no_revision_is_without_rows_of_its_time() -> None:
    told = {REVISIONS[0], *SINCE, *NOTHING_TO_FILL}
    assert told <= set(REVISIONS), f"tests/db/revisions.py tells of no revision: {sorted(told - set(REVISIONS))}"
    assert not SINCE.keys() & NOTHING_TO_FILL.keys()
    missing = [revision for revision in REVISIONS if revision not in told]
    assert missing == [], (
        f"tests/db/revisions.py has no rows of the time of {', '.join(missing)}: write them into SINCE, so that "
        "upgrades are tried with them, or say in NOTHING_TO_FILL why there is no place for any"
    )
