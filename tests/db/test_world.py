"""The world that tests share is what it says."""

from __future__ import annotations

from db.engine import Pool
from tests.world import NOW, PASSWORD, PASSWORD_HASH, build


async def test_the_world_keeps_every_constraint_and_knows_who_rents_today(pool: Pool) -> None:
    world = await build(pool)
    today = await pool.fetch(
        """SELECT b.code || '/' || r.number AS room, t.name FROM business.placement p
           JOIN physical.room r ON r.id = p.room_id JOIN physical.building b ON b.id = r.building_id
           JOIN business.lease l ON l.id = p.lease_id JOIN business.tenant t ON t.id = l.tenant_id
           WHERE p.period @> ($1::timestamptz AT TIME ZONE b.time_zone)::date ORDER BY 1""",
        NOW,
    )
    assert [tuple(row) for row in today] == [
        ("alpha/101", "Ромашка"),
        ("alpha/201", "Альфа"),
        ("beta/001", "Ромашка"),
        ("beta/102", "Orion Ltd"),
    ]
    assert len(world.sensor) == 12
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") > 100
    assert dict(await pool.fetch("SELECT state, count(*) FROM alarm.alarm GROUP BY 1")) == {
        "ACTIVE": 2,
        "ACKNOWLEDGED": 1,
        "RETURNED": 1,
        "CLOSED": 2,
    }
    assert await pool.fetchval("SELECT count(*) FROM alarm.watch WHERE phase = 'ACTIVE'") == 3


async def test_ids_of_different_nouns_never_coincide(pool: Pool) -> None:
    world = await build(pool)
    nouns = [world.building, world.floor, world.room, world.tenant, world.lease, world.placement, world.sensor]
    nouns += [world.rule, world.alarm, world.event, world.user, world.key]
    keys = [key for noun in nouns for key in noun.values()]
    assert len(keys) == len(set(keys))


def test_everybody_has_the_same_password() -> None:
    from argon2 import PasswordHasher

    assert PasswordHasher().verify(PASSWORD_HASH, PASSWORD)
