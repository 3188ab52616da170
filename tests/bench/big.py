"""A large building for measurements: 20 floors of 50 rooms, four sensors in each, tenants, and people to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from api.auth import mint

FLOORS, ROOMS = 20, 50
ROLES = ("ADMIN", "MANAGER", "DISPATCHER")
FILL = """
INSERT INTO physical.building (code, name, time_zone, language)
    VALUES ('big', 'Большой', 'Europe/Moscow', 'RU'), ('other', 'Other', 'Europe/Amsterdam', 'EN');
INSERT INTO physical.floor (building_id, level, name)
    SELECT b, l, 'Этаж ' || l FROM generate_series(1, 2) b, generate_series(1, 20) l;
INSERT INTO physical.room (building_id, floor_id, number, name, kind, area, capacity)
    SELECT f.building_id, f.id, (f.level * 100 + n)::text, 'Кабинет «' || n || '»', 'OFFICE', 12.5 + n, n % 10
    FROM physical.floor f, generate_series(1, 50) n;
INSERT INTO business.tenant (name, tax_number, phone)
    SELECT 'ООО «Ромашка ' || n || '»', '77' || (10000000 + n), '+7 495 ' || n FROM generate_series(1, 200) n;
INSERT INTO business.lease (number, tenant_id, building_id, period, rent, currency)
    SELECT 'L-' || b || '-' || t, t, b, daterange('2020-01-01', '2035-01-01'), 1000 * t, 'RUB'
    FROM generate_series(1, 200) t, generate_series(1, 2) b;
INSERT INTO business.placement (lease_id, room_id, period)
    SELECT l.id, r.id, daterange('2021-01-01', '2035-01-01') FROM physical.room r
    JOIN business.lease l ON l.building_id = r.building_id AND l.tenant_id = 1 + r.id % 200;
INSERT INTO business.placement (lease_id, room_id, period)
    SELECT l.id, r.id, daterange('2020-01-01', '2021-01-01') FROM physical.room r
    JOIN business.lease l ON l.building_id = r.building_id AND l.tenant_id = 1 + (r.id + 7) % 200;
INSERT INTO telemetry.sensor (building_id, room_id, code, kind, unit, interval)
    SELECT r.building_id, r.id, k.kind || '-' || r.number, k.kind, k.unit, 300 FROM physical.room r,
        (VALUES ('CO2', 'ppm'), ('TEMPERATURE', '°C'), ('HUMIDITY', '%'), ('LIGHT', 'lx')) k (kind, unit);
UPDATE telemetry.sensor_state SET at = now(), value = 400.25 + sensor_id % 100, status = 'OK';
INSERT INTO security."user" (login, name, language, enabled)
    VALUES ('ADMIN', 'A', 'EN', true), ('MANAGER', 'M', 'EN', true), ('DISPATCHER', 'D', 'EN', true);
INSERT INTO security."grant" (user_id, role, building_id)
    SELECT id, login, CASE WHEN login <> 'ADMIN' THEN 1 END FROM security."user";
"""


@dataclass(frozen=True)
class Big:
    """What was made: keys of the floors of the building 1, and who can ask."""

    floors: list[int]
    users: dict[str, int]

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def token(self, role: str, key: str) -> str:
        return mint(key, self.users[role], timedelta(hours=1)).token


async def build(connection: asyncpg.Connection[asyncpg.Record]) -> Big:
    async with connection.transaction():
        await connection.execute(FILL)
    await connection.execute("VACUUM ANALYZE")
    floors = await connection.fetch("SELECT id FROM physical.floor WHERE building_id = 1 ORDER BY level")
    users = await connection.fetch('SELECT login, id FROM security."user"')
    return Big([row["id"] for row in floors], {row["login"]: row["id"] for row in users})
