"""Leases and placements: what is made, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World, typed

LEASE: dict[str, Any] = {"building": "alpha", "tenant": "Гамма", "number": "Н-1", "start": "2026-12-01"}


@pytest.fixture
def manager(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["manager"])


async def test_a_lease_with_everything(manager: Caller) -> None:
    lease = await manager.create_lease(**LEASE, end="2027-11-30", rent="100.5", currency="RUB")
    assert (lease["start"], lease["end"], lease["rent"], lease["currency"]) == (
        "2026-12-01",
        "2027-11-30",
        "100.50",
        "RUB",
    )


async def test_a_lease_of_one_day(manager: Caller) -> None:
    lease = await manager.create_lease(**LEASE, end="2026-12-01")
    assert (lease["start"], lease["end"]) == ("2026-12-01", "2026-12-01")


WHAT_MAKES_NO_SENSE: list[tuple[dict[str, Any], str, str]] = [
    ({"end": "2026-11-30"}, "END_BEFORE_START", "Последний день (30.11.2026) раньше первого (01.12.2026)."),
    ({"start": "1812-09-07"}, "YEAR_OUT_OF_RANGE", "start"),
    ({"end": "9999-12-31"}, "YEAR_OUT_OF_RANGE", "end"),
    ({"rent": "10"}, "RENT_WITHOUT_CURRENCY", "вместе"),
    ({"currency": "RUB"}, "RENT_WITHOUT_CURRENCY", "вместе"),
    ({"rent": "10", "currency": "руб"}, "BAD_CURRENCY", "ISO 4217"),
    ({"rent": "10.001", "currency": "RUB"}, "TOO_MANY_DECIMALS", "rent"),
    ({"rent": "-1", "currency": "RUB"}, "TOO_SMALL", "rent"),
    ({"rent": "1e30", "currency": "RUB"}, "TOO_LARGE", "rent"),
    ({"number": "  "}, "EMPTY", "number"),
    ({"number": "x" * 201}, "TOO_LONG", "200"),
    ({"number": "a\nb"}, "BAD_CHARACTERS", "number"),
]


async def test_what_makes_no_sense(manager: Caller) -> None:
    for given, code, says in WHAT_MAKES_NO_SENSE:
        refused = await manager.speaking("ru").create_lease(**LEASE | given)
        assert (refused["__typename"], refused["code"]) == ("InvalidInput", code)
        assert says in refused["message"]


async def test_a_number_is_taken(manager: Caller) -> None:
    refused = await manager.speaking("en").create_lease(**LEASE | {"number": "А-2"})
    assert refused["__typename"] == "LeaseNumberTaken"
    assert refused["message"] == "The building alpha already has a lease with the number А-2. Choose another number."


async def test_a_number_of_another_building_is_free(manager: Caller, caller: Caller, world: World) -> None:
    """So a refusal tells nothing of buildings out of sight; who sees both says which is meant."""
    admin = caller.as_user(world.user["admin"])
    theirs = await admin.create_lease(**LEASE | {"building": "beta", "tenant": "Orion Ltd", "number": "Н-77"})
    mine = await manager.create_lease(**LEASE | {"number": "Н-77"})
    assert (theirs["__typename"], mine["__typename"]) == ("Lease", "Lease")
    unclear = await admin.end_lease(lease="Н-77", end="2027-01-31")
    assert (unclear["code"], "alpha/Н-77, beta/Н-77" in unclear["message"]) == ("AMBIGUOUS_NAME", True)
    ended = await admin.end_lease(lease="beta/Н-77", end="2027-01-31")
    assert (ended["id"], ended["end"]) == (theirs["id"], "2027-01-31")
    asked = "query ($a: ID!, $b: ID!) { both: lease(id: $a) { id } one: lease(id: $b) { id } }"
    read = await admin.ask(asked, a="Н-77", b="alpha/Н-77")
    assert read == {"both": None, "one": {"id": mine["id"]}}
    seen = await manager.ask("query ($a: ID!) { lease(id: $a) { id } }", a="Н-77")
    assert seen == {"lease": {"id": mine["id"]}}


async def test_who_rents_elsewhere_is_not_seen(manager: Caller, caller: Caller, world: World) -> None:
    """Orion rents in beta only: for a manager of alpha it does not exist, exactly like a name that nobody has."""
    orion = await manager.create_lease(**LEASE | {"tenant": "Orion Ltd"})
    nobody = await manager.create_lease(**LEASE | {"tenant": "Nobody Ltd"})
    assert orion["__typename"] == nobody["__typename"] == "NotFound"
    assert orion["message"].replace("Orion", "Nobody") == nobody["message"]
    admin = caller.as_user(world.user["admin"])
    assert (await admin.create_lease(**LEASE | {"tenant": "Orion Ltd"}))["__typename"] == "Lease"


async def test_another_building_is_not_seen(manager: Caller, world: World) -> None:
    for building in ("beta", typed("building", world.building["beta"]), "gamma", "building_999999"):
        refused = await manager.create_lease(**LEASE | {"building": building})
        assert refused["__typename"] == "NotFound", building


OTHERS_MAY_NOT: list[str] = ["dispatcher", "guard", "viewer", "tenant", "nobody"]


async def test_others_may_not(caller: Caller, world: World) -> None:
    for who in OTHERS_MAY_NOT:
        somebody = caller.as_user(world.user[who]).speaking("en")
        for building in ("alpha", "beta", "gamma"):
            refused = await somebody.create_lease(**LEASE | {"building": building})
            assert refused["__typename"] == "NotAllowed"
            assert refused["message"] == "You may not do this. It takes one of the roles: ADMIN, MANAGER."


async def test_a_manager_elsewhere_who_rents_here(caller: Caller, world: World) -> None:
    """`mixed` manages beta and rents in alpha: sees their own room there, and may not change it."""
    mixed = caller.as_user(world.user["mixed"])
    assert (await mixed.update_room(room="alpha/201", capacity=3))["__typename"] == "NotAllowed"
    assert (await mixed.update_room(room="alpha/101", capacity=3))["__typename"] == "NotFound"
    assert (await mixed.update_room(room="beta/101", capacity=3))["__typename"] == "Room"


async def test_a_room_from_today_to_the_end_of_the_lease(manager: Caller) -> None:
    placed = await manager.place_tenant(lease="А-1", room="102")
    assert (placed["start"], placed["end"]) == ("2026-11-16", "2027-12-31")


async def test_a_room_from_the_first_day_of_a_later_lease(manager: Caller) -> None:
    placed = await manager.place_tenant(lease="А-3", room="203")
    assert (placed["start"], placed["end"]) == ("2027-01-01", "2029-12-31")


async def test_today_is_the_buildings(caller: Caller, world: World, pool: Pool) -> None:
    """At 22:30 UTC it is tomorrow in Moscow."""
    admin = caller.as_user(world.user["admin"])
    await admin.ask('mutation { setClock(now: "2026-11-16T22:30:00Z") { __typename } }')
    assert (await admin.place_tenant(lease="А-1", room="102"))["start"] == "2026-11-17"
    assert (await admin.place_tenant(lease="B-1", room="beta/003"))["start"] == "2026-11-16"


async def test_a_room_is_taken(manager: Caller, world: World) -> None:
    refused = await manager.speaking("ru").place_tenant(lease="А-2", room="101", end="2026-12-01")
    assert refused["__typename"] == "RoomAlreadyLeased"
    assert refused["message"] == (
        "Комната 101 уже сдана: Ромашка, с 01.01.2025 до 31.12.2027. Выберите другой период или другую комнату."
    )


async def test_a_room_is_taken_for_ever(caller: Caller, world: World) -> None:
    mixed = caller.as_user(world.user["mixed"]).speaking("en")
    refused = await mixed.place_tenant(lease="B-2", room="001")
    assert refused["message"].startswith("Room 001 is already let: Ромашка, from 1 June 2026 with no end.")


async def test_days_touch(manager: Caller) -> None:
    """101 is free again on the day after the last one."""
    await manager.end_lease(lease="А-1", end="2026-11-20")
    assert (await manager.place_tenant(lease="А-2", room="101", start="2026-11-20"))[
        "__typename"
    ] == "RoomAlreadyLeased"
    assert (await manager.place_tenant(lease="А-2", room="101", start="2026-11-21"))["__typename"] == "Placement"


WHERE_A_ROOM_CANNOT_BE_PLACED: list[tuple[dict[str, Any], str]] = [
    ({"start": "2025-12-31"}, "OutsideLease"),
    ({"end": "2027-01-01"}, "OutsideLease"),
    ({"start": "2027-01-01"}, "OutsideLease"),
    ({"start": "2026-12-10", "end": "2026-12-01"}, "InvalidInput"),
    ({"lease": "А-0"}, "OutsideLease"),
    ({"room": "beta/103"}, "NotFound"),
    ({"room": "999"}, "NotFound"),
    ({"lease": "B-1"}, "NotFound"),
]


async def test_where_a_room_cannot_be_placed(manager: Caller) -> None:
    for given, type_ in WHERE_A_ROOM_CANNOT_BE_PLACED:
        refused = await manager.place_tenant(**{"lease": "А-2", "room": "203"} | given)
        assert refused["__typename"] == type_


async def test_a_room_of_another_building(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"]).speaking("ru")
    refused = await admin.place_tenant(lease="А-2", room="beta/103")
    assert (refused["__typename"], refused["code"]) == ("OutsideLease", "ROOM_ELSEWHERE")
    assert refused["message"] == "Комната 103 находится в другом здании, чем договор А-2."


async def test_a_bare_number_means_the_building_of_the_lease(caller: Caller, world: World) -> None:
    admin = caller.as_user(world.user["admin"])
    assert (await admin.place_tenant(lease="B-1", room="103"))["__typename"] == "Placement"
    ambiguous = await admin.update_room(room="103", capacity=1)
    assert (ambiguous["__typename"], ambiguous["code"]) == ("InvalidInput", "AMBIGUOUS_NAME")
    assert "alpha/103, beta/103" in ambiguous["message"]


async def test_a_lease_ends_and_its_rooms_with_it(manager: Caller, pool: Pool, world: World) -> None:
    await manager.place_tenant(lease="А-1", room="202", start="2027-03-01")
    await manager.place_tenant(lease="А-1", room="203", end="2026-12-10")
    ended = await manager.end_lease(lease="А-1", end="2027-01-15")
    assert ended["end"] == "2027-01-15"
    rows = await pool.fetch(
        "SELECT r.number, (upper(p.period) - 1)::text AS last FROM business.placement p"
        " JOIN physical.room r ON r.id = p.room_id WHERE p.lease_id = $1 ORDER BY 1",
        world.lease["А-1"],
    )
    assert [tuple(row) for row in rows] == [("101", "2027-01-15"), ("102", "2026-10-31"), ("203", "2026-12-10")]


@pytest.mark.parametrize(
    ("lease", "end", "type_"),
    [
        ("А-0", "2024-06-30", "LeaseAlreadyEnded"),
        ("А-1", "2027-12-31", "LeaseAlreadyEnded"),
        ("А-1", "2028-01-01", "LeaseAlreadyEnded"),
        ("А-1", "2024-12-31", "InvalidInput"),
        ("А-1", "2025-01-01", "Lease"),
        ("А-3", "2027-01-01", "Lease"),
        ("B-1", "2027-01-01", "NotFound"),
        ("Х-1", "2027-01-01", "NotFound"),
    ],
)
async def test_when_a_lease_can_end(manager: Caller, lease: str, end: str, type_: str) -> None:
    assert (await manager.end_lease(lease=lease, end=end))["__typename"] == type_


async def test_an_open_lease_gets_an_end(caller: Caller, world: World) -> None:
    mixed = caller.as_user(world.user["mixed"])
    assert (await mixed.end_lease(lease="B-1", end="2026-12-31"))["end"] == "2026-12-31"


async def test_ids_and_names_are_the_same(manager: Caller, world: World) -> None:
    given = {
        "lease": typed("lease", world.lease["А-1"]),
        "room": typed("room", world.room["alpha/203"]),
        "end": "2026-12-31",
    }
    assert (await manager.place_tenant(**given))["__typename"] == "Placement"


@pytest.mark.parametrize(
    "given", [{"lease": "room_301"}, {"room": "lease_601"}, {"room": "floor_201"}, {"lease": "user_1"}]
)
async def test_a_wrong_kind_of_id_is_a_fault(manager: Caller, given: dict[str, Any]) -> None:
    query = "mutation($input: PlaceTenantInput!) { placeTenant(input: $input) { __typename } }"
    (fault,) = await manager.speaking("ru").faults(query, input={"lease": "А-1", "room": "203"} | given)
    assert fault["extensions"]["code"] == "WRONG_KIND_OF_ID"
    assert "идентификатор другого вида" in fault["message"]
