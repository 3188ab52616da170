"""What messages of MQTT mean: a table of topics says whose readings they carry, and in which form.

A row of the table is for topics that match its filter; of several rows the first counts. `payload` is one of

    reading      a number or a word; or {"value": 21.5, "at": "…"}, or a list of these
    properties   a JSON object: each of its numbers and words is a device of its own (Zigbee2MQTT)
    state        a number or a word, nothing else (Home Assistant)
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.ingest.line_protocol import FLOAT
from api.ingest.sheet import Sheet, moment
from db.ingest import Reason
from db.naming import DEVICE

ON = ("on", "true", "open", "opened", "yes", "detected", "wet", "active", "occupied", "home", "alarm", "1")
OFF = (
    "off", "false", "closed", "close", "no", "clear", "dry", "inactive", "unoccupied", "vacant", "not_home", "away",
    "normal", "0",
)  # fmt: skip
WORDS = dict.fromkeys(ON, 1.0) | dict.fromkeys(OFF, 0.0)
PLACE = re.compile(r"\{(\d|topic|property)\}")
MOST_OF_LIST = 1000
"""Readings in one message."""


class Topic(BaseModel):
    """A row of the table. In `sensor` and `device` stand `{topic}`, its levels `{0}`, `{1}` …, and `{property}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: str = Field(min_length=1)
    payload: Literal["reading", "properties", "state"] = "reading"
    sensor: str | None = None
    """The code, or building/code, of one of our sensors."""
    device: str | None = None
    """Or what the device is called: the external id of a sensor. The topic (and property) unless given."""
    building: str | None = None
    """The code of the building in which these are meant."""
    without: tuple[str, ...] = ()
    """Filters of topics that carry nothing of interest; here # may stand for any levels at any place."""
    ignore: tuple[str, ...] = ()
    """Properties that are no measurements."""
    invert: tuple[str, ...] = ()
    """Properties whose 1 is our 0 (Zigbee2MQTT says `contact` of a closed door)."""
    time: str | None = None
    """The property that says when the others were measured."""

    @field_validator("filter")
    @classmethod
    def _filter(cls, value: str) -> str:
        levels = value.split("/")
        if any(("+" in level or "#" in level) and len(level) > 1 for level in levels) or "#" in levels[:-1]:
            raise ValueError(f"{value} is no topic filter: + and # stand alone in their level, # in the last")
        return value

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
        return pattern(self.filter), [pattern(one) for one in self.without]

    def takes(self, topic: str) -> bool:
        return self.patterns[0].fullmatch(topic) is not None

    def name(self, topic: str, property: str = "") -> str:
        """The name under which a reading of this topic goes in."""
        if self.sensor is not None:
            return _filled(self.sensor, topic, property)
        usual = "{topic}/{property}" if property else "{topic}"
        return DEVICE + _filled(self.device or usual, topic, property)


def pattern(filter: str) -> re.Pattern[str]:
    """A topic filter (MQTT 5, 4.7) as a pattern: + is one level, # any number of them, also none."""
    text = ""
    for number, level in enumerate(filter.split("/")):
        slash = "/" if number else ""
        if level == "#":
            text += "(?:/.*)?" if number else ".*"
        else:
            text += slash + ("[^/]*" if level == "+" else re.escape(level))
    return re.compile(text, re.DOTALL)


def _filled(template: str, topic: str, property: str) -> str:
    levels = topic.split("/")

    def place(found: re.Match[str]) -> str:
        if found[1] == "topic":
            return topic
        if found[1] == "property":
            return property
        return levels[int(found[1])] if int(found[1]) < len(levels) else ""

    return PLACE.sub(place, template)


def usual(prefix: str) -> tuple[Topic, ...]:
    """The table where nothing is said: our own topics, Zigbee2MQTT, Home Assistant's statestream."""
    return (
        Topic(filter=f"{prefix}/+/+", sensor="{1}/{2}" if "/" not in prefix else _behind(prefix)),
        Topic(
            filter="zigbee2mqtt/#",
            payload="properties",
            without=("zigbee2mqtt/bridge/#", "#/set", "#/get", "#/availability"),
            ignore=("linkquality", "last_seen", "update_available"),
            invert=("contact",),
            time="last_seen",
        ),
        Topic(filter="homeassistant/+/+/state", payload="state", device="homeassistant/{1}/{2}"),
    )


def _behind(prefix: str) -> str:
    depth = prefix.count("/") + 1
    return f"{{{depth}}}/{{{depth + 1}}}"


def row_of(table: tuple[Topic, ...], topic: str) -> Topic | None:
    """The row for a topic; None when it carries nothing of interest."""
    for row in table:
        if row.takes(topic):
            return None if any(each.fullmatch(topic) for each in row.patterns[1]) else row
    return None


def sheet_of(row: Topic, topic: str, payload: bytes, now: datetime, *, retained: bool = False) -> Sheet:
    """The readings of a message. One that the broker kept tells no time of its own: without one it is not taken."""
    sheet = Sheet(now)
    known = _parsed(payload)
    if row.payload == "properties":
        _properties(sheet, row, topic, known, retained)
    elif row.payload == "reading" and isinstance(known, list):
        for place, one in enumerate(known[:MOST_OF_LIST]):
            _one(sheet, place, row.name(topic), one, retained)
        for place in range(MOST_OF_LIST, len(known)):
            sheet.refuse(place, Reason.MALFORMED, row.name(topic))
    elif row.payload == "state" and isinstance(known, dict | list):
        sheet.refuse(0, Reason.MALFORMED, row.name(topic))
    else:
        _one(sheet, 0, row.name(topic), known, retained)
    return sheet


def _parsed(payload: bytes) -> Any:
    """What JSON says, or else the text."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return payload[:200].decode(errors="replace").strip()


def _one(sheet: Sheet, place: int, name: str, found: Any, retained: bool) -> None:
    given: Any = None
    if isinstance(found, dict):
        if "value" not in found:
            sheet.refuse(place, Reason.MALFORMED, name)
            return
        given, found = found.get("at"), found["value"]
    if given is None and retained:
        return
    at = sheet.stamp(name) if given is None else moment(given)
    if at is None:
        sheet.refuse(place, Reason.MALFORMED, name)
    else:
        sheet.add(place, name, at, value_of(found))


def _properties(sheet: Sheet, row: Topic, topic: str, found: Any, retained: bool) -> None:
    if not isinstance(found, dict):
        sheet.refuse(0, Reason.MALFORMED, row.name(topic))
        return
    at = moment(found.get(row.time)) if row.time is not None else None
    if at is None and retained:
        return
    for place, (property, given) in enumerate(found.items()):
        value = None if property in row.ignore else value_of(given)
        if value is None:
            continue
        name = row.name(topic, property)
        sheet.add(place, name, at or sheet.stamp(name), 1.0 - value if property in row.invert else value)


def value_of(given: Any) -> float | None:
    """A number, a truth, or a word for one, as a number."""
    if isinstance(given, bool | int | float):
        return float(given)
    if isinstance(given, str):
        word = given.strip().lower()
        return float(word) if FLOAT.fullmatch(word) else WORDS.get(word)
    return None
