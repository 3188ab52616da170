"""Plant the demo building into an empty, migrated database."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from db.clock import Clock
from db.demo import history, people, sensing, space
from db.engine import Connection, Pool, create_pool

EVENTS = (
    ("maintenance", None, "manager", 6.2, "Плановая проверка пожарной сигнализации, замечаний нет"),
    ("report", "203", "tenant", 4.9, "Не открывается окно"),
    ("visit", "101", "guard", 3.1, "Подрядчик по лифтам, двое, до 18:00"),
    ("report", "202", "tenant", 2.0, "Мигает светильник над входом"),
    ("maintenance", "310", "dispatcher", 1.4, "Заменены фильтры приточной установки"),
    ("shift", None, "night", 0.5, "Смена принята без замечаний"),
)
"""Kind, room, who told it, days before the planting, text."""
PANEL = (
    ("1", "TEST", "manager", 6.2, 6.1, "Плановая проверка"),
    ("2", "TEST", "manager", 6.2, 6.1, "Плановая проверка"),
    ("5", "FAULT", "dispatcher", 1.2, None, "Загрязнён извещатель на площадке второго этажа"),
)
"""Fire zone, what the panel said, who told it, from and until how many days before the planting, note."""


@dataclass(slots=True)
class Ground:
    """Keys of what was planted, by name."""

    building: int = 0
    room: dict[str, int] = field(default_factory=dict)
    tenant: dict[str, int] = field(default_factory=dict)
    sensor: dict[str, int] = field(default_factory=dict)
    user: dict[str, int] = field(default_factory=dict)


async def plant(url: str, now: datetime | None = None) -> None:
    """Plant the building with a week of history up to `now` (the house's time, unless told)."""
    pool = await create_pool(url, 2)
    try:
        if now is None:
            now = (await Clock.load(pool)).now()
        await _plant(pool, now)
    finally:
        await pool.close()


async def _plant(pool: Pool, now: datetime) -> None:
    last = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    ground = Ground()
    rooms = list(space.rooms())
    sensors = list(sensing.sensors(rooms))
    async with pool.acquire() as connection, connection.transaction():
        await _space(connection, ground, rooms)
        await _tenancy(connection, ground, now.astimezone(ZoneInfo(space.ZONE)).date())
        await _access(connection, ground, now)
        await _sensors(connection, ground, sensors)
        rows = await history.remember(connection, sensors, ground.sensor, last)
        await _rules(connection, ground)
        await _fire(connection, ground, last)
        await _events(connection, ground, last)
    await history.relive(pool, rows, last, ground.user["dispatcher"])
    await pool.execute("ANALYZE")


async def _space(connection: Connection, ground: Ground, rooms: list[space.Room]) -> None:
    ground.building = await connection.fetchval(
        "INSERT INTO physical.building (code, name, address, time_zone, language)"
        " VALUES ($1, $2, $3, $4, 'RU') RETURNING id",
        space.CODE, space.NAME, space.ADDRESS, space.ZONE,
    )  # fmt: skip
    whole = json.dumps(space.rectangle(0.0, 0.0, space.WIDTH, space.DEPTH))
    floors = {}
    for level in space.ROWS:
        floors[level] = await connection.fetchval(
            "INSERT INTO physical.floor (building_id, level, name, elevation, outline)"
            " VALUES ($1, $2, $3, $4, $5::text::jsonb) RETURNING id",
            ground.building, level, f"{level} этаж", round((level - 1) * space.HEIGHT, 2), whole,
        )  # fmt: skip
    for room in rooms:
        ground.room[room.number] = await connection.fetchval(
            "INSERT INTO physical.room"
            " (building_id, floor_id, number, name, kind, area, declared_area, capacity, outline)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb) RETURNING id",
            ground.building, floors[room.level], room.number, room.name, room.kind.name, room.area,
            round(room.area * 0.985, 1), room.capacity, json.dumps(room.outline),
        )  # fmt: skip
    aliases = [
        (ground.building if number is None else None, None if number is None else ground.room[number], name, language)
        for number, name, language in space.ALIASES
    ]
    await connection.executemany(
        "INSERT INTO physical.alias (building_id, room_id, name, language) VALUES ($1, $2, $3, $4)", aliases
    )


async def _tenancy(connection: Connection, ground: Ground, today: date) -> None:
    for number, tenant in enumerate(people.TENANTS, start=1):
        ground.tenant[tenant.name] = await connection.fetchval(
            "INSERT INTO business.tenant (name, tax_number, contact, phone, email) VALUES ($1, $2, $3, $4, $5)"
            " RETURNING id",
            tenant.name, tenant.tax_number, tenant.contact, f"+7 812 000-{number:02}-{number * 7:02}", tenant.email,
        )  # fmt: skip
    areas = {room.number: room.area for room in space.rooms()}
    for number, lease in enumerate(people.LEASES, start=1):
        first = people.month(today, lease.first)
        last = None if lease.last is None else people.last_day(today, lease.last)
        key = await connection.fetchval(
            "INSERT INTO business.lease (number, tenant_id, building_id, period, rent, currency)"
            " VALUES ($1, $2, $3, daterange($4, $5, '[]'), $6::float8::numeric, 'RUB') RETURNING id",
            f"Д-{first.year}-{number:03}", ground.tenant[lease.tenant], ground.building, first, last,
            round(sum(areas[room] for room in lease.rooms) * lease.rate, -2),
        )  # fmt: skip
        placements = [(key, ground.room[room], first, last) for room in lease.rooms]
        await connection.executemany(
            "INSERT INTO business.placement (lease_id, room_id, period) VALUES ($1, $2, daterange($3, $4, '[]'))",
            placements,
        )


async def _access(connection: Connection, ground: Ground, now: datetime) -> None:
    hashed = PasswordHasher().hash(people.PASSWORD, salt=hashlib.sha256(space.CODE.encode()).digest()[:16])
    for person in people.PEOPLE:
        ground.user[person.login] = await connection.fetchval(
            'INSERT INTO security."user" (login, name, password_hash, language, enabled)'
            " VALUES ($1, $2, $3, $4, true) RETURNING id",
            person.login, person.name, hashed, person.language,
        )  # fmt: skip
        staff = ground.building if person.role not in ("ADMIN", "TENANT") else None
        renter = ground.tenant[person.scope] if person.role == "TENANT" else None
        await connection.execute(
            'INSERT INTO security."grant" (user_id, role, building_id, tenant_id) VALUES ($1, $2, $3, $4)',
            ground.user[person.login], person.role, staff, renter,
        )  # fmt: skip
    _, prefix, secret = people.DEVICE_KEY.split("_", 2)
    await connection.execute(
        "INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at)"
        " VALUES ($1, $2, 'Датчики', 'DEVICE', $3, $4)",
        prefix, hashlib.sha256(secret.encode()).hexdigest(), ground.building, now - timedelta(days=200),
    )  # fmt: skip


async def _sensors(connection: Connection, ground: Ground, sensors: list[sensing.Sensor]) -> None:
    rows = await connection.fetch(
        "INSERT INTO telemetry.sensor (building_id, room_id, code, name, kind, unit, interval, x, y)"
        " SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[],"
        " $8::float8[], $9::float8[]) RETURNING id, code",
        ground.building,
        [ground.room[one.room.number] for one in sensors],
        [one.code for one in sensors],
        [one.name for one in sensors],
        [one.kind.name for one in sensors],
        [one.unit for one in sensors],
        [int(sensing.INTERVAL.total_seconds())] * len(sensors),
        [one.x for one in sensors],
        [one.y for one in sensors],
    )
    ground.sensor = {row["code"]: row["id"] for row in rows}


async def _rules(connection: Connection, ground: Ground) -> None:
    """Rules come after the history: what was kept is not judged, what is relived is."""
    for rule in sensing.RULES:
        await connection.execute(
            "INSERT INTO alarm.rule (building_id, room_id, name, sensor_kind, condition, threshold, deadband, on_delay,"
            " off_delay, priority, category, latching, enabled)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, true)",
            ground.building, ground.room[rule.room] if rule.room else None, rule.name, rule.kind.name, rule.condition,
            rule.threshold, rule.deadband, rule.on_delay, rule.priority, rule.category, rule.latching,
        )  # fmt: skip


async def _fire(connection: Connection, ground: Ground, last: datetime) -> None:
    keys: dict[str, int] = {}
    for code, name, levels, core in space.ZONES:
        keys[code] = await connection.fetchval(
            "INSERT INTO fire.zone (building_id, code, name) VALUES ($1, $2, $3) RETURNING id",
            ground.building, code, name,
        )  # fmt: skip
        links = [(keys[code], ground.room[number], ground.building) for number in space.zone_rooms(levels, core)]
        await connection.executemany(
            "INSERT INTO fire.zone_room (zone_id, room_id, building_id) VALUES ($1, $2, $3)", links
        )
    for code, kind, who, since, until, note in PANEL:
        over = None if until is None else last - timedelta(days=until)
        await connection.execute(
            "INSERT INTO fire.condition (zone_id, building_id, kind, since, until, note, reported_by_id, cleared_by_id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            keys[code], ground.building, kind, last - timedelta(days=since), over, note, ground.user[who],
            None if over is None else ground.user[who],
        )  # fmt: skip


async def _events(connection: Connection, ground: Ground, last: datetime) -> None:
    rows = [
        (
            ground.building,
            ground.room[room] if room else None,
            ground.user[who],
            last - timedelta(days=days),
            kind,
            text,
        )
        for kind, room, who, days, text in EVENTS
    ]
    await connection.executemany(
        "INSERT INTO alarm.event (building_id, room_id, user_id, at, kind, text) VALUES ($1, $2, $3, $4, $5, $6)", rows
    )


__all__ = ["plant"]
