"""Small houses for tests of ingest: sensors under rules, at a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.clock import Clock, Setting
from db.engine import Connection, Pool
from db.evaluator import Rule, Stay
from db.ingest import Batch
from db.models import ClockMode

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Shortly before the clocks of Europe change."""


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class HandClock(Clock):
    """A clock that stands until the test moves it."""

    def __init__(self, now: datetime = START) -> None:
        super().__init__(Setting(ClockMode.SPEED, now, now, 0.0))

    def move(self, now: datetime) -> None:
        self.setting = Setting(ClockMode.SPEED, now, now, 0.0)


@dataclass(frozen=True, slots=True)
class Site:
    """A building `b<id>` with one room, let to one tenant; sensors are added as needed."""

    building: int
    room: int
    tenant: int


async def make_site(pool: Pool, code: str = "b1") -> Site:
    async with pool.acquire() as c, c.transaction():
        building = await c.fetchval(
            "INSERT INTO physical.building (code, name, time_zone, language)"
            " VALUES ($1, 'House ' || $1, 'Europe/Berlin', 'EN') RETURNING id",
            code,
        )
        floor = await c.fetchval(
            "INSERT INTO physical.floor (building_id, level, name) VALUES ($1, 1, 'First') RETURNING id", building
        )
        room = await c.fetchval(
            "INSERT INTO physical.room (building_id, floor_id, number, kind) VALUES ($1, $2, '101', 'OFFICE')"
            " RETURNING id",
            building,
            floor,
        )
        tenant = await c.fetchval("INSERT INTO business.tenant (name) VALUES ('Tenant of ' || $1) RETURNING id", code)
        lease = await c.fetchval(
            "INSERT INTO business.lease (number, tenant_id, building_id, period)"
            " VALUES ('L-' || $1, $2, $3, '[2020-01-01,)') RETURNING id",
            code,
            tenant,
            building,
        )
        await c.execute(
            "INSERT INTO business.placement (lease_id, room_id, period) VALUES ($1, $2, '[2020-01-01,)')", lease, room
        )
    return Site(building, room, tenant)


async def add_sensors(pool: Pool | Connection, site: Site, *codes: str, kind: str = "CO2") -> list[int]:
    rows = await pool.fetch(
        "INSERT INTO telemetry.sensor (building_id, room_id, code, kind, unit)"
        " SELECT $1, $2, code, $4, 'ppm' FROM unnest($3::text[]) WITH ORDINALITY n(code, o) ORDER BY o RETURNING id",
        site.building,
        site.room,
        list(codes),
        kind,
    )
    return [row["id"] for row in rows]


async def add_rule(
    pool: Pool | Connection, site: Site, rule: Rule, sensor: int | None = None, reference: int | None = None
) -> int:
    """A rule for one sensor (compared with a reference), or for all CO2 sensors of the site."""
    id: int = await pool.fetchval(
        "INSERT INTO alarm.rule (building_id, sensor_id, sensor_kind, name, condition, threshold, deadband, on_delay,"
        ' off_delay, threshold_high, "window", reference_id, priority, category, latching, enabled)'
        " VALUES ($1, $2, $3, 'Stuffy', $4, $5, $6, $7, $8, $9, $10, $11, 'HIGH', 'AIR', false, true) RETURNING id",
        site.building,
        sensor,
        None if sensor else "CO2",
        rule.condition.name,
        rule.threshold,
        rule.deadband,
        int(rule.on_delay.total_seconds()),
        int(rule.off_delay.total_seconds()),
        rule.threshold_high,
        int(rule.window.total_seconds()) or None,
        reference,
    )
    return id


async def stored_stays(pool: Pool, sensor: int, rule: int) -> list[Stay]:
    rows = await pool.fetch(
        "SELECT raised_at, returned_at, value, peak FROM alarm.occurrence"
        " WHERE sensor_id = $1 AND rule_id = $2 ORDER BY raised_at",
        sensor,
        rule,
    )
    return [Stay(*row) for row in rows]


def batch(*readings: tuple[str, float, float | None]) -> Batch:
    """Readings as (name, seconds after START, value)."""
    return Batch(
        [name for name, _, _ in readings],
        [at(seconds) for _, seconds, _ in readings],
        [value for _, _, value in readings],
    )
