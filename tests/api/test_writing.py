"""A change is tried, shown, confirmed, and made once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi import FastAPI

from api.auth import ALGORITHM, derived
from api.confirmation import PURPOSE
from api.settings import ApiSettings
from api.writing import TIMES
from db.audit import verify
from db.engine import Pool
from tests.api.caller import KEY, Caller
from tests.api.tables import dump
from tests.api.waiting import until
from tests.world import World

LEASE: dict[str, Any] = {"building": "alpha", "tenant": "Гамма", "number": "Н-1", "start": "2026-12-01"}


@pytest.fixture
def manager(caller: Caller, world: World) -> Caller:
    return caller.as_user(world.user["manager"])


@pytest.fixture
def agent(caller: Caller, world: World) -> Caller:
    """The agent, acting for the manager."""
    return caller.as_user(world.user["manager"], acting="agent")


async def test_the_agent_shows_first_and_then_does(agent: Caller, pool: Pool, world: World) -> None:
    assert (await agent.create_lease(**LEASE))["__typename"] == "ConfirmationRequired"
    tried = await agent.create_lease(**LEASE, dry_run=True)
    (row,) = tried["changes"]
    assert (row["id"], row["noun"], row["label"]) == (None, "Lease", "Н-1")
    assert {"name": "tenant", "before": None, "after": "Гамма"} in row["fields"]
    assert await pool.fetchval("SELECT count(*) FROM business.lease WHERE number = 'Н-1'") == 0
    done = await agent.create_lease(**LEASE, confirmation=tried["confirmation"])
    assert (done["__typename"], done["number"], done["start"]) == ("Lease", "Н-1", "2026-12-01")
    entry = await pool.fetchrow("SELECT * FROM security.audit")
    assert (entry["user_id"], entry["actor"], entry["operation"]) == (world.user["manager"], "agent", "createLease")
    assert entry["outcome"] == done["id"]
    assert entry["arguments"]["input"]["tenant"] == "Гамма"


async def test_a_person_may_do_it_at_once(manager: Caller) -> None:
    assert (await manager.create_lease(**LEASE))["__typename"] == "Lease"


async def test_a_person_may_confirm_what_the_agent_tried(agent: Caller, manager: Caller) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    assert (await manager.create_lease(**LEASE, confirmation=tried["confirmation"]))["__typename"] == "Lease"


async def test_a_double_tap_commits_once(agent: Caller, pool: Pool) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    taps = [agent.create_lease(**LEASE, confirmation=tried["confirmation"]) for _ in range(6)]
    results = await asyncio.gather(*taps)
    done = [one for one in results if one["__typename"] == "Lease"]
    assert len(done) == 1
    assert [one["__typename"] for one in results].count("ConfirmationUsed") == 5
    assert all(done[0]["id"] in one["message"] for one in results if one is not done[0])
    assert await pool.fetchval("SELECT count(*) FROM security.audit") == 1
    later = await agent.create_lease(**LEASE, confirmation=tried["confirmation"])
    assert later["__typename"] == "ConfirmationUsed"


A_CONFIRMATION_IS_FOR_ITS_ARGUMENTS: list[dict[str, Any]] = [
    {"number": "Н-2"},
    {"start": "2026-12-02"},
    {"end": "2027-01-01"},
    {"tenant": "Альфа"},
    {"building": "beta"},
]


async def test_a_confirmation_is_for_its_arguments(agent: Caller, pool: Pool) -> None:
    for other in A_CONFIRMATION_IS_FOR_ITS_ARGUMENTS:
        tried = await agent.create_lease(**LEASE, dry_run=True)
        result = await agent.create_lease(**LEASE | other, confirmation=tried["confirmation"])
        assert result["__typename"] == "ConfirmationMismatch"
        assert await pool.fetchval("SELECT count(*) FROM security.confirmation") == 0


async def test_a_confirmation_is_for_its_operation(agent: Caller) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    ended = await agent.end_lease(lease="А-1", end="2026-12-31", confirmation=tried["confirmation"])
    assert ended["__typename"] == "ConfirmationMismatch"


async def test_a_confirmation_is_for_its_person(agent: Caller, caller: Caller, world: World) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    admin = caller.as_user(world.user["admin"])
    result = await admin.create_lease(**LEASE, confirmation=tried["confirmation"])
    assert result["__typename"] == "ConfirmationMismatch"


async def test_a_confirmation_cannot_be_made_up(agent: Caller, world: World) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    claims = jwt.decode(tried["confirmation"], options={"verify_signature": False})
    signed_otherwise = jwt.encode(claims, KEY, ALGORITHM)
    unsigned = jwt.encode(claims, None, "none")
    for forged in ("", "x", tried["confirmation"][:-2], signed_otherwise, unsigned, agent.token):
        result = await agent.create_lease(**LEASE, confirmation=forged)
        assert result["__typename"] == "ConfirmationMismatch", forged


async def test_a_confirmation_is_not_a_token(agent: Caller, caller: Caller) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    response = await caller.with_token(tried["confirmation"]).post("{ __typename }")
    assert response.status_code == 401


async def test_a_confirmation_ends(agent: Caller) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    key = derived(KEY, PURPOSE)
    claims = jwt.decode(tried["confirmation"], key, [ALGORITHM])
    old = jwt.encode(claims | {"exp": claims["exp"] - 660}, key, ALGORITHM)
    assert (await agent.create_lease(**LEASE, confirmation=old))["__typename"] == "ConfirmationExpired"


async def test_an_old_confirmation_that_was_used_says_so(agent: Caller) -> None:
    """Who never got the answer, and asks much later, must not think that nothing happened."""
    tried = await agent.create_lease(**LEASE, dry_run=True)
    done = await agent.create_lease(**LEASE, confirmation=tried["confirmation"])
    key = derived(KEY, PURPOSE)
    claims = jwt.decode(tried["confirmation"], key, [ALGORITHM])
    old = jwt.encode(claims | {"exp": claims["exp"] - 660}, key, ALGORITHM)
    later = await agent.create_lease(**LEASE, confirmation=old)
    assert later["__typename"] == "ConfirmationUsed"
    assert done["id"] in later["message"]


async def test_it_ends_after_ten_minutes(settings: ApiSettings) -> None:
    assert settings.confirmation_lifetime == timedelta(minutes=10)


async def test_the_world_has_changed_since(agent: Caller, manager: Caller) -> None:
    tried = await agent.end_lease(lease="А-1", end="2026-12-31", dry_run=True)
    assert (await manager.place_tenant(lease="А-1", room="202"))["__typename"] == "Placement"
    refused = await agent.end_lease(lease="А-1", end="2026-12-31", confirmation=tried["confirmation"])
    assert refused["__typename"] == "ChangedSince"
    assert len(refused["now"]["changes"]) == len(tried["changes"]) + 1
    again = await agent.end_lease(lease="А-1", end="2026-12-31", confirmation=tried["confirmation"])
    assert again["__typename"] == "ChangedSince", "a confirmation that was refused is not used up"
    done = await agent.end_lease(lease="А-1", end="2026-12-31", confirmation=refused["now"]["confirmation"])
    assert (done["__typename"], done["end"]) == ("Lease", "2026-12-31")


async def test_it_has_become_impossible_since(agent: Caller, manager: Caller) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    await manager.create_lease(**LEASE)
    refused = await agent.create_lease(**LEASE, confirmation=tried["confirmation"])
    assert refused["__typename"] == "LeaseNumberTaken"


async def test_the_right_has_gone_since(agent: Caller, pool: Pool, world: World, app: FastAPI) -> None:
    tried = await agent.create_lease(**LEASE, dry_run=True)
    await pool.execute('DELETE FROM security."grant" WHERE user_id = $1', world.user["manager"])

    async def forgotten() -> bool:
        return not app.state.parts.viewers.known

    await until(forgotten)
    refused = await agent.create_lease(**LEASE, confirmation=tried["confirmation"])
    assert refused["__typename"] == "NotAllowed"


async def test_a_change_does_not_wait_for_ever(manager: Caller, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else holds what it needs, and goes on holding it until its answer has come."""
    monkeypatch.setattr("api.writing.TIMES", tuple(time.replace("10s", "100ms") for time in TIMES))
    create = "mutation ($input: CreateLeaseInput!) { createLease(input: $input) { __typename } }"
    async with pool.acquire() as holder, holder.transaction():
        await holder.execute("LOCK TABLE business.lease IN SHARE MODE")
        async with asyncio.timeout(60):
            (fault,) = await manager.faults(create, input=LEASE)
    assert fault["extensions"]["code"] == "BUSY"


