"""Who sees what, written a second time: in plain SQL from the tables of grants, leases and rooms, without the planner.

`facts = await load(pool)` reads every row; `sight = await see(pool, user_id, now)` asks the database for the keys that
a person may see of each noun, and of whom they may see the sensitive fields. `expected` walks both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from db.engine import Pool

Row: TypeAlias = dict[str, Any]

TABLES = {
    "building": "SELECT * FROM physical.building",
    "floor": "SELECT * FROM physical.floor",
    "room": "SELECT * FROM physical.room",
    "tenant": "SELECT * FROM business.tenant",
    "lease": "SELECT *, lower(period) AS starts, upper(period) - 1 AS ends FROM business.lease",
    "placement": "SELECT p.*, l.tenant_id, l.building_id, lower(p.period) AS starts, upper(p.period) - 1 AS ends"
    " FROM business.placement p JOIN business.lease l ON l.id = p.lease_id",
    "sensor": "SELECT s.*, e.at, e.value, e.status, r.floor_id FROM telemetry.sensor s"
    " LEFT JOIN telemetry.sensor_state e ON e.sensor_id = s.id LEFT JOIN physical.room r ON r.id = s.room_id",
    "unknown": "SELECT * FROM telemetry.unknown_device",
    "rule": "SELECT * FROM alarm.rule",
    "alarm": "SELECT a.*, r.floor_id FROM alarm.alarm a LEFT JOIN physical.room r ON r.id = a.room_id",
    "incident": "SELECT * FROM alarm.incident",
    "event": "SELECT * FROM alarm.event",
    "zone": "SELECT * FROM fire.zone",
    "zone_room": "SELECT row_number() OVER (ORDER BY zone_id, room_id) AS id, * FROM fire.zone_room",
    "condition": "SELECT * FROM fire.condition",
    "user": 'SELECT id, login, name, language FROM security."user"',
    "grant": 'SELECT * FROM security."grant"',
    "link": "SELECT * FROM security.link",
    "audit": "SELECT number AS id, * FROM security.audit",
    "transition": "SELECT * FROM alarm.transition",
    "occurrence": "SELECT row_number() OVER () AS id, * FROM alarm.occurrence",
    "reading": "SELECT row_number() OVER (ORDER BY sensor_id, at) AS id, * FROM telemetry.reading",
    "status_change": "SELECT * FROM telemetry.status_change",
    "alias": "SELECT * FROM physical.alias",
}

WHO = """
WITH asked AS (SELECT $1::bigint AS user_id, $2::timestamptz AS now),
held AS (SELECT g.role, g.building_id, g.tenant_id FROM security."grant" g JOIN asked ON g.user_id = asked.user_id),
is_admin AS (SELECT 1 FROM held WHERE role = 'ADMIN'),
staff AS (
    SELECT b.id, 'ADMIN' AS role FROM physical.building b WHERE EXISTS (TABLE is_admin)
    UNION SELECT building_id, role FROM held WHERE role IN ('MANAGER', 'DISPATCHER', 'GUARD', 'VIEWER')
),
company AS (SELECT tenant_id AS id FROM held WHERE role = 'TENANT'),
own_room AS (
    SELECT r.id, r.floor_id, r.building_id
    FROM business.placement p
    JOIN business.lease l ON l.id = p.lease_id
    JOIN company c ON c.id = l.tenant_id
    JOIN physical.room r ON r.id = p.room_id
    JOIN physical.building b ON b.id = r.building_id
    CROSS JOIN asked
    WHERE p.period @> (asked.now AT TIME ZONE b.time_zone)::date
),
never_rented AS (SELECT id FROM business.tenant EXCEPT SELECT tenant_id FROM business.lease)
"""

SEES = {
    "building": "SELECT id FROM staff UNION SELECT building_id FROM own_room",
    "floor": "SELECT f.id FROM physical.floor f JOIN staff s ON s.id = f.building_id UNION SELECT floor_id FROM own_room",
    "floor openings": "SELECT f.id FROM physical.floor f JOIN staff s ON s.id = f.building_id",
    "room": "SELECT r.id FROM physical.room r JOIN staff s ON s.id = r.building_id UNION SELECT id FROM own_room",
    "tenant": """
        SELECT l.tenant_id AS id FROM business.lease l JOIN staff s ON s.id = l.building_id
        UNION SELECT id FROM company
        UNION SELECT id FROM never_rented WHERE EXISTS (SELECT FROM staff WHERE role IN ('ADMIN', 'MANAGER'))""",
    "tenant contacts": """
        SELECT l.tenant_id AS id FROM business.lease l JOIN staff s ON s.id = l.building_id AND s.role <> 'VIEWER'
        UNION SELECT id FROM company
        UNION SELECT id FROM never_rented WHERE EXISTS (SELECT FROM staff WHERE role IN ('ADMIN', 'MANAGER'))""",
    "tenant tax number": """
        SELECT l.tenant_id AS id FROM business.lease l JOIN staff s
            ON s.id = l.building_id AND s.role IN ('ADMIN', 'MANAGER')
        UNION SELECT id FROM company
        UNION SELECT id FROM never_rented WHERE EXISTS (SELECT FROM staff WHERE role IN ('ADMIN', 'MANAGER'))""",
    "lease": """
        SELECT l.id FROM business.lease l JOIN staff s ON s.id = l.building_id AND s.role IN ('ADMIN', 'MANAGER')
        UNION SELECT l.id FROM business.lease l JOIN company c ON c.id = l.tenant_id""",
    "placement": """
        SELECT p.id FROM business.placement p JOIN physical.room r ON r.id = p.room_id JOIN staff s ON s.id = r.building_id
        UNION SELECT p.id FROM business.placement p JOIN business.lease l ON l.id = p.lease_id
            JOIN company c ON c.id = l.tenant_id""",
    "sensor": """
        SELECT t.id FROM telemetry.sensor t JOIN staff s ON s.id = t.building_id
        UNION SELECT t.id FROM telemetry.sensor t JOIN own_room o ON o.id = t.room_id""",
    "unknown": """
        SELECT d.id FROM telemetry.unknown_device d JOIN staff s ON s.id = d.building_id AND s.role IN ('ADMIN', 'MANAGER')
        UNION SELECT id FROM telemetry.unknown_device WHERE EXISTS (TABLE is_admin)""",
    "rule": "SELECT r.id FROM alarm.rule r JOIN staff s ON s.id = r.building_id",
    "alarm": """
        SELECT a.id FROM alarm.alarm a JOIN staff s ON s.id = a.building_id
        UNION SELECT a.id FROM alarm.alarm a JOIN telemetry.sensor t ON t.id = a.sensor_id
            JOIN own_room o ON o.id = t.room_id""",
    "incident": "SELECT i.id FROM alarm.incident i JOIN staff s ON s.id = i.building_id",
    "event": """
        SELECT e.id FROM alarm.event e JOIN staff s ON s.id = e.building_id
        UNION SELECT e.id FROM alarm.event e JOIN own_room o ON o.id = e.room_id""",
    "zone": """
        SELECT z.id FROM fire.zone z JOIN staff s ON s.id = z.building_id
        UNION SELECT l.zone_id FROM fire.zone_room l JOIN own_room o ON o.id = l.room_id""",
    "condition": """
        SELECT c.id FROM fire.condition c JOIN staff s ON s.id = c.building_id
        UNION SELECT c.id FROM fire.condition c JOIN fire.zone_room l ON l.zone_id = c.zone_id
            JOIN own_room o ON o.id = l.room_id""",
    "user": """
        SELECT user_id AS id FROM asked WHERE user_id IS NOT NULL
        UNION SELECT id FROM security."user" WHERE EXISTS (TABLE is_admin)
        UNION SELECT g.user_id FROM security."grant" g JOIN staff s ON s.id = g.building_id
        UNION SELECT g.user_id FROM security."grant" g WHERE g.role = 'ADMIN' AND EXISTS (TABLE staff)""",
    "user in full": """
        SELECT user_id AS id FROM asked WHERE user_id IS NOT NULL
        UNION SELECT id FROM security."user" WHERE EXISTS (TABLE is_admin)""",
    "link": """
        SELECT l.id FROM security.link l JOIN asked ON l.user_id = asked.user_id
        UNION SELECT id FROM security.link WHERE EXISTS (TABLE is_admin)""",
    "audit": "SELECT number AS id FROM security.audit WHERE EXISTS (TABLE is_admin)",
}
"""Keys of what is seen, by noun; `staff` holds an ADMIN of every building (who is staff everywhere)."""


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Every row, by noun and key, and the house's time."""

    rows: dict[str, dict[int, Row]]
    now: datetime

    def where(self, noun: str, **values: Any) -> list[Row]:
        """Rows with these values, by key."""
        return [row for row in self.rows[noun].values() if all(row[name] == value for name, value in values.items())]

    def today(self, building_id: int) -> date:
        return self.now.astimezone(ZoneInfo(self.rows["building"][building_id]["time_zone"])).date()


