"""The schema is made by migrations, matches the models, and guards itself."""

import asyncpg
import pytest

from db import migrate, revision
from db.engine import Pool


def test_models_and_migrations_agree(database: str) -> None:
    migrate.check(database)
    assert migrate.current(database) == migrate.head()
    assert migrate.upgrade(database) is False


def test_a_newer_database_is_refused(database: str, pool: Pool) -> None:
    import psycopg

    with psycopg.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '20990101_from_the_future'")
    with pytest.raises(migrate.SchemaIsNewer, match="20990101"):
        migrate.upgrade(database)


async def lease_a_room(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO physical.building (id, code, name, time_zone, language) VALUES (1, 'b', 'B', 'UTC', 'EN')"
    )
    await pool.execute("INSERT INTO physical.floor (id, building_id, level, name) VALUES (1, 1, 1, 'First')")
    await pool.execute(
        "INSERT INTO physical.room (id, building_id, floor_id, number, kind) VALUES (1, 1, 1, '101', 'OFFICE')"
    )
    await pool.execute("INSERT INTO business.tenant (id, name) VALUES (1, 'Alfa')")
    await pool.execute(
        "INSERT INTO business.lease (id, number, tenant_id, building_id, period) VALUES (1, 'L1', 1, 1, '[2026-01-01,2027-01-01)')"
    )
    await pool.execute(
        "INSERT INTO business.placement (lease_id, room_id, period) VALUES (1, 1, '[2026-01-01,2026-07-01)')"
    )


async def test_a_room_is_not_leased_twice(pool: Pool) -> None:
    await lease_a_room(pool)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await pool.execute(
            "INSERT INTO business.placement (lease_id, room_id, period) VALUES (1, 1, '[2026-06-30,2026-08-01)')"
        )
    await pool.execute(
        "INSERT INTO business.placement (lease_id, room_id, period) VALUES (1, 1, '[2026-07-01,2026-08-01)')"
    )


async def test_a_placement_stays_within_its_lease(pool: Pool) -> None:
    await lease_a_room(pool)
    with pytest.raises(asyncpg.CheckViolationError, match="outside its lease"):
        await pool.execute(
            "INSERT INTO business.placement (lease_id, room_id, period) VALUES (1, 1, '[2026-12-01,2027-02-01)')"
        )
    with pytest.raises(asyncpg.CheckViolationError, match="outside its lease"):
        await pool.execute("UPDATE business.lease SET period = '[2026-01-01,2026-05-01)'")


async def test_the_audit_is_append_only(pool: Pool) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await pool.execute("DELETE FROM security.audit")


async def test_sensors_and_rules_find_each_other(pool: Pool) -> None:
    await lease_a_room(pool)
    await pool.execute(
        "INSERT INTO telemetry.sensor (id, building_id, room_id, code, kind, unit) VALUES (1, 1, 1, 'a', 'CO2', 'ppm')"
    )
    await pool.execute(
        "INSERT INTO alarm.rule (id, building_id, sensor_kind, name, condition, threshold, deadband, on_delay, off_delay,"
        " priority, category, latching, enabled) VALUES (1, 1, 'CO2', 'Stuffy', 'ABOVE', 1000, 0, 0, 0, 'LOW', 'AIR', false, true)"
    )
    await pool.execute(
        "INSERT INTO telemetry.sensor (id, building_id, room_id, code, kind, unit) VALUES (2, 1, 1, 'b', 'CO2', 'ppm')"
    )
    assert await pool.fetchval("SELECT array_agg(sensor_id ORDER BY sensor_id) FROM alarm.watch") == [1, 2]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.sensor_state") == 2


def test_the_wanted_revision_is_told_without_alembic() -> None:
    assert revision.wanted() == migrate.head()
