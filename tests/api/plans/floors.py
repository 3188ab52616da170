"""Floors to draw: the demo building's, random ones, odd ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from random import Random

from api.plans.floor import AlarmPicture, FloorPicture, RoomPicture, SensorPicture, ZonePicture
from db.demo import space
from db.demo.sensing import PLACES
from db.models import AlarmState, Category, Priority, RoomKind, SensorKind, SensorStatus

AT = datetime(2026, 11, 22, 17, 5, tzinfo=timezone(timedelta(hours=3)))
TENANTS = ("ООО «Альфа Трейд»", "АО «Бета»", "ИП Сидорова А. В.", "Северный банк", "Кофейня «Зерно»", "Zeta GmbH")
NAMES = ("Переговорная «Онега»", "Бухгалтерия", "Кабинет директора", "Open space", "Серверная", None, "Архив", "Щ")
LET = (RoomKind.OFFICE, RoomKind.MEETING, RoomKind.RETAIL)


def demo(level: int = 2) -> FloorPicture:
    """A floor of the demo building with made-up tenants, sensors and alarms."""
    random, rooms, sensors = Random(3), [], []
    for id, room in enumerate((one for one in space.rooms() if one.level == level), 1):
        let = room.kind in LET and random.random() < 0.75
        tenant = random.randrange(len(TENANTS))
        until = date(2026, 11, 22) + timedelta(days=random.randrange(-10, 600))
        rooms.append(
            RoomPicture(
                id,
                room.number,
                room.name,
                room.kind,
                room.outline,
                room.area,
                [(tenant + 1, TENANTS[tenant])] if let else [],
                room.kind in LET and not let,
                until if let else None,
            )
        )
        for kind, (a, b) in PLACES.items():
            if random.random() < 0.3:
                x, y, width, depth = room.box
                status = random.choice([SensorStatus.OK] * 8 + [SensorStatus.STALE, SensorStatus.FAULT])
                value = random.uniform(19, 26) if kind is SensorKind.TEMPERATURE else random.uniform(420, 1300)
                unit = {SensorKind.TEMPERATURE: "°C", SensorKind.CO2: "ppm"}.get(kind)
                code = f"s{len(sensors)}"
                place = (x + width * a, y + depth * b)
                sensors.append(SensorPicture(len(sensors) + 1, code, None, kind, status, *place, id, value, unit))
    west = [room.id for room in rooms if room.number.endswith(("01", "02", "03", "91"))]
    east = [room.id for room in rooms if room.id not in west]
    return FloorPicture(
        space.NAME,
        f"{level} этаж",
        level,
        AT,
        space.rectangle(0, 0, space.WIDTH, space.DEPTH),
        rooms,
        sensors,
        [
            AlarmPicture(1, Priority.CRITICAL, AlarmState.ACTIVE, Category.LEAK, 10),
            AlarmPicture(2, Priority.HIGH, AlarmState.ACKNOWLEDGED, Category.AIR, 1),
            AlarmPicture(3, Priority.MEDIUM, AlarmState.RETURNED, Category.AIR, 5),
            AlarmPicture(4, Priority.LOW, AlarmState.ACTIVE, Category.COMFORT, 13, annunciated=False),
        ],
        [ZonePicture(1, "2.1", "Запад", west), ZonePicture(2, "2.2", "Восток", east, ["ALARM"])],
    )


def cells(count: int, sensors: int, seed: int = 1, turned: float = 0.0) -> FloorPicture:
    """A floor of so many rooms in rows along corridors, some of them L-shaped, with sensors anywhere in them."""
    from math import cos, sin

    random, rooms, y, id = Random(seed), [], 0.0, 0
    columns = max(4, round((count * 1.6) ** 0.5))
    while id < count:
        x, depth = 0.0, random.uniform(2.5, 7)
        for _ in range(min(columns, count - id)):
            id, width = id + 1, random.uniform(1.2, 8)
            ring = [[x, y], [x + width, y], [x + width, y + depth], [x, y + depth]]
            if random.random() < 0.25:
                ring = [
                    *ring[:2],
                    [x + width, y + depth / 2],
                    [x + width / 2, y + depth / 2],
                    [x + width / 2, y + depth],
                    ring[3],
                ]
            kind = random.choice((RoomKind.OFFICE, RoomKind.OFFICE, RoomKind.MEETING, RoomKind.STAIRS, RoomKind.LIFT))
            tenants = [(n := random.randrange(60), f"ООО «Арендатор {n}»")] if random.random() < 0.6 else []
            rooms.append(RoomPicture(id, f"{100 + id}", random.choice(NAMES), kind, [ring], width * depth, tenants))
            x += width
        y += depth
        rooms.append(
            RoomPicture(10_000 + id, f"К{id}", "Коридор", RoomKind.CORRIDOR, space.rectangle(0, y, columns * 5, 2.4))
        )
        y += 2.4
    hung = []
    for number in range(sensors):
        room = rooms[number % len(rooms)]
        (a, b), (c, _), *_ = room.outline[0] if room.outline else []
        spot = (a + (c - a) * random.random(), b + 1)
        kind = random.choice(list(SensorKind))
        hung.append(
            SensorPicture(number + 1, f"s{number}", None, kind, SensorStatus.OK, *spot, room.id, random.random() * 30)
        )
    if turned:
        for room in rooms:
            for ring in room.outline or []:
                ring[:] = [[p * cos(turned) - q * sin(turned), p * sin(turned) + q * cos(turned)] for p, q in ring]
        hung = []
    return FloorPicture("Башня", "3", 3, AT, None, rooms, hung)
