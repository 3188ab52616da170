"""Readable ids outside, `bigint` keys inside: `room_12` is the room with the key 12."""

from __future__ import annotations

import re

from api.errors import Fault

NOUNS = frozenset(
    (
        "building",
        "floor",
        "room",
        "tenant",
        "lease",
        "placement",
        "sensor",
        "alarm",
        "rule",
        "incident",
        "event",
        "user",
        "link",
        "unknown",
        "zone",
        "condition",
    )
)
FORM = re.compile(r"([a-z]+)_([0-9]+)")
LARGEST = 2**63 - 1
NO_KEY = 0
"""Keys begin at 1: nothing has this one."""


def typed(noun: str, key: int) -> str:
    """The id of an object, as the contract shows it."""
    return f"{noun}_{key}"


def key(noun: str, text: str) -> int | None:
    """The key in a typed id of that noun, None when the text is a name and not an id. Raises WRONG_KIND_OF_ID."""
    form = FORM.fullmatch(text)
    if form is None or form[1] not in NOUNS:
        return None
    if form[1] != noun:
        raise Fault("WRONG_KIND_OF_ID", value=text, expected=noun)
    number = int(form[2])
    return number if number <= LARGEST else NO_KEY


def shape_of(text: str) -> str:
    """The noun of a typed id, or "name": what of an argument that takes either decides about the SQL."""
    form = FORM.fullmatch(text)
    return form[1] if form is not None and form[1] in NOUNS else "name"
