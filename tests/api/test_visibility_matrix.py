"""Role × root field × nested path × filter, against the oracle: nothing is leaked, nothing is hidden too much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI
from graphql import GraphQLInputObjectType, build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.clock import Setting
from db.engine import Pool
from db.models import ClockMode
from tests import world_rows
from tests.api.caller import Caller
from tests.api.narrowing import narrowings, resolve, texts
from tests.api.oracle import MANY, NOUN, SCALARS, Facts, Sight, load, see
from tests.api.paths import EVERYTHING, Narrowing, Shape, Step, differences, full, relations, unordered
from tests.world import NOW, World, typed

pytestmark = pytest.mark.usefixtures("still")
ROOTS = {
    "buildings": "Building", "floors": "Floor", "rooms": "Room", "tenants": "Tenant", "leases": "Lease",
    "placements": "Placement", "sensors": "Sensor", "unknownDevices": "UnknownDevice", "alarms": "Alarm", "alarmRules": "AlarmRule", "incidents": "Incident", "events": "Event",
    "fireZones": "FireZone", "panelConditions": "PanelCondition", "users": "User",
}  # fmt: skip
"""Collections at the root, `audit` apart: only an ADMIN may ask for it."""
SINGLES = {
    "building": "Building", "floor": "Floor", "room": "Room", "tenant": "Tenant", "lease": "Lease", "sensor": "Sensor",
    "alarm": "Alarm", "incident": "Incident", "fireZone": "FireZone",
}  # fmt: skip
ORDERED = {
    "buildings": "CODE NAME", "floors": "LEVEL NAME", "rooms": "NUMBER AREA LEVEL", "tenants": "NAME",
    "leases": "NUMBER START END", "placements": "START END", "sensors": "CODE VALUE AT",
    "unknownDevices": "LAST_AT NAME COUNT",
    "alarms": "RAISED_AT LAST_RAISED_AT PRIORITY", "alarmRules": "NAME PRIORITY", "incidents": "OPENED_AT LAST_RAISED_AT", "events": "AT",
    "fireZones": "CODE NAME", "panelConditions": "SINCE",
}  # fmt: skip
PEOPLE = [login for login, (values, _) in world_rows.USERS.items() if values.get("enabled", True)]


Held: TypeAlias = tuple[str, int | None, int | None]
"""A role, on a building or for a tenant."""


@dataclass(frozen=True)
class Eyes:
    """Somebody who asks, and what they ought to see."""

    name: str
    caller: Caller
    facts: Facts
    sight: Sight

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        return await self.caller.ask(query, **variables)

    def page(self, shape: Shape, narrowing: Narrowing = EVERYTHING) -> dict[str, Any]:
        rows = list(self.facts.rows[NOUN[shape.type]].values())
        found = shape.answers(self.facts, self.sight, rows, narrowing)
        return {"totalCount": len(found), "nodes": found}


Everybody: TypeAlias = list[Eyes]


@pytest.fixture
async def everybody(pool: Pool, world: World, caller: Caller) -> Everybody:
    """All who may sign in, on one process: they share its plans, and must not share what they see."""
    await pool.execute("UPDATE alarm.alarm SET category = 'LEAK' WHERE id = $1", world.alarm["returned"])  # over 101
    facts = await load(pool, NOW)
    ids = {login: world.user[login] for login in PEOPLE}
    return [Eyes(login, caller.as_user(key), facts, await see(pool, key, NOW)) for login, key in ids.items()]


def page(root: str, shape: Shape, where: str = "") -> str:
    return f"{root}(first: 30{where}) {{ totalCount nodes {{ {shape.text()} }} }}"


@pytest.mark.parametrize("root", ROOTS)
async def test_every_path_shows_what_its_viewer_may_see(root: str, everybody: Everybody) -> None:
    shape = full(ROOTS[root], 2)
    for eyes in everybody:
        told = await eyes.ask(f"{{ {page(root, shape)} }}")
        assert differences(told[root], eyes.page(shape)) == [], eyes.name


MIDNIGHTS = datetime(2026, 11, 15, 22, tzinfo=UTC)
"""The 16th in alpha (01:00), still the 15th in beta (23:00) and in UTC; placements end and begin on this midnight."""


async def set_clock(pool: Pool, app: FastAPI, now: datetime) -> None:
    """Move the house's time."""
    async with pool.acquire() as connection:
        await app.state.parts.clock.set(connection, Setting(ClockMode.MAX, now))


