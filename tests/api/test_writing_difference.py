"""A dry run changes nothing, and says exactly what the commit then does."""

from __future__ import annotations

from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from fastapi import FastAPI
from hypothesis import given, settings

from db.engine import Pool
from tests.api.caller import Caller
from tests.api.tables import begin_again, changed, differing, dump, known, told
from tests.world import World

pytestmark = pytest.mark.usefixtures("still")

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31)).map(str)
MAYBE_DAY = st.none() | DAYS
BUILDINGS = st.sampled_from(["alpha", "beta", "alpha", "nowhere"])
ROOMS = st.sampled_from(["101", "102", "103", "201", "202", "203", "alpha/101", "beta/001", "beta/103", "none"])
LEASES = st.sampled_from(["А-1", "B-1", "А-0", "А-2", "А-3", "B-2", "Н-1", "Н-2"])
TENANTS = st.sampled_from(["Ромашка", "Альфа", "Бета", "Orion Ltd", "Гамма", "7701000011", "Никто"])
NAMES = st.sampled_from(["Новая", "Old one", "переговорка", "meeting room", "№ 7"])
ZONES = st.sampled_from(["alpha/1", "alpha/2", "10", "3", "beta/1", "1", "none"])
KINDS = st.sampled_from(["ALARM", "FAULT", "DISABLEMENT", "TEST"])
SIZES = st.sampled_from([0.0, 0.5, 1.0, 600.0, 1234.5])

CALLS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "create_lease": {
        "building": BUILDINGS, "tenant": TENANTS, "number": st.sampled_from(["Н-1", "Н-2", "Н-3", "А-1"]),
        "start": DAYS, "end": MAYBE_DAY, "rent": st.sampled_from([None, "0", "100.5", "250000"]),
        "currency": st.sampled_from([None, "RUB", "EUR"]),
    },
    "place_tenant": {"lease": LEASES, "room": ROOMS, "start": MAYBE_DAY, "end": MAYBE_DAY},
    "end_lease": {"lease": LEASES, "end": DAYS},
    "create_sensor": {
        "building": BUILDINGS, "code": st.sampled_from(["n-1", "n-2", "n-3", "t-1"]), "room": st.none() | ROOMS,
        "kind": st.sampled_from(["CO2", "TEMPERATURE", "DOOR"]), "x": st.none() | SIZES,
        "interval": st.sampled_from([None, 60, 900]), "name": st.none() | NAMES,
    },
    "create_alarm_rule": {
        "building": BUILDINGS, "name": NAMES, "sensorKind": st.sampled_from([None, "CO2", "CO2", "TEMPERATURE"]),
        "sensor": st.sampled_from([None, None, None, "co2-101", "t-1"]), "room": st.none() | ROOMS,
        "condition": st.sampled_from(["ABOVE", "BELOW", "STALE", "DEVIATION"]), "threshold": SIZES, "deadband": SIZES,
        "onDelay": st.sampled_from([0, 0, 900]), "reference": st.sampled_from([None, None, "t-101"]),
    },
    "create_fire_zone": {
        "building": BUILDINGS, "code": st.sampled_from(["1", "3", "4"]), "name": st.none() | NAMES,
        "rooms": st.lists(ROOMS, max_size=3),
    },
    "delete_fire_zone": {"zone": ZONES},
    "report_panel_condition": {"zone": ZONES, "kind": KINDS, "note": st.none() | NAMES},
    "clear_panel_condition": {"zone": ZONES, "kind": st.none() | KINDS},
}  # fmt: skip
ROOM_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "number": st.sampled_from(["101", "102", "301", "302"]),
    "name": st.none() | NAMES,
    "kind": st.sampled_from(["OFFICE", "KITCHEN"]),
    "capacity": st.sampled_from([None, 0, 4, 40]),
    "aliases": st.none() | st.lists(NAMES, max_size=3),
}
RULE_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "threshold": SIZES,
    "deadband": SIZES,
    "onDelay": st.sampled_from([0, 900]),
    "priority": st.sampled_from(["LOW", "CRITICAL"]),
    "enabled": st.booleans(),
}
ZONE_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "code": st.sampled_from(["1", "5"]),
    "name": st.none() | NAMES,
    "rooms": st.none() | st.lists(ROOMS, max_size=3),
}
RULES = st.sampled_from(["Душно", "Жарко", "Too cold", "Switched off", "None"])
CALL = st.one_of(
    *(st.tuples(st.just(name), st.fixed_dictionaries(fields)) for name, fields in CALLS.items()),
    st.tuples(st.just("update_room"), st.fixed_dictionaries({"room": ROOMS}, optional=ROOM_FIELDS)),
    st.tuples(st.just("update_fire_zone"), st.fixed_dictionaries({"zone": ZONES}, optional=ZONE_FIELDS)),
    st.tuples(st.just("update_alarm_rule"), st.fixed_dictionaries({"rule": RULES}, optional=RULE_FIELDS)),
)
WHO = st.sampled_from(["admin", "manager", "manager", "mixed", "tenant"])

