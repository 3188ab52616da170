"""A small world made by hand: two buildings, five tenants, ten sensors and who may see them, at one fixed moment.

`world = await build(pool)` fills an empty database; `world.room["alpha/101"]` is a key, `typed("room", ...)` the id
that the contract shows. Ids of different nouns never coincide, so that a mixed-up id is found out. The house's clock
stands at `NOW` (mode MAX: it moves when readings arrive).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from db.engine import Connection, Pool
from tests import world_rows as rows

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
"""Monday: 12:00 in alpha (Europe/Moscow), 10:00 in beta (Europe/Amsterdam)."""
PASSWORD = "markoff"
PASSWORD_HASH = "$argon2id$v=19$m=1024,t=1,p=1$HpiWfaM4LaRXs7IcTld6uQ$2wjAC/GVb3P8tmgyU6gO3cMN7t/bwrWoOoM5qr3KmXg"

Ids = dict[str, int]


@dataclass(frozen=True, slots=True)
class World:
    """Keys by name: rooms as `alpha/101`, floors as `alpha/1`, sensors as `alpha/co2-101`, the rest by their names."""

    now: datetime = NOW
    building: Ids = field(default_factory=dict)
    floor: Ids = field(default_factory=dict)
    room: Ids = field(default_factory=dict)
    tenant: Ids = field(default_factory=dict)
    lease: Ids = field(default_factory=dict)
    placement: Ids = field(default_factory=dict)
    """By `<room> <tenant>`: `alpha/101 Ромашка`."""
    sensor: Ids = field(default_factory=dict)
    rule: Ids = field(default_factory=dict)
    alarm: Ids = field(default_factory=dict)
    incident: Ids = field(default_factory=dict)
    event: Ids = field(default_factory=dict)
    zone: Ids = field(default_factory=dict)
    """Fire zones as `alpha/1`."""
    condition: Ids = field(default_factory=dict)
    """What the panel said, as `alpha/1 ALARM`."""
    user: Ids = field(default_factory=dict)
    """By login; everybody's password is `PASSWORD`."""
    link: Ids = field(default_factory=dict)
    """By identity."""
    key: Ids = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=lambda: dict(rows.SECRETS))
    """API keys as their holders send them: `device` and `beta-device`, `agent`, `revoked`."""


def typed(noun: str, key: int) -> str:
    """The id that the contract shows: `typed("room", 12)` is `room_12`."""
    return f"{noun}_{key}"


async def build(pool: Pool, now: datetime = NOW) -> World:
    """Fill an empty, migrated database."""
    world = World(now=now)
    async with pool.acquire() as connection, connection.transaction():
        await _start_ids_apart(connection)
        await _clock(connection, now)
        await _space(connection, world)
        await _tenancy(connection, world)
        await _access(connection, world)
        await _sensing(connection, world)
        await _alarms(connection, world)
        await _fire(connection, world)
    return world


async def _insert(connection: Connection, table: str, values: Mapping[str, Any]) -> int:
    """One row; a `Days` becomes a daterange, a list of rings or lines becomes jsonb. Its key, if it has one."""
    columns: list[str] = []
    places: list[str] = []
    arguments: list[Any] = []
    for column, value in values.items():
        columns.append(column)
        if isinstance(value, rows.Days):
            arguments += [value.first, value.last]
            places.append(f"daterange(${len(arguments) - 1}::date, ${len(arguments)}::date, '[]')")
        else:
            drawn = column in ("outline", "openings")
            arguments.append(json.dumps(value) if drawn and value is not None else value)
            places.append(f"${len(arguments)}::text::jsonb" if drawn else f"${len(arguments)}")
    returning = "RETURNING id" if table not in rows.WITHOUT_ID else ""
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(places)}) {returning}"
    return await connection.fetchval(sql, *arguments) or 0


async def _start_ids_apart(connection: Connection) -> None:
    for number, table in enumerate(rows.TABLES, start=1):
        sequence = await connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", table)
        await connection.execute("SELECT setval($1::text::regclass, $2)", sequence, number * 100)


