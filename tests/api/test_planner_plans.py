"""One operation is one statement, and a plan is used again exactly when it fits."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from api.execution import graph
from tests.api.caller import Caller
from tests.world import World, typed

pytestmark = pytest.mark.usefixtures("still")

FLOOR = """
    query Floor($id: ID!, $kind: [SensorKind!]) {
        floor(id: $id) {
            level name building { name }
            rooms { number tenant { name phone } sensors(where: {kind: $kind}) { code value unit alarms { title } } }
        }
    }
"""
ALARMS = """
    query Alarms($first: Int, $after: Cursor, $where: AlarmWhere) {
        alarms(first: $first, after: $after, where: $where) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
            edges { cursor node { title state sensor { code room { number tenant { name } } } transitions { kind user { name } } } }
        }
        alarmCounts(by: FLOOR) { label count floor { level } }
    }
"""
EVERYTHING = """
    query Everything($room: ID!) {
        me { user { name } roles grants { role building { code } } } house { now epoch }
        search(text: "101") { label item { __typename ... on Room { floor { name } } } }
        room(id: $room) {
            number floor { rooms { number } } placements { tenant { name } lease { number rent } }
            sensors { readings(bucket: HOUR, aggregate: MAX) { at value count } rules { name } statusChanges { status } }
        }
        node(id: $room) { id ... on Room { aliases } }
        readings(where: {room: $room}, bucket: WHOLE) { value sensor { code } }
        leases(where: {status: [CURRENT]}) { nodes { number tenant { name } } totalCount }
        users { nodes { name login } } events { nodes { text } } alarmRules { nodes { name } }
    }
