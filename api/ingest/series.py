"""Points of line protocol as readings: which sensor a field is of, and when it was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.errors import Fault
from api.ingest.line_protocol import Point, Text, points
from api.ingest.sheet import Sheet, since_epoch
from db.ingest import Reason
from db.naming import DEVICE

PRECISIONS: dict[str, tuple[int, int]] = {
    "": (1, 1000),
    "ns": (1, 1000),
    "n": (1, 1000),
    "us": (1, 1),
    "u": (1, 1),
    "ms": (1000, 1),
    "s": (1_000_000, 1),
    "m": (60_000_000, 1),
    "h": (3_600_000_000, 1),
}
"""Microseconds of a unit of time, as a fraction."""
SENSOR = "sensor"
"""The tag that names one of our sensors."""
VALUE = "value"
"""The field that is the sensor's own."""
DEVICES = ("device", "device_id", "entity_id")
"""Tags that tell a device apart from all others."""


def sheet_of(body: bytes, precision: str, most: int, sheet: Sheet) -> Sheet:
    """The readings of a body, each at the number of its line from 1. Raises BAD_PRECISION, TOO_MANY_LINES."""
    if precision not in PRECISIONS:
        raise Fault("BAD_PRECISION", precision=precision[:20])
    if body.count(b"\n") > most:
        raise Fault("TOO_MANY_LINES", most=most)
    times, by = PRECISIONS[precision]
    for found in points(body):
        if isinstance(found, int):
            sheet.refuse(found)
            continue
        if len(sheet.sensors) + len(found.fields) > most:
            raise Fault("TOO_MANY_LINES", most=most)
        measured = [(name, value) for name, value in found.fields if not isinstance(value, Text)]
        if not measured:  # strings beside numbers are passed over; a line of nothing else is told of
            sheet.refuse(found.line, Reason.NOT_A_NUMBER, found.measurement)
        at = None if found.time is None else since_epoch(found.time * times // by)
        for name, value in named(found, measured):
            sheet.add(found.line, name, sheet.stamp(name) if at is None else at, value)
    return sheet


def named(point: Point, fields: Iterable[tuple[str, float | None]]) -> Iterator[tuple[str, float | None]]:
    """The sensor of each field: the one that a tag names, or a device's name made of the tags and the field."""
    sensor = point.tags.get(SENSOR)
    device = next((point.tags[tag] for tag in DEVICES if tag in point.tags), None)
    for name, value in fields:
        if sensor is not None and name == VALUE:
            yield sensor, value
        elif sensor is not None:
            yield f"{DEVICE}{sensor}/{name}", value
        elif device is not None:
            yield f"{DEVICE}{device}/{name}", value
        else:
            tags = (point.tags[tag] for tag in sorted(point.tags))
            yield DEVICE + "/".join((point.measurement, *tags, name)), value
