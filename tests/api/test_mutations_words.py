"""What people say of sensors, and what they report: stored, shown first, told in the stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.api.tables import changed, differing, dump, known, told
from tests.world import World, typed


@pytest.fixture
def dispatcher(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["dispatcher"])


async def newest(pool: Pool) -> dict[str, Any]:
    row = await pool.fetchrow("SELECT * FROM live.change ORDER BY number DESC LIMIT 1")
    return dict(row) if row is not None else {}


async def test_a_sensor_is_called_broken_and_mended(dispatcher: Caller, world: World, pool: Pool) -> None:
    broken = await dispatcher.set_sensor_status(sensor="t-101", status="FAULT", reason="Показывает 40 °C")
    assert broken["status"] == "FAULT"
    assert broken["statusChanges"] == [
        {
            "at": world.now.isoformat(),
            "status": "FAULT",
            "reason": "Показывает 40 °C",
            "changedBy": {"name": "Денис Пульт"},
        }
    ]
    change = await newest(pool)
    romashka = world.tenant["Ромашка"]
    assert (change["kind"], change["subject_id"]) == ("status", world.sensor["alpha/t-101"])
    assert change["tenant_ids"] == [romashka]
    assert change["payload"]["keys"] == {
        "building": world.building["alpha"],
        "code": "alpha",
        "floor": world.floor["alpha/1"],
        "level": 1,
        "room": world.room["alpha/101"],
        "sensor": world.sensor["alpha/t-101"],
    }
    shown = change["payload"]["sensor"]
    assert shown["id"] == typed("sensor", world.sensor["alpha/t-101"])
    assert (shown["before"], shown["status"], shown["reason"]) == ("OK", "FAULT", "Показывает 40 °C")
    assert (shown["room"], shown["changedBy"]) == ("101", "Денис Пульт")
    mended = await dispatcher.set_sensor_status(sensor="t-101", status="OK", reason="Заменён")
    assert mended["status"] == "OK"
    assert (await newest(pool))["payload"]["sensor"]["before"] == "FAULT"


async def test_readings_do_not_end_a_fault(caller: Caller, dispatcher: Caller, world: World, pool: Pool) -> None:
    await dispatcher.set_sensor_status(sensor="t-101", status="FAULT", reason="Врёт")
    device = caller.with_token(world.secret["device"])
    at = (world.now + timedelta(minutes=1)).isoformat()
    await device.ask(
        "mutation($input: ReadingsInput!) { reportReadings(input: $input) { __typename } }",
        input={"sensors": ["t-101"], "at": [at], "values": [20.0]},
    )
    state = await pool.fetchrow(
        "SELECT status, value FROM telemetry.sensor_state WHERE sensor_id = $1", world.sensor["alpha/t-101"]
    )
    assert state is not None
    assert tuple(state) == ("FAULT", 20.0)


async def test_what_is_mended_is_what_its_readings_make_it(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    assert (await admin.set_sensor_status(sensor="t-102", status="OK", reason="ok"))["status"] == "STALE"
    for sensor, becomes in (("power", "UNKNOWN"), ("leak-103", "STALE"), ("door-main", "OK")):
        for status in ("FAULT", "OK"):
            told = await admin.set_sensor_status(sensor=sensor, status=status, reason="x")
        assert told["status"] == becomes


async def test_a_status_that_stays(dispatcher: Caller) -> None:
    refused = await dispatcher.set_sensor_status(sensor="t-101", status="OK", reason="x")
    assert (refused["__typename"], refused["code"]) == ("SensorStatusStays", "SENSOR_STATUS_STAYS")
    refused = await dispatcher.speaking("ru").set_sensor_status(sensor="leak-103", status="OK", reason="x")
    assert refused["code"] == "SENSOR_IS_SILENT"
    assert "молчит (STALE)" in refused["message"]
    refused = await dispatcher.set_sensor_status(sensor="t-101", status="FAULT", reason=" ")
    assert (refused["__typename"], refused["code"]) == ("InvalidInput", "EMPTY")
    assert (await dispatcher.set_sensor_status(sensor="t-102", status="OK", reason="x"))["__typename"] == "NotFound"


@pytest.mark.parametrize("who", ["guard", "viewer", "tenant", "nobody"])
async def test_who_may_not_say_so(who: str, caller: Caller, world: World) -> None:
    refused = await caller.as_user(world.user[who]).set_sensor_status(sensor="t-1", status="FAULT", reason="x")
    assert refused["__typename"] == "NotAllowed"


@pytest.mark.usefixtures("still")
async def test_the_agent_shows_first(caller: Caller, world: World, pool: Pool) -> None:
    agent = caller.as_user(world.user["dispatcher"], acting="agent")
    calls: list[tuple[Any, dict[str, Any], set[str]]] = [
        (
            agent.set_sensor_status,
            {"sensor": "t-101", "status": "FAULT", "reason": "Врёт"},
            {"telemetry.sensor_state", "telemetry.status_change"},
        ),
        (agent.report_event, {"room": "101", "text": "Капает кран"}, {"alarm.event"}),
    ]
    for call, asked, tables in calls:
        assert (await call(**asked))["__typename"] == "ConfirmationRequired"
        async with pool.acquire() as connection:
            all_before, before = await dump(connection), await known(connection)
            tried = await call(**asked, dry_run=True)
            assert await dump(connection) == all_before
            done = await call(**asked, confirmation=tried["confirmation"])
            assert done["__typename"] in ("Sensor", "Event")
            assert (await call(**asked, confirmation=tried["confirmation"]))["__typename"] == "ConfirmationUsed"
            assert told(tried["changes"]) == changed(before, await known(connection))
            touched = differing(all_before, await dump(connection))
            assert touched == tables | {"live.change", "security.audit", "security.confirmation"}


async def test_an_event_is_reported(dispatcher: Caller, world: World, pool: Pool) -> None:
    told = await dispatcher.report_event(room="101", text="Не горит лампа", kind="lighting")
    assert told | {"id": ""} == {
        "__typename": "Event",
        "id": "",
        "at": world.now.isoformat(),
        "kind": "lighting",
        "text": "Не горит лампа",
        "building": {"code": "alpha"},
        "room": {"number": "101"},
        "sensor": None,
        "reportedBy": {"name": "Денис Пульт"},
    }
    change = await newest(pool)
    assert (change["kind"], change["tenant_ids"]) == ("event", [world.tenant["Ромашка"]])
    assert change["payload"]["event"] == {
        "id": told["id"],
        "at": change["payload"]["event"]["at"],
        "kind": "lighting",
        "text": "Не горит лампа",
        "room": "101",
        "floor": "1 этаж",
        "building": "БЦ «Альфа-центр»",
        "sensor": None,
        "reportedBy": "Денис Пульт",
    }
    assert datetime.fromisoformat(change["payload"]["event"]["at"]) == world.now
    assert change["payload"]["keys"]["room"] == world.room["alpha/101"]


async def test_an_event_is_where_its_sensor_is(dispatcher: Caller) -> None:
    told = await dispatcher.report_event(sensor="co2-201", text="Проверен")
    assert (told["room"], told["sensor"]) == ({"number": "201"}, {"code": "co2-201"})
    told = await dispatcher.report_event(building="alpha", text="Учебная тревога")
    assert (told["room"], told["kind"]) == (None, "report")


async def test_a_tenant_reports_of_their_rooms(caller: Caller, world: World) -> None:
    tenant = caller.as_user(world.user["tenant"])
    told = await tenant.report_event(room="101", text="Холодно")
    assert told["reportedBy"] == {"name": "Роман Ромашкин"}
    assert (await tenant.report_event(sensor="co2-101", text="Врёт"))["__typename"] == "Event"
    assert (await tenant.report_event(room="102", text="Холодно"))["__typename"] == "NotFound", "theirs until October"
    assert (await tenant.report_event(building="alpha", text="Холодно"))["__typename"] == "NotAllowed"
    mixed = caller.as_user(world.user["mixed"])
    assert (await mixed.report_event(room="alpha/201", text="Шумно"))["__typename"] == "Event"


EVENTS_THAT_ARE_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"text": "x"}, "InvalidInput", "NO_PLACE"),
    ({"room": "101", "text": ""}, "InvalidInput", "EMPTY"),
    ({"room": "101", "text": "x" * 1001}, "InvalidInput", "TOO_LONG"),
    ({"room": "101", "text": "x", "kind": "k" * 41}, "InvalidInput", "TOO_LONG"),
    ({"room": "101", "text": "x", "at": "2026-11-16T09:00:01Z"}, "InvalidInput", "NOT_YET"),
    ({"room": "101", "text": "x", "at": "1066-11-16T09:00:01Z"}, "InvalidInput", "YEAR_OUT_OF_RANGE"),
    ({"room": "102", "sensor": "co2-101", "text": "x"}, "InvalidInput", "ELSEWHERE"),
    ({"room": "666", "text": "x"}, "NotFound", "NOT_FOUND"),
    ({"building": "beta", "text": "x"}, "NotFound", "NOT_FOUND"),
    ({"room": "beta/001", "text": "x"}, "NotFound", "NOT_FOUND"),
]


async def test_events_that_are_refused(dispatcher: Caller, pool: Pool) -> None:
    for given, type_, code in EVENTS_THAT_ARE_REFUSED:
        refused = await dispatcher.report_event(**given)
        assert (refused["__typename"], refused.get("code")) == (type_, code), given
    assert await pool.fetchval("SELECT count(*) FROM live.change") == 0


async def test_places_have_to_agree(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    for given in ({"building": "alpha", "room": "001"}, {"building": "beta", "sensor": "co2-101"}):
        assert (await admin.report_event(**given, text="x"))["code"] == "ELSEWHERE"
    told = await admin.report_event(building="beta", sensor="t-1", text="a code in two buildings")
    assert told["building"] == {"code": "beta"}


@pytest.mark.parametrize("who", ["viewer", "nobody"])
async def test_who_may_not_report(who: str, caller: Caller, world: World) -> None:
    assert (await caller.as_user(world.user[who]).report_event(room="alpha/101", text="x"))[
        "__typename"
    ] == "NotAllowed"