@pytest.mark.parametrize("root", ["rooms", "sensors", "alarms"])
async def test_today_is_the_day_of_the_building(
    root: str, pool: Pool, world: World, app: FastAPI, caller: Caller
) -> None:
    await set_clock(pool, app, MIDNIGHTS)
    facts = await load(pool, MIDNIGHTS)
    shape = full(ROOTS[root], 1)
    seen = {}
    for login in PEOPLE:
        key = world.user[login]
        eyes = Eyes(login, caller.as_user(key), facts, await see(pool, key, MIDNIGHTS))
        told = await eyes.ask(f"{{ {page(root, shape)} }}")
        assert differences(told[root], eyes.page(shape)) == [], login
        seen[login] = eyes.sight
    assert not seen["mixed"].sees("room", world.room["alpha/202"]), "Альфа left at midnight in Moscow"


@pytest.mark.parametrize("root", ROOTS)
async def test_every_filter_sees_only_what_its_viewer_sees(root: str, everybody: Everybody) -> None:
    type_ = ROOTS[root]
    shape = Shape(type_)
    query = f"query($where: {WHERE.get(type_, type_)}Where) {{ {page(root, shape, ', where: $where')} }}"
    for narrowing in narrowings(type_, everybody[0].facts):
        for eyes in everybody:
            told = await eyes.ask(query, where=narrowing.value)
            wrong = differences(told[root], eyes.page(shape, narrowing))
            assert wrong == [], f"{eyes.name}: {root}(where: {narrowing.text})"


WHERE = {"AlarmRule": "Rule"}
"""Inputs that are not called like their type."""


@pytest.mark.parametrize("field", SINGLES)
async def test_one_thing_by_id_or_name_is_there_only_for_those_who_see_it(field: str, everybody: Everybody) -> None:
    noun = NOUN[SINGLES[field]]
    query = f"query($id: ID!) {{ one: {field}(id: $id) {{ id }} }}"
    for text in dict.fromkeys(texts(everybody[0].facts, noun)):
        for eyes in everybody:
            key = resolve(eyes.facts, eyes.sight, noun, text)
            expected = None if key is None else {"id": typed(noun, key)}
            assert (await eyes.ask(query, id=text))["one"] == expected, f"{eyes.name}: {field}(id: {text})"


async def test_any_node_is_there_only_for_those_who_see_it(everybody: Everybody) -> None:
    for noun in (NOUN[type_] for type_ in ROOTS.values()):
        for key in [*everybody[0].facts.rows[noun], 999999]:
            for eyes in everybody:
                node = (await eyes.ask("query($id: ID!) { node(id: $id) { __typename id } }", id=typed(noun, key)))[
                    "node"
                ]
                expected = typed(noun, key) if eyes.sight.sees(noun, key) else None
                assert (node and node["id"]) == expected, (eyes.name, noun, key)


@pytest.mark.parametrize("root", ORDERED)
async def test_pages_in_every_order_go_through_all_that_is_seen_and_no_more(root: str, everybody: Everybody) -> None:
    for field in ORDERED[root].split():
        for direction in ("ASC", "DESC"):
            order = f"orderBy: [{{field: {field}, direction: {direction}}}]"
            for eyes in (eyes for eyes in everybody if eyes.name in PAGERS):
                expected = {node["id"] for node in eyes.page(Shape(ROOTS[root]))["nodes"]}
                whole = (await eyes.ask(f"{{ {root}(first: 60, {order}) {{ nodes {{ id }} }} }}"))[root]["nodes"]
                ids = [node["id"] for node in whole]
                assert set(ids) == expected, (eyes.name, order)
                assert len(ids) == len(expected)
                assert [id_ async for id_ in forwards(eyes, root, order)] == ids, (eyes.name, order)
                assert [id_ async for id_ in backwards(eyes, root, order)] == ids[::-1], (eyes.name, order)


PAGERS = {"admin", "viewer", "tenant", "mixed"}
"""Those who see everything, two buildings, and by two rules at once."""
PAGE = "totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def forwards(eyes: Eyes, root: str, order: str) -> AsyncIterator[str]:
    after = None
    while True:
        query = f"query($after: Cursor) {{ {root}(first: 3, after: $after, {order}) {{ {PAGE} }} }}"
        told = (await eyes.ask(query, after=after))[root]
        for edge in told["edges"]:
            yield edge["node"]["id"]
        if not told["pageInfo"]["hasNextPage"]:
            return
        after = told["pageInfo"]["endCursor"]


