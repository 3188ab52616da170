"""Every filter of the contract with telling values, and the same said over the oracle's rows.

An id may be of something the viewer does not see, may be a natural key, or may be of nothing: where it cannot be
resolved by the viewer, nothing is found. Conditions on related rows see only what the viewer sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from tests.api.oracle import Facts, Row, Sight, collapsed, covers, placed, stands, zoned
from tests.api.paths import Keep, Narrowing
from tests.world import typed

Test: TypeAlias = Callable[[Facts, Sight, Row, Any], bool]


def names(facts: Facts, noun: str, row: Row) -> list[str]:
    """Natural keys of a row."""

    def code(building_id: int) -> str:
        return str(facts.rows["building"][building_id]["code"])

    match noun:
        case "building":
            return [row["code"]]
        case "floor":
            return [f"{code(row['building_id'])}/{row['level']}"]
        case "room":
            return [f"{code(row['building_id'])}/{row['number']}", row["number"]]
        case "tenant":
            return [row["name"], *([row["tax_number"]] if row["tax_number"] else [])]
        case "lease":
            return [row["number"]]
        case "sensor":
            return [f"{code(row['building_id'])}/{row['code']}", row["code"]]
        case "zone":
            return [f"{code(row['building_id'])}/{row['code']}", row["code"]]
        case _:
            return []


def resolve(facts: Facts, sight: Sight, noun: str, text: str) -> int | None:
    """The key of the one row that the viewer sees and that the text names."""
    seen = [row for key, row in facts.rows[noun].items() if sight.sees(noun, key)]
    for row in seen:
        if typed(noun, row["id"]) == text:
            return int(row["id"])
    place = ["whole", "short"]
    for number, _ in enumerate(place):
        found = []
        for row in seen:
            known = names(facts, noun, row)
            if noun == "tenant" and not sight.sees("tenant tax number", row["id"]):
                known = known[:1]
            if text in known[number : number + 1]:
                found.append(row)
        if len(found) == 1:
            return int(found[0]["id"])
    return None


def texts(facts: Facts, noun: str) -> Iterator[str]:
    """Every id and natural key of a noun, and one of nothing."""
    for key, row in facts.rows[noun].items():
        yield typed(noun, key)
        yield from names(facts, noun, row)
    yield typed(noun, 999999)


def _id(noun: str, test: Test) -> tuple[str, Test]:
    def keep(facts: Facts, sight: Sight, row: Row, text: Any) -> bool:
        key = resolve(facts, sight, noun, text)
        return key is not None and test(facts, sight, row, key)

    return noun, keep


def _is(column: str) -> Test:
    return lambda facts, sight, row, value: row[column] == value


def _in(column: str) -> Test:
    return lambda facts, sight, row, values: row[column] in values


def _contains(column: str) -> Test:
    return lambda facts, sight, row, value: value.lower() in row[column].lower()


def _level(facts: Facts, sight: Sight, row: Row, level: Any) -> bool:
    floor = facts.rows["floor"].get(row["floor_id"] or 0)
    return floor is not None and sight.sees("floor", floor["id"]) and floor["level"] == level


def _vacant(facts: Facts, sight: Sight, room: Row, vacant: Any, day: date | None = None) -> bool:
    return (placed(facts, sight, room, day or facts.today(room["building_id"])) is None) is vacant


def _let_to(facts: Facts, sight: Sight, room: Row, tenant: Any, day: date | None = None) -> bool:
    placement = placed(facts, sight, room, day or facts.today(room["building_id"]))
    return placement is not None and placement["tenant_id"] == tenant


def _rents_in(facts: Facts, sight: Sight, tenant: Row, building: Any) -> bool:
    held = {"tenant_id": tenant["id"], "building_id": building}
    return any(sight.sees(noun, row["id"]) for noun in ("lease", "placement") for row in facts.where(noun, **held))


def status(facts: Facts, lease: Row, day: date | None = None) -> str:
    day = day or facts.today(lease["building_id"])
    return "FUTURE" if day < lease["starts"] else "CURRENT" if covers(lease, day) else "ENDED"


def _with_lease(facts: Facts, sight: Sight, tenant: Row, wanted: Any, day: date | None = None) -> bool:
    seen = [lease for lease in facts.where("lease", tenant_id=tenant["id"]) if sight.sees("lease", lease["id"])]
    return any(status(facts, lease, day) == wanted for lease in seen)


def _lease_of_room(facts: Facts, sight: Sight, lease: Row, room: Any) -> bool:
    return any(sight.sees("placement", p["id"]) for p in facts.where("placement", lease_id=lease["id"], room_id=room))


def _period(column: str) -> Callable[[Row, date | None, date | None], bool]:
    def within(row: Row, first: date | None, last: date | None) -> bool:
        value = row[column]
        return value is not None and (first is None or first <= value) and (last is None or value <= last)

    return within


def _watched(facts: Facts, sight: Sight, row: Row, sensor: Any) -> bool:
    return bool(row["sensor_id"] == sensor)


def _on_floor(facts: Facts, sight: Sight, zone: Row, floor: Any) -> bool:
    rooms = facts.where("room", floor_id=floor)
    return any(sight.sees("room", room["id"]) and zoned(facts, zone["id"], room["id"]) for room in rooms)


IDS: dict[str, dict[str, tuple[str, Test]]] = {
    "Floor": {"building": _id("building", _is("building_id"))},
    "Room": {
        "building": _id("building", _is("building_id")),
        "floor": _id("floor", _is("floor_id")),
        "tenant": _id("tenant", _let_to),
        "fireZone": _id("zone", lambda facts, sight, room, zone: zoned(facts, zone, room["id"])),
    },
    "Tenant": {"building": _id("building", _rents_in)},
    "Lease": {
        "building": _id("building", _is("building_id")),
        "tenant": _id("tenant", _is("tenant_id")),
        "room": _id("room", _lease_of_room),
    },
    "Placement": {
        "building": _id("building", _is("building_id")),
        "room": _id("room", _is("room_id")),
        "tenant": _id("tenant", _is("tenant_id")),
        "lease": _id("lease", _is("lease_id")),
    },
    "Sensor": {
        "building": _id("building", _is("building_id")),
        "floor": _id("floor", _is("floor_id")),
        "room": _id("room", _is("room_id")),
    },
    "Alarm": {
        "building": _id("building", _is("building_id")),
        "floor": _id("floor", _is("floor_id")),
        "room": _id("room", _is("room_id")),
        "sensor": _id("sensor", _watched),
        "rule": _id("rule", _is("rule_id")),
        "incident": _id("incident", _is("incident_id")),
    },
    "Incident": {"building": _id("building", _is("building_id"))},
    "AlarmRule": {"building": _id("building", _is("building_id"))},
    "UnknownDevice": {"building": _id("building", _is("building_id"))},
    "FireZone": {
        "building": _id("building", _is("building_id")),
        "room": _id("room", lambda facts, sight, zone, room: zoned(facts, zone["id"], room)),
        "floor": _id("floor", _on_floor),
    },
    "PanelCondition": {"building": _id("building", _is("building_id")), "zone": _id("zone", _is("zone_id"))},
    "User": {"building": _id("building", lambda facts, sight, user, key: _holds_on(facts, sight, user, key))},
    "Event": {"building": _id("building", _is("building_id")), "room": _id("room", _is("room_id"))},
}
"""Filters by another thing."""

DAYS = [date(2024, 6, 1), date(2026, 10, 31), date(2026, 11, 15), date(2026, 11, 16), date(2027, 1, 1)]


def _quoted(text: Any) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _of(values: Iterable[Any], write: Callable[[Any], str], field: str, test: Test) -> Iterator[Narrowing]:
    for value in values:
        yield Narrowing(f"{{{field}: {write(value)}}}", _bound(test, value))


def _bound(test: Test, value: Any) -> Keep:
    return lambda facts, sight, row: test(facts, sight, row, value)


def _number(value: Any) -> str:
    return str(value).lower()


def _list(values: Any) -> str:
    return f"[{', '.join(values)}]"


def _own(type_: str, facts: Facts) -> Iterator[Narrowing]:
    """Filters by the row's own values, and by days."""
    match type_:
        case "Building":
            yield from _of(["alpha", "beta", "nowhere"], _quoted, "code", _is("code"))
            yield from _of(["а", "e", "zzz"], _quoted, "name", _contains("name"))
        case "Floor":
            yield from _of([-1, 0, 1, 2], _number, "level", _is("level"))
            yield from _of(["э", "FLOOR"], _quoted, "name", _contains("name"))
        case "Room":
            yield from _of([0, 1, 2], _number, "level", _level)
            yield from _of(["101", "001", "999"], _quoted, "number", _is("number"))
            yield from _of([["OFFICE"], ["MEETING", "SERVER"], []], _list, "kind", _in("kind"))
            yield from _of([True, False], _number, "vacant", _vacant)
            for day in DAYS:
                for vacant in (True, False):
                    yield Narrowing(f'{{vacant: {_number(vacant)}, asOf: "{day}"}}', _on(_vacant, vacant, day))
                for key in facts.rows["tenant"]:
                    yield Narrowing(f'{{tenant: "{typed("tenant", key)}", asOf: "{day}"}}', _let_on(key, day))
            yield from _of([10.0, 30.0], _number, "areaAtLeast", lambda f, s, r, v: (r["area"] or -1) >= v)
            yield from _of([30.0], _number, "areaAtMost", lambda f, s, r, v: r["area"] is not None and r["area"] <= v)
            yield from _of([4, 8], _number, "capacityAtLeast", lambda f, s, r, v: (r["capacity"] or -1) >= v)
        case "Tenant":
            yield from _of(["а", "ORION", "zzz"], _quoted, "name", _contains("name"))
            for wanted in ("FUTURE", "CURRENT", "ENDED"):
                yield Narrowing(f"{{withLease: {wanted}}}", _bound(_with_lease, wanted))
                for day in DAYS:
                    yield Narrowing(f'{{withLease: {wanted}, asOf: "{day}"}}', _on(_with_lease, wanted, day))
            for day in DAYS:
                yield Narrowing(f'{{asOf: "{day}"}}', _on(_with_lease, "CURRENT", day))
        case "Lease":
            yield from _of(["А-1", "B-2", "Z"], _quoted, "number", _is("number"))
            for statuses in (["CURRENT"], ["FUTURE", "ENDED"]):
                yield Narrowing(f"{{status: {_list(statuses)}}}", _leases(statuses, None))
                for day in DAYS:
                    yield Narrowing(f'{{status: {_list(statuses)}, asOf: "{day}"}}', _leases(statuses, day))
            for day in DAYS:
                yield Narrowing(f'{{asOf: "{day}"}}', _leases(["CURRENT"], day))
                yield Narrowing(f'{{ends: {{from: "{day}"}}}}', _ending(day, None))
                yield Narrowing(f'{{ends: {{to: "{day}"}}}}', _ending(None, day))
        case "Placement":
            yield from _of(DAYS, _quoted, "asOf", lambda f, s, r, v: covers(r, v))
        case "Sensor":
            yield from _of([0, 1, 2], _number, "level", _level)
            yield from _of(["t-1", "co2-101", "zzz"], _quoted, "code", _is("code"))
            yield from _of([["CO2"], ["TEMPERATURE", "LEAK"]], _list, "kind", _in("kind"))
            yield from _of([["OK"], ["STALE", "FAULT", "UNKNOWN"]], _list, "status", _in("status"))
            yield from _of(
                [0.5, 600.0], _number, "valueAbove", lambda f, s, r, v: r["value"] is not None and r["value"] > v
            )
            yield from _of([20.0], _number, "valueBelow", lambda f, s, r, v: r["value"] is not None and r["value"] < v)
        case "Alarm":
            yield from _of([0, 1, 2], _number, "level", _level)
            yield from _of([["CO2"], ["TEMPERATURE", "SMOKE"]], _list, "kind", _in("sensor_kind"))
            yield from _of([["ACTIVE"], ["CLOSED", "RETURNED"]], _list, "state", _in("state"))
            yield from _of([True, False], _number, "active", lambda f, s, r, v: (r["returned_at"] is None) is v)
            yield from _of(
                [True, False], _number, "acknowledged", lambda f, s, r, v: (r["acknowledged_at"] is not None) is v
            )
            yield from _of([["HIGH", "CRITICAL"], ["LOW"]], _list, "priority", _in("priority"))
            yield from _of([["AIR"], ["LEAK", "FIRE"]], _list, "category", _in("category"))
            yield from _of([True, False], _number, "annunciated", lambda f, s, r, v: annunciated(r) is v)
            yield from _of([True, False], _number, "shelved", lambda f, s, r, v: (r["shelved_until"] is not None) is v)
            yield from _of([True, False], _number, "suppressed", _is("suppressed"))
            yield from _of([True, False], _number, "outOfService", _is("out_of_service"))
            yield from _of([["MANAGER"], ["ADMIN", "DISPATCHER"]], _list, "escalatedTo", _in("escalated_to"))
            yield from _of([True, False], _number, "collapsed", lambda f, s, r, v: collapsed(f, s, r) is v)
            for hours, until in ((2, 0), (30, 2), (24 * 9, 24 * 2)):
                first, last = facts.now - timedelta(hours=hours), facts.now - timedelta(hours=until)
                yield Narrowing(
                    f'{{raised: {{from: "{first.isoformat()}", to: "{last.isoformat()}"}}}}', _raised(first, last)
                )
        case "UnknownDevice":
            yield from _of(["T-9", "kitchen", "zzz"], _quoted, "name", _contains("name"))
            yield from _of([["MQTT"], ["LINE", "NDJSON"]], _list, "door", _in("door"))
            since = facts.now - timedelta(hours=1)
            yield Narrowing(f'{{since: "{since.isoformat()}"}}', _since("last_at", since))
        case "Incident":
            yield from _of([["FLOOR"], ["RISER", "BUILDING"]], _list, "kind", _in("kind"))
            yield from _of([True, False], _number, "closed", lambda f, s, r, v: (r["closed_at"] is not None) is v)
            since = facts.now - timedelta(days=1)
            yield Narrowing(f'{{opened: {{from: "{since.isoformat()}"}}}}', _since("opened_at", since))
        case "AlarmRule":
            yield from _of([["CO2"], ["LEAK", "TEMPERATURE"]], _list, "kind", _rule_on)
            yield from _of([["HIGH"], ["LOW", "MEDIUM"]], _list, "priority", _in("priority"))
            yield from _of([["AIR"], ["COMFORT"]], _list, "category", _in("category"))
            yield from _of([True, False], _number, "enabled", _is("enabled"))
        case "Event":
            yield from _of(["report", "zzz"], _quoted, "kind", _is("kind"))
            for days in (1, 30):
                since = facts.now - timedelta(days=days)
                yield Narrowing(f'{{at: {{from: "{since.isoformat()}"}}}}', _since("at", since))
        case "FireZone":
            yield from _of(["1", "10", "x"], _quoted, "code", _is("code"))
            yield from _of(["ЭТАЖ", "zzz"], _quoted, "name", lambda f, s, r, v: v.lower() in (r["name"] or "").lower())
            yield from _of([["ALARM"], ["FAULT", "TEST"]], _list, "panel", _panel)
            yield from _of([True, False], _number, "standing", lambda f, s, r, v: bool(stands(f, r)) is v)
        case "PanelCondition":
            yield from _of([["ALARM"], ["FAULT", "TEST"]], _list, "kind", _in("kind"))
            yield from _of([True, False], _number, "standing", lambda f, s, r, v: (r["until"] is None) is v)
            since = facts.now - timedelta(hours=2)
            yield Narrowing(f'{{since: {{from: "{since.isoformat()}"}}}}', _since("since", since))
        case "User":
            yield from _of(["ADMIN", "MANAGER", "TENANT", "VIEWER"], str, "role", _holds)


