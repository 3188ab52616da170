"""Which changes of alarms a subscriber gets: those that they may see, and of these the ones that they asked for.

Both look at the snapshot, so that a subscriber who comes back late is told the same as one who stayed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from strawberry import UNSET

from api import ids
from api.alarm.where import AlarmWhere, Period
from api.viewer import STAFF, Viewer
from db.changes import Change

ABSENT = (None, UNSET)
Payload: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Payload], bool]


def visible(viewer: Viewer, change: Change) -> bool:
    """Staff of the building, and the tenants who had the room then."""
    return staff(viewer, change) or not change.tenant_ids.isdisjoint(viewer.tenants)


def staff(viewer: Viewer, change: Change) -> bool:
    return viewer.admin or change.building_id in viewer.on(*STAFF)


def chosen(where: AlarmWhere | None) -> Test:
    """What `where` says, as a test of snapshots. Raises the fault WRONG_KIND_OF_ID."""
    tests = list(_tests(where)) if where is not None else []
    return lambda payload: all(test(payload) for test in tests)


def _tests(where: AlarmWhere) -> Iterator[Test]:
    for noun, names in NAMES.items():
        if value := getattr(where, noun):
            yield _named(noun, str(value), names)
    for field, name in (("kind", "sensorKind"), ("state", "state"), ("priority", "priority"), ("category", "category")):
        values: Collection[Enum] | None = getattr(where, field)
        if values not in ABSENT:
            yield _one_of(name, {value.name for value in values or ()})
    level, active, acknowledged = where.level, where.active, where.acknowledged
    if level not in ABSENT:
        yield lambda payload: payload["keys"]["level"] == level
    if active not in ABSENT:
        yield lambda payload: (payload["alarm"]["state"] in ("ACTIVE", "ACKNOWLEDGED")) is active
    if acknowledged not in ABSENT:
        yield lambda payload: (payload["alarm"]["acknowledgedAt"] is not None) is acknowledged
    if where.raised:
        yield _raised(where.raised)


NAMES: dict[str, Callable[[Payload], Collection[str]]] = {
    "building": lambda p: (p["keys"]["code"],),
    "floor": lambda p: (f"{p['keys']['code']}/{p['keys']['level']}",),
    "room": lambda p: (p["alarm"]["room"], f"{p['keys']['code']}/{p['alarm']['room']}"),
    "sensor": lambda p: (p["alarm"]["sensor"], f"{p['keys']['code']}/{p['alarm']['sensor']}"),
    "rule": lambda p: (),
}
"""What people call a place, a sensor or a rule, as it was then."""


def _named(noun: str, text: str, names: Callable[[Payload], Collection[str]]) -> Test:
    key = ids.key(noun, text)
    if key is not None:
        return lambda payload: payload["keys"][noun] == key
    return lambda payload: text in names(payload)


def _one_of(name: str, values: Collection[str]) -> Test:
    return lambda payload: payload["alarm"][name] in values


def _raised(period: Period) -> Test:
    """The first or the latest raise lies within: those in between are not in the snapshot."""
    since, until = period.from_ or None, period.to or None

    def test(payload: Payload) -> bool:
        moments = [datetime.fromisoformat(payload["alarm"][name]) for name in ("raisedAt", "lastRaisedAt")]
        return any((since is None or at >= since) and (until is None or at < until) for at in moments)

    return test
