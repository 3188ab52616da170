"""A small world by chance: names that need escaping, numbers that are none, periods that touch, people of all kinds."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import asyncpg

from api.viewer import Viewer
from db.engine import Connection, Pool
from db.models import Role

NOW = datetime(2026, 11, 16, 21, 30, tzinfo=UTC)
"""Already Tuesday in Moscow, still Monday in New York."""
ZONES = ("Europe/Moscow", "America/New_York")
NAMES = ("Плоская", 'Say "hi"', "back\\slash", "line\nbreak", "tab\there", "О'Нил", "emoji 🏢", "</script>", "50%", "")
NUMBERS = (None, 0.0, 1.5, -3.25, 1e-7, 1e21, math.nan, math.inf, -math.inf)


async def fill(pool: Pool, seed: int) -> None:
    """Rows of every noun in an empty, migrated database."""
    dice = Random(seed)
    async with pool.acquire() as connection:
        await connection.execute("UPDATE live.clock SET mode = 'MAX', house_at = $1", NOW)
        await _places(connection, dice)
        await _tenancy(connection, dice)
        await _people(connection, dice)
        await _sensing(connection, dice)
        await _alarms(connection, dice)
        await _fire(connection, dice)


def viewers() -> list[Viewer]:
    """People of many kinds; keys of buildings, tenants and users begin at 1."""
    return [
        Viewer(user_id=1, admin=True),
        Viewer(user_id=2, buildings={Role.MANAGER: (1,)}),
        Viewer(user_id=3, buildings={Role.VIEWER: (1, 2)}),
        Viewer(user_id=4, buildings={Role.DISPATCHER: (2,)}, tenants=(1,)),
        Viewer(user_id=5, tenants=(2, 3)),
        Viewer(user_id=6, buildings={Role.MANAGER: (2,), Role.GUARD: (1,)}),
        Viewer(user_id=7),
        Viewer(key_id=1, buildings={Role.DEVICE: (1,)}),
        Viewer(),
    ]


def name(dice: Random, number: int) -> str:
    return f"{dice.choice(NAMES)} {number}"


def maybe(dice: Random, value: Any) -> Any:
    return value if dice.random() < 0.6 else None


def days(dice: Random, middle: date, width: int) -> tuple[date, date | None]:
    start = middle + timedelta(days=dice.randint(-width, width))
    return start, maybe(dice, start + timedelta(days=dice.randint(1, width)))


async def _places(connection: Connection, dice: Random) -> None:
    box = json.dumps([[[0, 0], [1, 0], [1, 1], [0, 0]]])
    for number, zone in enumerate(ZONES, start=1):
        await connection.execute(
            "INSERT INTO physical.building (code, name, address, time_zone, language) VALUES ($1, $2, $3, $4, 'RU')",
            f"b{number}", name(dice, number), maybe(dice, "ул. Примерная"), zone,
        )  # fmt: skip
        for level in dice.sample(range(-1, 4), dice.randint(2, 3)):
            floor = await connection.fetchval(
                "INSERT INTO physical.floor (building_id, level, name, elevation, outline, openings)"
                " VALUES ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb) RETURNING id",
                number, level, name(dice, level), dice.choice(NUMBERS), maybe(dice, box), box if level == 0 else None,
            )  # fmt: skip
            for room in range(dice.randint(0, 4)):
                area = dice.choice([each for each in NUMBERS if each is None or not each < 0])
                await connection.execute(
                    "INSERT INTO physical.room (building_id, floor_id, number, name, kind, area, capacity, outline)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)",
                    number, floor, f"{level}{room:02}", maybe(dice, name(dice, room)),
                    dice.choice(["OFFICE", "MEETING", "CORRIDOR"]), area, maybe(dice, dice.randint(0, 20)), maybe(dice, box),
                )  # fmt: skip
    await connection.execute(
        "INSERT INTO physical.alias (room_id, name, language) SELECT id, 'прозвище ' || id, 'RU' FROM physical.room"
        " WHERE id % 3 = 0"
    )


async def _tenancy(connection: Connection, dice: Random) -> None:
    rooms = await connection.fetch("SELECT id, building_id FROM physical.room")
    for number in range(1, 6):
        await connection.execute(
            "INSERT INTO business.tenant (name, tax_number, contact, phone) VALUES ($1, $2, $3, $4)",
            name(dice, number), maybe(dice, f"77{number}"), maybe(dice, "Кто-то"), maybe(dice, "+7"),
        )  # fmt: skip
    for number in range(1, 10):
        building, (start, end) = dice.randint(1, 2), days(dice, NOW.date(), 60)
        rent = maybe(dice, dice.choice(["0", "1234.50"]))
        lease = await connection.fetchval(
            "INSERT INTO business.lease (number, tenant_id, building_id, period, rent, currency)"
            " VALUES ($1, $2, $3, daterange($4, $5), $6::text::numeric, $7) RETURNING id",
            f"Д-{number}", dice.randint(1, 4), building, start, end, rent, "RUB" if rent is not None else None,
        )  # fmt: skip
        here = [room["id"] for room in rooms if room["building_id"] == building]
        for room in dice.sample(here, min(len(here), 3)):
            first = start + timedelta(days=dice.randint(0, 3))
            try:
                await connection.execute(
                    "INSERT INTO business.placement (lease_id, room_id, period) VALUES ($1, $2, daterange($3, $4))",
                    lease, room, first, end if end is None or end > first else first + timedelta(days=1),
                )  # fmt: skip
            except (asyncpg.ExclusionViolationError, asyncpg.CheckViolationError, asyncpg.DataError):
                continue


async def _people(connection: Connection, dice: Random) -> None:
    for number, viewer in enumerate(viewers()[:7], start=1):
        await connection.execute(
            'INSERT INTO security."user" (login, name, language, enabled) VALUES ($1, $2, $3, true)',
            f"u{number}", name(dice, number), dice.choice(["RU", "EN"]),
        )  # fmt: skip
        held: list[tuple[str, int | None, int | None]] = [("ADMIN", None, None)] if viewer.admin else []
        held += [(role.name, building, None) for role, on in viewer.buildings.items() for building in on]
        held += [("TENANT", None, tenant) for tenant in viewer.tenants]
        for role, building, tenant in held:
            await connection.execute(
                'INSERT INTO security."grant" (user_id, role, building_id, tenant_id) VALUES ($1, $2, $3, $4)',
                number, role, building, tenant,
            )  # fmt: skip


async def _sensing(connection: Connection, dice: Random) -> None:
    rooms = await connection.fetch("SELECT id, building_id FROM physical.room")
    await connection.execute("SELECT telemetry.make_partitions($1, $2)", NOW - timedelta(days=40), NOW)
    for number in range(1, 16):
        room = dice.choice(rooms) if rooms and dice.random() < 0.85 else None
        sensor = await connection.fetchval(
            "INSERT INTO telemetry.sensor (building_id, room_id, code, name, kind, unit, interval)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            room["building_id"] if room else dice.randint(1, 2), room["id"] if room else None, f"s-{number}",
            maybe(dice, name(dice, number)), dice.choice(["CO2", "TEMPERATURE", "DOOR"]), dice.choice(["ppm", "°C", ""]),
            maybe(dice, 600),
        )  # fmt: skip
        at = maybe(dice, NOW - timedelta(minutes=dice.randint(0, 5)))
        await connection.execute(
            "UPDATE telemetry.sensor_state SET at = $2, value = $3, status = $4 WHERE sensor_id = $1",
            sensor, at, dice.choice(NUMBERS) if at else None, dice.choice(["OK", "STALE", "UNKNOWN"]),
        )  # fmt: skip
        moments = {NOW - timedelta(minutes=10 * dice.randint(0, 1500)) for _ in range(dice.randint(0, 30))}
        await connection.executemany(
            "INSERT INTO telemetry.reading (sensor_id, at, value) VALUES ($1, $2, $3)",
            [(sensor, moment, float(dice.randint(-5, 5))) for moment in moments],
        )


async def _alarms(connection: Connection, dice: Random) -> None:
    sensors = await connection.fetch("SELECT id, building_id, room_id, kind, unit FROM telemetry.sensor")
    for number in range(1, 6):
        sensor = dice.choice(sensors)
        mine = dice.random() < 0.4
        await connection.execute(
            "INSERT INTO alarm.rule (building_id, room_id, sensor_id, sensor_kind, name, condition, threshold, deadband,"
            " on_delay, off_delay, priority, category, latching, enabled)"
            " VALUES ($1, $2, $3, $4, $5, 'ABOVE', $6, 0, 0, 0, $7, 'AIR', false, $8)",
            sensor["building_id"], None if mine else maybe(dice, sensor["room_id"]), sensor["id"] if mine else None,
            None if mine else sensor["kind"], name(dice, number), float(number),
            dice.choice(["LOW", "MEDIUM", "HIGH", "CRITICAL"]), dice.random() < 0.7,
        )  # fmt: skip
    rules = await connection.fetch("SELECT id, building_id, priority FROM alarm.rule")
    rooms = await connection.fetch("SELECT id, building_id FROM physical.room")
    for number in range(14):
        rule, sensor = dice.choice(rules), dice.choice(sensors)
        here = [room["id"] for room in rooms if room["building_id"] == sensor["building_id"]]
        room = sensor["room_id"] if dice.random() < 0.7 or not here else dice.choice(here)
        raised = NOW - timedelta(minutes=dice.randint(0, 6000))
        state = dice.choice(["ACTIVE", "ACKNOWLEDGED", "RETURNED", "CLOSED"])
        by = dice.randint(1, 7) if state in ("ACKNOWLEDGED", "CLOSED") else None
        try:
            alarm = await connection.fetchval(
                "INSERT INTO alarm.alarm (rule_id, sensor_id, building_id, room_id, title, sensor_kind, unit, state,"
                " priority, category, raised_at, last_raised_at, acknowledged_at, acknowledged_by_id, closed_at, value,"
                " peak, occurrences) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $15, $10, $10, $11, $12, $13, $14, $14,"
                " 1) RETURNING id",
                rule["id"], sensor["id"], sensor["building_id"], room, name(dice, number), sensor["kind"], sensor["unit"],
                state, rule["priority"], raised, raised if by else None, by, NOW if state == "CLOSED" else None, 1.5,
                dice.choice(["AIR", "LEAK"]),
            )  # fmt: skip
        except asyncpg.UniqueViolationError:
            continue
        occurrences = {raised - timedelta(minutes=dice.randint(0, 3000)) for _ in range(dice.randint(0, 2))} | {raised}
        await connection.executemany(
            "INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, alarm_id, value, peak)"
            " VALUES ($1, $2, $3, $4, 1, 2) ON CONFLICT DO NOTHING",
            [(sensor["id"], rule["id"], at, alarm) for at in occurrences],
        )
        await connection.execute(
            "INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id)"
            " VALUES ($1, 'RAISED', $2, $2, 1.5, NULL), ($1, 'ACKNOWLEDGED', $2, $2, NULL, $3)",
            alarm, raised, by,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO alarm.event (building_id, room_id, sensor_id, user_id, at, kind, text)"
            " VALUES ($1, $2, $3, $4, $5, 'report', $6)",
            sensor["building_id"], maybe(dice, room), maybe(dice, sensor["id"]), maybe(dice, dice.randint(1, 7)), raised,
            name(dice, number),
        )  # fmt: skip


async def _fire(connection: Connection, dice: Random) -> None:
    rooms = await connection.fetch("SELECT id, building_id FROM physical.room")
    for number in range(1, 7):
        building = dice.randint(1, 2)
        zone = await connection.fetchval(
            "INSERT INTO fire.zone (building_id, code, name) VALUES ($1, $2, $3) RETURNING id",
            building, f"{dice.choice(['', 'A', '0'])}{number}", maybe(dice, name(dice, number)),
        )  # fmt: skip
        here = [room["id"] for room in rooms if room["building_id"] == building]
        await connection.executemany(
            "INSERT INTO fire.zone_room (zone_id, room_id, building_id) VALUES ($1, $2, $3)",
            [(zone, room, building) for room in dice.sample(here, min(len(here), dice.randint(0, 4)))],
        )
        for kind in dice.sample(["ALARM", "FAULT", "DISABLEMENT", "TEST"], dice.randint(0, 3)):
            since = NOW - timedelta(minutes=dice.randint(10, 6000))
            await connection.execute(
                "INSERT INTO fire.condition (zone_id, building_id, kind, since, until, note, reported_by_id)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                zone, building, kind, since, maybe(dice, NOW), maybe(dice, name(dice, number)), maybe(dice, dice.randint(1, 7)),
            )  # fmt: skip
