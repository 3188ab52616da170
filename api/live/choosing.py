"""Tests of snapshots, of which the `where` of each topic is put together: late readers are told the same as early ones.

A `where` that a topic has no test for is a mistake of ours, and fails loudly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from api import ids
from api.live.topics.topic import Payload, Test, Where

Condition: TypeAlias = Callable[[Any], Test]
"""A field of a `where`: its value to a test."""
Names: TypeAlias = Callable[[Payload], Collection[str]]
"""What people call something, as it was then."""


def chosen(conditions: Mapping[str, Condition], where: Where) -> Test:
    """All that `where` says. Raises the fault WRONG_KIND_OF_ID."""
    tests = [conditions[name](value) for name, value in where.items() if value is not None]
    return lambda payload: all(test(payload) for test in tests)


def named(noun: str, names: Names) -> Condition:
    """A place or thing by its id, or by what it was called."""

    def condition(text: str) -> Test:
        key = ids.key(noun, text)
        if key is not None:
            return lambda payload: payload["keys"][noun] == key
        return lambda payload: text in names(payload)

    return condition


def one_of(part: str, name: str) -> Condition:
    """A value of the snapshot's `part` is among those of a list."""

    def condition(values: Iterable[Enum]) -> Test:
        wanted = {value.name for value in values}
        return lambda payload: payload[part][name] in wanted

    return condition


def there(part: str, name: str) -> Condition:
    """A value of the snapshot's `part` is there (true), or not (false)."""
    return lambda yes: lambda payload: (payload[part][name] is not None) is yes


def true(part: str, name: str) -> Condition:
    """A value of the snapshot's `part` is true, or it is not."""
    return lambda yes: lambda payload: bool(payload[part][name]) is yes


def on_level(level: int) -> Test:
    return lambda payload: bool(payload["keys"]["level"] == level)


def within(*moments: tuple[str, str]) -> Condition:
    """One of the moments (part and name) lies in a period."""

    def condition(period: Where) -> Test:
        since, until = period.get("from"), period.get("to")

        def test(payload: Payload) -> bool:
            told = (datetime.fromisoformat(payload[part][name]) for part, name in moments)
            return any((since is None or at >= since) and (until is None or at < until) for at in told)

        return test

    return condition


def is_(part: str, name: str) -> Condition:
    """A value of the snapshot's `part` is the one given."""
    return lambda value: lambda payload: bool(payload[part][name] == value)


def places(part: str, sensor: str = "sensor") -> dict[str, Condition]:
    """Buildings, floors, levels, rooms and sensors, for snapshots that have `room` and the sensor's code in `part`."""
    return {
        "building": named("building", lambda p: (p["keys"]["code"],)),
        "floor": named("floor", lambda p: (f"{p['keys']['code']}/{p['keys']['level']}",)),
        "level": on_level,
        "room": named("room", lambda p: (p[part]["room"], f"{p['keys']['code']}/{p[part]['room']}")),
        "sensor": named("sensor", lambda p: (p[part][sensor], f"{p['keys']['code']}/{p[part][sensor]}")),
    }