async def _clock(connection: Connection, now: datetime) -> None:
    await connection.execute("UPDATE live.clock SET mode = 'MAX', house_at = $1, speed = 1", now)


async def _space(connection: Connection, world: World) -> None:
    for code, values in rows.BUILDINGS.items():
        world.building[code] = await _insert(connection, "physical.building", {"code": code, **values})
    for name, values in rows.FLOORS.items():
        code, level = name.split("/")
        storey = {"building_id": world.building[code], "level": int(level)}
        world.floor[name] = await _insert(connection, "physical.floor", storey | values)
    for name, (floor, values) in rows.ROOMS.items():
        code, number = name.split("/")
        at: dict[str, Any] = {"building_id": world.building[code], "number": number}
        at["floor_id"] = world.floor[f"{code}/{floor}"]
        world.room[name] = await _insert(connection, "physical.room", at | values)
    targets: dict[str, Ids] = {"building": world.building, "floor": world.floor, "room": world.room}
    for noun, target, name, language in rows.ALIASES:
        alias = {f"{noun}_id": targets[noun][target], "name": name, "language": language}
        await _insert(connection, "physical.alias", alias)


async def _tenancy(connection: Connection, world: World) -> None:
    for name, values in rows.TENANTS.items():
        world.tenant[name] = await _insert(connection, "business.tenant", {"name": name, **values})
    for number, (tenant, code, values) in rows.LEASES.items():
        of = {"number": number, "tenant_id": world.tenant[tenant], "building_id": world.building[code]}
        world.lease[number] = await _insert(connection, "business.lease", of | values)
    for room, lease, days in rows.PLACEMENTS:
        values = {"room_id": world.room[room], "lease_id": world.lease[lease], "period": days}
        name = f"{room} {rows.LEASES[lease][0]}"
        world.placement[name] = await _insert(connection, "business.placement", values)


async def _access(connection: Connection, world: World) -> None:
    scopes: dict[str, Ids] = {"building": world.building, "tenant": world.tenant}
    for login, (values, grants) in rows.USERS.items():
        who = {"login": login, "password_hash": PASSWORD_HASH, "language": "RU", "enabled": True} | values
        world.user[login] = await _insert(connection, 'security."user"', who)
        for role, noun, target in grants:
            scope = {f"{noun}_id": scopes[noun][target]} if noun else {}
            await _insert(connection, 'security."grant"', {"user_id": world.user[login], "role": role} | scope)
    for login, channel, identity, called in rows.LINKS:
        link = {"user_id": world.user[login], "channel": channel, "identity": identity, "name": called}
        world.link[identity] = await _insert(connection, "security.link", link | {"linked_at": world.now})
    for name, (kind, code, revoked) in rows.KEYS.items():
        _, prefix, secret = world.secret[name].split("_")
        values = {
            "prefix": prefix,
            "secret_hash": hashlib.sha256(secret.encode()).hexdigest(),
            "name": name,
            "kind": kind,
            "building_id": world.building[code] if code else None,
            "created_at": world.now - timedelta(days=30),
            "revoked_at": world.now - timedelta(days=1) if revoked else None,
        }
        world.key[name] = await _insert(connection, "security.api_key", values)


