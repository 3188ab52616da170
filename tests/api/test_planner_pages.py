"""Whichever way one leafs through a list, each thing comes once, in order, and the pages know where they lie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
import pytest

from api.app import create
from api.settings import ApiSettings
from db.engine import Pool
from tests.api.caller import Caller
from tests.api.random_world import fill
from tests.world import World

pytestmark = pytest.mark.usefixtures("still")

LISTS = {
    "rooms": ["NUMBER", "AREA", "LEVEL"],
    "sensors": ["CODE", "VALUE", "AT"],
    "leases": ["NUMBER", "START", "END"],
    "placements": ["START", "END"],
    "alarms": ["RAISED_AT", "LAST_RAISED_AT", "PRIORITY"],
    "floors": ["LEVEL", "NAME"],
    "tenants": ["NAME"],
    "alarmRules": ["NAME", "PRIORITY"],
    "events": ["AT"],
}
ORDERS = {
    "rooms": "RoomOrder", "sensors": "SensorOrder", "leases": "LeaseOrder", "placements": "PlacementOrder",
    "alarms": "AlarmOrder", "floors": "FloorOrder", "tenants": "TenantOrder", "alarmRules": "RuleOrder",
    "events": "EventOrder",
}  # fmt: skip


@pytest.fixture(params=[11, 12])
async def asker(request: pytest.FixtureRequest, pool: Pool, settings_alone: ApiSettings) -> AsyncIterator[Caller]:
    """An ADMIN in a world by chance, with nulls, NaN and equal values in what is ordered by."""
    await fill(pool, request.param)
    app = create(settings_alone)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
            yield Caller(http).as_user(1)


@pytest.fixture
def settings_alone(database: str) -> ApiSettings:
    from db.settings import DatabaseSettings
    from tests.api.caller import KEY

    return ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)


@dataclass(frozen=True)
class Leafing:
    """One list in one order."""

    asker: Caller
    name: str
    order: list[dict[str, str]]

    async def page(self, **arguments: Any) -> dict[str, Any]:
        types = {"first": "Int", "last": "Int", "after": "Cursor", "before": "Cursor"}
        declared = "".join(f", ${name}: {types[name]}" for name in arguments)
        passed = "".join(f", {name}: ${name}" for name in arguments)
        query = f"""
            query Q($order: [{ORDERS[self.name]}!]{declared}) {{ {self.name}(orderBy: $order{passed}) {{
                nodes {{ id }} edges {{ cursor node {{ id }} }} totalCount
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            }} }}
        """
        told = await self.asker.ask(query, order=self.order, **arguments)
        page: dict[str, Any] = told[self.name]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert page["pageInfo"]["startCursor"] == (cursors[0] if cursors else None)
        assert page["pageInfo"]["endCursor"] == (cursors[-1] if cursors else None)
        return page


def ids(page: dict[str, Any]) -> list[str]:
    return [node["id"] for node in page["nodes"]]


@pytest.mark.parametrize("name", LISTS)
async def test_leafing_meets_everything_once_in_order(asker: Caller, name: str) -> None:
    dice = Random(name)
    for _ in range(3):
        fields = dice.sample(LISTS[name], dice.randint(0, len(LISTS[name])))
        order = [{"field": field, "direction": dice.choice(["ASC", "DESC"])} for field in fields]
        leafing = Leafing(asker, name, order)
        whole = await leafing.page(first=1000)
        everything = ids(whole)
        assert len(set(everything)) == len(everything) == whole["totalCount"]
        assert whole["pageInfo"]["hasNextPage"] is whole["pageInfo"]["hasPreviousPage"] is False

        size = dice.randint(1, 5)
        met: list[str] = []
        page = await leafing.page(first=size)
        while True:
            assert page["pageInfo"]["hasPreviousPage"] is bool(met)
            met += ids(page)
            assert page["pageInfo"]["hasNextPage"] is (len(met) < len(everything))
            if not page["pageInfo"]["hasNextPage"]:
                break
            page = await leafing.page(first=size, after=page["pageInfo"]["endCursor"])
        assert met == everything

        met, page = [], await leafing.page(last=size)
        while True:
            assert page["pageInfo"]["hasNextPage"] is bool(met)
            met = ids(page) + met
            assert page["pageInfo"]["hasPreviousPage"] is (len(met) < len(everything))
            if not page["pageInfo"]["hasPreviousPage"]:
                break
            page = await leafing.page(last=size, before=page["pageInfo"]["startCursor"])
        assert met == everything


async def test_between_two_cursors(asker: Caller) -> None:
    leafing = Leafing(asker, "sensors", [{"field": "VALUE", "direction": "DESC"}])
    whole = await leafing.page(first=1000)
    cursors = [edge["cursor"] for edge in whole["edges"]]
    everything = ids(whole)
    assert ids(await leafing.page(after=cursors[2], before=cursors[8])) == everything[3:8]
    assert ids(await leafing.page(first=2, after=cursors[2], before=cursors[8])) == everything[3:5]
    page = await leafing.page(last=2, after=cursors[2], before=cursors[8])
    assert ids(page) == everything[6:8]
    assert page["pageInfo"]["hasNextPage"]
    assert page["pageInfo"]["hasPreviousPage"]
    assert ids(await leafing.page(first=0)) == []
    assert ids(await leafing.page(after=cursors[-1])) == []


async def test_a_page_holds_when_its_neighbours_are_gone(caller: Caller, world: World, pool: Pool) -> None:
    leafing = Leafing(caller.as_user(world.user["admin"]), "events", [])
    first = await leafing.page(first=2)
    await pool.execute("DELETE FROM alarm.event WHERE id = $1", int(ids(first)[1].split("_")[1]))
    second = await leafing.page(first=2, after=first["pageInfo"]["endCursor"])
    assert len(ids(second)) == 2
    assert not set(ids(first)) & set(ids(second))
    assert second["pageInfo"]["hasPreviousPage"]


async def test_hidden_rows_are_neither_counted_nor_met(caller: Caller, world: World) -> None:
    leafing = Leafing(caller.as_user(world.user["tenant"]), "rooms", [])
    page = await leafing.page(first=1)
    assert page["totalCount"] == 2
    assert page["pageInfo"]["hasNextPage"]
    page = await leafing.page(first=1, after=page["pageInfo"]["endCursor"])
    assert not page["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    "cursor",
    ["", "?", "bm90IGpzb24=", "W10=", "e30=", "WyJSb29tOk5VTUJFUiJd", "WyJSb29tOk5VTUJFUiIsMSwyXQ==", "ÿ", "W251bGxd",
     "WyJSb29tOk5VTUJFUiIsIjEwMSIsIngiXQ==", "WyJSb29tOk5VTUJFUiIsIjEwMSIsMS41XQ==", "WyJSb29tOk5VTUJFUiIsIjEwMSIsdHJ1ZV0="],
)  # fmt: skip
@pytest.mark.parametrize("literal", [True, False])
async def test_a_broken_cursor_is_told(caller: Caller, world: World, cursor: str, literal: bool) -> None:
    admin = caller.as_user(world.user["admin"])
    if literal:
        faults = await admin.faults(f'{{ rooms(after: "{cursor}") {{ nodes {{ id }} }} }}')
    else:
        faults = await admin.faults(
            "query Q($after: Cursor) { rooms(after: $after) { totalCount nodes { id } } }", after=cursor
        )
    assert [fault["extensions"]["code"] for fault in faults] == ["BAD_CURSOR"]


async def test_a_cursor_of_another_order_is_told(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    cursor = (await Leafing(admin, "rooms", []).page(first=1))["pageInfo"]["endCursor"]
    other = "query Q($after: Cursor) { %s(after: $after%s) { nodes { id } } }"
    for name, order in (
        ("sensors", ""),
        ("rooms", ", orderBy: [{field: AREA}]"),
        ("rooms", ", orderBy: [{field: NUMBER, direction: DESC}]"),
    ):
        faults = await admin.faults(other % (name, order), after=cursor)
        assert faults[0]["extensions"]["code"] == "BAD_CURSOR"