@dataclass(frozen=True, slots=True, repr=False)
class Sight:
    """What one person sees."""

    keys: dict[str, frozenset[int]]

    def sees(self, noun: str, key: int | None) -> bool:
        return key is not None and key in self.keys[noun]


async def load(pool: Pool, now: datetime) -> Facts:
    rows = {noun: {row["id"]: dict(row) for row in await pool.fetch(sql)} for noun, sql in TABLES.items()}
    return Facts(rows, now)


async def see(pool: Pool, user_id: int | None, now: datetime) -> Sight:
    keys: dict[str, frozenset[int]] = {}
    for noun, sql in SEES.items():
        keys[noun] = frozenset(row["id"] for row in await pool.fetch(f"{WHO} {sql}", user_id, now))
    return Sight(keys)


def covers(row: Row, day: date) -> bool:
    return bool(row["starts"] <= day and (row["ends"] is None or day <= row["ends"]))


def placed(facts: Facts, sight: Sight, room: Row, day: date) -> Row | None:
    """The placement that the person sees in a room on a day."""
    found = [
        p for p in facts.where("placement", room_id=room["id"]) if covers(p, day) and sight.sees("placement", p["id"])
    ]
    assert len(found) <= 1
    return found[0] if found else None


def _tenant_of(facts: Facts, sight: Sight, room: Row) -> int | None:
    placement = placed(facts, sight, room, facts.today(room["building_id"]))
    return placement["tenant_id"] if placement else None