async def backwards(eyes: Eyes, root: str, order: str) -> AsyncIterator[str]:
    before = None
    while True:
        query = f"query($before: Cursor) {{ {root}(last: 3, before: $before, {order}) {{ {PAGE} }} }}"
        told = (await eyes.ask(query, before=before))[root]
        for edge in reversed(told["edges"]):
            yield edge["node"]["id"]
        if not told["pageInfo"]["hasPreviousPage"]:
            return
        before = told["pageInfo"]["startCursor"]


FOUND = {"Building": "name", "Floor": "name", "Room": "number", "Tenant": "name", "Lease": "number", "Sensor": "code"}
MEMBERS = " ".join(f"... on {type_} {{ id }}" for type_ in FOUND)
SEARCH = f"query($text: String!, $building: ID) {{ search(text: $text, building: $building, first: 50) {{ item {{ __typename {MEMBERS} }} }} }}"


async def test_search_finds_what_is_seen_by_its_name_and_nothing_else(everybody: Everybody) -> None:
    for type_, column in FOUND.items():
        noun = NOUN[type_]
        for key, row in everybody[0].facts.rows[noun].items():
            for eyes in everybody:
                items = [hit["item"] for hit in (await eyes.ask(SEARCH, text=row[column]))["search"]]
                for item in items:
                    found = NOUN[item["__typename"]]
                    assert eyes.sight.sees(found, int(item["id"].split("_")[1])), (eyes.name, row[column], item)
                ids = {item["id"] for item in items}
                assert (typed(noun, key) in ids) is eyes.sight.sees(noun, key), (eyes.name, row[column], ids)


async def test_many_hidden_things_do_not_crowd_out_what_is_seen(pool: Pool, world: World, caller: Caller) -> None:
    await pool.execute(
        "INSERT INTO telemetry.sensor (building_id, code, kind, unit)"
        " SELECT $1, 'co2-x' || n, 'CO2', 'ppm' FROM generate_series(1, 2000) AS n",
        world.building["alpha"],
    )
    told = await caller.as_user(world.user["guard"]).ask(SEARCH, text="co2")
    assert typed("sensor", world.sensor["beta/co2-001"]) in [hit["item"]["id"] for hit in told["search"]]


async def test_search_within_a_building_is_of_that_building(everybody: Everybody) -> None:
    for key, row in everybody[0].facts.rows["building"].items():
        for eyes in everybody:
            hits = (await eyes.ask(SEARCH, text="t-1", building=row["code"]))["search"]
            found = {hit["item"]["id"] for hit in hits}
            here = {typed("sensor", sensor["id"]) for sensor in eyes.facts.where("sensor", building_id=key, code="t-1")}
            there = {typed("sensor", sensor["id"]) for sensor in eyes.facts.where("sensor", code="t-1")} - here
            seen = {typed("sensor", sensor) for sensor in eyes.sight.keys["sensor"]}
            assert here & seen <= found, eyes.name
            assert not found & there, eyes.name


async def test_readings_are_of_sensors_that_are_seen(everybody: Everybody) -> None:
    for eyes in everybody:
        told = await eyes.ask("{ sensors(first: 60) { nodes { id readings(first: 100) { value } } } }")
        for node in told["sensors"]["nodes"]:
            mine = eyes.facts.where("reading", sensor_id=int(node["id"].split("_")[1]))
            assert {reading["value"] for reading in node["readings"]} <= {row["value"] for row in mine}
        query = "query($where: ReadingWhere!) { readings(where: $where, first: 1000) { sensor { id } } }"
        for key in eyes.facts.rows["sensor"]:
            found = (await eyes.ask(query, where={"sensor": typed("sensor", key)}))["readings"]
            expected = [{"id": typed("sensor", key)}] if eyes.sight.sees("sensor", key) else []
            assert [reading["sensor"] for reading in found] == expected * len(found), eyes.name
        everything = (await eyes.ask(query, where={}))["readings"]
        recent = [row for row in eyes.facts.rows["reading"].values() if NOW - row["at"] <= timedelta(days=7)]
        assert len(everything) == len([row for row in recent if eyes.sight.sees("sensor", row["sensor_id"])]), eyes.name


async def test_readings_are_narrowed_by_what_is_seen(everybody: Everybody) -> None:
    query = "query($where: ReadingWhere!) { readings(where: $where, bucket: WHOLE, first: 100) { sensor { id } } }"
    shared = {"building", "floor", "level", "room", "kind"}
    for narrowing in narrowings("Sensor", everybody[0].facts):
        if set(narrowing.value) <= shared:
            for eyes in everybody:
                told = {
                    reading["sensor"]["id"] for reading in (await eyes.ask(query, where=narrowing.value))["readings"]
                }
                said = {row["sensor_id"] for row in eyes.facts.rows["reading"].values()}
                nodes = eyes.page(Shape("Sensor"), narrowing)["nodes"]
                expected = {node["id"] for node in nodes} & {typed("sensor", key) for key in said}
                assert told == expected, (eyes.name, narrowing.text)


