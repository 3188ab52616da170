"""What is wrong with a request is told by a code and a sentence, in the caller's language, and nothing is changed."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from graphql import GraphQLError

from api.asking import language_of
from api.errors import Fault, presented
from api.mistakes import recognised
from db.engine import Pool
from db.models import Language
from tests.api.caller import Caller
from tests.api.tables import dump
from tests.world import World

LEASE = "mutation($input: CreateLeaseInput!) { createLease(input: $input) { __typename } }"
GOOD: dict[str, Any] = {"building": "alpha", "tenant": "Гамма", "number": "Н-1", "start": "2026-12-01"}

MISTAKES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("{ rooms { nodes { numbr } } }", {}, "UNKNOWN_FIELD", "нет поля numbr. Возможно, вы имели в виду: number", "no field numbr. Did you mean: number"),
    ("{ room(id: \"101\", foo: 1) { id } }", {}, "UNKNOWN_ARGUMENT", "нет аргумента foo", "no argument foo"),
    ("{ room { id } }", {}, "MISSING_ARGUMENT", "обязательный аргумент id", "needs the argument id"),
    ("{ rooms { nodes } }", {}, "FIELDS_NOT_CHOSEN", "какие поля нужны у nodes", "which fields of nodes"),
    ("{ house { now { x } } }", {}, "FIELD_IS_PLAIN", "now — простое значение", "now is a plain value"),
    ("{ rooms(where: {number: 5}) { totalCount } }", {}, "BAD_VALUE", "Значение number не подходит, нужен тип String: 5", "type String is needed: 5"),
    ("{ rooms(where: {kind: [CASTLE]}) { totalCount } }", {}, "BAD_VALUE", "нужен тип RoomKind: CASTLE", "RoomKind is needed: CASTLE"),
    ("{ rooms(where: {asOf: \"31.12.2026\"}) { totalCount } }", {}, "BAD_VALUE", "Значение asOf не подходит, нужен тип Date: 31.12.2026", "Date is needed: 31.12.2026"),
    ("{ rooms(where: {asOf: \"2026-02-30\"}) { totalCount } }", {}, "BAD_VALUE", "тип Date: 2026-02-30", "Date is needed: 2026-02-30"),
    ("{ alarms(where: {raised: {from: \"yesterday\"}}) { totalCount } }", {}, "BAD_VALUE", "тип DateTime: yesterday", "DateTime is needed: yesterday"),
    ("{ rooms(where: {colour: 1}) { totalCount } }", {}, "UNKNOWN_INPUT_FIELD", "Во входном типе RoomWhere нет поля colour", "input RoomWhere has no field colour"),
    ("query($d: Date!) { rooms(where: {asOf: $d}) { totalCount } }", {"d": "soon"}, "BAD_VALUE", "Значение $d не подходит, нужен тип Date: soon", "value of $d does not fit, the type Date"),
    ("query($d: Date!) { rooms(where: {asOf: $d}) { totalCount } }", {}, "MISSING_VALUE", "значение $d типа Date!", "type Date! is needed for $d"),
    ("query($d: Date!) { rooms(where: {asOf: $d}) { totalCount } }", {"d": None}, "MISSING_VALUE", "значение $d типа Date!", "type Date! is needed for $d"),
    ("query($n: Int) { rooms(first: $n) { totalCount } }", {"n": 3_000_000_000}, "BAD_VALUE", "тип Int", "type Int"),
    ("query($n: String) { rooms(first: $n) { totalCount } }", {}, "VARIABLE_DOES_NOT_FIT", "объявлена как String, а здесь нужен тип Int", "is declared as String, but Int"),
    ("{ rooms(first: $n) { totalCount } }", {}, "UNKNOWN_VARIABLE", "$n не объявлена", "$n is not declared"),
    ("query($w: Castle) { rooms { totalCount } }", {}, "UNKNOWN_TYPE", "Тип Castle неизвестен", "type Castle is unknown"),
    ("{ rooms { ...R } }", {}, "UNKNOWN_FRAGMENT", "Фрагмент R не описан", "fragment R is not defined"),
    ("{ rooms { totalCount }", {}, "SYNTAX_EXPECTED", "строка 1, позиция 23", "line 1, column 23"),
    ("{ rooms(first: ) { totalCount } }", {}, "SYNTAX", "не к месту ')'", "')' is out of place"),
    ("{ rooms(where: {number: \"1}) }", {}, "SYNTAX_OTHER", "Ошибка в тексте запроса", "syntax error"),
    ("", {}, "SYNTAX", "конец", "<EOF>"),
    (LEASE, {"input": GOOD | {"start": "2026-13-01"}}, "BAD_VALUE", "Значение $input.start не подходит, нужен тип Date: 2026-13-01", "value of $input.start"),
    (LEASE, {"input": {**GOOD, "rent": "много"}}, "BAD_VALUE", "нужен тип Decimal: много", "Decimal is needed"),
    (LEASE, {"input": {"building": "alpha"}}, "MISSING_VALUE", "Не задано обязательное значение", "is needed for"),
    (LEASE, {"input": GOOD | {"floor": 1}}, "UNKNOWN_INPUT_FIELD", "CreateLeaseInput нет поля floor", "CreateLeaseInput has no field floor"),
    (LEASE, {"input": GOOD | {"building": "room_301"}}, "WRONG_KIND_OF_ID", "room_301 — идентификатор другого вида: нужен building.", "room_301 is an id of another kind: building is needed."),
    ("{ room(id: \"floor_201\") { id } }", {}, "WRONG_KIND_OF_ID", "идентификатор другого вида: нужен room", "another kind: room is needed"),
]  # fmt: skip


@pytest.mark.usefixtures("still")
async def test_mistakes_are_told(caller: Caller, world: World, pool: Pool) -> None:
    for query, variables, code, russian, english in MISTAKES:
        admin = caller.as_user(world.user["admin"])
        async with pool.acquire() as connection:
            before = await dump(connection)
            for language, words in (("ru", russian), ("en", english)):
                errors = await admin.speaking(language).faults(query, **variables)
                told = next((error for error in errors if error["extensions"]["code"] == code), None)
                assert told is not None, errors
                if words != "конец":
                    assert words in told["message"]
            assert await dump(connection) == before


async def test_one_mistake_is_told_once(caller: Caller, world: World) -> None:
    query = "{ a: rooms { nodes { numbr } } b: rooms { nodes { numbr } } }"
    errors = await caller.as_user(world.user["admin"]).faults(query)
    assert len({(error["message"], str(error.get("locations"))) for error in errors}) == len(errors)


async def test_nobody_may_change_anything(caller: Caller, world: World) -> None:
    (fault,) = await caller.speaking("en").faults(LEASE, input=GOOD)
    assert fault["extensions"]["code"] == "NOT_SIGNED_IN"
    assert fault["path"] == ["createLease"]


BODIES_THAT_ARE_NO_QUESTION: list[tuple[bytes, str, int]] = [
    (b"", "BAD_BODY", 400),
    (b"{", "BAD_BODY", 400),
    (b"[]", "BAD_BODY", 400),
    (b"{}", "BAD_BODY", 400),
    (b'{"query": 5}', "BAD_BODY", 400),
    (b'{"query": "{ __typename }", "variables": []}', "BAD_BODY", 400),
    (b'{"query": "\xff"}', "BAD_BODY", 400),
    (b'{"query": "' + b"x" * (1 << 20) + b'"}', "BODY_TOO_LARGE", 413),
]


async def test_bodies_that_are_no_question(caller: Caller) -> None:
    for content, code, status in BODIES_THAT_ARE_NO_QUESTION:
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        response = await caller.http.post("/graphql", content=content, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_a_body_without_end_is_cut_off(caller: Caller) -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 65536

    response = await caller.http.post("/graphql", content=endless())
    assert response.status_code == 413


async def test_unknown_faults_are_masked_and_logged(
    caller: Caller, world: World, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    await pool.execute("ALTER TABLE business.tenant RENAME TO somewhere_else")
    admin = caller.as_user(world.user["admin"]).speaking("ru")
    with caplog.at_level(logging.ERROR):
        for query, variables in (("{ tenants { totalCount } }", {}), (LEASE, {"input": GOOD})):
            caplog.clear()
            (fault,) = await admin.faults(query, **variables)
            assert fault["extensions"]["code"] == "INTERNAL"
            assert "somewhere" not in str(fault)
            assert "tenant" not in fault["message"]
            number = fault["extensions"]["id"]
            assert number in fault["message"]
            assert any(number in record.getMessage() and record.exc_info for record in caplog.records)


async def test_a_path_that_is_not_there(caller: Caller) -> None:
    assert (await caller.http.get("/nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("header", "own", "chosen"),
    [
        (None, "RU", "RU"),
        ("", "EN", "EN"),
        ("ru", "EN", "RU"),
        ("en-GB,en;q=0.9", "RU", "EN"),
        ("de, ru;q=0.5, en;q=0.7", "RU", "EN"),
        ("fr, *;q=0.1", "RU", "RU"),
        ("ru;q=0, en;q=0.1", "RU", "EN"),
        ("ru;q=often", "EN", "EN"),
    ],
)
def test_the_callers_language(header: str | None, own: str, chosen: str) -> None:
    assert language_of(header, Language[own]) is Language[chosen]


async def test_people_are_answered_in_their_own_language(caller: Caller, world: World) -> None:
    query = '{ room(id: "floor_201") { id } }'
    russian = await caller.as_user(world.user["manager"]).faults(query)
    english = await caller.as_user(world.user["guard"]).faults(query)
    assert "другого вида" in russian[0]["message"]
    assert "another kind" in english[0]["message"]


def test_what_is_not_recognised_is_passed_on() -> None:
    error = GraphQLError("Something that graphql-core says in a later version.")
    assert recognised(error) is None
    (told,) = presented([error], Language.EN)
    assert told["extensions"]["code"] == "QUERY_NOT_VALID"


def test_a_fault_within_a_fault_is_that_fault() -> None:
    error = GraphQLError("x", original_error=Fault("BUSY"), path=["a"])
    (told,) = presented([error], Language.EN)
    assert (told["extensions"]["code"], told["path"]) == ("BUSY", ["a"])
