"""Whatever is wrong with a question is told by a code, in the caller's language; never by a 5xx."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.app import create
from api.settings import ApiSettings
from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World, typed

DEEP = "{ buildings { nodes " + "{ floors { building " * 6 + "{ id }" + " } }" * 6 + " } }"
FAULTS: list[tuple[str, str, dict[str, Any]]] = [
    ("UNKNOWN_FIELD", "{ rooms { nodes { colour } } }", {}),
    ("UNKNOWN_ARGUMENT", "{ rooms(colour: 1) { totalCount } }", {}),
    ("UNKNOWN_INPUT_FIELD", "{ rooms(where: {colour: 1}) { totalCount } }", {}),
    ("UNKNOWN_INPUT_FIELD", "query Q($w: RoomWhere) { rooms(where: $w) { totalCount } }", {"w": {"colour": 1}}),
    ("BAD_VALUE", "{ rooms(where: {kind: PALACE}) { totalCount } }", {}),
    ("BAD_VALUE", "query Q($k: [RoomKind!]) { rooms(where: {kind: $k}) { totalCount } }", {"k": ["PALACE"]}),
    ("BAD_VALUE", "{ rooms(where: {level: 99999999999}) { totalCount } }", {}),
    ("BAD_VALUE", "query Q($l: Int) { rooms(where: {level: $l}) { totalCount } }", {"l": 2**31}),
    ("BAD_VALUE", "query Q($l: Int) { rooms(where: {level: $l}) { totalCount } }", {"l": "three"}),
    ("BAD_VALUE", '{ leases(where: {asOf: "2022-13-45"}) { totalCount } }', {}),
    ("BAD_VALUE", "query Q($d: Date) { leases(where: {asOf: $d}) { totalCount } }", {"d": "yesterday"}),
    ("BAD_VALUE", "query Q($d: Date) { leases(where: {asOf: $d}) { totalCount } }", {"d": 20221013}),
    ("BAD_VALUE", '{ alarms(where: {raised: {from: "2022-10-20T00:00:00"}}) { totalCount } }', {}),
    ("BAD_VALUE", "query Q($t: DateTime) { alarms(where: {raised: {to: $t}}) { totalCount } }", {"t": "0001-01-01T00:00+14:00"}),
    ("WRONG_KIND_OF_ID", '{ room(id: "floor_3") { id } }', {}),
    ("WRONG_KIND_OF_ID", "query Q($id: ID!) { sensor(id: $id) { id } }", {"id": "room_3"}),
    ("WRONG_KIND_OF_ID", "query Q($id: ID) { rooms(where: {floor: $id}) { totalCount } }", {"id": "building_3"}),
    ("WRONG_KIND_OF_ID", '{ alarm(id: "Душно") { id } }', {}),
    ("WRONG_KIND_OF_ID", '{ node(id: "101") { id } }', {}),
    ("BAD_PAGE_SIZE", "{ rooms(first: -1) { totalCount } }", {}),
    ("BAD_PAGE_SIZE", "query Q($n: Int) { rooms(first: $n) { nodes { id } } }", {"n": 1_000_000}),
    ("BAD_PAGE_SIZE", "query Q($n: Int) { rooms { nodes { sensors(first: $n) { id } } } }", {"n": -5}),
    ("FIRST_AND_LAST", "{ rooms(first: 1, last: 1) { totalCount } }", {}),
    ("TOO_DEEP", DEEP, {}),
    ("TOO_WIDE", "{ rooms { nodes { " + " ".join(f"a{n}: id" for n in range(2100)) + " } } }", {}),
    ("TOO_WIDE", "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))
     + " fragment F30 on Query { house { now } }", {}),
    ("TOO_MANY_RELATIONS", "{ rooms { nodes { " + " ".join(f"a{n}: tenant {{ name }}" for n in range(150)) + " } } }", {}),
    ("TOO_MANY_RELATIONS", "{ " + " ".join(f"a{n}: rooms {{ totalCount }}" for n in range(50)) + " }", {}),
    ("TOO_COSTLY", "query Q($n: Int) { sensors(first: 5000) { nodes { readings(first: $n) { at } } } }", {"n": 5000}),
    ("BAD_TEXT", "query Q($n: String) { rooms(where: {number: $n}) { totalCount } }", {"n": "a\0b"}),
    ("BAD_TEXT", "query Q($n: ID!) { room(id: $n) { id } }", {"n": "a\0b"}),
    ("BAD_TEXT", '{ search(text: "a\\u0000b") { label } }', {}),
    ("NOT_ALLOWED", "{ audit { totalCount } }", {}),
    ("OPERATION_NOT_NAMED", "query A { house { now } } query B { house { now } }", {}),
    ("SYNTAX_EXPECTED", "{ rooms {", {}),
    ("SYNTAX", "", {}),
    ("FIELDS_NOT_CHOSEN", "{ rooms }", {}),
    ("MISSING_ARGUMENT", "{ room { id } }", {}),
    ("MISSING_VALUE", "query Q($id: ID!) { room(id: $id) { id } }", {}),
    ("UNKNOWN_FRAGMENT", "{ ...Nowhere }", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "query", "variables"), FAULTS, ids=lambda value: value[:40] if isinstance(value, str) else None
)
async def test_a_mistake_is_told_by_its_code(
    caller: Caller, world: World, code: str, query: str, variables: dict[str, Any]
) -> None:
    manager = caller.as_user(world.user["manager"])
    english = await manager.speaking("en").faults(query, **variables)
    russian = await manager.speaking("ru").faults(query, **variables)
    assert {fault["extensions"]["code"] for fault in english} == {code}
    assert [fault["extensions"] for fault in english] == [fault["extensions"] for fault in russian]
    assert all(mine["message"] != theirs["message"] for mine, theirs in zip(english, russian, strict=True))


@pytest.mark.usefixtures("still")
async def test_a_question_that_takes_too_long_is_cut_off(settings: ApiSettings, world: World, pool: Pool) -> None:
    """It waits for a table that is not given back before its answer has come."""
    patient = settings.database.model_copy(update={"read_patience": timedelta(seconds=1)})
    app = create(settings.model_copy(update={"database": patient}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as http,
        pool.acquire() as holder,
        holder.transaction(),
    ):
        await holder.execute("LOCK TABLE business.tenant")
        async with asyncio.timeout(60):
            (fault,) = await Caller(http).as_user(world.user["manager"]).faults("{ tenants { totalCount } }")
    assert fault["extensions"] == {"code": "TOO_SLOW", "seconds": 1}


async def test_deep_nesting_does_not_break_the_parser(caller: Caller, world: World) -> None:
    faults = await caller.as_user(world.user["manager"]).faults("{ rooms " * 3000)
    assert faults[0]["extensions"]["code"] in ("TOO_DEEP", "SYNTAX_EXPECTED", "SYNTAX_OTHER")


async def test_a_fragment_within_itself_is_refused(caller: Caller, world: World) -> None:
    query = "{ ...F } fragment F on Query { house { now } ...G } fragment G on Query { ...F }"
    faults = await caller.as_user(world.user["manager"]).faults(query)
    assert faults[0]["extensions"]["code"] == "QUERY_NOT_VALID"


async def test_a_missing_thing_is_null(caller: Caller, world: World) -> None:
    query = '{ a: room(id: "room_1") { id } b: room(id: "nowhere") { id } c: sensor(id: "alpha/none") { id } d: lease(id: "") { id } }'
    told = await caller.as_user(world.user["manager"]).ask(query)
    assert told == {"a": None, "b": None, "c": None, "d": None}


async def test_a_hidden_thing_is_like_a_missing_one(caller: Caller, world: World) -> None:
    query = "query Q($id: ID!) { sensor(id: $id) { code } alarms(where: {sensor: $id}) { totalCount } }"
    guard = caller.as_user(world.user["guard"])
    hidden, missing = typed("sensor", world.sensor["alpha/co2-101"]), "sensor_99999"
    told = [await guard.ask(query, id=name) for name in (hidden, missing, "alpha/co2-101", "alpha/none", "co2-101")]
    assert all(each == {"sensor": None, "alarms": {"totalCount": 0}} for each in told)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_the_media_type_decides_about_the_status(caller: Caller, world: World, accept: str) -> None:
    headers = {**caller.as_user(world.user["manager"]).headers, "Accept": accept}
    good = await caller.http.post("/graphql", json={"query": "{ house { now } }"}, headers=headers)
    bad = await caller.http.post("/graphql", json={"query": "{ nothing }"}, headers=headers)
    assert good.status_code == 200
    assert good.headers["content-type"] == bad.headers["content-type"] == accept
    assert bad.status_code == (200 if accept == "application/json" else 400)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b'{"query": 1}', b'{"query": "{ a }", "variables": []}', b"\xff"]
)
async def test_a_body_that_is_no_question_is_400(caller: Caller, body: bytes) -> None:
    response = await caller.http.post("/graphql", content=body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_BODY"


async def test_names_that_look_like_sql_are_names(caller: Caller, world: World) -> None:
    manager = caller.as_user(world.user["manager"])
    for name in ("'; DROP TABLE x; --", "%", "_", "\\", '"', "$1", ":p0", "{}", "room_", "room_1; x"):
        query = "query Q($n: String!, $id: ID!) { rooms(where: {number: $n}) { totalCount } room(id: $id) { id } search(text: $n) { label } }"
        told = await manager.ask(query, n=name, id=name)
        assert told["rooms"]["totalCount"] == 0
        assert told["room"] is None
    told = await manager.ask('{ tenants(where: {name: "%"}) { totalCount } floors(where: {name: "_"}) { totalCount } }')
    assert told == {"tenants": {"totalCount": 0}, "floors": {"totalCount": 0}}
