"""Whom an alarm hits: the room, who has it, the rooms below a leak; each viewer is told what they may know."""

from __future__ import annotations

from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World, typed

pytestmark = pytest.mark.usefixtures("still")

IMPACT = """
    query($id: ID!) { alarm(id: $id) { impact { below room { number } tenant { name } phone placement { end } } } }
"""


async def impact(caller: Caller, world: World, name: str) -> list[tuple[bool, str, str | None, str | None]]:
    told: dict[str, Any] = await caller.ask(IMPACT, id=typed("alarm", world.alarm[name]))
    return [
        (hit["below"], hit["room"]["number"], hit["tenant"] and hit["tenant"]["name"], hit["phone"])
        for hit in told["alarm"]["impact"]
    ]


async def leak_upstairs(pool: Pool, world: World) -> None:
    await pool.execute("UPDATE alarm.alarm SET category = 'LEAK' WHERE id = $1", world.alarm["returned"])


async def test_an_alarm_hits_who_has_the_room(caller: Caller, world: World) -> None:
    dispatcher = caller.as_user(world.user["dispatcher"])
    assert await impact(dispatcher, world, "active") == [(False, "101", "Ромашка", "+7 495 000-00-01")]
    assert await impact(dispatcher, world, "returned") == [(False, "201", "Альфа", "+7 495 000-00-02")]
    assert await impact(dispatcher, world, "acknowledged") == [(False, "103", None, None)], "free, and on the ground"


async def test_a_leak_hits_the_rooms_below(caller: Caller, world: World, pool: Pool) -> None:
    await leak_upstairs(pool, world)
    dispatcher = caller.as_user(world.user["dispatcher"])
    own, *below = await impact(dispatcher, world, "returned")
    assert own[:3] == (False, "201", "Альфа")
    assert below == [(True, "101", "Ромашка", "+7 495 000-00-01"), (True, "102", None, None)]


async def test_without_outlines_the_end_of_the_number_tells(caller: Caller, world: World, pool: Pool) -> None:
    await leak_upstairs(pool, world)
    await pool.execute("UPDATE physical.room SET outline = NULL WHERE id = $1", world.room["alpha/201"])
    told = await impact(caller.as_user(world.user["dispatcher"]), world, "returned")
    assert [hit[:2] for hit in told] == [(False, "201"), (True, "101")]


async def test_a_closed_alarm_hit_who_had_the_room_then(caller: Caller, world: World, pool: Pool) -> None:
    dispatcher = caller.as_user(world.user["dispatcher"])
    move = "UPDATE alarm.alarm SET room_id = $2, last_raised_at = $3 WHERE id = $1"
    for days, tenant in ((20, "Ромашка"), (10, None)):
        at = world.now.replace(day=1) if days == 10 else world.now.replace(month=10, day=31, hour=20)
        await pool.execute(move, world.alarm["closed"], world.room["alpha/102"], at)
        assert (await impact(dispatcher, world, "closed"))[0][2] == tenant, "they left on the last of October"


async def test_each_is_told_what_they_may_know(caller: Caller, world: World, pool: Pool) -> None:
    await leak_upstairs(pool, world)
    viewer = await impact(caller.as_user(world.user["viewer"]), world, "returned")
    assert [hit[1:] for hit in viewer] == [("201", "Альфа", None), ("101", "Ромашка", None), ("102", None, None)]
    mixed = await impact(caller.as_user(world.user["mixed"]), world, "returned")
    assert mixed == [(False, "201", "Альфа", "+7 495 000-00-02")], "as a tenant: nothing of the neighbours"
