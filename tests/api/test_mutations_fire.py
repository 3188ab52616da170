"""Fire zones and the panel: who may change what, what is refused, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World


@pytest.fixture
def manager(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["manager"])


@pytest.fixture
def guard(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["guard"])


def numbers(zone: dict[str, Any]) -> list[str]:
    return [room["number"] for room in zone["rooms"]]


async def test_a_zone_is_made_changed_and_done_away_with(manager: Caller) -> None:
    zone = await manager.create_fire_zone(building="alpha", code="3", name="Лестница", rooms=["К1", "203", "К1"])
    assert (zone["code"], zone["standing"], numbers(zone)) == ("3", False, ["203", "К1"])
    tried = await manager.update_fire_zone(zone="3", rooms=["203", "101"], code="4", dry_run=True)
    (row,) = tried["changes"]
    told = {field["name"]: (field["before"], field["after"]) for field in row["fields"]}
    assert told == {"code": ("3", "4"), "rooms": ("203, К1", "101, 203")}
    zone = await manager.update_fire_zone(zone="3", rooms=["203", "101"], code="4", confirmation=tried["confirmation"])
    assert (zone["code"], zone["name"], numbers(zone)) == ("4", "Лестница", ["101", "203"])
    gone = await manager.delete_fire_zone(zone="4")
    assert gone["code"] == "alpha"
    assert (await manager.delete_fire_zone(zone="4"))["__typename"] == "NotFound"


async def test_what_a_zone_cannot_be(manager: Caller) -> None:
    taken = await manager.speaking("ru").create_fire_zone(building="alpha", code="2")
    assert taken["message"] == "В здании БЦ «Альфа-центр» уже есть пожарная зона 2. Выберите другой код."
    for given, code in (
        ({"code": "a b"}, "BAD_CHARACTERS"),
        ({"code": ""}, "EMPTY"),
        ({"code": "7", "rooms": ["999"]}, "NOT_FOUND"),
        ({"code": "7", "rooms": ["room_999999"]}, "NOT_FOUND"),
        ({"code": "x" * 30}, "TOO_LONG"),
    ):
        assert (await manager.create_fire_zone(building="alpha", **given))["code"] == code
    refused = await manager.speaking("en").delete_fire_zone(zone="alpha/1")
    assert refused["message"] == "The fire panel says of zone 1: ALARM. Clear that first."


async def test_the_panel_is_told_and_cleared_by_the_guard(guard: Caller, pool: Pool) -> None:
    """The guard of beta tells of a fire: it stands, is an event, and is over when somebody says so."""
    zone = await guard.report_panel_condition(zone="1", kind="ALARM", note="Smoke in the shop")
    assert zone["standing"] is True
    assert [said["kind"] for said in zone["conditions"] if said["standing"]] == ["ALARM", "FAULT"]
    assert zone["conditions"][0]["reportedBy"] == {"login": "guard"}
    told = "SELECT text FROM alarm.event WHERE kind = 'fire' ORDER BY id DESC LIMIT 1"
    assert await pool.fetchval(told) == "Fire panel, zone 1: fire. Smoke in the shop"
    again = await guard.speaking("ru").report_panel_condition(zone="1", kind="ALARM")
    assert again["message"] == "Пожарная панель уже сообщает ALARM о зоне 1."
    zone = await guard.clear_panel_condition(zone="1", kind="ALARM")
    assert [said["kind"] for said in zone["conditions"] if said["standing"]] == ["FAULT"]
    assert await pool.fetchval(told) == "Fire panel, zone 1: over: fire"
    zone = await guard.clear_panel_condition(zone="1")
    assert (zone["standing"], zone["conditions"][0]["clearedBy"]) == (False, {"login": "guard"})
    nothing = await guard.clear_panel_condition(zone="1")
    assert (nothing["__typename"], nothing["code"]) == ("PanelConditionStays", "PANEL_SAYS_NOTHING")


async def test_who_may_speak_for_the_panel(caller: Caller, world: World) -> None:
    for login, allowed in (("dispatcher", True), ("viewer", False), ("tenant", False), ("nobody", False)):
        somebody = caller.as_user(world.user[login])
        told = await somebody.report_panel_condition(zone="alpha/2", kind="TEST", dry_run=True)
        assert (told["__typename"] == "DryRun") is allowed, login
        made = await somebody.create_fire_zone(building="alpha", code="9")
        assert made["__typename"] == "NotAllowed", login


async def test_a_tenant_knows_the_zone_of_their_room(caller: Caller, world: World) -> None:
    """Ромашка has 101 today: zone 1, its own room of it, and that there is a fire."""
    tenant = caller.as_user(world.user["tenant"])
    told = await tenant.ask(
        "{ fireZones { nodes { code building { code } rooms { number } conditions(where: {standing: true}) { kind } } } }"
    )
    assert told["fireZones"]["nodes"] == [
        {"code": "1", "building": {"code": "alpha"}, "rooms": [{"number": "101"}], "conditions": [{"kind": "ALARM"}]},
        {"code": "1", "building": {"code": "beta"}, "rooms": [{"number": "001"}], "conditions": [{"kind": "FAULT"}]},
    ]


async def test_whom_to_lead_out_of_a_zone(caller: Caller, world: World) -> None:
    guard = caller.as_user(world.user["guard"])
    told = await guard.ask('{ fireZone(id: "1") { rooms { number tenant { name phone } } } }')
    assert [(room["number"], room["tenant"] and room["tenant"]["name"]) for room in told["fireZone"]["rooms"]] == [
        ("001", "Ромашка"),
        ("002", None),
        ("102", "Orion Ltd"),
    ]
    rooms = (await guard.ask('{ rooms(where: {fireZone: "1"}) { nodes { number } } }'))["rooms"]["nodes"]
    assert [room["number"] for room in rooms] == ["001", "002", "102"]
