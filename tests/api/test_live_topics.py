"""Statuses, events and readings over a real socket: who is told what, by which `where`, and from where."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from graphql import GraphQLInputObjectType

from api.app import create
from api.auth import mint
from api.live.topics import alarm, event, incident, reading, status
from api.schema import schema
from api.settings import ApiSettings
from db import changes
from db.changes import News
from db.engine import Pool
from tests.api.caller import KEY, Caller
from tests.api.serving import Line, followed, line, served, told
from tests.world import World

STATUS = """subscription ($where: StatusWhere, $after: Cursor) { statusChanged(where: $where, after: $after) {
  cursor at before status reason changedBy sensor { id code name kind unit room floor building } } }"""
EVENT = """subscription ($where: EventWhere, $after: Cursor) { eventHappened(where: $where, after: $after) {
  cursor at event { id at kind text room floor building sensor reportedBy } } }"""
READING = """subscription ($where: ArrivedWhere, $after: Cursor) { readingArrived(where: $where, after: $after) {
  cursor readings { ...Row } } }
fragment Row on ArrivedReading { at value code: sensor sensorId kind unit room floor building __typename }"""


def fields_of(name: str) -> set[str]:
    type_ = schema()._schema.type_map[name]
    assert isinstance(type_, GraphQLInputObjectType)
    return set(type_.fields)


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("AlarmWhere", alarm.CONDITIONS),
        ("IncidentWhere", incident.CONDITIONS),
        ("StatusWhere", status.CONDITIONS),
        ("EventWhere", event.CONDITIONS),
        ("ArrivedWhere", reading.CONDITIONS),
    ],
)
def test_every_field_of_a_where_is_looked_at(where: str, conditions: Mapping[str, object]) -> None:
    assert fields_of(where) <= set(conditions)


def test_every_field_of_a_reading_is_told() -> None:
    type_ = schema()._schema.type_map["ArrivedReading"]
    assert {*type_.fields, "__typename"} == set(reading.FIELDS)  # type: ignore[attr-defined]


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as address:
        yield address


class House:
    def __init__(self, address: str, app: FastAPI, pool: Pool, world: World) -> None:
        self.address = address
        self.app = app
        self.pool = pool
        self.world = world
        self.minute = 0

    def token(self, login: str) -> str:
        return mint(KEY, self.world.user[login], timedelta(minutes=5)).token

    def keys(self, sensor: str, room: str | None) -> dict[str, Any]:
        building, level = sensor.split("/")[0], room.split("/")[1][0] if room else None
        return {
            "building": self.world.building[building],
            "code": building,
            "floor": self.world.floor.get(f"{building}/{level}"),
            "level": None if level is None else int(level),
            "room": self.world.room[room] if room else None,
            "sensor": self.world.sensor[sensor],
        }

    async def append(self, *news: News) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await changes.append(connection, news)

    async def status(self, sensor: str, room: str | None, kind: str, became: str, *tenants: str) -> None:
        told = {
            "id": f"sensor_{self.world.sensor[sensor]}", "code": sensor.split("/")[1], "name": None, "kind": kind,
            "unit": "°C", "room": room.split("/")[1] if room else None, "floor": None, "building": "House",
            "status": became, "before": "OK", "at": self.world.now, "reason": "battery", "changedBy": "Дежурный",
        }  # fmt: skip
        keys = self.keys(sensor, room)
        ids = tuple(self.world.tenant[tenant] for tenant in tenants)
        payload = {"sensor": told, "keys": keys}
        await self.append(News(self.world.now, "status", keys["building"], ids, keys["sensor"], payload))

    async def event(self, sensor: str, room: str, kind: str, text: str, *tenants: str) -> None:
        told = {
            "id": "event_7", "at": self.world.now, "kind": kind, "text": text, "room": room.split("/")[1], "floor": None,
            "building": "House", "sensor": None, "reportedBy": "Охрана",
        }  # fmt: skip
        keys = self.keys(sensor, room) | {"sensor": None}
        ids = tuple(self.world.tenant[tenant] for tenant in tenants)
        payload = {"event": told, "keys": keys}
        await self.append(News(self.world.now, "event", keys["building"], ids, 7, payload))

    async def report(self, key: str, **values: float) -> None:
        """One batch, of the next minute."""
        self.minute += 1
        at = (self.world.now + timedelta(minutes=self.minute)).isoformat()
        lines = [json.dumps({"sensor": name.replace("_", "-"), "at": at, "value": v}) for name, v in values.items()]
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.post(
                f"http://{self.address}/ingest",
                content="\n".join(lines),
                headers={"Authorization": f"Bearer {self.world.secret[key]}"},
            )
        assert answer.json()["accepted"] == len(values), answer.text

    async def told_readings(self) -> int:
        count: int = await self.pool.fetchval("SELECT count(*) FROM live.change WHERE kind = 'readings'")
        return count


@pytest.fixture
def house(address: str, app: FastAPI, pool: Pool, world: World) -> House:
    return House(address, app, pool, world)


async def quiet(house: House, listening: Line) -> None:
    """Nothing is on the line."""
    assert await told(house.app, house.pool, listening) == [[]]


async def test_a_status_is_told_to_staff_and_to_the_tenants_of_the_room(house: House) -> None:
    async with (
        line(house.address, house.token("dispatcher")) as staff,
        line(house.address, house.token("tenant")) as tenant,
        line(house.address, house.token("guard")) as other,
    ):
        for listening in (staff, tenant, other):
            await listening.subscribe(STATUS)
        await followed(house.app, 3)
        await house.status("alpha/t-101", "alpha/101", "TEMPERATURE", "FAULT", "Ромашка")
        seen = (await staff.next())["statusChanged"]
        assert (seen["before"], seen["status"], seen["reason"], seen["changedBy"]) == (
            "OK",
            "FAULT",
            "battery",
            "Дежурный",
        )
        assert seen["sensor"] == {
            "id": f"sensor_{house.world.sensor['alpha/t-101']}", "code": "t-101", "name": None, "kind": "TEMPERATURE",
            "unit": "°C", "room": "101", "floor": None, "building": "House",
        }  # fmt: skip
        theirs = (await tenant.next())["statusChanged"]
        assert theirs == seen | {"changedBy": None}
        await quiet(house, other)


@pytest.mark.parametrize(
    ("where", "heard"),
    [
        ({"building": "alpha"}, ["t-101"]),
        ({"level": 1, "kind": ["SMOKE"]}, ["smoke-103"]),
        ({"status": ["STALE"]}, ["smoke-103"]),
        ({"sensor": "alpha/t-101"}, ["t-101"]),
        ({"room": "beta/103", "status": ["FAULT"]}, []),
        ({"floor": "beta/1"}, ["smoke-103"]),
    ],
)
async def test_where_narrows_statuses(house: House, where: dict[str, Any], heard: list[str]) -> None:
    async with line(house.address, house.token("admin")) as listening:
        await listening.subscribe(STATUS, where=where)
        await followed(house.app)
        await house.status("alpha/t-101", "alpha/101", "TEMPERATURE", "FAULT")
        await house.status("beta/smoke-103", "beta/103", "SMOKE", "STALE")
        for code in heard:
            assert (await listening.next())["statusChanged"]["sensor"]["code"] == code
        await quiet(house, listening)


async def test_events_are_told(house: House) -> None:
    async with (
        line(house.address, house.token("dispatcher")) as staff,
        line(house.address, house.token("tenant")) as tenant,
    ):
        period = {"from": house.world.now.isoformat(), "to": (house.world.now + timedelta(hours=1)).isoformat()}
        await staff.subscribe(EVENT, where={"kind": "visit", "room": "101", "at": period})
        await tenant.subscribe(EVENT)
        await followed(house.app, 2)
        await house.event("alpha/t-101", "alpha/101", "noise", "Шумят", "Ромашка")
        await house.event("alpha/t-101", "alpha/101", "visit", "Пришли", "Ромашка")
        seen = (await staff.next())["eventHappened"]
        assert seen["event"] == {
            "id": "event_7", "at": house.world.now.isoformat(), "kind": "visit", "text": "Пришли", "room": "101",
            "floor": None, "building": "House", "sensor": None, "reportedBy": "Охрана",
        }  # fmt: skip
        theirs = [(await tenant.next())["eventHappened"]["event"] for _ in range(2)]
        assert [(each["text"], each["reportedBy"]) for each in theirs] == [("Шумят", None), ("Пришли", None)]


INCIDENT = """subscription ($where: IncidentWhere) { incidentChanged(where: $where) {
  cursor at kind incident { id title kind priority openedAt lastRaisedAt closedAt alarms live floor building } } }"""


async def test_incidents_are_told_to_staff(house: House) -> None:
    async with (
        line(house.address, house.token("dispatcher")) as staff,
        line(house.address, house.token("tenant")) as tenant,
        line(house.address, house.token("admin")) as admin,
    ):
        await staff.subscribe(INCIDENT)
        await tenant.subscribe(INCIDENT)
        await admin.subscribe(INCIDENT, where={"closed": True, "kind": ["FLOOR"], "building": "alpha"})
        await followed(house.app, 3)
        for kind, closed in (("OPENED", None), ("GREW", None), ("CLOSED", house.world.now)):
            snapshot = {
                "id": "incident_3", "kind": "FLOOR", "title": "1 этаж: жарко", "openedAt": house.world.now,
                "lastRaisedAt": house.world.now, "closedAt": closed, "priority": "HIGH", "alarms": 12, "live": 11,
                "unacknowledged": 11, "floor": "1 этаж", "building": "House",
            }  # fmt: skip
            building = house.world.building["alpha"]
            keys = {"building": building, "code": "alpha", "floor": None, "level": 1, "incident": 3}
            payload = {"kind": kind, "incident": snapshot, "keys": keys}
            await house.append(News(house.world.now, "incident", building, (), 3, payload))
        seen = [(await staff.next())["incidentChanged"] for _ in range(3)]
        assert [(each["kind"], each["incident"]["closedAt"] is None) for each in seen] == [
            ("OPENED", True), ("GREW", True), ("CLOSED", False),
        ]  # fmt: skip
        assert (await admin.next())["incidentChanged"] == seen[-1]
        await quiet(house, tenant)


async def test_readings_are_told_while_somebody_listens(house: House) -> None:
    await house.report("device", t_101=20.0)
    assert await house.told_readings() == 0
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(READING)
        await followed(house.app)
        await house.report("device", t_101=21.0, co2_101=500.5)
        first = (await listening.next())["readingArrived"]
        assert sorted(first["readings"], key=lambda one: str(one["code"]))[1] == {
            "at": (house.world.now + timedelta(minutes=2)).isoformat(), "value": 21.0, "code": "t-101",
            "sensorId": f"sensor_{house.world.sensor['alpha/t-101']}", "kind": "TEMPERATURE", "unit": "°C", "room": "101",
            "floor": "1 этаж", "building": "БЦ «Альфа-центр»", "__typename": "ArrivedReading",
        }  # fmt: skip
        assert len(first["readings"]) == 2
    await house.report("device", t_101=22.0)
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(READING, after=first["cursor"])
        assert [one["value"] for one in (await listening.next())["readingArrived"]["readings"]] == [22.0]
        await house.pool.execute(
            "UPDATE telemetry.sensor SET code = 'warm' WHERE code = 't-101' AND building_id = $1",
            house.world.building["alpha"],
        )
        await house.report("device", warm=23.0)
        [one] = (await listening.next())["readingArrived"]["readings"]
        assert (one["code"], one["value"]) == ("warm", 23.0)


async def test_each_sees_the_readings_of_their_rooms(house: House) -> None:
    """A tenant of alpha/101; when the room is somebody else's, they are told no more."""
    async with (
        line(house.address, house.token("dispatcher")) as staff,
        line(house.address, house.token("tenant")) as tenant,
        line(house.address, house.token("guard")) as other,
        line(house.address, house.token("nobody")) as nobody,
    ):
        for listening in (staff, tenant, other, nobody):
            await listening.subscribe(READING)
        await followed(house.app, 4)
        await house.report("device", t_101=21.0, t_1=30.0)
        assert len((await staff.next())["readingArrived"]["readings"]) == 2
        assert [one["code"] for one in (await tenant.next())["readingArrived"]["readings"]] == ["t-101"]
        await house.report("beta-device", smoke_103=0.0)
        assert [one["code"] for one in (await other.next())["readingArrived"]["readings"]] == ["smoke-103"]
        await house.pool.execute("DELETE FROM business.placement WHERE room_id = $1", house.world.room["alpha/101"])
        await house.report("device", t_101=22.0)
        await staff.next()
        for listening in (tenant, other, nobody):
            await quiet(house, listening)