async def test_counts_count_what_is_seen(everybody: Everybody) -> None:
    for by in ("ROOM", "FLOOR", "RULE", "SENSOR", "SENSOR_KIND", "PRIORITY", "DAY"):
        for eyes in everybody:
            seen = [row for key, row in eyes.facts.rows["alarm"].items() if eyes.sight.sees("alarm", key)]
            query = f"{{ alarmCounts(by: {by}, first: 100) {{ count alarms label rule {{ id }} }} }}"
            told = (await eyes.ask(query))["alarmCounts"]
            assert sum(group["count"] for group in told) == sum(row["occurrences"] for row in seen), (eyes.name, by)
            if by == "RULE":
                rules = {row["rule_id"] for row in seen if eyes.sight.sees("rule", row["rule_id"])}
                named = {group["rule"]["id"] for group in told if group["rule"]}
                assert named == {typed("rule", key) for key in rules}, eyes.name
                assert all(group["label"] == "" for group in told if not group["rule"]), eyes.name


async def test_the_audit_is_for_administrators(everybody: Everybody) -> None:
    query = "{ audit(first: 10) { totalCount nodes { number } } }"
    for eyes in everybody:
        if eyes.name == "admin":
            assert (await eyes.ask(query))["audit"]["totalCount"] == len(eyes.facts.rows["audit"])
        else:
            assert [fault["extensions"]["code"] for fault in await eyes.caller.faults(query)] == ["NOT_ALLOWED"]


async def test_somebody_knows_who_they_are(everybody: Everybody, world: World) -> None:
    query = "{ me { actingFor roles user { id login } grants { role building { id } tenant { id } } } }"
    for eyes in everybody:
        me = (await eyes.ask(query))["me"]
        own = [
            {
                name: value
                for name, value in Shape("Grant").answer(eyes.facts, eyes.sight, row).items()
                if name == "role"
            }
            | {"building": {"id": typed("building", row["building_id"])} if row["building_id"] else None}
            | {"tenant": {"id": typed("tenant", row["tenant_id"])} if row["tenant_id"] else None}
            for row in eyes.facts.where("grant", user_id=world.user[eyes.name])
        ]
        assert me["user"] == {"id": typed("user", world.user[eyes.name]), "login": eyes.name}
        assert unordered(me["grants"]) == unordered(own), eyes.name
        assert sorted(me["roles"]) == sorted({grant["role"] for grant in own}), eyes.name
        assert me["actingFor"] is False


@pytest.mark.parametrize("who", ["disabled", "revoked"])
async def test_who_was_shut_out_is_not_known(who: str, world: World, caller: Caller) -> None:
    known = {
        "disabled": caller.as_user(world.user["disabled"]),
        "revoked": caller.with_token(world.secret["revoked"]),
    }
    faults = await known[who].faults("{ house { now } }")
    assert [fault["extensions"]["code"] for fault in faults] == ["BAD_TOKEN"]


@pytest.mark.parametrize("who", ["anonymous", "device", "agent"])
async def test_who_is_no_person_sees_nothing(who: str, world: World, caller: Caller) -> None:
    somebody = caller.with_token(world.secret[who] if who != "anonymous" else None)
    lists = " ".join(f"{root}(first: 10) {{ totalCount nodes {{ __typename }} }}" for root in ROOTS)
    singles = " ".join(
        f'{field}(id: "{(noun := NOUN[type_])}_{next(iter(getattr(world, noun).values()))}") {{ id }}'
        for field, type_ in SINGLES.items()
    )
    more = 'search(text: "101") { label } alarmCounts { label } readings(where: {}) { at }'
    told = await somebody.ask(
        f"{{ {lists} {singles} {more} house {{ version }} me {{ roles user {{ id }} grants {{ role }} }} }}"
    )
    assert told.pop("house")["version"]
    me = told.pop("me")
    assert me == (
        None if who == "anonymous" else {"roles": ["DEVICE"] if who == "device" else [], "user": None, "grants": []}
    )
    assert {name: answer for name, answer in told.items() if answer and answer != {"totalCount": 0, "nodes": []}} == {}