async def _sensing(connection: Connection, world: World) -> None:
    for name, (room, values, latest) in rows.SENSORS.items():
        code, sensor_code = name.split("/")
        at: dict[str, Any] = {
            "building_id": world.building[code],
            "code": sensor_code,
            "room_id": world.room[room] if room else None,
        }
        world.sensor[name] = await _insert(connection, "telemetry.sensor", at | values)
        age, value, status = latest
        await connection.execute(
            "UPDATE telemetry.sensor_state SET at = $2, value = $3, status = $4 WHERE sensor_id = $1",
            world.sensor[name],
            None if age is None else world.now - age,
            value,
            status,
        )
        await _insert(
            connection,
            "telemetry.status_change",
            {"sensor_id": world.sensor[name], "at": world.now - timedelta(days=2), "status": status},
        )
    for code, name, door, age, count in rows.UNKNOWN_DEVICES:
        met = {
            "first_at": world.now - age - timedelta(days=1),
            "last_at": world.now - age,
            "count": count,
            "value": 21.5,
        }
        at = {"building_id": world.building[code] if code else None, "name": name, "door": door}
        await _insert(connection, "telemetry.unknown_device", at | met)
    readings = [
        (world.sensor[name], world.now - age, value) for name in rows.SENSORS for age, value in rows.history(name)
    ]
    await connection.execute(
        "SELECT telemetry.make_partitions($1, $2)", min(at for _, at, _ in readings), world.now + timedelta(days=31)
    )
    await connection.executemany("INSERT INTO telemetry.reading (sensor_id, at, value) VALUES ($1, $2, $3)", readings)


async def _alarms(connection: Connection, world: World) -> None:
    for name, (code, room, sensor, values) in rows.RULES.items():
        of = {
            "building_id": world.building[code],
            "room_id": world.room[room] if room else None,
            "sensor_id": world.sensor[sensor] if sensor else None,
        }
        reference = values.get("reference")
        compared = {} if reference is None else {"reference_id": world.sensor[reference]}
        plain = {column: value for column, value in values.items() if column != "reference"}
        world.rule[name] = await _insert(connection, "alarm.rule", {"name": name, **of, **plain, **compared})
    for name, alarm in rows.ALARMS.items():
        world.alarm[name] = await _alarm(connection, world, alarm)
    await _quiet(connection, world)
    for name, (code, floor, kind, opened, closed, alarms) in rows.INCIDENTS.items():
        values = {
            "building_id": world.building[code],
            "floor_id": world.floor[floor] if floor else None,
            "kind": kind,
            "title": name,
            "opened_at": world.now - opened,
            "last_at": world.now - opened,
            "closed_at": world.now - closed if closed is not None else None,
        }
        world.incident[name] = await _insert(connection, "alarm.incident", values)
        collect = "UPDATE alarm.alarm SET incident_id = $1 WHERE id = ANY($2)"
        await connection.execute(collect, world.incident[name], [world.alarm[each] for each in alarms])
    for name, (code, room, user, age, kind) in rows.EVENTS.items():
        values = {
            "building_id": world.building[code],
            "room_id": world.room[room] if room else None,
            "user_id": world.user[user] if user else None,
            "at": world.now - age,
            "kind": kind,
            "text": name,
        }
        world.event[name] = await _insert(connection, "alarm.event", values)


async def _fire(connection: Connection, world: World) -> None:
    for name, (called, rooms) in rows.ZONES.items():
        code, zone = name.split("/")
        at = {"building_id": world.building[code]}
        world.zone[name] = await _insert(connection, "fire.zone", {"code": zone, "name": called, **at})
        for room in rooms:
            link = {"zone_id": world.zone[name], "room_id": world.room[room]}
            await _insert(connection, "fire.zone_room", link | at)
    for name, kind, since, until, user, note in rows.PANEL:
        values = {
            "zone_id": world.zone[name],
            "building_id": world.building[name.split("/")[0]],
            "kind": kind,
            "since": world.now - since,
            "until": None if until is None else world.now - until,
            "note": note,
            "reported_by_id": world.user[user] if user else None,
            "cleared_by_id": world.user[user] if user and until is not None else None,
        }
        world.condition[f"{name} {kind}"] = await _insert(connection, "fire.condition", values)


