"""alarmChanged over a real socket: who gets what, from where, and what is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
import websockets
from fastapi import FastAPI

from api.auth import mint
from db import changes
from db.engine import Pool
from tests.api.caller import KEY
from tests.api.serving import PROTOCOL, Line, followed, line, served, told
from tests.world import World

FOLLOW = """
subscription ($where: AlarmWhere, $after: Cursor) {
  alarmChanged(where: $where, after: $after) {
    cursor at kind
    alarm { id title state rule sensor sensorKind room floor building tenants value occurrences acknowledgedBy }
  }
}
"""


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as address:
        yield address


class House:
    """The small world, and devices that report to it."""

    def __init__(self, address: str, app: FastAPI, pool: Pool, world: World) -> None:
        self.address = address
        self.app = app
        self.pool = pool
        self.world = world
        self.minute = 0

    def token(self, login: str) -> str:
        return mint(KEY, self.world.user[login], timedelta(minutes=5)).token

    async def report(self, key: str, sensor: str, *values: float) -> None:
        """One reading a minute, the next minutes."""
        lines = []
        for value in values:
            self.minute += 1
            at = self.world.now + timedelta(minutes=self.minute)
            lines.append(json.dumps({"sensor": sensor, "at": at.isoformat(), "value": value}))
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.post(
                f"http://{self.address}/ingest",
                content="\n".join(lines),
                headers={"Authorization": f"Bearer {self.world.secret[key]}"},
            )
        assert answer.json() == {"accepted": len(values), "duplicates": 0, "refused": []}, answer.text


@pytest.fixture
def house(address: str, app: FastAPI, pool: Pool, world: World) -> House:
    return House(address, app, pool, world)


def change_of(data: dict[str, Any]) -> tuple[str, str, str, str]:
    change = data["alarmChanged"]
    return change["kind"], change["alarm"]["state"], change["alarm"]["sensor"], change["alarm"]["building"]


async def quiet(house: House, listening: Line) -> None:
    """Nothing is on the line."""
    assert await told(house.app, house.pool, listening) == [[]]


async def test_a_dispatcher_hears_an_alarm_come_and_go(house: House) -> None:
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        await house.report("device", "t-101", 29.5, 31.0, 20.0)
        first = (await listening.next())["alarmChanged"]
        assert first["kind"] == "RAISED"
        assert first["at"] == (house.world.now + timedelta(minutes=1)).isoformat()
        alarm = first["alarm"]
        assert alarm | {"id": "", "title": ""} == {
            "id": "",
            "title": "",
            "state": "ACTIVE",
            "rule": "Жарко",
            "sensor": "t-101",
            "sensorKind": "TEMPERATURE",
            "room": "101",
            "floor": "1 этаж",
            "building": "БЦ «Альфа-центр»",
            "tenants": ["Ромашка"],
            "value": 29.5,
            "occurrences": 1,
            "acknowledgedBy": None,
        }
        assert change_of(await listening.next())[:2] == ("RETURNED", "RETURNED")
        await quiet(house, listening)


async def test_each_hears_only_what_they_may_see(house: House) -> None:
    """A dispatcher of alpha, a guard of beta, a tenant of alpha/101 and beta/001, somebody without any right."""
    logins = ("dispatcher", "guard", "tenant", "nobody", "viewer", "admin", "mixed")
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(line(house.address, house.token(login))) for login in logins]
        for listening in lines:
            await listening.subscribe(FOLLOW)
        await followed(house.app, len(lines))
        await house.report("device", "t-101", 40.0)
        await house.report("device", "alpha/t-1", 40.0)
        await house.report("beta-device", "smoke-103", 5.0)
        messages = await told(house.app, house.pool, *lines)
    sensors = [[one["payload"]["data"]["alarmChanged"]["alarm"]["sensor"] for one in each] for each in messages]
    assert dict(zip(logins, sensors, strict=True)) == {
        "dispatcher": ["t-101", "t-1"],
        "guard": ["smoke-103"],
        "tenant": ["t-101"],
        "nobody": [],
        "viewer": ["t-101", "t-1", "smoke-103"],
        "admin": ["t-101", "t-1", "smoke-103"],
        "mixed": ["t-1", "smoke-103"],
    }


async def test_a_tenant_sees_neither_the_rule_nor_the_people_of_the_house(
    house: House, pool: Pool, caller: Any
) -> None:
    async with line(house.address, house.token("tenant")) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        await house.report("device", "t-101", 40.0)
        await pool.execute("UPDATE alarm.rule SET name = 'Secret' WHERE name = 'Жарко'")
        await house.report("device", "t-101", 10.0)
        await listening.next()
        alarm = (await listening.next())["alarmChanged"]["alarm"]
        assert (alarm["rule"], alarm["title"], alarm["acknowledgedBy"]) == ("Жарко", "Жарко", None)


@pytest.mark.parametrize(
    ("where", "heard"),
    [
        ({"building": "alpha"}, ["t-101"]),
        ({"building": "$building"}, ["t-101"]),
        ({"building": "beta"}, ["smoke-103"]),
        ({"floor": "alpha/1"}, ["t-101"]),
        ({"level": 1, "kind": ["SMOKE", "CO2"]}, ["smoke-103"]),
        ({"room": "101"}, ["t-101"]),
        ({"room": "beta/103"}, ["smoke-103"]),
        ({"sensor": "alpha/t-101", "state": ["ACTIVE"]}, ["t-101"]),
        ({"sensor": "t-101", "state": ["RETURNED"]}, []),
        ({"active": True, "acknowledged": False, "priority": ["CRITICAL"]}, ["smoke-103"]),
        ({"category": ["COMFORT"]}, ["t-101"]),
        ({"raised": {"from": "2026-11-16T09:02:00Z"}}, ["smoke-103"]),
        ({"raised": {"from": "2026-11-16T08:02:00Z", "to": "2026-11-16T09:02:00Z"}}, ["t-101"]),
        ({"room": "nowhere"}, []),
        ({"room": None, "level": None}, ["t-101", "smoke-103"]),
    ],
)
async def test_where_narrows(house: House, where: dict[str, Any], heard: list[str]) -> None:
    if where.get("building") == "$building":
        where = {"building": f"building_{house.world.building['alpha']}"}
    async with line(house.address, house.token("viewer")) as listening:
        await listening.subscribe(FOLLOW, where=where)
        await followed(house.app)
        await house.report("device", "t-101", 40.0)
        await house.report("beta-device", "smoke-103", 5.0)
        for sensor in heard:
            assert change_of(await listening.next())[2] == sensor
        await quiet(house, listening)


async def test_after_a_cut_everything_missed_comes_once(house: House) -> None:
    token = house.token("dispatcher")
    async with line(house.address, token) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        await house.report("device", "t-101", 40.0)
        first = (await listening.next())["alarmChanged"]
    await house.report("device", "t-101", 10.0, 41.0)
    async with line(house.address, token) as listening:
        await listening.subscribe(FOLLOW, after=first["cursor"])
        assert [change_of(await listening.next())[0] for _ in range(2)] == ["RETURNED", "RAISED"]
        await house.report("device", "t-101", 11.0)
        last = (await listening.next())["alarmChanged"]
        assert last["alarm"]["occurrences"] == 2
    async with line(house.address, token) as listening:
        await listening.subscribe(FOLLOW, after=last["cursor"])
        await quiet(house, listening)


async def test_broken_cursors_are_told_in_the_callers_language(house: House, pool: Pool) -> None:
    async with pool.acquire() as connection:
        epoch, _ = await changes.standing(connection)
    cases = [("?", "CURSOR_MALFORMED"), (changes.cursor("other", 1), "CURSOR_OF_ANOTHER_EPOCH")]
    async with line(house.address, house.token("dispatcher"), acceptLanguage="ru") as listening:
        for number, (after, code) in enumerate(cases):
            await listening.subscribe(FOLLOW, id=str(number), after=after)
            error = await _error(listening)
            assert error["extensions"]["code"] == code
            assert "курсор" in error["message"].lower()
    assert epoch


async def _error(listening: Line) -> dict[str, Any]:
    """The first error, and the end of its operation."""
    message = await listening.hear()
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    if message["type"] == "next":
        assert (await listening.hear())["type"] == "complete"
    error: dict[str, Any] = errors[0]
    return error


async def test_what_is_not_a_subscription_of_the_graph_is_refused_with_a_code(house: House) -> None:
    async with line(house.address, house.token("dispatcher")) as listening:
        cases = {
            "{ me { roles } }": "ONLY_SUBSCRIPTIONS",
            "subscription { alarmChanged { cursor nonsense } }": "UNKNOWN_FIELD",
            "subscription { alarmChanged": "SYNTAX",
            'subscription { alarmChanged(where: {room: "sensor_1"}) { cursor } }': "WRONG_KIND_OF_ID",
        }
        for number, (query, code) in enumerate(cases.items()):
            await listening.subscribe(query, id=str(number))
            assert (await _error(listening))["extensions"]["code"].startswith(code)


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic x"}])
async def test_without_a_good_token_the_line_is_closed(house: House, shown: dict[str, str]) -> None:
    async with websockets.connect(f"ws://{house.address}/graphql", subprotocols=[PROTOCOL]) as raw:
        await raw.send(json.dumps({"type": "connection_init", "payload": shown}))
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await asyncio.wait_for(raw.recv(), 60)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_the_token_may_be_in_the_handshake(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.token('dispatcher')}"}
    async with websockets.connect(
        f"ws://{house.address}/graphql", subprotocols=[PROTOCOL], additional_headers=headers
    ) as raw:
        listening = Line(raw)
        await listening.say(type="connection_init")
        assert await listening.hear() == {"type": "connection_ack"}


async def test_who_loses_the_right_hears_no_more(house: House, pool: Pool) -> None:
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        await pool.execute('DELETE FROM security."grant" WHERE user_id = $1', house.world.user["dispatcher"])
        await house.report("device", "t-101", 40.0)
        await quiet(house, listening)
        await pool.execute('UPDATE security."user" SET enabled = false WHERE login = $1', "dispatcher")
        await house.report("device", "t-101", 10.0)
        assert (await _error(listening))["extensions"]["code"] == "BAD_TOKEN"


async def test_what_was_forgotten_before_it_was_told_ends_the_subscription(
    house: House, app: FastAPI, pool: Pool
) -> None:
    """Rather than to go on behind the gap as if nothing were missing."""
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        await house.report("device", "t-101", 31.0)
        await listening.next()
        hub = app.state.parts.live.hub
        await pool.execute("DELETE FROM live.change")
        hub._floor = hub.newest + 1
        await house.report("device", "t-101", 20.0)
        message = await listening.hear()
        assert message["type"] == "error", message
        assert message["payload"][0]["extensions"]["code"] == "CURSOR_TOO_OLD"
