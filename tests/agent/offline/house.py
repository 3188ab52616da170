"""A house made by hand for the offline model: the contract's own types answer, so replies are held against real results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphql import graphql_sync
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent import calls, proof
from agent.approval import outcome
from agent.contract import contract
from agent.offline import OfflineModel
from agent.offline.text import code, sound
from agent.prompts import ASK_PERSON
from agent.render import Setting
from agent.results import Outcome
from agent.tools import build

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2022, 10, 27, 14, 30, tzinfo=ZONE)
TODAY = NOW.date()
CONTRACT = contract()
BOX = build(CONTRACT)
Thing = dict[str, Any]

BUILDING: Thing = {
    "__typename": "Building", "id": "building_1", "code": "mayak", "name": "Бизнес-центр «Маяк»", "address": "Москва, Причальная ул., 1",
    "timeZone": "Europe/Moscow", "language": "RU", "aliases": [],
}  # fmt: skip
FLOORS: list[Thing] = [
    {"__typename": "Floor", "id": f"floor_{n + 10}", "level": n, "name": f"{n} этаж" if n > 0 else "Паркинг", "elevation": 3.2 * n, "aliases": [],
     "building": BUILDING}
    for n in (-1, 1, 2, 3, 4, 5)
]  # fmt: skip


def _floor(level: int) -> Thing:
    return next(f for f in FLOORS if f["level"] == level)


def _room(
    number: str, level: int, kind: str = "OFFICE", name: str | None = None, area: float = 24.0, capacity: int | None = 4
) -> Thing:
    return {
        "__typename": "Room", "id": f"room_{len(ROOMS) + 100}", "number": number, "name": name, "kind": kind, "area": area, "declaredArea": area + 0.5,
        "capacity": capacity, "aliases": [name] if name else [], "globalId": None, "floor": _floor(level), "building": BUILDING, "outline": None,
    }  # fmt: skip


ROOMS: list[Thing] = []
for _spec in [
    ("A101", 1, "LOBBY", "Вестибюль", 60.0, None), ("A102", 1), ("A103", 1, "OFFICE", None, 30.5, 6), ("A104", 1, "RETAIL", "Кафе «Бриз»", 80.0, 40),
    ("110", 1, "SERVER", "Серверная", 12.0, None), ("201", 2, "OFFICE", None, 45.0, 8), ("202", 2, "STORAGE", "Кладовая", 9.0, None),
    ("203", 2, "TOILET", None, 6.0, None), ("305", 3, "OFFICE", None, 28.0, 5), ("306", 3, "OFFICE", None, 52.0, 10),
    ("307", 3, "MEETING", "Байкал", 35.0, 12), ("401", 4, "OFFICE", None, 61.0, 12), ("412", 4, "OFFICE", None, 24.0, 4), ("501", 5, "OFFICE", None, 90.0, 20),
    ("К1", 3, "CORRIDOR", None, 40.0, None), ("П-01", -1, "PARKING", None, 400.0, None),
]:  # fmt: skip
    ROOMS.append(_room(*_spec))
ROOM = {r["number"]: r for r in ROOMS}
ALIASES = {"room": {"307": ["переговорка Байкал", "переговорная Байкал"], "110": ["server room"]}}

TENANTS: list[Thing] = [
    {"__typename": "Tenant", "id": f"tenant_{n}", "name": name, "taxNumber": None, "contact": contact, "phone": phone, "email": email}
    for n, (name, contact, phone, email) in enumerate(
        [
            ("Альфа", "Иван Полев", "+7 495 000-00-02", None), ("Бета", "Ольга Снегова", "+7 495 000-00-03", "info@beta.example"),
            ("Ромашка", "Анна Лугова", "+7 495 000-00-01", "office@romashka.example"), ("Гамма-Сервис", None, "+7 495 000-00-05", None),
            ("Северный ветер", "Пётр Норд", None, "n@veter.example"), ("Кузнецов", None, None, None), ("Nordic Trade", "Jan Ster", "+47 000 00", None),
        ],
        1,
    )
]  # fmt: skip
TENANT = {t["name"]: t for t in TENANTS}
LEASES: list[Thing] = [
    {"__typename": "Lease", "id": f"lease_{n}", "number": number, "start": start, "end": end, "rent": rent, "currency": "RUB", "tenant": TENANT[name],
     "building": BUILDING}
    for n, (number, name, start, end, rent) in enumerate(
        [
            ("Д-15/22", "Альфа", "2022-01-01", "2023-12-31", "150000.00"), ("Д-7", "Бета", "2021-05-01", "2022-12-15", "99000.00"),
            ("Д-8", "Ромашка", "2020-01-01", None, "70000.00"), ("Д-9", "Гамма-Сервис", "2022-02-01", "2022-11-20", "81000.00"),
            ("Д-10", "Северный ветер", "2022-03-01", "2024-02-29", None), ("Д-11", "Nordic Trade", "2022-06-01", "2023-05-31", "120000.00"),
            ("Д-12", "Кузнецов", "2022-06-01", "2023-05-31", "1000.00"),
        ],
        1,
    )
]  # fmt: skip
PLACEMENTS: list[Thing] = [
    {"__typename": "Placement", "id": f"placement_{n}", "start": lease["start"], "end": lease["end"], "room": ROOM[number], "lease": lease,
     "tenant": lease["tenant"]}
    for n, (number, lease) in enumerate(
        [("A102", LEASES[0]), ("A103", LEASES[1]), ("305", LEASES[2]), ("412", LEASES[3]), ("201", LEASES[4]), ("401", LEASES[4]), ("501", LEASES[5]),
         ("202", LEASES[6])], 1)
]  # fmt: skip
UNITS = {
    "TEMPERATURE": "°C",
    "HUMIDITY": "%",
    "CO2": "ppm",
    "POWER": "kW",
    "LIGHT": "lx",
    "NOISE": "dB",
    "OCCUPANCY": "people",
}
SENSORS: list[Thing] = []


def _sensor(code_: str, kind: str, room: str, value: float | None, status: str = "OK", minutes: int = 5) -> None:
    at = (NOW - timedelta(minutes=minutes)).isoformat() if value is not None else None
    SENSORS.append({
        "__typename": "Sensor", "outOfService": False, "id": f"sensor_{len(SENSORS) + 1}", "code": code_, "name": None, "kind": kind, "unit": UNITS.get(kind, ""), "interval": 900,
        "externalId": None, "x": None, "y": None, "value": value, "at": at, "status": status, "room": ROOM[room], "floor": ROOM[room]["floor"],
        "building": BUILDING,
    })  # fmt: skip


for _number, _temperature, _humidity, _co2 in [
    ("A102", 23.4, 41.0, 1240.0), ("A103", 21.0, 38.5, 640.0), ("305", 24.8, 33.0, 910.0), ("307", 22.1, 40.0, 780.0), ("412", 19.5, 29.0, 450.0),
    ("501", 22.0, 36.0, 520.0), ("201", 21.7, 44.0, 700.0),
]:  # fmt: skip
    _sensor(f"T-{_number}-1", "TEMPERATURE", _number, _temperature)
    _sensor(f"H-{_number}-1", "HUMIDITY", _number, _humidity)
    _sensor(f"CO2-{_number}", "CO2", _number, _co2)
_sensor("T-110", "TEMPERATURE", "110", 27.9)
_sensor("D-412", "DOOR", "412", 1.0)
_sensor("D-305", "DOOR", "305", 0.0)
_sensor("M-412", "MOTION", "412", 1.0)
_sensor("M-A101", "MOTION", "A101", 0.0)
_sensor("L-203", "LEAK", "203", 0.0)
_sensor("S-305", "SMOKE", "305", 0.0)
_sensor("P-306", "POWER", "306", 4.2)
_sensor("N-A103", "NOISE", "A103", 45.0)
_sensor("X-202", "HUMIDITY", "202", 50.0, "STALE", 600)
_sensor("X-306", "LIGHT", "306", None, "UNKNOWN")
_sensor("X-201", "LIGHT", "201", 300.0, "FAULT", 60)
SENSOR = {s["code"]: s for s in SENSORS}

RULE: Thing = {
    "__typename": "AlarmRule", "id": "rule_1", "name": "CO2 выше нормы", "sensorKind": "CO2", "condition": "ABOVE", "threshold": 1000.0, "unit": "ppm",
    "deadband": 50.0, "onDelay": 900, "offDelay": 0, "priority": "HIGH", "category": "AIR", "latching": False, "enabled": True, "building": BUILDING,
    "room": None, "sensor": None,
}  # fmt: skip
ALARMS: list[Thing] = []


def _alarm(
    sensor: str,
    title: str,
    state: str,
    hours: float,
    priority: str = "HIGH",
    category: str = "AIR",
    peak: float | None = 1300.0,
) -> None:
    raised, s = NOW - timedelta(hours=hours), SENSOR[sensor]
    acknowledged = state in ("ACKNOWLEDGED", "CLOSED")
    ended = (raised + timedelta(minutes=40)).isoformat() if state in ("RETURNED", "CLOSED") else None
    ALARMS.append({
        "__typename": "Alarm", "id": f"alarm_{len(ALARMS) + 1}", "title": title, "state": state, "active": state in ("ACTIVE", "ACKNOWLEDGED"),
        "acknowledged": acknowledged, "priority": priority, "category": category, "raisedAt": raised.isoformat(), "lastRaisedAt": raised.isoformat(),
        "returnedAt": ended, "acknowledgedAt": (raised + timedelta(minutes=5)).isoformat() if acknowledged else None, "closedAt": ended if state == "CLOSED" else None,
        "value": s["value"], "peak": peak, "unit": s["unit"], "occurrences": 1, "note": None,
        "annunciated": True, "latching": category in ("LEAK", "FIRE"), "suppressed": False, "outOfService": False,
        "acknowledgedBy": {"__typename": "User", "id": "user_1", "name": "Анна"} if acknowledged else None, "rule": RULE, "sensor": s, "room": s["room"],
        "floor": s["floor"], "building": BUILDING, "collapsed": False, "shelvedUntil": None, "shelvedReason": None, "resetAt": None, "escalatedTo": None, "escalatedAt": None, "incident": None,
    })  # fmt: skip


_alarm("CO2-A102", "CO2 выше нормы", "ACTIVE", 0.5)
_alarm("T-305-1", "Жарко", "ACTIVE", 2.0, "CRITICAL", "COMFORT", 27.0)
_alarm("L-203", "Протечка", "RETURNED", 12.0, "CRITICAL", "LEAK", 1.0)
_alarm("H-412-1", "Сухо", "ACKNOWLEDGED", 30.0, "LOW", "COMFORT", None)
_alarm("CO2-A102", "CO2 выше нормы", "CLOSED", 100.0)


INCIDENTS: list[Thing] = [{
    "__typename": "Incident", "id": "incident_1", "title": "3 этаж: Жарко", "kind": "FLOOR", "priority": "HIGH", "openedAt": NOW.isoformat(),
    "lastRaisedAt": NOW.isoformat(), "closedAt": None, "alarmCount": 12, "liveCount": 11, "unacknowledgedCount": 7, "building": BUILDING, "floor": None,
}]  # fmt: skip


def _matches(thing: Thing, where: dict[str, Any]) -> bool:
    room = thing if thing["__typename"] == "Room" else thing.get("room")
    for name, wanted in where.items():
        if wanted is None or name in ("building", "asOf", "at", "areaAtMost", "from", "to"):
            continue
        if name == "raised":
            start, end = (datetime.fromisoformat(v) if v else None for v in (wanted.get("from"), wanted.get("to")))
            raised = datetime.fromisoformat(thing["raisedAt"])
            if (start and raised < start) or (end and raised >= end):
                return False
            continue
        if name == "room":
            fits = bool(room) and room["id"] == wanted
        elif name == "level":
            fits = (room or thing).get("floor", thing)["level"] == wanted
        elif name in ("tenant", "sensor", "lease"):
            fits = (thing.get(name) or {}).get("id") == wanted if name != "tenant" or "tenant" in thing else True
        elif name == "kind":
            fits = (thing.get("kind") or thing.get("sensorKind") or thing["sensor"]["kind"]) in wanted
        elif name in ("closed", "shelved"):
            fits = (thing["closedAt" if name == "closed" else "shelvedUntil"] is not None) == wanted
        elif name == "vacant":
            fits = (not any(p["room"] is thing for p in PLACEMENTS)) == wanted
        elif name == "valueAbove":
            fits = thing["value"] is not None and thing["value"] > wanted
        elif name == "valueBelow":
            fits = thing["value"] is not None and thing["value"] < wanted
        elif name == "areaAtLeast":
            fits = thing["area"] >= wanted
        elif name == "capacityAtLeast":
            fits = (thing["capacity"] or 0) >= wanted
        elif name == "ends":
            fits = thing["end"] is not None and str(wanted.get("from") or "") <= thing["end"] <= str(
                wanted.get("to") or "9"
            )
        elif name in ("status", "state", "priority", "category") and isinstance(wanted, list):
            fits = thing.get(name, "CURRENT") in wanted
        else:
            fits = thing.get(name) == wanted
        if not fits:
            return False
    return True


def _connection(
    things: Sequence[Thing],
    where: dict[str, Any] | None,
    orderBy: list[dict[str, str]] | None = None,
    first: int | None = None,
    **_: Any,
) -> Thing:
    kept = [t for t in things if _matches(t, where or {})]
    for order in orderBy or []:
        key = {
            "RAISED_AT": "raisedAt",
            "LAST_RAISED_AT": "lastRaisedAt",
            "VALUE": "value",
            "AREA": "area",
            "LEVEL": "level",
            "END": "end",
        }.get(order["field"])
        if key:
            known = sorted(
                (t for t in kept if t.get(key) is not None), key=lambda t: t[key], reverse=order["direction"] == "DESC"
            )
            kept = known + [t for t in kept if t.get(key) is None]
    shown = kept[: first or 20]
    return {
        "nodes": shown,
        "pageInfo": {"hasNextPage": len(kept) > len(shown), "hasPreviousPage": False, "endCursor": "c"},
        "totalCount": len(kept),
    }


def _page(things: Sequence[Thing]) -> Callable[..., Thing]:
    return lambda info, where=None, **more: _connection(things, where, **more)


def _by(things: Sequence[Thing], key: str) -> Callable[..., Thing | None]:
    return lambda info, id: next((t for t in things if id in (t["id"], t[key])), None)


def _likeness(text: str, name: str) -> float:
    if code(text).lstrip("0") == code(name).lstrip("0"):
        return 1.0
    if any(c.isdigit() for c in text):
        return 0.0
    asked, known = (
        [sound(w) for w in text.replace("-", " ").split()],
        [sound(w) for w in name.replace("-", " ").split()],
    )
    hits = sum(
        any(
            a == k
            or (len(a) > 3 and a[:-1][: max(3, len(k) - 2)] == k[: max(3, len(k) - 2)])
            or a.replace("e", "") == k.replace("e", "")
            for k in known
        )
        for a in asked
    )
    return hits / len(asked) * (0.75 + 0.25 * min(1.0, hits / len(known))) if hits == len(asked) else 0.0


def _search(info: Any, text: str, kinds: list[str] | None = None, first: int = 10, **_: Any) -> list[Thing]:
    pools = {
        "ROOM": (ROOMS, "number"),
        "TENANT": (TENANTS, "name"),
        "SENSOR": (SENSORS, "code"),
        "LEASE": (LEASES, "number"),
        "FLOOR": (FLOORS, "name"),
    }
    hits = []
    for kind in kinds or pools:
        things, key = pools.get(kind, ([], ""))
        for thing in things:
            names = [
                thing[key],
                *([thing["name"]] if kind == "ROOM" and thing["name"] else []),
                *ALIASES.get(kind.lower(), {}).get(thing[key], []),
            ]
            score = max(_likeness(text, n) for n in names)
            if score > 0.5:
                hits.append(
                    {
                        "score": score,
                        "label": " ".join(filter(None, dict.fromkeys([thing[key], thing.get("name")]))),
                        "kind": kind,
                        "item": thing,
                    }
                )
    return sorted(hits, key=lambda h: -h["score"])[:first]


def _readings(
    info: Any, where: dict[str, Any], bucket: str | None = None, aggregate: str = "MEAN", first: int = 200
) -> list[Thing]:
    start = datetime.fromisoformat(where["from"]) if where.get("from") else NOW - timedelta(days=1)
    found = []
    for sensor in SENSORS:
        if sensor["value"] is None or not _matches({**sensor, "sensor": sensor}, where):
            continue
        for n in range(1 if bucket == "WHOLE" else 6):
            at = start + timedelta(hours=n)
            value = sensor["value"] + {"MAX": 9, "MIN": -9}.get(aggregate, 0) + n
            found.append(
                {
                    "at": (at + timedelta(minutes=20)).isoformat(),
                    "value": value,
                    "unit": sensor["unit"],
                    "bucketStart": at.isoformat(),
                    "count": 4,
                    "sensor": sensor,
                }
            )
    return found[:first]


def _counts(info: Any, where: dict[str, Any] | None = None, by: str = "ROOM", first: int = 50) -> list[Thing]:
    groups: dict[str, Thing] = {}
    for alarm in ALARMS:
        if not _matches(alarm, where or {}):
            continue
        label = {
            "ROOM": alarm["room"]["number"],
            "FLOOR": alarm["floor"]["name"],
            "SENSOR": alarm["sensor"]["code"],
            "DAY": alarm["raisedAt"][:10],
        }.get(by, alarm["title"])
        group = groups.setdefault(
            label, {"label": label, "count": 0, "alarms": 0, "room": alarm["room"] if by == "ROOM" else None}
        )
        group["count"] += 1
        group["alarms"] += 1
    return list(groups.values())[:first]


def _status(lease: Thing) -> str:
    return "FUTURE" if lease["start"] > str(TODAY) else "ENDED" if (lease["end"] or "9") < str(TODAY) else "CURRENT"


for _lease in LEASES:
    _lease["status"] = _status(_lease)
for _each in ROOMS:
    _each["tenant"] = next((p["tenant"] for p in PLACEMENTS if p["room"] is _each), None)


def _leases(info: Any, where: dict[str, Any] | None = None, **more: Any) -> Thing:
    limits = dict(where or {})
    room = limits.pop("room", None)
    kept = [
        lease
        for lease in LEASES
        if room is None or any(p["lease"] is lease and p["room"]["id"] == room for p in PLACEMENTS)
    ]
    return _connection(kept, limits, **more)


ZONE_3: Thing = {
    "__typename": "FireZone",
    "id": "zone_3",
    "code": "3",
    "name": "Третий этаж",
    "standing": True,
    "building": BUILDING,
}
PANEL: list[Thing] = [
    {"__typename": "PanelCondition", "id": "condition_1", "kind": "ALARM", "standing": True, "since": NOW.isoformat(), "until": None,
     "note": "Дым в коридоре", "zone": ZONE_3, "building": BUILDING, "reportedBy": None, "clearedBy": None},
]  # fmt: skip
ROOT: Thing = {
    "search": _search, "alarms": _page(ALARMS), "sensors": _page(SENSORS), "rooms": _page(ROOMS), "placements": _page(PLACEMENTS), "leases": _leases,
    "tenants": lambda info, **more: _connection(TENANTS, None), "floors": _page(FLOORS), "buildings": lambda info, **more: _connection([BUILDING], None),
    "alarmRules": lambda info, **more: _connection([RULE], None), "events": lambda info, **more: _connection([], None),
    "readings": _readings, "alarmCounts": _counts, "room": _by(ROOMS, "number"), "tenant": _by(TENANTS, "name"), "sensor": _by(SENSORS, "code"),
    "lease": _by(LEASES, "number"), "alarm": _by(ALARMS, "title"),
    "house": {"now": NOW.isoformat(), "version": "2", "epoch": "e", "cursor": "e1", "simulated": True},
    "me": {"user": {"__typename": "User", "id": "user_1", "name": "Анна"}, "roles": ["DISPATCHER"], "actingFor": True,
           "grants": [{"role": "DISPATCHER", "building": BUILDING, "tenant": None}], "links": []},
    "situation": lambda info, building=None: {
        "at": NOW.isoformat(), "building": BUILDING, "live": 4, "unacknowledged": 3, "critical": 2, "high": 1, "medium": 0, "low": 1,
        "incidentCount": 1, "panelCount": 0, "shelvedCount": 0, "suppressedCount": 2, "outOfServiceCount": 0, "silentCount": 1, "faultyCount": 1,
    },
    "incidents": _page(INCIDENTS),
    "fireZone": lambda info, id: ZONE_3,
    "fireZones": lambda info, where=None, **more: _connection([ZONE_3], None),
    "panelConditions": lambda info, where=None, **more: _connection(PANEL, None),
    "floorPlan": lambda info, floor, at=None, **wish: {
        "title": f"Бизнес-центр «Маяк», {floor}", "address": "/plans/abc.png", "expiresAt": NOW.isoformat(), "at": at or NOW.isoformat(),
        "width": 1600, "height": 1200, "legend": [],
    },
    "incidentReplay": lambda info, alarm, frames=24, **wish: {
        "title": "Бизнес-центр «Маяк», 1 этаж", "address": "/plans/abc.webp", "expiresAt": NOW.isoformat(), "from": NOW.isoformat(),
        "to": NOW.isoformat(), "frames": frames, "width": 960, "height": 720, "legend": [],
    },
    "alarmStatistics": lambda info, building=None, **period: {
        "since": period.get("from") or (NOW - timedelta(days=6)).isoformat(), "until": period.get("to") or NOW.isoformat(), "slots": 1008, "raises": 5,
        "averageRate": 0.005, "dailyRate": 0.71, "peakRate": 2, "peakAt": NOW.isoformat(), "floodSlots": 0, "floodShare": 0.0, "standing": 3, "stale": 1,
        "chattering": 0, "topShare": 1.0, "building": BUILDING,
    },
    "shelveAlarm": lambda info, alarm, minutes, **_: next(
        {**a, "shelvedUntil": (NOW + timedelta(minutes=minutes)).isoformat()} for a in ALARMS if a["id"] == alarm
    ),
    "resetAlarm": lambda info, alarm, **_: next({**a, "state": "CLOSED"} for a in ALARMS if a["id"] == alarm),
    "acknowledgeAlarm": lambda info, alarm, **_: next({**a, "state": "ACKNOWLEDGED"} for a in ALARMS if a["id"] == alarm),
    "endLease": lambda info, lease, end, **_: next({**each, "end": end} for each in LEASES if each["id"] == lease),
    "placeTenant": lambda info, input, **_: {**PLACEMENTS[0], "room": next(r for r in ROOMS if r["id"] == input["room"]), "start": input.get("start") or str(TODAY)},
    "updateRoom": lambda info, input, **_: next({**r, **{k: v for k, v in input.items() if k != "room"}} for r in ROOMS if r["id"] == input["room"]),
}  # fmt: skip


def system(language: str = "ru", buildings: Sequence[Thing] = (BUILDING,)) -> SystemMessage:
    import json

    shown = [{k: b[k] for k in ("id", "code", "name")} for b in buildings]
    line = {
        "now": NOW.isoformat(),
        "zone": "Europe/Moscow",
        "language": language,
        "buildings": shown,
        "roles": ["DISPATCHER"],
    }
    return SystemMessage("You answer people about a building.\n" + json.dumps(line, ensure_ascii=False))


@dataclass(frozen=True)
class Turn:
    """What the model did in the last turn: its calls, its reply as people read it, and the topic."""

    calls: list[tuple[str, dict[str, Any]]]
    reply: str
    topic: str
    template: str


def answer(call: dict[str, Any], choose: int = 0) -> tuple[dict[str, Any], Outcome, bool]:
    """What the house answers to a tool call; raises for arguments that the contract does not take."""
    if call["name"] == "ask_person":
        chosen = call["args"]["choices"][choose]
        return {"choice": choose, "label": chosen["label"], "value": chosen["value"]}, Outcome.CHOSEN, True
    ready = BOX.tools[call["name"]].call(call["args"], ZONE)
    result = graphql_sync(CONTRACT.schema, ready.document, ROOT, variable_values=dict(ready.variables))
    assert not result.errors, (call, result.errors)
    value = ready.read(result.data or {})
    return value, outcome(ready.tool, value), ready.whole


def talk(*said: str, language: str = "ru", choose: int = 0) -> Turn:
    """Say these sentences one after another; what came of the last."""
    model = OfflineModel().bind_tools([*BOX.wire(), ASK_PERSON])
    messages: list[BaseMessage] = [system(language)]
    made: list[tuple[str, dict[str, Any]]] = []
    for text in said:
        messages.append(HumanMessage(text))
        made = []
        for _ in range(8):
            message = model.invoke(messages)
            assert isinstance(message, AIMessage)
            messages.append(message)
            if not message.tool_calls:
                break
            for call in message.tool_calls:
                made.append((call["name"], call["args"]))
                value, what, whole = answer(dict(call), choose)
                number = sum(isinstance(m, ToolMessage) for m in messages) + 1
                messages.append(calls.message(call, value, what, number, whole=whole))
        assert not message.tool_calls, "the plan does not end"
    results = calls.results(BOX, messages)
    names = proof.names_in([m.artifact for m in messages if isinstance(m, ToolMessage)], CONTRACT)
    setting = Setting("en" if language == "en" else "ru", ZONE, NOW)
    proven = proof.prove(message.text, results, CONTRACT, setting, names)
    return Turn(made, proven.text, str(message.response_metadata["topic"]), message.text)


def today() -> date:
    return TODAY
