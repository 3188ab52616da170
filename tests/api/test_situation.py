"""One page of what matters now: everybody gets theirs, the most urgent first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.api.oracle import SEVERITY, Facts, Row, Sight, collapsed, load, see
from tests.world import NOW, World, typed
from tests.world_rows import USERS

pytestmark = pytest.mark.usefixtures("still")

PAGE = """
    query($building: ID) { situation(building: $building) {
        at building { code } live unacknowledged critical high medium low incidentCount shelvedCount suppressedCount
        outOfServiceCount silentCount faultyCount panelCount panelConditions { id }
        alarms { id } incidents { id } shelved { id } suppressed { id } outOfService { id }
        silentSensors { id } faultySensors { id } events { id }
    } }
"""
PEOPLE = [login for login, (values, _) in USERS.items() if values.get("enabled", True)]


async def ask(caller: Caller, building: str | None = None) -> dict[str, Any] | None:
    told: dict[str, Any] | None = (await caller.ask(PAGE, building=building))["situation"]
    return told


def heard(alarm: Row) -> bool:
    return (
        alarm["closed_at"] is None
        and alarm["shelved_until"] is None
        and not alarm["suppressed"]
        and not alarm["out_of_service"]
    )


def waits(alarm: Row) -> bool:
    return alarm["state"] in ("ACTIVE", "RETURNED")


def plain(facts: Facts, sight: Sight, building: str | None) -> dict[str, Any] | None:
    """The page, from the oracle's rows."""
    buildings = {
        key
        for key, row in facts.rows["building"].items()
        if sight.sees("building", key) and building in (None, row["code"])
    }
    if not buildings:
        return None

    def rows(noun: str) -> list[Row]:
        found = facts.rows[noun].values()
        return [row for row in found if row["building_id"] in buildings and sight.sees(noun, row["id"])]

    def ids(noun: str, found: list[Row]) -> list[dict[str, str]]:
        return [{"id": typed(noun, row["id"])} for row in found]

    def urgent(found: list[Row]) -> list[Row]:
        late = sorted(found, key=lambda row: (-row["last_raised_at"].timestamp(), row["id"]))
        return sorted(late, key=lambda row: (-SEVERITY.index(row["priority"]), not waits(row)))

    alarms = [alarm for alarm in rows("alarm") if alarm["closed_at"] is None]
    live = [alarm for alarm in alarms if heard(alarm)]
    incidents = [row for row in rows("incident") if row["closed_at"] is None]
    sensors = [row for row in rows("sensor") if row["out_of_service_at"] is None]
    silent, faulty = ([row for row in sensors if row["status"] == status] for status in ("STALE", "FAULT"))
    shelved = [alarm for alarm in alarms if alarm["shelved_until"] is not None]
    suppressed = [alarm for alarm in alarms if alarm["suppressed"]]
    out = [alarm for alarm in alarms if alarm["out_of_service"]]
    events = [row for row in rows("event") if facts.now - row["at"] < timedelta(hours=24)]
    said = [row for row in rows("condition") if row["until"] is None]
    grave = {"ALARM": 0, "FAULT": 1, "DISABLEMENT": 1, "TEST": 2}
    said.sort(key=lambda row: (grave[row["kind"]], -row["since"].timestamp()))
    [code] = [facts.rows["building"][key]["code"] for key in buildings] if len(buildings) == 1 else [None]
    return {
        "building": code and {"code": code},
        "live": len(live),
        "unacknowledged": len([alarm for alarm in live if waits(alarm)]),
        **{name.lower(): len([alarm for alarm in live if alarm["priority"] == name]) for name in SEVERITY},
        "incidentCount": len(incidents),
        "shelvedCount": len(shelved),
        "suppressedCount": len(suppressed),
        "outOfServiceCount": len(out),
        "silentCount": len(silent),
        "faultyCount": len(faulty),
        "panelCount": len(said),
        "panelConditions": ids("condition", said),
        "alarms": ids("alarm", urgent([alarm for alarm in live if not collapsed(facts, sight, alarm)])),
        "incidents": ids("incident", sorted(incidents, key=lambda row: row["opened_at"], reverse=True)),
        "shelved": ids("alarm", urgent(shelved)),
        "suppressed": ids("alarm", urgent(suppressed)),
        "outOfService": ids("alarm", urgent(out)),
        "silentSensors": ids("sensor", sorted(silent, key=lambda row: (row["at"], row["code"]))),
        "faultySensors": ids("sensor", sorted(faulty, key=lambda row: row["code"])),
        "events": ids("event", sorted(events, key=lambda row: row["at"], reverse=True)),
    }


async def make_busy(pool: Pool, world: World) -> None:
    """More goes on than usual."""
    await pool.execute(
        "UPDATE alarm.alarm SET shelved_until = $2, shelved_reason = 'Known' WHERE id = $1",
        world.alarm["returned"],
        NOW + timedelta(hours=1),
    )
    await pool.execute(
        "UPDATE telemetry.sensor_state SET status = 'FAULT' WHERE sensor_id = $1", world.sensor["alpha/h-101"]
    )
    await pool.execute(
        "UPDATE telemetry.sensor SET out_of_service_at = $2, out_of_service_reason = 'x' WHERE id = $1",
        world.sensor["beta/t-102"],
        NOW,
    )


@pytest.mark.parametrize("setting", ["as it is", "busy"])
async def test_everybody_has_a_page_of_what_they_see(setting: str, pool: Pool, world: World, caller: Caller) -> None:
    if setting == "busy":
        await make_busy(pool, world)
    facts = await load(pool, NOW)
    for login in PEOPLE:
        sight = await see(pool, world.user[login], NOW)
        for building in (None, "alpha", "beta", "nowhere"):
            told = await ask(caller.as_user(world.user[login]), building)
            if told is not None:
                assert told.pop("at") == NOW.isoformat()
            assert told == plain(facts, sight, building), (login, building)


async def test_the_most_urgent_come_first(caller: Caller, world: World, pool: Pool) -> None:
    dispatcher = caller.as_user(world.user["dispatcher"])
    told = await ask(dispatcher)
    assert told is not None
    names = {typed("alarm", key): name for name, key in world.alarm.items()}
    assert names[told["alarms"][0]["id"]] == "acknowledged", "the leak is critical"
    assert (told["building"], told["critical"], told["silentCount"]) == ({"code": "alpha"}, 1, 1)


async def test_an_incident_stands_for_its_alarms_but_not_for_critical_ones(
    caller: Caller, world: World, pool: Pool
) -> None:
    viewer = caller.as_user(world.user["viewer"])
    loud = "category = 'AIR', suppressed = false, out_of_service = false, shelved_until = NULL, shelved_reason = NULL"
    await pool.execute(f"UPDATE alarm.alarm SET {loud} WHERE id = $1", world.alarm["cold"])
    told = await ask(viewer, "beta")
    assert told is not None
    assert (told["live"], told["alarms"], len(told["incidents"])) == (1, [], 1), "Too cold is in it"
    await pool.execute("UPDATE alarm.alarm SET priority = 'CRITICAL' WHERE id = $1", world.alarm["cold"])
    told = await ask(viewer, "beta")
    assert told is not None
    assert told["alarms"] == [{"id": typed("alarm", world.alarm["cold"])}]


async def test_who_sees_nothing_has_no_page(caller: Caller, world: World) -> None:
    for who in ("device", "agent"):
        assert await ask(caller.with_token(world.secret[who])) is None
    assert await ask(caller) is None
    assert await ask(caller.as_user(world.user["nobody"])) is None
