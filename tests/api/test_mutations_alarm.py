"""Taking note of alarms, and reporting readings by the graph."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.api.tables import changed, differing, dump, known, told
from tests.world import World, typed


@pytest.fixture
def dispatcher(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["dispatcher"])


def alarm(world: World, name: str) -> str:
    return typed("alarm", world.alarm[name])


async def test_taking_note(dispatcher: Caller, world: World, pool: Pool) -> None:
    done = await dispatcher.acknowledge_alarm(alarm=alarm(world, "active"), note="Открыли окно")
    assert (done["state"], done["note"]) == ("ACKNOWLEDGED", "Открыли окно")
    assert done["acknowledgedBy"]["name"] == "Денис Пульт"
    change = await pool.fetchrow("SELECT * FROM live.change ORDER BY number DESC LIMIT 1")
    assert (change["kind"], change["subject_id"]) == ("alarm", world.alarm["active"])
    assert change["payload"]["kind"] == "ACKNOWLEDGED"


async def test_taking_note_of_what_is_over_closes_it(dispatcher: Caller, world: World) -> None:
    assert (await dispatcher.acknowledge_alarm(alarm=alarm(world, "returned")))["state"] == "CLOSED"


@pytest.mark.usefixtures("still")
async def test_the_agent_shows_first(caller: Caller, world: World, pool: Pool) -> None:
    agent = caller.as_user(world.user["dispatcher"], acting="agent")
    asked: dict[str, Any] = {"alarm": alarm(world, "returned"), "note": "Проветрено"}
    assert (await agent.acknowledge_alarm(**asked))["__typename"] == "ConfirmationRequired"
    async with pool.acquire() as connection:
        all_before, before = await dump(connection), await known(connection)
        tried = await agent.acknowledge_alarm(**asked, dry_run=True)
        assert await dump(connection) == all_before
        (row,) = tried["changes"]
        assert (row["id"], row["noun"], row["label"]) == (alarm(world, "returned"), "Alarm", "201: Душно: co2-201")
        taps = (agent.acknowledge_alarm(**asked, confirmation=tried["confirmation"]) for _ in range(3))
        done = await asyncio.gather(*taps)
        assert sorted(one["__typename"] for one in done) == ["Alarm", "ConfirmationUsed", "ConfirmationUsed"]
        assert told(tried["changes"]) == changed(before, await known(connection))
        touched = differing(all_before, await dump(connection))
        assert touched == {
            "alarm.alarm",
            "alarm.transition",
            "live.change",
            "security.audit",
            "security.confirmation",
        }


async def test_house_time_moves_on_between_the_two(caller: Caller, world: World) -> None:
    """The moment of the change is not part of what is confirmed."""
    agent = caller.as_user(world.user["dispatcher"], acting="agent")
    tried = await agent.acknowledge_alarm(alarm=alarm(world, "active"), dry_run=True)
    later = (world.now + timedelta(minutes=3)).isoformat()
    await caller.as_user(world.user["admin"]).ask(f'mutation {{ setClock(now: "{later}") {{ __typename }} }}')
    done = await agent.acknowledge_alarm(alarm=alarm(world, "active"), confirmation=tried["confirmation"])
    assert done["state"] == "ACKNOWLEDGED"


WHAT_CANNOT_BE_NOTED: list[tuple[str, str]] = [
    ("acknowledged", "AlarmAlreadyAcknowledged"),
    ("closed", "AlarmClosed"),
    ("cold", "NotFound"),
]


async def test_what_cannot_be_noted(dispatcher: Caller, world: World) -> None:
    for name, type_ in WHAT_CANNOT_BE_NOTED:
        refused = await dispatcher.speaking("ru").acknowledge_alarm(alarm=alarm(world, name))
        assert refused["__typename"] == type_
        if type_ == "AlarmAlreadyAcknowledged":
            assert refused["message"] == "Тревога «Протечка: leak-103» уже подтверждена."


async def test_no_such_alarm(dispatcher: Caller) -> None:
    for given in ("alarm_999999", "alarm_99999999999999999999", "Душно", ""):
        assert (await dispatcher.acknowledge_alarm(alarm=given))["__typename"] == "NotFound"


WHO_MAY_NOT: list[str] = ["guard", "viewer", "tenant", "nobody"]


async def test_who_may_not(caller: Caller, world: World) -> None:
    for who in WHO_MAY_NOT:
        refused = await caller.as_user(world.user[who]).acknowledge_alarm(alarm=alarm(world, "active"))
        assert refused["__typename"] == "NotAllowed"


async def test_many_take_note_at_once(caller: Caller, world: World, pool: Pool) -> None:
    people = [caller.as_user(world.user[who]) for who in ("admin", "manager", "dispatcher")] * 2
    results = await asyncio.gather(*(one.acknowledge_alarm(alarm=alarm(world, "active")) for one in people))
    kinds = [one["__typename"] for one in results]
    assert sorted(kinds) == ["Alarm", *["AlarmAlreadyAcknowledged"] * 5]
    assert await pool.fetchval("SELECT count(*) FROM live.change") == 1


async def test_noting_while_readings_come(caller: Caller, dispatcher: Caller, world: World, pool: Pool) -> None:
    """Both lock the sensor's state first: no deadlock, and the audit and the stream tell one story."""
    device = caller.with_token(world.secret["device"])

    async def readings() -> None:
        for minute in range(1, 16):
            at = (world.now + timedelta(minutes=minute)).isoformat()
            value = 500.0 if minute % 2 else 1500.0
            report = await device.ask(REPORT, input={"sensors": ["co2-101"], "at": [at], "values": [value]})
            assert report["reportReadings"]["accepted"] == 1

    async def notes() -> None:
        for _ in range(10):
            result = await dispatcher.acknowledge_alarm(alarm=alarm(world, "active"))
            assert result["__typename"] in ("Alarm", "AlarmAlreadyAcknowledged", "AlarmClosed")

    await asyncio.gather(readings(), notes(), notes())
    kinds = "SELECT payload->>'kind' FROM live.change WHERE kind = 'alarm' AND subject_id = $1 AND payload->>'kind' = 'ACKNOWLEDGED'"
    assert len(await pool.fetch(kinds, world.alarm["active"])) == 1