def _panel(facts: Facts, sight: Sight, zone: Row, kinds: Any) -> bool:
    return bool(set(stands(facts, zone)) & set(kinds))


def annunciated(alarm: Row) -> bool:
    return alarm["shelved_until"] is None and not alarm["suppressed"] and not alarm["out_of_service"]


def _raised(first: datetime, last: datetime) -> Keep:
    def keep(facts: Facts, sight: Sight, alarm: Row) -> bool:
        return any(first <= each["raised_at"] < last for each in facts.where("occurrence", alarm_id=alarm["id"]))

    return keep


def _rule_on(facts: Facts, sight: Sight, rule: Row, kinds: Any) -> bool:
    sensor = facts.rows["sensor"].get(rule["sensor_id"] or 0)
    if sensor is not None:
        return sight.sees("sensor", sensor["id"]) and sensor["kind"] in kinds
    return rule["sensor_kind"] in kinds


def _grants(facts: Facts, sight: Sight, user: Row, **values: Any) -> bool:
    return sight.sees("user in full", user["id"]) and bool(facts.where("grant", user_id=user["id"], **values))


def _holds(facts: Facts, sight: Sight, user: Row, role: Any) -> bool:
    return _grants(facts, sight, user, role=role)


def _holds_on(facts: Facts, sight: Sight, user: Row, building: Any) -> bool:
    return _grants(facts, sight, user, building_id=building)


def _on(test: Callable[..., bool], value: Any, day: date) -> Keep:
    return lambda facts, sight, row: test(facts, sight, row, value, day)


def _let_on(tenant: int, day: date) -> Keep:
    return lambda facts, sight, row: sight.sees("tenant", tenant) and _let_to(facts, sight, row, tenant, day)


def _leases(wanted: list[str], day: date | None) -> Keep:
    return lambda facts, sight, row: status(facts, row, day) in wanted


def _ending(first: date | None, last: date | None) -> Keep:
    return lambda facts, sight, row: _period("ends")(row, first, last)


def _since(column: str, since: Any) -> Keep:
    return lambda facts, sight, row: row[column] >= since


def narrowings(type_: str, facts: Facts) -> list[Narrowing]:
    """Every filter of a type, one value each."""
    found = list(_own(type_, facts))
    for field, (noun, test) in IDS.get(type_, {}).items():
        found += _of(dict.fromkeys(texts(facts, noun)), _quoted, field, test)
    return found