"""


class Statements(list[str]):
    """What was sent to the database."""

    def hear(self, record: asyncpg.connection.LoggedQuery) -> None:
        self.append(record.query)


@pytest.fixture
async def statements(app: FastAPI) -> Statements:
    heard = Statements()
    parts = app.state.parts
    connections = []
    for pool, size in ((parts.reads, parts.reads.get_max_size()), (parts.pool, parts.pool.get_idle_size())):
        connections += [(pool, await pool.acquire()) for _ in range(size)]
    for pool, connection in connections:
        connection._con.add_query_logger(heard.hear)
        await pool.release(connection)
    heard.clear()
    return heard


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (FLOOR, {"id": "alpha/1", "kind": ["CO2"]}),
        (FLOOR, {"id": "alpha/1"}),
        (ALARMS, {"first": 2, "where": {"building": "alpha", "active": True}}),
        (EVERYTHING, {"room": "alpha/101"}),
        ("{ rooms { totalCount } buildings { nodes { floors { rooms { sensors { alarms { title } } } } } } }", {}),
    ],
)
@pytest.mark.parametrize("login", ["manager", "tenant"])
async def test_the_questions_of_a_client_are_one_statement(
    caller: Caller, world: World, statements: Statements, query: str, variables: dict[str, Any], login: str
) -> None:
    somebody = caller.as_user(world.user[login])
    if "node(" in query:
        variables = {"room": typed("room", world.room["alpha/101"])}
    await somebody.ask("{ house { now } }")
    statements.clear()
    await somebody.ask(query, **variables)
    assert len(statements) == 1, statements
    await somebody.ask(query, **variables)
    assert statements[0] == statements[1], "the same operation is the same prepared statement"


async def test_introspection_beside_planned_fields_is_one_statement(
    caller: Caller, world: World, statements: Statements
) -> None:
    somebody = caller.as_user(world.user["manager"])
    await somebody.ask("{ house { now } }")
    statements.clear()
    told = await somebody.ask("{ a: rooms { totalCount } __schema { queryType { name } } b: floors { totalCount } }")
    assert list(told) == ["a", "__schema", "b"]
    assert told["a"]["totalCount"] == 7
    assert len(statements) == 1, statements


async def plans_after(caller: Caller, *asked: tuple[str, dict[str, Any]]) -> tuple[list[Any], int]:
    """The answers, and how many plans were made for them."""
    graph().plans.values.clear()
    answers = [await caller.ask(query, **variables) for query, variables in asked]
    return answers, len(graph().plans.values)


async def test_values_share_a_plan_and_shapes_do_not(caller: Caller, world: World) -> None:
    manager = caller.as_user(world.user["manager"])
    query = (
        "query Q($level: Int, $kind: [RoomKind!]) { rooms(where: {level: $level, kind: $kind}) { nodes { number } } }"
    )
    answers, plans = await plans_after(
        manager,
        (query, {"level": 1}),
        (query, {"level": 2}),
        (query, {"level": 1, "kind": None}),
        (query, {}),
        (query, {"level": None}),
        (query, {"level": 1, "kind": ["MEETING"]}),
        (query, {"level": 1, "kind": ["MEETING", "KITCHEN"]}),
        (query, {"level": 1, "kind": []}),
    )
    numbers = [[room["number"] for room in answer["rooms"]["nodes"]] for answer in answers]
    first, second = ["101", "102", "103", "К1"], ["201", "202", "203"]
    both = ["101", "102", "103", "201", "202", "203", "К1"]
    assert numbers == [first, second, first, both, both, ["101"], ["101", "103"], []]
    assert plans == 5


async def test_skip_and_include_shape_the_answer(caller: Caller, world: World) -> None:
    query = """
        query Q($a: Boolean!, $b: Boolean!) {
            room(id: "alpha/101") { ...F @include(if: $a) name @skip(if: $b) number @include(if: $a) @skip(if: $b) }
        }
        fragment F on Room { kind }
    """
    answers, plans = await plans_after(
        caller.as_user(world.user["manager"]),
        *((query, {"a": a, "b": b}) for a in (True, False) for b in (True, False)),
        (query, {"a": True, "b": True}),
    )
    keys = [list(answer["room"]) for answer in answers]
    assert keys == [["kind"], ["kind", "name", "number"], [], ["name"], ["kind"]]
    assert plans == 4


async def test_operations_of_one_document_do_not_mix(caller: Caller, world: World) -> None:
    text = "query A { rooms { totalCount } } query B { floors { totalCount } }"
    manager = caller.as_user(world.user["manager"])

    async def named(name: str | None) -> dict[str, Any]:
        body = {"query": text, "operationName": name}
        response = await manager.http.post("/graphql", json=body, headers=manager.headers)
        told: dict[str, Any] = response.json()
        return told

    assert (await named("A"))["data"] == {"rooms": {"totalCount": 7}}
    assert (await named("B"))["data"] == {"floors": {"totalCount": 2}}
    assert (await named(None))["errors"][0]["extensions"]["code"] == "OPERATION_NOT_NAMED"
    assert (await named("C"))["errors"][0]["extensions"]["code"] == "UNKNOWN_OPERATION"


async def test_viewers_of_one_class_share_plans_and_see_their_own(caller: Caller, world: World) -> None:
    graph().plans.values.clear()
    query = "{ rooms { totalCount } tenants { nodes { name } } }"
    seen = {}
    for login in ("manager", "dispatcher", "guard", "viewer", "tenant", "mixed", "admin", "nobody"):
        seen[login] = (await caller.as_user(world.user[login]).ask(query))["rooms"]["totalCount"]
    assert seen == {
        "manager": 7, "dispatcher": 7, "guard": 6, "viewer": 13, "tenant": 2, "mixed": 7, "admin": 13, "nobody": 0,
    }  # fmt: skip
    assert len(graph().plans.values) == 8
    statements = {plan.sql for plan in graph().plans.values.values()}
    assert all("alpha" not in sql and str(world.building["alpha"]) not in sql.split() for sql in statements)


async def test_an_id_and_a_name_are_two_shapes(caller: Caller, world: World) -> None:
    query = "query Q($room: ID!) { room(id: $room) { number } }"
    answers, plans = await plans_after(
        caller.as_user(world.user["viewer"]),
        *((query, {"room": name}) for name in (typed("room", world.room["alpha/101"]), "alpha/101", "К1", "beta/101")),
        (query, {"room": "101"}),
        (query, {"room": "room_999999"}),
        (query, {"room": "room_99999999999999999999999"}),
    )
    numbers = [answer["room"] and answer["room"]["number"] for answer in answers]
    assert numbers == ["101", "101", "К1", "101", None, None, None], "101 is in both buildings"
    assert plans == 2


async def test_enumerations_and_page_sizes(caller: Caller, world: World) -> None:
    query = """
        query Q($by: AlarmGroup!, $first: Int, $direction: Direction!) {
            alarmCounts(by: $by, first: $first) { label }
            rooms(first: $first, orderBy: [{field: NUMBER, direction: $direction}]) { nodes { number } }
        }
    """
    answers, plans = await plans_after(
        caller.as_user(world.user["manager"]),
        (query, {"by": "SENSOR", "first": 1, "direction": "ASC"}),
        (query, {"by": "SENSOR", "first": 3, "direction": "ASC"}),
        (query, {"by": "RULE", "first": 3, "direction": "ASC"}),
        (query, {"by": "RULE", "first": 3, "direction": "DESC"}),
        (query, {"by": "RULE", "direction": "DESC"}),
    )
    assert [len(answer["rooms"]["nodes"]) for answer in answers] == [1, 3, 3, 3, 7]
    assert answers[2]["rooms"] != answers[3]["rooms"]
    assert plans == 4


async def test_more_fields_than_a_function_takes_arguments(caller: Caller, world: World) -> None:
    fields = " ".join(f"a{n}: number b{n}: kind c{n}: area" for n in range(120))
    told = await caller.as_user(world.user["manager"]).ask(f'{{ room(id: "alpha/101") {{ {fields} }} }}')
    assert len(told["room"]) == 360
    assert told["room"]["a119"] == "101"


async def test_the_same_field_twice_with_other_arguments(caller: Caller, world: World) -> None:
    told = await caller.as_user(world.user["manager"]).ask(
        """{
            room(id: "alpha/202") {
                now: tenant { name } before: tenant(asOf: "2026-11-15") { name } later: tenant(asOf: "2030-01-01") { name }
            }
            a: rooms(first: 1) { nodes { number } } b: rooms(last: 1) { nodes { number } }
            lease(id: "А-3") { now: status then: status(asOf: "2028-01-01") after: status(asOf: "2030-01-01") }
        }"""
    )
    assert told["room"] == {"now": None, "before": {"name": "Альфа"}, "later": None}
    assert told["a"] != told["b"]
    assert told["lease"] == {"now": "FUTURE", "then": "CURRENT", "after": "ENDED"}