async def test_who_acts_for_somebody_sees_what_they_see(everybody: Everybody, world: World, caller: Caller) -> None:
    shape = full("Tenant", 1)
    for eyes in everybody:
        delegated = caller.as_user(world.user[eyes.name], acting="agent")
        told = await delegated.ask(f"{{ {page('tenants', shape)} me {{ actingFor }} }}")
        assert told["me"]["actingFor"] is True
        assert differences(told["tenants"], eyes.page(shape)) == [], eyes.name


# -- any grants, any shape


@st.composite
def shapes(draw: st.DrawFn, type_: str, facts: Facts, depth: int) -> Shape:
    """A shape of at most so many relations in depth, some lists narrowed."""
    ends = relations(type_)
    if depth == 0 or not ends:
        return Shape(type_)
    steps = []
    for field in draw(st.lists(st.sampled_from(sorted(ends)), max_size=2, unique=True)):
        choices = narrowings(ends[field], facts) if (type_, field) in NARROWED else []
        narrowing = draw(st.sampled_from([EVERYTHING, *choices]))
        steps.append(Step(field, field, draw(shapes(ends[field], facts, depth - 1)), narrowing))
    return Shape(type_, tuple(steps))


NARROWED = {
    (type_, field)
    for type_, fields in MANY.items()
    for field in fields
    if field not in ("grants", "transitions", "impact", "statusChanges", "rules")
}
"""Lists that take `where`."""


@st.composite
def held(draw: st.DrawFn, facts: Facts) -> list[Held]:
    """Grants: several roles on several buildings and tenants; rarely ADMIN."""
    buildings = st.sampled_from(sorted(facts.rows["building"]))
    tenants = st.sampled_from(sorted(facts.rows["tenant"]))
    staff = st.tuples(st.sampled_from(["MANAGER", "DISPATCHER", "GUARD", "VIEWER"]), buildings, st.none())
    company = st.tuples(st.just("TENANT"), st.none(), tenants)
    grants: list[Held] = [*draw(st.lists(st.one_of(staff, company), max_size=4, unique=True))]
    return [("ADMIN", None, None), *grants] if draw(st.integers(0, 19)) == 0 else grants


numbers = count(1)


async def somebody(pool: Pool, grants: list[Held]) -> int:
    key: int = await pool.fetchval(
        "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ($1, $1, 'EN', true) RETURNING id",
        f"somebody-{next(numbers)}",
    )
    await pool.executemany(
        'INSERT INTO security."grant" (user_id, role, building_id, tenant_id) VALUES ($1, $2, $3, $4)',
        [(key, *grant) for grant in grants],
    )
    return key


MOMENTS = [NOW, MIDNIGHTS, datetime(2024, 6, 1, 12, tzinfo=UTC), datetime(2026, 12, 31, 22, tzinfo=UTC)]


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
async def test_any_grants_and_any_shape(
    data: st.DataObject, pool: Pool, world: World, app: FastAPI, caller: Caller
) -> None:
    now = data.draw(st.sampled_from(MOMENTS))
    before = await load(pool, now)
    grants = data.draw(held(before))
    root = data.draw(st.sampled_from(sorted(ROOTS)))
    type_ = ROOTS[root]
    shape = data.draw(shapes(type_, before, 3))
    narrowing = data.draw(st.sampled_from([EVERYTHING, *narrowings(type_, before)]))
    where = f", where: {narrowing.text}" if narrowing.text else ""
    await set_clock(pool, app, now)
    user = await somebody(pool, grants)
    facts = await load(pool, now)
    eyes = Eyes("somebody", caller.as_user(user), facts, await see(pool, user, now))
    told = await eyes.ask(f"{{ {page(root, shape, where)} }}")
    await pool.execute('DELETE FROM security."user" WHERE id = $1', user)
    assert differences(told[root], eyes.page(shape, narrowing)) == []


async def test_every_filter_of_the_contract_is_tried(pool: Pool, world: World) -> None:
    contract = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8"))
    facts = await load(pool, NOW)
    for type_ in ROOTS.values():
        given = contract.type_map[f"{WHERE.get(type_, type_)}Where"]
        assert isinstance(given, GraphQLInputObjectType)
        tried = {name for narrowing in narrowings(type_, facts) for name in narrowing.value}
        assert tried == set(given.fields), type_


def test_the_oracle_asks_for_every_field_that_may_be_hidden() -> None:
    hidden = {
        "Floor": {"openings"},
        "Tenant": {"taxNumber", "contact", "phone", "email"},
        "Lease": {"rent", "currency"},
        "User": {"login", "language"},
    }
    for type_, fields in hidden.items():
        assert fields <= set(SCALARS[type_])
