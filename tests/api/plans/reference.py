"""A floor at a moment, written a second time: in plain Python over all rows, by the oracle's sight."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.api.oracle import Facts, Row, Sight, covers

NEVER_LET = ("CORRIDOR", "LOBBY", "STAIRS", "LIFT", "TOILET", "TECHNICAL")
ON_EVENT = ("DOOR", "LEAK", "MOTION")
QUIET = {"SHELVED": "UNSHELVED", "SUPPRESSED": "UNSUPPRESSED", "OUT_OF_SERVICE": "IN_SERVICE"}
Told = dict[str, Any]


def floor_at(facts: Facts, sight: Sight, staff: frozenset[int], floor_id: int, at: datetime) -> Told | None:
    """What a person sees of the floor; None where they see none. `staff`: buildings where they are staff."""
    floor = facts.rows["floor"][floor_id]
    if not sight.sees("floor", floor_id):
        return None
    day = at.astimezone(ZoneInfo(facts.rows["building"][floor["building_id"]]["time_zone"])).date()
    rooms = [row for row in facts.where("room", floor_id=floor_id) if sight.sees("room", row["id"])]
    keys = {row["id"] for row in rooms}
    sensors = [
        row for row in facts.rows["sensor"].values() if row["room_id"] in keys and sight.sees("sensor", row["id"])
    ]
    alarms = [row for row in facts.rows["alarm"].values() if row["room_id"] in keys and sight.sees("alarm", row["id"])]
    known = at <= facts.now
    return {
        "rooms": {row["number"]: _room(facts, sight, row["building_id"] in staff, row, day) for row in rooms},
        "sensors": {row["code"]: _sensor(facts, row, at) if known else (None, "UNKNOWN") for row in sensors},
        "alarms": {row["id"]: _alarm(facts, row, at) for row in alarms if known and _live(facts, row, at)},
        "zones": _zones(facts, sight, keys, at if known else None),
    }


def _room(facts: Facts, sight: Sight, staff: bool, room: Row, day: Any) -> Told:
    placed = [row for row in facts.where("placement", room_id=room["id"]) if covers(row, day)]
    seen = next((row for row in placed if sight.sees("placement", row["id"])), None)
    tenant = facts.rows["tenant"][seen["tenant_id"]] if seen and sight.sees("tenant", seen["tenant_id"]) else None
    lets = any(row["building_id"] == room["building_id"] for row in facts.rows["lease"].values())
    return {
        "tenant": tenant["name"] if tenant else None,
        "until": seen["ends"] if seen else None,
        "vacant": staff and lets and seen is None and room["kind"] not in NEVER_LET,
    }


def _sensor(facts: Facts, sensor: Row, at: datetime) -> tuple[float | None, str]:
    said = [(row["at"], row["value"]) for row in facts.where("reading", sensor_id=sensor["id"]) if row["at"] <= at]
    if sensor["at"] is not None and sensor["at"] <= at:
        said = [(sensor["at"], sensor["value"])]
    back = timedelta(days=31) if sensor["kind"] in ON_EVENT else timedelta(days=1)
    if sensor["kind"] not in ON_EVENT and sensor["interval"]:
        back = max(back, timedelta(seconds=3 * sensor["interval"]))
    when, value = max(said, default=(None, None))
    value = value if when is not None and when > at - back else None
    changes = sorted(facts.where("status_change", sensor_id=sensor["id"]), key=lambda row: (row["at"], row["id"]))
    then = [row["status"] for row in changes if row["at"] <= at]
    if then:
        return value, then[-1]
    if not changes and (sensor["at"] is None or sensor["at"] <= at):
        return value, sensor["status"]
    return value, "UNKNOWN" if value is None else "OK"


def _live(facts: Facts, alarm: Row, at: datetime) -> bool:
    raised = [row for row in facts.where("occurrence", alarm_id=alarm["id"]) if row["raised_at"] <= at]
    return bool(raised) and (alarm["closed_at"] is None or alarm["closed_at"] > at)


def _alarm(facts: Facts, alarm: Row, at: datetime) -> tuple[str, bool]:
    """Its state and whether it was heard: as it is where nothing happened since, else by its journal."""
    journal = sorted(facts.where("transition", alarm_id=alarm["id"]), key=lambda row: (row["at"], row["id"]))
    if all(row["at"] <= at for row in journal):
        return alarm["state"], not (alarm["shelved_until"] or alarm["suppressed"] or alarm["out_of_service"])
    lasts, noted = False, False
    for row in journal:
        if row["at"] > at:
            break
        match row["kind"]:
            case "RAISED":
                lasts, noted = True, noted and not alarm["latching"]
            case "RETURNED":
                lasts = False
            case "ACKNOWLEDGED":
                noted = True
    states = {(True, True): "ACKNOWLEDGED", (True, False): "ACTIVE", (False, True): "LATCHED"}
    now = {
        "SHELVED": alarm["shelved_until"],
        "SUPPRESSED": alarm["suppressed"],
        "OUT_OF_SERVICE": alarm["out_of_service"],
    }
    return states.get((lasts, noted), "RETURNED"), not any(_quiet(journal, at, on, bool(now[on])) for on in QUIET)


def _quiet(journal: list[Row], at: datetime, on: str, by_now: bool) -> bool:
    """Walk back from now: each word of the journal after the moment undoes itself."""
    for row in reversed(journal):
        if row["at"] <= at:
            return row["kind"] == on if row["kind"] in (on, QUIET[on]) else _quiet_before(journal, at, on, by_now)
        if row["kind"] in (on, QUIET[on]):
            by_now = row["kind"] != on
    return by_now


def _quiet_before(journal: list[Row], at: datetime, on: str, by_now: bool) -> bool:
    said = [row["kind"] for row in journal if row["at"] <= at and row["kind"] in (on, QUIET[on])]
    return said[-1] == on if said else by_now


def _zones(facts: Facts, sight: Sight, rooms: set[int], at: datetime | None) -> Told:
    found: Told = {}
    for zone in facts.rows["zone"].values():
        mine = sorted(row["room_id"] for row in facts.where("zone_room", zone_id=zone["id"]) if row["room_id"] in rooms)
        if not mine or not sight.sees("zone", zone["id"]):
            continue
        said = [
            row["kind"]
            for row in facts.where("condition", zone_id=zone["id"])
            if at is not None and row["since"] <= at and (row["until"] is None or row["until"] > at)
            and sight.sees("condition", row["id"])
        ]  # fmt: skip
        found[zone["code"]] = (mine, sorted(said))
    return found