async def test_one_placement_of_many_at_once(manager: Caller, pool: Pool) -> None:
    """Racing for one room: the database lets one win, the others learn who was first."""
    for number in range(5):
        await manager.create_lease(**LEASE | {"number": f"Н-{number}"})
    places = [manager.place_tenant(lease=f"Н-{number}", room="203") for number in range(5)]
    results = await asyncio.gather(*places)
    assert sorted(one["__typename"] for one in results) == ["Placement", *["RoomAlreadyLeased"] * 4]
    assert all("Гамма" in one["message"] for one in results if one["__typename"] != "Placement")


async def test_one_lease_of_many_with_one_number(manager: Caller) -> None:
    results = await asyncio.gather(*(manager.create_lease(**LEASE) for _ in range(5)))
    assert sorted(one["__typename"] for one in results) == ["Lease", *["LeaseNumberTaken"] * 4]


async def test_placing_and_ending_at_once(manager: Caller, pool: Pool) -> None:
    """Whoever is first, no placement lies outside its lease."""
    for day in range(10, 20):
        number = f"Н-{day}"
        await manager.create_lease(**LEASE | {"number": number, "end": "2027-12-31"})
        await asyncio.gather(
            manager.place_tenant(lease=number, room="203", start=f"2027-01-{day}", end=f"2027-01-{day}"),
            manager.end_lease(lease=number, end="2026-12-31"),
        )
    outside = await pool.fetchval(
        "SELECT count(*) FROM business.placement p JOIN business.lease l ON l.id = p.lease_id"
        " WHERE NOT p.period <@ l.period"
    )
    assert outside == 0


