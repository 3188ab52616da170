"""What a plan shows at a moment, by the one statement, against the tables: to everybody, of every floor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from api.context import Parts
from api.plans.floor import FloorPicture
from api.plans.moment import floor_at
from db.engine import Pool
from db.models import Category
from tests import world_rows
from tests.api.living import HIGH, LOW, House
from tests.api.oracle import load, see
from tests.api.plans import reference
from tests.world import NOW, World

PEOPLE = [login for login, (values, _) in world_rows.USERS.items() if values.get("enabled", True)]
AGES = {
    "now": timedelta(0),
    "an hour to come": -timedelta(hours=1),
    "in a year": -timedelta(days=365),
    "twenty minutes ago": timedelta(minutes=20),
    "half an hour ago": timedelta(minutes=30),
    "three and a half hours ago": timedelta(hours=3, minutes=30),
    "before the acknowledgement": timedelta(hours=5, minutes=45),
    "the first time": timedelta(days=1, hours=2, minutes=30),
    "between": timedelta(days=1),
    "yesterday's tenant": timedelta(days=1, hours=9),
    "three days ago": timedelta(days=3, hours=1, minutes=30),
    "smoke": timedelta(days=8) - timedelta(minutes=1),
    "last year": timedelta(days=400),
}


def told(picture: FloorPicture) -> dict[str, Any]:
    """The picture in the form of the reference."""
    return {
        "rooms": {
            room.number: {
                "tenant": room.tenants[0][1] if room.tenants else None,
                "until": room.lease_until,
                "vacant": room.vacant,
            }
            for room in picture.rooms
        },
        "sensors": {sensor.code: (sensor.value, sensor.status.name) for sensor in picture.sensors},
        "alarms": {alarm.id: (alarm.state.name, alarm.annunciated) for alarm in picture.alarms},
        "zones": {zone.code: (zone.rooms, zone.conditions) for zone in picture.zones},
    }


@pytest.mark.parametrize("age", AGES)
async def test_everybody_is_shown_what_they_may_see_of_every_floor(
    age: str, app: FastAPI, pool: Pool, world: World
) -> None:
    parts: Parts = app.state.parts
    at = NOW - AGES[age]
    facts = await load(pool, NOW)
    shown = 0
    for login in PEOPLE:
        viewer = await parts.viewers.person(world.user[login])
        sight = await see(pool, world.user[login], NOW)
        buildings = facts.rows["building"] if viewer.admin else viewer.on(*(role for role in viewer.buildings))
        for name, key in world.floor.items():
            found = await floor_at(parts, viewer, name, at)
            expected = reference.floor_at(facts, sight, frozenset(buildings), key, at)
            assert (found is None) == (expected is None), (login, name)
            if found is not None:
                assert told(found.picture()) == expected, (login, name)
                assert found.digest == (await floor_at(parts, viewer, key, at)).digest  # type: ignore[union-attr]
                shown += 1
    assert shown > 12


async def test_a_name_that_names_no_floor_shows_none(app: FastAPI, world: World) -> None:
    parts: Parts = app.state.parts
    admin = await parts.viewers.person(world.user["admin"])
    for name in ("alpha", "alpha/", "alpha/x", "/1", "alpha/99999999999", "floor_999", "al\0pha/1", "floor_1_2"):
        assert await floor_at(parts, admin, name, NOW) is None, name


async def test_a_moment_is_drawn_later_as_it_was_seen_then(app: FastAPI, house: House, world: World) -> None:
    """Whatever happened since: alarms raised, acknowledged, returned, reset, shelved, of a sensor under maintenance."""
    parts: Parts = app.state.parts
    manager = await parts.viewers.person(world.user["manager"])
    latching, quiet = await house.watch(Category.LEAK), await house.watch(Category.EQUIPMENT)
    seen: dict[datetime, dict[str, Any]] = {}

    async def look() -> dict[str, Any]:
        at = parts.clock.now()
        found = await floor_at(parts, manager, "alpha/1", at)
        assert found is not None
        seen[at] = told(found.picture())
        await house.pass_to(at + timedelta(minutes=1))
        return seen[at]["alarms"]

    await look()
    for step in (
        lambda: latching.report(HIGH),
        lambda: latching.done("acknowledge_alarm"),
        lambda: latching.report(LOW),
        lambda: latching.report(HIGH),
        lambda: latching.report(LOW),
        lambda: latching.done("acknowledge_alarm"),
        lambda: latching.done("reset_alarm"),
        lambda: quiet.report(HIGH),
        lambda: quiet.done("shelve_alarm", reason="Known", minutes=60),
        lambda: quiet.report(LOW),
        lambda: quiet.done("acknowledge_alarm"),
        lambda: quiet.report(HIGH),
        lambda: quiet.done("unshelve_alarm"),
        lambda: house.manager.take_out_of_service(sensor=f"alpha/{quiet.code}", reason="New battery"),
        lambda: house.manager.return_to_service(sensor=f"alpha/{quiet.code}"),
        lambda: quiet.done("acknowledge_alarm"),
        lambda: quiet.report(LOW),
    ):
        await step()
        await look()
    states = {state for told in seen.values() for state in told["alarms"].values()}
    assert len(states) >= 6, states
    for at, then in seen.items():
        found = await floor_at(parts, manager, "alpha/1", at)
        assert found is not None
        assert told(found.picture()) == then, at
