"""Rooms, sensors, rules and the clock: what is changed, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World


@pytest.fixture
def manager(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["manager"])


async def test_only_what_is_given_changes(manager: Caller) -> None:
    room = await manager.update_room(room="101", capacity=14)
    assert (room["name"], room["kind"], room["capacity"]) == ("Переговорная", "MEETING", 14)
    assert room["aliases"] == ["meeting room", "переговорка"]


async def test_null_clears(manager: Caller) -> None:
    room = await manager.update_room(room="101", capacity=None, name=None, aliases=None)
    assert (room["name"], room["capacity"], room["aliases"]) == (None, None, [])


async def test_other_names(manager: Caller, pool: Pool, world: World) -> None:
    """Names that stay keep their rows; new ones know their language by their letters."""
    named = "SELECT name, language, id FROM physical.alias WHERE room_id = $1 ORDER BY name"
    before = {row["name"]: row["id"] for row in await pool.fetch(named, world.room["alpha/101"])}
    room = await manager.update_room(room="101", aliases=["переговорка", "Небо", "The Sky", "Небо "])
    assert room["aliases"] == ["The Sky", "Небо", "переговорка"]
    after = await pool.fetch(named, world.room["alpha/101"])
    assert {row["name"]: row["language"] for row in after} == {"The Sky": "EN", "Небо": "RU", "переговорка": "RU"}
    assert next(row["id"] for row in after if row["name"] == "переговорка") == before["переговорка"]


async def test_a_number_may_have_spaces(manager: Caller) -> None:
    assert (await manager.update_room(room="101", number="101 A"))["number"] == "101 A"


async def test_a_dry_run_of_nothing(manager: Caller) -> None:
    assert (await manager.update_room(room="101", number="101", dry_run=True))["changes"] == []


WHAT_A_ROOM_CANNOT_BE: list[tuple[dict[str, Any], str]] = [
    ({"number": None}, "CANNOT_BE_NULL"),
    ({"kind": None}, "CANNOT_BE_NULL"),
    ({"number": ""}, "EMPTY"),
    ({"number": "1/2"}, "BAD_CHARACTERS"),
    ({"name": " "}, "EMPTY"),
    ({"capacity": -1}, "TOO_SMALL"),
    ({"aliases": ["ok", ""]}, "EMPTY"),
    ({"aliases": [str(number) for number in range(21)]}, "TOO_MANY"),
]


async def test_what_a_room_cannot_be(manager: Caller) -> None:
    for given, code in WHAT_A_ROOM_CANNOT_BE:
        refused = await manager.update_room(room="101", **given)
        assert (refused["__typename"], refused["code"]) == ("InvalidInput", code)


async def test_a_room_number_is_taken(manager: Caller) -> None:
    refused = await manager.speaking("ru").update_room(room="101", number="102")
    assert refused["__typename"] == "RoomNumberTaken"
    assert refused["message"] == "В здании БЦ «Альфа-центр» уже есть комната 102. Выберите другой номер."
    assert (await manager.update_room(room="101", number="001"))["number"] == "001", "beta has one too: no matter"


async def test_a_sensor_has_the_usual_unit(manager: Caller, pool: Pool) -> None:
    sensor = await manager.create_sensor(building="alpha", room="102", code="co2-102", kind="CO2")
    assert sensor["unit"] == "ppm"
    state = "SELECT status FROM telemetry.sensor_state WHERE sensor_id = $1"
    assert await pool.fetchval(state, int(sensor["id"].split("_")[1])) == "UNKNOWN"


WHAT_A_SENSOR_CANNOT_BE: list[tuple[dict[str, Any], str, str]] = [
    ({"code": "t-101"}, "SensorCodeTaken", "SENSOR_CODE_TAKEN"),
    ({"code": "a b"}, "InvalidInput", "BAD_CHARACTERS"),
    ({"code": "a/b"}, "InvalidInput", "BAD_CHARACTERS"),
    ({"code": ""}, "InvalidInput", "EMPTY"),
    ({"interval": 0}, "InvalidInput", "TOO_SMALL"),
    ({"x": 1e9}, "InvalidInput", "TOO_LARGE"),
    ({"room": "beta/101"}, "NotFound", "NOT_FOUND"),
    ({"building": "beta"}, "NotFound", "NOT_FOUND"),
]


async def test_what_a_sensor_cannot_be(manager: Caller) -> None:
    for given, type_, code in WHAT_A_SENSOR_CANNOT_BE:
        refused = await manager.create_sensor(**{"building": "alpha", "code": "n-1", "kind": "CO2"} | given)
        assert (refused["__typename"], refused["code"]) == (type_, code)


async def test_a_sensor_in_a_room_of_another_building(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    refused = await admin.create_sensor(building="alpha", room="beta/101", code="n-1", kind="CO2")
    assert (refused["__typename"], refused["code"]) == ("InvalidInput", "ELSEWHERE")


async def test_the_same_code_elsewhere_does_not_matter(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    assert (await admin.create_sensor(building="beta", code="t-101", kind="CO2"))["__typename"] == "Sensor"


RULE: dict[str, Any] = {"building": "alpha", "name": "Холодно", "condition": "BELOW", "threshold": 18.5}


async def test_a_rule_watches_its_sensors(manager: Caller, pool: Pool, world: World) -> None:
    rule = await manager.create_alarm_rule(**RULE, sensorKind="TEMPERATURE", deadband=0.5, onDelay=600)
    watched = "SELECT sensor_id FROM alarm.watch WHERE rule_id = $1 ORDER BY 1"
    rows = await pool.fetch(watched, int(rule["id"].split("_")[1]))
    assert [row[0] for row in rows] == sorted([world.sensor["alpha/t-101"], world.sensor["alpha/t-1"]])
    one = await manager.create_alarm_rule(**RULE, sensor="t-1")
    rows = await pool.fetch(watched, int(one["id"].split("_")[1]))
    assert [row[0] for row in rows] == [world.sensor["alpha/t-1"]]


WHAT_A_RULE_CANNOT_BE: list[tuple[dict[str, Any], str, str]] = [
    ({}, "InvalidInput", "SENSOR_OR_KIND"),
    ({"sensor": "t-1", "sensorKind": "CO2"}, "InvalidInput", "SENSOR_OR_KIND"),
    ({"sensor": "t-1", "room": "101"}, "InvalidInput", "ROOM_WITH_SENSOR"),
    ({"sensorKind": "CO2", "deadband": -1}, "InvalidInput", "TOO_SMALL"),
    ({"sensorKind": "CO2", "onDelay": -1}, "InvalidInput", "TOO_SMALL"),
    ({"sensorKind": "CO2", "offDelay": 10**8}, "InvalidInput", "TOO_LARGE"),
    ({"sensorKind": "CO2", "name": ""}, "InvalidInput", "EMPTY"),
    ({"sensorKind": "CO2", "room": "beta/101"}, "NotFound", "NOT_FOUND"),
    ({"sensor": "beta/t-1"}, "NotFound", "NOT_FOUND"),
]


async def test_what_a_rule_cannot_be(manager: Caller) -> None:
    for given, type_, code in WHAT_A_RULE_CANNOT_BE:
        refused = await manager.create_alarm_rule(**RULE | given)
        assert (refused["__typename"], refused["code"]) == (type_, code)


SET_CLOCK = """
    mutation($now: DateTime!) { setClock(now: $now) { __typename ... on ClockSet { now } ... on Refusal { code } } }