@pytest.mark.parametrize(
    ("where", "heard"),
    [
        ({"building": "alpha", "valueAbove": 25}, [["t-1"]]),
        ({"kind": ["TEMPERATURE"], "valueBelow": 25.0}, [["t-101"]]),
        ({"room": "101"}, [["t-101"]]),
        ({"sensor": "beta/smoke-103"}, [["smoke-103"]]),
        ({"level": 1}, [["t-101"], ["smoke-103"]]),
        ({"floor": "alpha/1", "valueAbove": 100}, []),
    ],
)
async def test_where_narrows_readings(house: House, where: dict[str, Any], heard: list[list[str]]) -> None:
    async with line(house.address, house.token("admin")) as listening:
        await listening.subscribe(READING, where=where)
        await followed(house.app)
        await house.report("device", t_101=21.0, t_1=30.0)
        await house.report("beta-device", smoke_103=0.0)
        for codes in heard:
            assert [one["code"] for one in (await listening.next())["readingArrived"]["readings"]] == codes
        await quiet(house, listening)


async def error(listening: Line) -> str:
    message = await listening.hear()
    assert message["type"] == "error", message
    code: str = message["payload"][0]["extensions"]["code"]
    return code


async def test_a_cursor_of_before_anybody_listened_is_too_old_for_readings(house: House, caller: Caller) -> None:
    await house.event("alpha/t-101", "alpha/101", "noise", "Шумят")
    async with house.pool.acquire() as connection:
        cursor = changes.cursor(*await changes.standing(connection))
    asked = await caller.as_user(house.world.user["admin"]).ask("{ house { cursor epoch } }")
    assert asked["house"]["cursor"] == cursor
    await house.event("alpha/t-101", "alpha/101", "noise", "Шумят ещё")
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(READING, after=cursor)
        assert await error(listening) == "CURSOR_TOO_OLD"
        await listening.subscribe(EVENT, after=cursor)
        assert (await listening.next())["eventHappened"]["event"]["text"] == "Шумят ещё"