def _hit(facts: Facts, sight: Sight, alarm: Row) -> list[Row]:
    """The rooms that an alarm hits, with the day on which one asks who has them."""
    room = facts.rows["room"].get(alarm["room_id"] or 0)
    if room is None:
        return []
    rooms = [(room, False)]
    if alarm["category"] == "LEAK":
        rooms += [(lower, True) for lower in facts.rows["room"].values() if lies_below(facts, room, lower)]
    zone = ZoneInfo(facts.rows["building"][alarm["building_id"]]["time_zone"])
    day = (facts.now if alarm["closed_at"] is None else alarm["last_raised_at"]).astimezone(zone).date()
    return [{"id": None, "room_id": room["id"], "below": below, "day": day} for room, below in rooms]


def lies_below(facts: Facts, upper: Row, lower: Row) -> bool:
    """On the next lower floor, under it by outlines, or by the end of the number where one has none."""
    storey, other = facts.rows["floor"][upper["floor_id"]], facts.rows["floor"][lower["floor_id"]]
    levels = [floor["level"] for floor in facts.where("floor", building_id=storey["building_id"])]
    beneath = [level for level in levels if level < storey["level"]]
    same = other["building_id"] == storey["building_id"]
    if not same or not beneath or other["level"] != max(beneath):
        return False
    if upper["outline"] is None or lower["outline"] is None:
        ends = [number[-2:] for number in (upper["number"], lower["number"])]
        return ends[0] == ends[1] and ends[0].isdecimal() and len(ends[0]) == 2
    return shared_area(upper["outline"][0], lower["outline"][0]) > 0.1


def shared_area(one: list[list[float]], other: list[list[float]]) -> float:
    """Of two convex rings (Sutherland and Hodgman's clipping)."""

    def turns_left(ring: list[list[float]]) -> list[list[float]]:
        open_ = ring[:-1] if ring[0] == ring[-1] else ring
        return open_ if signed(open_) > 0 else open_[::-1]

    def signed(ring: list[list[float]]) -> float:
        return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2

    left, edge = turns_left(one), turns_left(other)
    for (ax, ay), (bx, by_) in zip(edge, edge[1:] + edge[:1], strict=True):

        def inside(p: list[float], ax: float = ax, ay: float = ay, bx: float = bx, by_: float = by_) -> float:
            return (bx - ax) * (p[1] - ay) - (by_ - ay) * (p[0] - ax)

        kept: list[list[float]] = []
        for start, end in zip(left[-1:] + left[:-1], left, strict=True):
            a, b = inside(start), inside(end)
            if (a >= 0) is not (b >= 0):
                share = a / (a - b)
                kept.append([start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])])
            if b >= 0:
                kept.append(end)
        left = kept
    return signed(left) if len(left) > 2 else 0.0