@pytest.mark.usefixtures("still")  # who begins to lead takes locks, too
async def test_dry_runs_take_nothing_and_leave_nothing(manager: Caller, pool: Pool) -> None:
    async with pool.acquire() as connection:
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        before, held = await dump(connection), await connection.fetchval(locks)
        await asyncio.gather(*(manager.create_lease(**LEASE, dry_run=True) for _ in range(8)))
        assert await dump(connection) == before
        assert await connection.fetchval(locks) == held


async def test_the_audit_is_a_chain(manager: Caller, agent: Caller, pool: Pool) -> None:
    await asyncio.gather(*(manager.create_lease(**LEASE | {"number": f"Н-{number}"}) for number in range(6)))
    await manager.update_room(room="101", capacity=7, name="Зал «Небо»")
    await agent.end_lease(lease="Н-1", end="2027-01-01")
    async with pool.acquire() as connection:
        assert [row[0] for row in await connection.fetch("SELECT number FROM security.audit ORDER BY number")] == [
            *range(1, 8)
        ]
        assert await verify(connection) is None
        await connection.execute("ALTER TABLE security.audit DISABLE TRIGGER append_only")
        await connection.execute("UPDATE security.audit SET outcome = 'lease_1' WHERE number = 4")
        broken = await verify(connection)
        assert broken is not None
        assert (broken.number, broken.reason) == (4, "it was altered")
        await connection.execute("DELETE FROM security.audit WHERE number = 4")
        broken = await verify(connection)
        assert broken is not None
        assert broken.reason == "entry 4 is missing"


async def test_the_audit_is_append_only(manager: Caller, pool: Pool) -> None:
    await manager.create_lease(**LEASE)
    for statement in (
        "UPDATE security.audit SET outcome = ''",
        "DELETE FROM security.audit",
        "TRUNCATE security.audit",
    ):
        with pytest.raises(Exception, match="append-only"):
            await pool.execute(statement)


async def test_another_process_takes_the_confirmation(agent: Caller, settings: ApiSettings, app: FastAPI) -> None:
    """Nothing of a confirmation is kept in memory: it is good wherever the key is."""
    import httpx

    from api.app import create

    tried = await agent.create_lease(**LEASE, dry_run=True)
    other = create(settings)
    async with other.router.lifespan_context(other):
        transport = httpx.ASGITransport(other)
        async with httpx.AsyncClient(transport=transport, base_url="http://other") as http:
            there = Caller(http, agent.token)
            assert (await there.create_lease(**LEASE, confirmation=tried["confirmation"]))["__typename"] == "Lease"
    assert (await agent.create_lease(**LEASE, confirmation=tried["confirmation"]))["__typename"] == "ConfirmationUsed"