async def test_an_interest_that_lapsed_does_not_pretend_to_have_gone_on(house: House, app: FastAPI) -> None:
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(READING)
        await followed(house.app)
        await house.report("device", t_101=21.0)
        await listening.next()
        await house.pool.execute("UPDATE live.interest SET until = $1", datetime(2020, 1, 1, tzinfo=UTC))
        await asyncio.sleep(1.1)
        await house.report("device", t_101=22.0)  # told to nobody
        app.state.parts.live.fanout._attention._until = 0.0  # a minute later
        assert await error(listening) == "CURSOR_TOO_OLD"


async def test_readings_taken_in_by_one_process_are_told_by_another(
    settings: ApiSettings, world: World, pool: Pool
) -> None:
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(2):
            app = create(settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            houses.append(House(await stack.enter_async_context(served(app)), app, pool, world))
        writing, house = houses
        here = await stack.enter_async_context(line(house.address, house.token("dispatcher")))
        there = await stack.enter_async_context(line(writing.address, house.token("dispatcher")))
        for listening in (here, there):
            await listening.subscribe(READING)
        for each in houses:
            await followed(each.app)
        for number in range(20):
            await writing.report("device", t_101=float(number), co2_101=500.0)
        told = [[(await each.next())["readingArrived"] for _ in range(20)] for each in (here, there)]
        assert told[0] == told[1]
        values = [one["value"] for each in told[0] for one in each["readings"] if one["code"] == "t-101"]
        assert values == [float(number) for number in range(20)]


async def test_readings_that_were_emptied_are_too_old_and_nothing_else_is(house: House, settings: ApiSettings) -> None:
    async with line(house.address, house.token("dispatcher")) as listening:
        await listening.subscribe(READING)
        await followed(house.app)
        await house.report("device", t_101=21.0)
        cursor = (await listening.next())["readingArrived"]["cursor"]
        await house.report("device", t_101=22.0)
        await listening.next()
        await house.event("alpha/t-101", "alpha/101", "noise", "Шумят")
        await house.pool.execute("UPDATE live.change SET payload = '{}' WHERE kind = 'readings'")
    other = create(settings)  # one that remembers nothing
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(other.router.lifespan_context(other))
        address = await stack.enter_async_context(served(other))
        listening = await stack.enter_async_context(line(address, house.token("dispatcher")))
        await listening.subscribe(READING, after=cursor)
        assert await error(listening) == "CURSOR_TOO_OLD"
        await listening.subscribe(EVENT, after=cursor)
        assert (await listening.next())["eventHappened"]["event"]["text"] == "Шумят"