def _placed_there(facts: Facts, sight: Sight, hit: Row) -> Row | None:
    return placed(facts, sight, facts.rows["room"][hit["room_id"]], hit["day"])


def _hit_placement(facts: Facts, sight: Sight, hit: Row) -> int | None:
    placement = _placed_there(facts, sight, hit)
    return placement["id"] if placement else None


def _hit_tenant(facts: Facts, sight: Sight, hit: Row) -> int | None:
    placement = _placed_there(facts, sight, hit)
    return placement["tenant_id"] if placement and sight.sees("tenant", placement["tenant_id"]) else None


def _reach(column: str) -> Callable[[Facts, Sight, Row], Any]:
    def reach(facts: Facts, sight: Sight, hit: Row) -> Any:
        tenant = _hit_tenant(facts, sight, hit)
        return facts.rows["tenant"][tenant][column] if tenant and sight.sees("tenant contacts", tenant) else None

    return reach


def _floor_of(facts: Facts, row: Row) -> int | None:
    return row["floor_id"] if row.get("floor_id") is not None else None


One: TypeAlias = tuple[str, Callable[[Facts, Sight, Row], int | None]]
Many: TypeAlias = tuple[str, Callable[[Facts, Sight, Row], list[Row]]]


def by(name: str) -> Callable[[Facts, Sight, Row], int | None]:
    return lambda facts, sight, row: row[name]


def having(noun: str, column: str) -> Many:
    return noun, lambda facts, sight, row: facts.where(noun, **{column: row["id"]})


def zoned(facts: Facts, zone: int, room: int) -> bool:
    return bool(facts.where("zone_room", zone_id=zone, room_id=room))


def _rooms_of_zone(facts: Facts, sight: Sight, zone: Row) -> list[Row]:
    return [room for room in facts.rows["room"].values() if zoned(facts, zone["id"], room["id"])]


def _zones_of_room(facts: Facts, sight: Sight, room: Row) -> list[Row]:
    return [zone for zone in facts.rows["zone"].values() if zoned(facts, zone["id"], room["id"])]


def _zones_of_floor(facts: Facts, sight: Sight, floor: Row) -> list[Row]:
    rooms = [room["id"] for room in facts.where("room", floor_id=floor["id"]) if sight.sees("room", room["id"])]
    return [zone for zone in facts.rows["zone"].values() if any(zoned(facts, zone["id"], room) for room in rooms)]


def stands(facts: Facts, zone: Row) -> list[str]:
    """What the panel says of a zone now."""
    return [said["kind"] for said in facts.where("condition", zone_id=zone["id"], until=None)]


def _rules_of(facts: Facts, sight: Sight, sensor: Row) -> list[Row]:
    def watches(rule: Row) -> bool:
        here = rule["building_id"] == sensor["building_id"] and rule["room_id"] in (None, sensor["room_id"])
        return bool(rule["sensor_id"] == sensor["id"] or (here and rule["sensor_kind"] == sensor["kind"]))

    return [rule for rule in facts.rows["rule"].values() if watches(rule)]


NOUN = {
    "Building": "building", "Floor": "floor", "Room": "room", "Tenant": "tenant", "Lease": "lease", "Placement": "placement",
    "Sensor": "sensor", "UnknownDevice": "unknown", "AlarmRule": "rule", "Alarm": "alarm", "Incident": "incident", "Event": "event", "User": "user", "Grant": "grant", "Link": "link",
    "FireZone": "zone", "PanelCondition": "condition",
    "AlarmTransition": "transition", "Impact": "impact", "StatusChange": "status_change", "AuditEntry": "audit",
}  # fmt: skip
TYPE = {noun: type_ for type_, noun in NOUN.items()}

