"""The rows of `tests.world`, as plain data: what is there, who rents what when, who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Values = dict[str, Any]
Age = timedelta


def ago(days: float = 0, hours: float = 0, minutes: float = 0) -> Age:
    return timedelta(days=days, hours=hours, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Days:
    """A period of days, both inside; no last day: open."""

    first: date
    last: date | None = None


def days(first: str, last: str | None = None) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last) if last else None)


def box(x: float, y: float, width: float, depth: float) -> list[list[list[float]]]:
    """A rectangular outline in metres."""
    return [[[x, y], [x + width, y], [x + width, y + depth], [x, y + depth], [x, y]]]


TABLES = (
    "physical.building", "physical.floor", "physical.room", "physical.alias", "business.tenant", "business.lease",
    "business.placement", "telemetry.sensor", "telemetry.status_change", "telemetry.unknown_device", "alarm.rule", "alarm.alarm",
    "alarm.transition", "alarm.event", 'security."user"', 'security."grant"', "security.api_key", "alarm.incident", "security.link",
    "fire.zone", "fire.condition",
)  # fmt: skip
WITHOUT_ID = {"alarm.occurrence", "fire.zone_room"}

BUILDINGS: dict[str, Values] = {
    "alpha": {
        "name": "БЦ «Альфа-центр»",
        "address": "Москва, Тестовая ул., 1",
        "time_zone": "Europe/Moscow",
        "language": "RU",
    },
    "beta": {
        "name": "Beta House",
        "address": "Testkade 2, Amsterdam",
        "time_zone": "Europe/Amsterdam",
        "language": "EN",
    },
}
FLOORS: dict[str, Values] = {
    "alpha/1": {
        "name": "1 этаж",
        "elevation": 0.0,
        "outline": box(0, 0, 18, 10),
        "openings": [[[2, 4], [3, 4]], [[8, 4], [9, 4]]],
    },
    "alpha/2": {"name": "2 этаж", "elevation": 3.6, "outline": box(0, 0, 18, 10)},
    "beta/0": {"name": "Ground floor", "elevation": 0.0, "outline": box(-6, -4, 18, 8)},
    "beta/1": {"name": "First floor", "elevation": 3.2, "outline": None},
}


def _room(name: str | None, kind: str, at: tuple[float, float, float, float], capacity: int | None = None) -> Values:
    area = at[2] * at[3]
    return {
        "name": name,
        "kind": kind,
        "area": area,
        "declared_area": area + 0.5,
        "capacity": capacity,
        "outline": box(*at),
    }


ROOMS: dict[str, tuple[int, Values]] = {
    "alpha/101": (1, _room("Переговорная", "MEETING", (0, 0, 6, 4), 12)),
    "alpha/102": (1, _room("Кабинет директора", "OFFICE", (6, 0, 6, 4), 2)),
    "alpha/103": (1, _room("Кухня", "KITCHEN", (12, 0, 6, 4))),
    "alpha/К1": (1, _room("Коридор", "CORRIDOR", (0, 4, 18, 6))),
    "alpha/201": (2, _room("Открытый офис", "OFFICE", (0, 0, 12, 4), 20)),
    "alpha/202": (2, _room(None, "OFFICE", (12, 0, 6, 4), 4)),
    "alpha/203": (2, _room("Серверная", "SERVER", (0, 4, 6, 6))),
    "beta/001": (0, _room("Shop", "RETAIL", (-6, -4, 6, 4))),
    "beta/002": (0, _room("Lobby", "LOBBY", (0, -4, 6, 4))),
    "beta/003": (0, _room("Store", "STORAGE", (6, -4, 6, 4))),
    "beta/101": (1, _room("Meeting room", "MEETING", (-6, -4, 6, 4), 8)),
    "beta/102": (1, _room("Office", "OFFICE", (0, -4, 6, 4), 6)),
    "beta/103": (1, _room("Office", "OFFICE", (6, -4, 6, 4), 6)),
}
ALIASES = (
    ("building", "alpha", "Альфа-центр", "RU"),
    ("floor", "alpha/1", "первый этаж", "RU"),
    ("room", "alpha/101", "переговорка", "RU"),
    ("room", "alpha/101", "meeting room", "EN"),
    ("room", "alpha/203", "server room", "EN"),
    ("room", "beta/001", "магазин", "RU"),
)

TENANTS: dict[str, Values] = {
    "Ромашка": {
        "tax_number": "7701000011",
        "contact": "Анна Лугова",
        "phone": "+7 495 000-00-01",
        "email": "office@romashka.example",
    },
    "Альфа": {"tax_number": "7701000028", "contact": "Иван Полев", "phone": "+7 495 000-00-02", "email": None},
    "Бета": {"tax_number": "7701000035", "contact": None, "phone": None, "email": "info@beta.example"},
    "Orion Ltd": {
        "tax_number": "NL000000001B01",
        "contact": "Jan Ster",
        "phone": "+31 20 000 0003",
        "email": "jan@orion.example",
    },
    "Гамма": {"tax_number": None, "contact": None, "phone": "+7 495 000-00-05", "email": None},
}
LEASES: dict[str, tuple[str, str, Values]] = {
    "А-1": ("Ромашка", "alpha", {"period": days("2025-01-01", "2027-12-31"), "rent": 150000, "currency": "RUB"}),
    "B-1": ("Ромашка", "beta", {"period": days("2026-06-01"), "rent": 2500, "currency": "EUR"}),
    "А-0": ("Альфа", "alpha", {"period": days("2024-01-01", "2024-12-31"), "rent": 80000, "currency": "RUB"}),
    "А-2": ("Альфа", "alpha", {"period": days("2026-01-01", "2026-12-31"), "rent": 210000, "currency": "RUB"}),
    "А-3": ("Бета", "alpha", {"period": days("2027-01-01", "2029-12-31"), "rent": 95000, "currency": "RUB"}),
    "B-0": ("Orion Ltd", "beta", {"period": days("2023-01-01", "2025-12-31"), "rent": 1800, "currency": "EUR"}),
    "B-2": ("Orion Ltd", "beta", {"period": days("2026-11-01", "2028-10-31"), "rent": None, "currency": None}),
}
"""Current on 16 November 2026: А-1, А-2, B-1, B-2. Future: А-3. Ended: А-0, B-0. «Гамма» never had one."""
PLACEMENTS = (
    ("alpha/101", "А-1", days("2025-01-01", "2027-12-31")),
    ("alpha/102", "А-1", days("2025-01-01", "2026-10-31")),
    ("beta/001", "B-1", days("2026-06-01")),
    ("alpha/103", "А-0", days("2024-01-01", "2024-12-31")),
    ("alpha/201", "А-2", days("2026-01-01", "2026-12-31")),
    ("alpha/202", "А-2", days("2026-01-01", "2026-11-15")),
    ("alpha/103", "А-3", days("2027-01-01", "2029-12-31")),
    ("beta/101", "B-0", days("2023-01-01", "2025-12-31")),
    ("beta/102", "B-2", days("2026-11-16", "2028-10-31")),
)
"""Two meet today: Альфа left 202 yesterday, Orion has 102 of beta from today."""

USERS: dict[str, tuple[Values, list[tuple[str, str, str]]]] = {
    "admin": ({"name": "Ада Главная", "language": "EN"}, [("ADMIN", "", "")]),
    "manager": ({"name": "Мария Управ"}, [("MANAGER", "building", "alpha")]),
    "dispatcher": ({"name": "Денис Пульт"}, [("DISPATCHER", "building", "alpha")]),
    "guard": ({"name": "Gerard Poort", "language": "EN"}, [("GUARD", "building", "beta")]),
    "viewer": ({"name": "Вера Смотр"}, [("VIEWER", "building", "alpha"), ("VIEWER", "building", "beta")]),
    "tenant": ({"name": "Роман Ромашкин"}, [("TENANT", "tenant", "Ромашка")]),
    "mixed": ({"name": "Мила Смешко"}, [("MANAGER", "building", "beta"), ("TENANT", "tenant", "Альфа")]),
    "nobody": ({"name": "Никто Пустой"}, []),
    "disabled": ({"name": "Дима Бывший", "enabled": False}, [("MANAGER", "building", "alpha")]),
}
KEYS: dict[str, tuple[str, str | None, bool]] = {
    "device": ("DEVICE", "alpha", False),
    "beta-device": ("DEVICE", "beta", False),
    "agent": ("AGENT", None, False),
    "revoked": ("DEVICE", "alpha", True),
}
LINKS: list[tuple[str, str, str, str]] = [
    ("manager", "TELEGRAM", "700", "@maria"),
    ("guard", "TELEGRAM", "701", "@gerard"),
    ("guard", "SATELLITE", "front-desk", "Front desk"),
    ("tenant", "TELEGRAM", "702", "@romashka"),
    ("disabled", "TELEGRAM", "703", "@dima"),
]
"""Whose, where, which identity, what it is called."""
SECRETS = {name: f"mk_{name.replace('-', '')}01_{'s3cret' * 5}{name.replace('-', '')}" for name in KEYS}


def _sensor(kind: str, unit: str, name: str | None = None, interval: int | None = 900) -> Values:
    return {"kind": kind, "unit": unit, "name": name, "interval": interval, "x": 3.0, "y": 2.0}


Latest = tuple[Age | None, float | None, str]
SENSORS: dict[str, tuple[str | None, Values, Latest]] = {
    "alpha/co2-101": ("alpha/101", _sensor("CO2", "ppm", "CO₂ в переговорной"), (ago(), 1180.0, "OK")),
    "alpha/t-101": ("alpha/101", _sensor("TEMPERATURE", "°C"), (ago(), 24.5, "OK")),
    "alpha/h-101": ("alpha/101", _sensor("HUMIDITY", "%"), (ago(minutes=15), 41.0, "OK")),
    "alpha/leak-103": ("alpha/103", _sensor("LEAK", "", "Протечка", 3600), (ago(hours=5), 1.0, "STALE")),
    "alpha/co2-201": ("alpha/201", _sensor("CO2", "ppm"), (ago(), 640.0, "OK")),
    "alpha/t-1": ("alpha/201", _sensor("TEMPERATURE", "°C"), (ago(), 23.0, "OK")),
    "alpha/door-main": (None, _sensor("DOOR", "", "Главный вход", None), (ago(minutes=3), 0.0, "OK")),
    "beta/co2-001": ("beta/001", _sensor("CO2", "ppm"), (ago(), 560.0, "OK")),
    "beta/t-1": ("beta/001", _sensor("TEMPERATURE", "°C"), (ago(), 14.5, "OK")),
    "beta/t-102": ("beta/102", _sensor("TEMPERATURE", "°C"), (ago(hours=1), 21.0, "FAULT")),
    "beta/smoke-103": ("beta/103", _sensor("SMOKE", "%/m", "Smoke", 60), (ago(), 0.1, "OK")),
    "beta/power": (None, _sensor("POWER", "kW"), (None, None, "UNKNOWN")),
}
"""The code `t-1` is in both buildings."""


UNKNOWN_DEVICES: tuple[tuple[str | None, str, str, Age, int], ...] = (
    ("alpha", "zigbee2mqtt/kitchen/co2", "MQTT", ago(minutes=1), 70),
    ("alpha", "t-900", "NDJSON", ago(hours=3), 2),
    ("beta", "cpu/gateway/usage", "LINE", ago(minutes=5), 900),
    ("beta", "t-900", "GRAPHQL", ago(days=2), 2),
    (None, "Lost/thing", "MQTT", ago(minutes=2), 1),
)
"""Building, name, door, when it reported last, how often."""


def history(sensor: str) -> Iterator[tuple[Age, float]]:
    """Two hours of quarters up to the latest reading, and one reading a month before."""
    age, value, _ = SENSORS[sensor][2]
    if age is None or value is None:
        return
    for quarter in range(9):
        yield age + ago(minutes=15 * quarter), round(value - 10.0 * quarter if value > 100 else value, 3)
    yield age + ago(days=31), value


def _rule(kind: str | None, condition: str, threshold: float, priority: str, category: str, **more: Any) -> Values:
    sizes = {"deadband": 0.0, "on_delay": 0, "off_delay": 0, "latching": False, "enabled": True} | more
    named = {"sensor_kind": kind, "condition": condition, "threshold": threshold}
    return {**named, "priority": priority, "category": category, **sizes}


RULES: dict[str, tuple[str, str | None, str | None, Values]] = {
    "Душно": ("alpha", None, None, _rule("CO2", "ABOVE", 1000, "HIGH", "AIR", deadband=100.0, on_delay=900)),
    "Жарко": ("alpha", None, None, _rule("TEMPERATURE", "ABOVE", 28, "LOW", "COMFORT", deadband=1.0)),
    "Протечка": ("alpha", None, "alpha/leak-103", _rule(None, "ABOVE", 0.5, "CRITICAL", "LEAK", latching=True)),
    "Открытый офис: душно": ("alpha", "alpha/201", None, _rule("CO2", "ABOVE", 800, "MEDIUM", "AIR", off_delay=600)),
    "Расходятся": (
        "alpha",
        None,
        "alpha/t-1",
        _rule(None, "DEVIATION", 5, "LOW", "EQUIPMENT", reference="alpha/t-101"),
    ),
    "Too cold": ("beta", None, None, _rule("TEMPERATURE", "BELOW", 16, "MEDIUM", "COMFORT", deadband=0.5)),
    "Smoke": ("beta", None, None, _rule("SMOKE", "ABOVE", 2, "CRITICAL", "FIRE")),
    "Switched off": ("beta", None, None, _rule("HUMIDITY", "ABOVE", 70, "LOW", "COMFORT", enabled=False)),
}


@dataclass(frozen=True, slots=True)
class AlarmRow:
    rule: str
    sensor: str
    title: str
    state: str
    occurrences: tuple[tuple[Age, Age | None, float, float], ...]
    """When each was raised and returned, the value that raised it, and the worst."""
    acknowledged: Age | None = None
    closed: Age | None = None
    note: str | None = None

    def journal(self) -> list[tuple[str, Age, float | None]]:
        entries: list[tuple[str, Age, float | None]] = []
        for raised, returned, value, _ in self.occurrences:
            entries.append(("RAISED", raised, value))
            if returned is not None:
                entries.append(("RETURNED", returned, None))
        if self.acknowledged is not None:
            entries.append(("ACKNOWLEDGED", self.acknowledged, None))
        if self.closed is not None:
            entries.append(("CLOSED", self.closed, None))
        return sorted(entries, key=lambda entry: -entry[1])


ALARMS: dict[str, AlarmRow] = {
    "active": AlarmRow(
        "Душно", "alpha/co2-101", "Душно: co2-101", "ACTIVE", ((ago(minutes=30), None, 1130.0, 1180.0),)
    ),
    "acknowledged": AlarmRow(
        "Протечка",
        "alpha/leak-103",
        "Протечка: leak-103",
        "ACKNOWLEDGED",
        ((ago(hours=6), None, 1.0, 1.0),),
        acknowledged=ago(hours=5, minutes=30),
        note="Сантехник вызван",
    ),
    "returned": AlarmRow(
        "Открытый офис: душно",
        "alpha/co2-201",
        "Душно: co2-201",
        "RETURNED",
        ((ago(days=1, hours=3), ago(days=1, hours=2), 820.0, 870.0), (ago(hours=4), ago(hours=3), 810.0, 905.0)),
    ),
    "closed": AlarmRow(
        "Жарко",
        "alpha/t-101",
        "Жарко: t-101",
        "CLOSED",
        ((ago(days=3, hours=2), ago(days=3), 28.4, 29.9),),
        acknowledged=ago(days=3, hours=1),
        closed=ago(days=3),
    ),
    "cold": AlarmRow("Too cold", "beta/t-1", "Too cold: t-1", "ACTIVE", ((ago(hours=1), None, 15.5, 14.5),)),
    "smoke": AlarmRow(
        "Smoke",
        "beta/smoke-103",
        "Smoke: smoke-103",
        "CLOSED",
        ((ago(days=8), ago(days=8) - ago(minutes=5), 2.5, 6.0),),
        acknowledged=ago(days=8) - ago(minutes=2),
        closed=ago(days=8) - ago(minutes=5),
    ),
}
INCIDENTS: dict[str, tuple[str, str | None, str, Age, Age | None, tuple[str, ...]]] = {
    "Beta House: Too cold": ("beta", None, "BUILDING", ago(hours=1), None, ("cold",)),
    "1 этаж: Жарко": ("alpha", "alpha/1", "FLOOR", ago(days=3, hours=2), ago(days=3), ("closed",)),
}
"""The building, the floor, the kind, when it opened and closed, and which alarms it has."""
EVENTS: dict[str, tuple[str, str | None, str | None, Age, str]] = {
    "Не горит лампа": ("alpha", "alpha/101", "tenant", ago(hours=2), "report"),
    "Плановая проверка лифта": ("alpha", None, "manager", ago(days=2), "maintenance"),
    "Window left open": ("beta", "beta/001", "guard", ago(days=1), "report"),
    "Delivery at the gate": ("beta", None, "guard", ago(hours=1), "visit"),
}

ZONES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "alpha/1": ("Первый этаж", ("alpha/101", "alpha/102", "alpha/103", "alpha/К1")),
    "alpha/2": ("Второй этаж", ("alpha/201", "alpha/202", "alpha/203", "alpha/К1")),
    "alpha/10": ("Чердак", ()),
    "beta/1": (None, ("beta/001", "beta/002", "beta/102")),
}
"""Name and rooms of fire zones; the corridor is in two, the code 1 in both buildings."""
PANEL: tuple[tuple[str, str, Age, Age | None, str | None, str | None], ...] = (
    ("alpha/1", "ALARM", ago(minutes=4), None, "dispatcher", "Сработал извещатель в коридоре"),
    ("alpha/1", "TEST", ago(days=5), ago(days=5) - ago(hours=1), "manager", None),
    ("alpha/2", "FAULT", ago(hours=9), None, "dispatcher", "Обрыв шлейфа"),
    ("beta/1", "DISABLEMENT", ago(days=1), ago(hours=3), "guard", "Welding"),
    ("beta/1", "FAULT", ago(hours=1), None, "mixed", None),
)
"""Zone, what the panel said, since and until when, who reported it, note."""