BOOKKEEPING = {"security.audit", "security.confirmation"}
FOLLOWING = {
    "report_panel_condition": {"live.change"},
    "clear_panel_condition": {"live.change"},
    "delete_fire_zone": {"fire.condition"},
    "create_sensor": {"telemetry.sensor_state", "alarm.watch"},
    "create_alarm_rule": {"alarm.watch"},
    "update_alarm_rule": {"alarm.watch", "alarm.occurrence", "alarm.transition", "live.change"},
}
"""What follows of itself, and is not told."""
OF_NOUN = {
    "create_lease": {"business.lease"},
    "place_tenant": {"business.placement"},
    "end_lease": {"business.lease", "business.placement"},
    "create_sensor": {"telemetry.sensor"},
    "create_alarm_rule": {"alarm.rule"},
    "update_alarm_rule": {"alarm.rule", "alarm.alarm"},
    "update_room": {"physical.room", "physical.alias"},
    "create_fire_zone": {"fire.zone", "fire.zone_room"},
    "update_fire_zone": {"fire.zone", "fire.zone_room"},
    "delete_fire_zone": {"fire.zone", "fire.zone_room"},
    "report_panel_condition": {"fire.condition", "alarm.event"},
    "clear_panel_condition": {"fire.condition", "alarm.event"},
}


def of_triggers(table: str) -> bool:
    """The index of names and the versions of what processes remember, which triggers keep."""
    return table in ("physical.search_word", "live.version")


@given(st.lists(st.tuples(WHO, CALL), min_size=1, max_size=6))
@settings(max_examples=15)
async def test_what_was_shown_is_what_happens(
    app: FastAPI, caller: Caller, world: World, pool: Pool, calls: list[tuple[str, tuple[str, dict[str, Any]]]]
) -> None:
    await app.state.parts.live.duties.stop()  # what time does to alarms meanwhile is no part of what a person did
    await begin_again(pool)
    async with pool.acquire() as connection:
        for who, (name, arguments) in calls:
            somebody = caller.as_user(world.user[who])
            all_before, before = await dump(connection), await known(connection)
            tried = await getattr(somebody, name)(**arguments, dry_run=True)
            assert await dump(connection) == all_before, "a dry run changes nothing"
            if tried["__typename"] != "DryRun":
                refused = await getattr(somebody, name)(**arguments)
                assert refused == tried, "the real call is refused as the dry run was"
                assert await dump(connection) == all_before, "a refusal changes nothing"
                continue
            done = await getattr(somebody, name)(**arguments, confirmation=tried["confirmation"])
            assert "message" not in done, done
            all_after, after = await dump(connection), await known(connection)
            assert told(tried["changes"]) == changed(before, after)
            touched = {table for table in differing(all_before, all_after) if not of_triggers(table)}
            assert touched <= BOOKKEEPING | FOLLOWING.get(name, set()) | OF_NOUN[name]
            assert touched >= BOOKKEEPING


@given(CALL)
@settings(max_examples=15)
async def test_without_a_dry_run_the_same_is_done(
    caller: Caller, world: World, pool: Pool, call: tuple[str, dict[str, Any]]
) -> None:
    await begin_again(pool)
    name, arguments = call
    admin = caller.as_user(world.user["admin"])
    async with pool.acquire() as connection:
        before = await known(connection)
        tried = await getattr(admin, name)(**arguments, dry_run=True)
        done = await getattr(admin, name)(**arguments)
        shown = told(tried["changes"]) if tried["__typename"] == "DryRun" else []
        assert changed(before, await known(connection)) == shown
        assert ("message" in done) == (tried["__typename"] != "DryRun")
