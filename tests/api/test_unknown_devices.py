"""Devices that nobody knows: they are listed, and become sensors by one change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from db.clock import Clock, Setting
from db.engine import Pool
from db.models import ClockMode, Door
from db.unknown import MOST, SILENT, Stranger, prune, remember
from tests.api.caller import Caller
from tests.world import World

LIST = "query($where: UnknownDeviceWhere) { unknownDevices(where: $where) { totalCount nodes { id name door count value building { code } } } }"
ADOPT = """mutation($input: AdoptDeviceInput!, $dryRun: Boolean! = false) { adoptDevice(input: $input, dryRun: $dryRun) {
    __typename
    ... on Sensor { id code kind unit externalId interval room { number } building { code } }
    ... on DryRun { changes { noun label fields { name after } } }
    ... on Refusal { code message }
} }"""


@pytest.fixture
async def manager(pool: Pool, world: World, caller: Caller) -> Caller:
    await pool.execute("DELETE FROM telemetry.unknown_device")
    return caller.as_user(world.user["manager"])


async def report(caller: Caller, path: str, body: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await caller.http.post(path, content=body, headers=headers)
    assert answer.status_code in (200, 204, 400), answer.text


async def listed(caller: Caller, app: FastAPI, **where: Any) -> list[dict[str, Any]]:
    await app.state.parts.doors.strangers.write()
    nodes: list[dict[str, Any]] = (await caller.ask(LIST, where=where))["unknownDevices"]["nodes"]
    return nodes


async def adopt(caller: Caller, **given: Any) -> dict[str, Any]:
    control = {name: given.pop(name) for name in ("dryRun",) if name in given}
    told: dict[str, Any] = (await caller.ask(ADOPT, input=given, **control))["adoptDevice"]
    return told


async def test_a_device_is_met_listed_adopted_and_heard(
    app: FastAPI, pool: Pool, world: World, manager: Caller
) -> None:
    key = world.secret["device"]
    line = "°C,domain=sensor,entity_id=kitchen value={}"
    await report(manager, "/api/v2/write", line.format(20), key)
    await report(manager, "/api/v2/write", line.format(21.5), key)
    await report(manager, "/ingest", '{"sensor": "alpha/boiler", "value": 60}\n{"sensor": "boiler", "value": 61}', key)
    found = {node["name"]: node for node in await listed(manager, app)}
    assert set(found) == {"kitchen/value", "boiler"}
    kitchen = found["kitchen/value"]
    assert kitchen | {"id": ""} == {
        "id": "", "name": "kitchen/value", "door": "LINE", "count": 2, "value": 21.5, "building": {"code": "alpha"},
    }  # fmt: skip

    given = {"device": kitchen["id"], "kind": "TEMPERATURE", "room": "101", "interval": 60}
    tried = await adopt(manager, **given, dryRun=True)
    assert [row["noun"] for row in tried["changes"]] == ["Sensor"]
    assert len(await listed(manager, app)) == 2
    made = await adopt(manager, **given)
    assert made | {"id": ""} == {
        "__typename": "Sensor", "id": "", "code": "kitchen-value", "kind": "TEMPERATURE", "unit": "°C", "interval": 60,
        "externalId": "kitchen/value", "room": {"number": "101"}, "building": {"code": "alpha"},
    }  # fmt: skip
    assert [node["name"] for node in await listed(manager, app)] == ["boiler"]
    assert (await adopt(manager, **given))["code"] == "NOT_FOUND"

    await report(manager, "/api/v2/write", line.format(22), key)
    number = int(made["id"].split("_")[1])
    assert await pool.fetchval("SELECT value FROM telemetry.sensor_state WHERE sensor_id = $1", number) == 22
    assert [node["name"] for node in await listed(manager, app)] == ["boiler"]

    await adopt(manager, device="boiler", kind="TEMPERATURE", code="b-1", unit="K")
    await report(manager, "/ingest", '{"sensor": "alpha/boiler", "value": 62}', key)
    values = await pool.fetchval(
        "SELECT e.value FROM telemetry.sensor s JOIN telemetry.sensor_state e ON e.sensor_id = s.id WHERE s.code = 'b-1'"
    )
    assert values == 62


async def test_who_is_of_no_known_building_is_placed_by_an_administrator(
    app: FastAPI, world: World, manager: Caller, caller: Caller
) -> None:
    admin = caller.as_user(world.user["admin"])
    strangers = app.state.parts.doors.strangers
    strangers.met[None, "x"] = Stranger(None, "z/y", True, Door.MQTT, None, world.now, 1, 5.0)
    assert await listed(manager, app) == []
    [device] = await listed(admin, app)
    assert (device["building"], device["name"]) == (None, "z/y")
    assert (await adopt(manager, device=device["id"], kind="OTHER", building="alpha"))["code"] == "NOT_FOUND"
    assert (await adopt(admin, device=device["id"], kind="OTHER"))["code"] == "BUILDING_NEEDED"
    assert (await adopt(admin, device=device["id"], kind="OTHER", building="nowhere"))["code"] == "NOT_FOUND"
    made = await adopt(admin, device="z/y", kind="OTHER", building="beta")
    assert (made["code"], made["building"]) == ("z-y", {"code": "beta"})


async def test_adopting_is_refused_with_a_reason(app: FastAPI, world: World, manager: Caller, caller: Caller) -> None:
    strangers = app.state.parts.doors.strangers
    strangers.met[1, "t"] = Stranger(world.building["alpha"], "t-101", True, Door.MQTT, None, world.now, 1)
    await strangers.write()
    admin = caller.as_user(world.user["admin"])
    assert (await adopt(manager, device="t-101", kind="OTHER"))["code"] == "SENSOR_CODE_TAKEN"
    assert (await adopt(manager, device="t-101", kind="OTHER", code="a b"))["code"] == "BAD_CHARACTERS"
    assert (await adopt(admin, device="t-101", kind="OTHER", building="beta"))["code"] == "ELSEWHERE"
    assert (await adopt(manager, device="nobody", kind="OTHER"))["code"] == "NOT_FOUND"
    dispatcher = caller.as_user(world.user["dispatcher"])
    assert (await adopt(dispatcher, device="t-101", kind="OTHER"))["code"] == "NOT_ALLOWED"
    assert len(await listed(manager, app)) == 1


async def test_two_who_adopt_at_once_make_one_sensor(app: FastAPI, pool: Pool, world: World, manager: Caller) -> None:
    await report(manager, "/ingest", '{"sensor": "boiler", "value": 60}', world.secret["device"])
    await listed(manager, app)
    told = await asyncio.gather(*(adopt(manager, device="boiler", kind="OTHER", code=f"b{n}") for n in range(4)))
    assert sorted(one["__typename"] for one in told) == ["NotFound"] * 3 + ["Sensor"]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.sensor WHERE external_id = 'boiler'") == 1


async def test_names_that_can_be_nobodys_are_not_kept(app: FastAPI, world: World, manager: Caller) -> None:
    lines = [f'{{"sensor": "{name}", "value": 1}}' for name in ("", "\\u0000", "\\u200b", "x" * 201, "/", "beta/t-9")]
    await report(manager, "/ingest", "\n".join(lines), world.secret["device"])
    assert await listed(manager, app) == []


def stranger(building: int | None, name: str, at: Any, count: int = 1) -> Stranger:
    return Stranger(building, name, True, Door.LINE, None, at, count)


@pytest.mark.usefixtures("still")
async def test_those_too_many_and_those_long_silent_are_forgotten(pool: Pool, world: World, manager: Caller) -> None:
    clock = Clock(Setting(ClockMode.SPEED, world.now, world.now, 0.0))
    alpha, beta = world.building["alpha"], world.building["beta"]
    old = world.now - SILENT
    async with pool.acquire() as connection:
        await remember(connection, [stranger(alpha, f"a{n}", world.now) for n in range(MOST)])
        await remember(connection, [stranger(alpha, "a0", world.now, 2), stranger(alpha, "first", old)])
        await remember(
            connection, [stranger(beta, "b", old), stranger(beta, "c", old - SILENT), stranger(None, "n", old)]
        )
        assert await prune(connection, clock) == 2
        assert await connection.fetchval("SELECT count FROM telemetry.unknown_device WHERE name = 'a0'") == 3
        await connection.execute("UPDATE telemetry.sensor SET external_id = 'a7' WHERE building_id = $1", alpha)
        assert await prune(connection, clock) == 1