ONE: dict[str, dict[str, One]] = {
    "Floor": {"building": ("building", by("building_id"))},
    "Room": {
        "floor": ("floor", by("floor_id")),
        "building": ("building", by("building_id")),
        "tenant": ("tenant", _tenant_of),
    },
    "Lease": {"tenant": ("tenant", by("tenant_id")), "building": ("building", by("building_id"))},
    "Placement": {
        "room": ("room", by("room_id")),
        "lease": ("lease", by("lease_id")),
        "tenant": ("tenant", by("tenant_id")),
    },
    "Sensor": {
        "room": ("room", by("room_id")),
        "floor": ("floor", by("floor_id")),
        "building": ("building", by("building_id")),
        "outOfServiceBy": ("user", by("out_of_service_by_id")),
    },
    "UnknownDevice": {"building": ("building", by("building_id"))},
    "AlarmRule": {
        "building": ("building", by("building_id")),
        "room": ("room", by("room_id")),
        "sensor": ("sensor", by("sensor_id")),
        "reference": ("sensor", by("reference_id")),
    },
    "Alarm": {
        "acknowledgedBy": ("user", by("acknowledged_by_id")),
        "resetBy": ("user", by("reset_by_id")),
        "shelvedBy": ("user", by("shelved_by_id")),
        "rule": ("rule", by("rule_id")),
        "incident": ("incident", by("incident_id")),
        "sensor": ("sensor", by("sensor_id")),
        "room": ("room", by("room_id")),
        "floor": ("floor", by("floor_id")),
        "building": ("building", by("building_id")),
    },
    "Incident": {"building": ("building", by("building_id")), "floor": ("floor", by("floor_id"))},
    "Impact": {
        "room": ("room", by("room_id")),
        "placement": ("placement", _hit_placement),
        "tenant": ("tenant", _hit_tenant),
    },
    "AlarmTransition": {"user": ("user", by("user_id"))},
    "StatusChange": {"changedBy": ("user", by("user_id"))},
    "Event": {
        "building": ("building", by("building_id")),
        "room": ("room", by("room_id")),
        "sensor": ("sensor", by("sensor_id")),
        "reportedBy": ("user", by("user_id")),
    },
    "FireZone": {"building": ("building", by("building_id"))},
    "PanelCondition": {
        "zone": ("zone", by("zone_id")),
        "building": ("building", by("building_id")),
        "reportedBy": ("user", by("reported_by_id")),
        "clearedBy": ("user", by("cleared_by_id")),
    },
    "Grant": {"building": ("building", by("building_id")), "tenant": ("tenant", by("tenant_id"))},
    "Link": {"user": ("user", by("user_id"))},
    "AuditEntry": {"user": ("user", by("user_id"))},
}
"""Relations to at most one other row: null when there is none or it is hidden."""

MANY: dict[str, dict[str, Many]] = {
    "Building": {
        "floors": having("floor", "building_id"),
        "rooms": having("room", "building_id"),
        "sensors": having("sensor", "building_id"),
        "alarms": having("alarm", "building_id"),
        "fireZones": having("zone", "building_id"),
    },
    "Floor": {"rooms": having("room", "floor_id"), "fireZones": ("zone", _zones_of_floor)},
    "Room": {
        "placements": having("placement", "room_id"),
        "sensors": having("sensor", "room_id"),
        "alarms": having("alarm", "room_id"),
        "fireZones": ("zone", _zones_of_room),
    },
    "Tenant": {"leases": having("lease", "tenant_id"), "placements": having("placement", "tenant_id")},
    "Lease": {"placements": having("placement", "lease_id")},
    "Sensor": {
        "alarms": having("alarm", "sensor_id"),
        "statusChanges": having("status_change", "sensor_id"),
        "rules": ("rule", _rules_of),
    },
    "AlarmRule": {"alarms": having("alarm", "rule_id")},
    "Alarm": {"transitions": having("transition", "alarm_id"), "impact": ("impact", _hit)},
    "Incident": {"alarms": having("alarm", "incident_id")},
    "User": {"grants": having("grant", "user_id"), "links": having("link", "user_id")},
    "FireZone": {"rooms": ("room", _rooms_of_zone), "conditions": having("condition", "zone_id")},
}
"""Relations to many rows: the hidden ones are not there."""

PART_OF_ITS_OWNER = {"transition", "status_change"}
"""Who sees the owner sees these."""


def visible(sight: Sight, noun: str, row: Row) -> bool:
    if noun in PART_OF_ITS_OWNER:
        return True
    if noun == "impact":
        return sight.sees("room", row["room_id"])
    if noun == "grant":
        return sight.sees("user in full", row["user_id"])
    return sight.sees(noun, row["id"])


Scalar: TypeAlias = Callable[[Facts, Sight, Row], Any]


def _only(noun: str, column: str) -> Scalar:
    return lambda facts, sight, row: row[column] if sight.sees(noun, row["id"]) else None


def _plain(column: str) -> Scalar:
    return lambda facts, sight, row: row[column]


def _rent(facts: Facts, sight: Sight, row: Row) -> str | None:
    return None if row["rent"] is None else str(row["rent"])


def _aliases(noun: str) -> Scalar:
    return lambda facts, sight, row: sorted(a["name"] for a in facts.where("alias", **{f"{noun}_id": row["id"]}))