"""


async def test_an_admin_sets_a_simulated_clock(caller: Caller, world: World, pool: Pool) -> None:
    admin = caller.as_user(world.user["admin"])
    data = await admin.ask(SET_CLOCK, now="2027-01-01T00:00:00+03:00")
    assert data["setClock"]["__typename"] == "ClockSet"
    assert data["setClock"]["now"] in ("2026-12-31T21:00:00+00:00", "2026-12-31T21:00:00Z")
    assert await pool.fetchval("SELECT house_at FROM live.clock") == world.now.replace(2026, 12, 31, 21)
    assert await pool.fetchval("SELECT operation FROM security.audit") == "setClock"


async def test_nobody_else_does(caller: Caller, world: World) -> None:
    for who in ("manager", "dispatcher", "nobody"):
        data = await caller.as_user(world.user[who]).ask(SET_CLOCK, now="2027-01-01T00:00:00Z")
        assert data["setClock"]["__typename"] == "NotAllowed"
    agent = caller.as_user(world.user["admin"], acting="agent")
    assert (await agent.ask(SET_CLOCK, now="2027-01-01T00:00:00Z"))["setClock"]["__typename"] == "NotAllowed"


async def test_a_real_clock_is_not_set(caller: Caller, world: World, pool: Pool) -> None:
    await pool.execute("UPDATE live.clock SET mode = 'REAL', house_at = NULL")
    data = await caller.as_user(world.user["admin"]).ask(SET_CLOCK, now="2027-01-01T00:00:00Z")
    assert data["setClock"]["__typename"] == "ClockIsReal"