REPORT = """
    mutation($input: ReadingsInput!) {
        reportReadings(input: $input) {
            __typename
            ... on ReadingsReport { accepted duplicates refused { index sensor code message } }
            ... on Refusal { code message }
        }
    }
"""


async def report(caller: Caller, world: World, **given: Any) -> dict[str, Any]:
    at = [(world.now + timedelta(seconds=second)).isoformat() for second in range(1, 1 + len(given["sensors"]))]
    data = await caller.ask(REPORT, input={"at": at} | given)
    result: dict[str, Any] = data["reportReadings"]
    return result


async def test_a_device_reports(caller: Caller, world: World, pool: Pool) -> None:
    device = caller.with_token(world.secret["device"]).speaking("ru")
    given = {"sensors": ["co2-101", "t-1", "alpha/h-101", "nothing", "beta/t-102", "t-101"]}
    values = {"values": [700.0, 22.5, 40.0, 1.0, 1.0, None]}
    result = await report(device, world, **given, **values)
    assert result["accepted"] == 3
    refused = {one["sensor"]: one["code"] for one in result["refused"]}
    assert refused == {"nothing": "UNKNOWN_SENSOR", "beta/t-102": "NOT_ALLOWED", "t-101": "NOT_A_NUMBER"}
    assert "Датчик nothing неизвестен" in result["refused"][0]["message"]
    again = await report(device, world, **given, **values)
    assert (again["accepted"], again["duplicates"]) == (0, 3)
    state = "SELECT value FROM telemetry.sensor_state WHERE sensor_id = $1"
    assert await pool.fetchval(state, world.sensor["alpha/t-1"]) == 22.5


async def test_a_code_in_two_buildings(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    bare = await report(admin, world, sensors=["t-1"], values=[20.0])
    assert bare["refused"][0]["code"] == "AMBIGUOUS_SENSOR"
    assert (await report(admin, world, sensors=["t-1"], values=[20.0], building="beta"))["accepted"] == 1


REPORTS_THAT_ARE_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("device", {"building": "beta"}, "NotFound"),
    ("device", {"building": "nowhere"}, "NotFound"),
    ("device", {"values": []}, "InvalidInput"),
    ("agent", {}, "NotAllowed"),
]


async def test_reports_that_are_refused(caller: Caller, world: World) -> None:
    for who, given, type_ in REPORTS_THAT_ARE_REFUSED:
        device = caller.with_token(world.secret[who])
        result = await report(device, world, **{"sensors": ["t-1"], "values": [20.0]} | given)
        assert result["__typename"] == type_


async def test_people_who_may_not_report(caller: Caller, world: World) -> None:
    for who in ("dispatcher", "tenant", "viewer"):
        result = await report(caller.as_user(world.user[who]), world, sensors=["t-1"], values=[20.0])
        assert result["__typename"] == "NotAllowed"


async def test_a_device_changes_nothing_else(caller: Caller, world: World) -> None:
    device = caller.with_token(world.secret["device"])
    assert (await device.update_room(room="101", capacity=1))["__typename"] == "NotAllowed"
    assert (await device.create_sensor(building="alpha", code="x", kind="CO2"))["__typename"] == "NotAllowed"