def _lease_status(facts: Facts, sight: Sight, row: Row) -> str:
    day = facts.today(row["building_id"])
    return "FUTURE" if day < row["starts"] else "CURRENT" if covers(row, day) else "ENDED"


def collapsed(facts: Facts, sight: Sight, alarm: Row) -> bool:
    incident = facts.rows["incident"].get(alarm["incident_id"] or 0)
    seen = incident is not None and sight.sees("incident", incident["id"]) and incident["closed_at"] is None
    return seen and alarm["priority"] != "CRITICAL"


SEVERITY = ["LOW", "MEDIUM", "HIGH", "CRITICAL"]


def _worst(facts: Facts, sight: Sight, incident: Row) -> str | None:
    alarms = facts.where("alarm", incident_id=incident["id"])
    live = [alarm for alarm in alarms if alarm["closed_at"] is None]
    return max((alarm["priority"] for alarm in live or alarms), key=SEVERITY.index, default=None)


def _counted(keep: Callable[[Row], bool]) -> Callable[[Facts, Sight, Row], int]:
    return lambda facts, sight, incident: sum(map(keep, facts.where("alarm", incident_id=incident["id"])))


SCALARS: dict[str, dict[str, Scalar]] = {
    "Building": {"code": _plain("code"), "name": _plain("name"), "aliases": _aliases("building")},
    "Floor": {
        "level": _plain("level"),
        "name": _plain("name"),
        "openings": _only("floor openings", "openings"),
        "aliases": _aliases("floor"),
    },
    "Room": {"number": _plain("number"), "name": _plain("name"), "kind": _plain("kind"), "aliases": _aliases("room")},
    "Tenant": {
        "name": _plain("name"),
        "taxNumber": _only("tenant tax number", "tax_number"),
        "contact": _only("tenant contacts", "contact"),
        "phone": _only("tenant contacts", "phone"),
        "email": _only("tenant contacts", "email"),
    },
    "Lease": {"number": _plain("number"), "rent": _rent, "currency": _plain("currency"), "status": _lease_status},
    "Placement": {"start": lambda facts, sight, row: row["starts"].isoformat()},
    "UnknownDevice": {"name": _plain("name"), "door": _plain("door"), "count": _plain("count")},
    "Sensor": {
        "code": _plain("code"),
        "kind": _plain("kind"),
        "value": _plain("value"),
        "status": _plain("status"),
        "outOfServiceReason": _plain("out_of_service_reason"),
    },
    "AlarmRule": {"name": _plain("name"), "threshold": _plain("threshold")},
    "Alarm": {
        "title": _plain("title"),
        "state": _plain("state"),
        "note": _plain("note"),
        "occurrences": _plain("occurrences"),
        "shelvedReason": _plain("shelved_reason"),
        "suppressed": _plain("suppressed"),
        "outOfService": _plain("out_of_service"),
        "escalatedTo": _plain("escalated_to"),
        "collapsed": collapsed,
    },
    "Incident": {
        "title": _plain("title"),
        "priority": _worst,
        "alarmCount": _counted(lambda alarm: True),
        "liveCount": _counted(lambda alarm: alarm["closed_at"] is None),
        "unacknowledgedCount": _counted(lambda alarm: alarm["state"] in ("ACTIVE", "RETURNED")),
    },
    "Impact": {
        "below": _plain("below"),
        "contact": _reach("contact"),
        "phone": _reach("phone"),
        "email": _reach("email"),
    },
    "AlarmTransition": {"kind": _plain("kind"), "note": _plain("note")},
    "StatusChange": {"status": _plain("status"), "reason": _plain("reason")},
    "Event": {"kind": _plain("kind"), "text": _plain("text")},
    "FireZone": {
        "code": _plain("code"),
        "name": _plain("name"),
        "standing": lambda facts, sight, row: bool(stands(facts, row)),
    },
    "PanelCondition": {"kind": _plain("kind"), "note": _plain("note")},
    "User": {
        "name": _plain("name"),
        "login": _only("user in full", "login"),
        "language": _only("user in full", "language"),
    },
    "Grant": {"role": _plain("role")},
    "Link": {"channel": _plain("channel"), "identity": _plain("identity"), "name": _plain("name")},
    "AuditEntry": {"number": _plain("id"), "operation": _plain("operation")},
}
"""Fields that are always asked for: names, and all that not everybody sees."""

WITHOUT_ID = {"Grant", "Impact", "AlarmTransition", "StatusChange", "AuditEntry"}
