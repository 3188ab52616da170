"""Several api processes on one database: what one writes the others tell, and one at a time does what is done once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.auth import mint
from api.live.duties import KEEPING, TICKS
from db import changes
from db.engine import Pool
from db.evaluator import Rule
from db.models import Condition
from tests.api.caller import KEY
from tests.api.killing import Api
from tests.api.serving import Line, line
from tests.api.waiting import until
from tests.db.sensing import Site, add_rule, add_sensors, make_site

FOLLOW = "subscription ($after: Cursor) { alarmChanged(after: $after) { cursor kind alarm { id state } } }"
ACKNOWLEDGE = """
    mutation ($alarm: ID!) { acknowledgeAlarm(alarm: $alarm, note: "seen") { ... on Alarm { id } ... on Refusal { code } } }
"""
LEADER = """
    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objid = $1 AND a.datname = current_database()
"""


@dataclass
class House:
    apis: list[Api]
    pool: Pool
    site: Site
    sensor: int
    token: str

    async def send(self, api: Api, value: float, at: datetime | None = None) -> None:
        told = {"sensor": "co2", "at": (at or datetime.now(UTC)).isoformat(), "value": value}
        async with httpx.AsyncClient(timeout=60, headers={"Authorization": f"Bearer {self.token}"}) as http:
            answer = await http.post(f"http://{api.address}/ingest", json=told)
        assert answer.json()["accepted"] == 1, answer.text

    async def leader(self, lock: int) -> Api | None:
        """The process that holds the lock; there is no second one."""
        names = [row["application_name"] for row in await self.pool.fetch(LEADER, lock)]
        assert len(names) <= 1
        pids = {str(api.process.pid): api for api in self.apis if api.process is not None}
        return pids.get(names[0].rpartition(":")[2]) if names else None

    async def settled(self, lock: int) -> Api:
        await until(lambda: self._led(lock))
        leader = await self.leader(lock)
        assert leader is not None
        return leader

    async def _led(self, lock: int) -> bool:
        return await self.leader(lock) is not None


@pytest.fixture
async def house(database: str, pool: Pool, tmp_path: Path) -> AsyncIterator[House]:
    site = await make_site(pool)
    [sensor] = await add_sensors(pool, site, "co2")
    user = await pool.fetchval(
        "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ('a', 'A', 'EN', true) RETURNING id"
    )
    await pool.execute("INSERT INTO security.\"grant\" (user_id, role) VALUES ($1, 'ADMIN')", user)
    async with AsyncExitStack() as stack:
        apis = [Api(database, tmp_path / f"api{n}.log") for n in range(2)]
        for api in apis:
            stack.callback(api.close)
            api.start()
        for api in apis:
            await api.ready()
        yield House(apis, pool, site, sensor, mint(KEY, user, timedelta(hours=1)).token)


async def heard(following: Line) -> tuple[str, str, str]:
    change = (await following.next())["alarmChanged"]
    return change["kind"], change["alarm"]["id"], change["cursor"]


async def test_what_one_writes_the_subscribers_of_both_are_told_alike(house: House) -> None:
    await add_rule(house.pool, house.site, Rule(Condition.ABOVE, 10.0))
    one, other = house.apis
    async with house.pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    async with line(one.address, house.token) as here, line(other.address, house.token) as there:
        for following in (here, there):
            await following.subscribe(FOLLOW, after=beginning)
        await house.send(one, 12.0)
        raised = await heard(here)
        assert raised[0] == "RAISED"
        assert await heard(there) == raised
        async with httpx.AsyncClient(timeout=60, headers={"Authorization": f"Bearer {house.token}"}) as http:
            asked = {"query": ACKNOWLEDGE, "variables": {"alarm": raised[1]}}
            answer = await http.post(f"http://{other.address}/graphql", json=asked)
        assert answer.json()["data"]["acknowledgeAlarm"] == {"id": raised[1]}
        assert (await heard(here))[0] == "ACKNOWLEDGED"
        assert (await heard(there))[0] == "ACKNOWLEDGED"
        await house.send(other, 1.0)
        assert await heard(here) == await heard(there)


async def test_when_the_leader_is_killed_another_leads(house: House) -> None:
    """Each deadline passes once, whoever lets it."""
    rule = await add_rule(house.pool, house.site, Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=1)))
    for number in range(1, 4):
        leader = await house.settled(TICKS)
        await house.settled(KEEPING)
        rest = next(api for api in house.apis if api is not leader)
        await house.send(rest, 1.0)
        await house.send(rest, 12.0)
        leader.kill()
        await until(lambda api=rest: _leads(house, api))  # type: ignore[misc]
        await until(lambda count=number: _raised(house.pool, rule, count))  # type: ignore[misc]
        await until(lambda api=rest: _leads(house, api, KEEPING))  # type: ignore[misc]
        leader.start()
        await leader.ready()
    assert await house.pool.fetchval("SELECT count(*) FROM alarm.transition WHERE kind = 'RAISED'") == 3


async def test_a_process_that_hangs_loses_the_lead(house: House) -> None:
    leader = await house.settled(TICKS)
    assert leader.process is not None
    leader.process.send_signal(signal.SIGSTOP)
    try:
        rest = next(api for api in house.apis if api is not leader)
        await until(lambda: _leads(house, rest))
    finally:
        leader.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(1)
    assert await house.leader(TICKS) is rest, "who comes back waits for its turn"


async def _leads(house: House, api: Api, lock: int = TICKS) -> bool:
    return await house.leader(lock) is api


async def _raised(pool: Pool, rule: int, count: int) -> bool:
    found: int = await pool.fetchval("SELECT count(*) FROM alarm.occurrence WHERE rule_id = $1", rule)
    return found == count