async def _quiet(connection: Connection, world: World) -> None:
    """One alarm on the shelf, one escalated, one that was reset; a sensor out of service, with its alarm."""
    mixed, until = world.user["mixed"], world.now + timedelta(hours=2)
    await connection.execute(
        "INSERT INTO alarm.shelf (sensor_id, rule_id, at, until, user_id, reason)"
        " SELECT sensor_id, rule_id, $2, $3, $4, 'Heating is on its way' FROM alarm.alarm WHERE id = $1",
        world.alarm["cold"], world.now - timedelta(minutes=10), until, mixed,
    )  # fmt: skip
    await connection.execute(
        "UPDATE alarm.alarm SET shelved_until = $2, shelved_by_id = $3, shelved_reason = 'Heating is on its way'"
        " WHERE id = $1",
        world.alarm["cold"], until, mixed,
    )  # fmt: skip
    await connection.execute(
        "UPDATE alarm.alarm SET escalated_to = 'MANAGER', escalated_at = $2 WHERE id = $1",
        world.alarm["returned"], world.now - timedelta(hours=2),
    )  # fmt: skip
    await connection.execute(
        "UPDATE alarm.alarm SET latching = true, reset_at = closed_at, reset_by_id = $2, reset_to = closed_at"
        " WHERE id = $1",
        world.alarm["smoke"], mixed,
    )  # fmt: skip
    await connection.execute(
        "UPDATE telemetry.sensor SET out_of_service_at = $2, out_of_service_by_id = $3,"
        " out_of_service_reason = 'Calibration' WHERE id = $1",
        world.sensor["beta/t-102"], world.now - timedelta(hours=1), mixed,
    )  # fmt: skip


async def _alarm(connection: Connection, world: World, alarm: rows.AlarmRow) -> int:
    """The alarm, its occurrences, its journal, and where its watch stands."""

    def ago(age: timedelta | None) -> datetime | None:
        return None if age is None else world.now - age

    rule, sensor = world.rule[alarm.rule], world.sensor[alarm.sensor]
    room = rows.SENSORS[alarm.sensor][0]
    raised, returned, value, _ = alarm.occurrences[-1]
    worst = min if rows.RULES[alarm.rule][3]["condition"] == "BELOW" else max
    values = {
        "rule_id": rule,
        "sensor_id": sensor,
        "building_id": world.building[alarm.sensor.split("/")[0]],
        "room_id": world.room[room] if room else None,
        "title": alarm.title,
        "sensor_kind": rows.SENSORS[alarm.sensor][1]["kind"],
        "unit": rows.SENSORS[alarm.sensor][1]["unit"],
        "state": alarm.state,
        "priority": rows.RULES[alarm.rule][3]["priority"],
        "category": rows.RULES[alarm.rule][3]["category"],
        "raised_at": ago(alarm.occurrences[0][0]),
        "last_raised_at": ago(raised),
        "returned_at": ago(returned),
        "acknowledged_at": ago(alarm.acknowledged),
        "acknowledged_by_id": world.user["dispatcher"] if alarm.acknowledged else None,
        "closed_at": ago(alarm.closed),
        "value": value,
        "peak": worst(row[3] for row in alarm.occurrences),
        "occurrences": len(alarm.occurrences),
        "note": alarm.note,
    }
    key = await _insert(connection, "alarm.alarm", values)
    for began, ended, first, highest in alarm.occurrences:
        of = {"sensor_id": sensor, "rule_id": rule, "alarm_id": key, "value": first, "peak": highest}
        await _insert(connection, "alarm.occurrence", of | {"raised_at": ago(began), "returned_at": ago(ended)})
    for kind, age, measured in alarm.journal():
        acked = kind == "ACKNOWLEDGED"
        entry = {"alarm_id": key, "kind": kind, "at": ago(age), "recorded_at": ago(age), "value": measured}
        by = {"user_id": world.user["dispatcher"] if acked else None, "note": alarm.note if acked else None}
        await _insert(connection, "alarm.transition", entry | by)
    await connection.execute(
        "UPDATE alarm.watch SET phase = $3, changed_at = $4 WHERE sensor_id = $1 AND rule_id = $2",
        sensor,
        rule,
        "ACTIVE" if returned is None else "NORMAL",
        ago(returned or raised),
    )
    return key
