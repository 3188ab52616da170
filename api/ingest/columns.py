"""Columns of readings as GraphQL takes them: each one value of the graph, read as a whole, not element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NewType

from strawberry.types.scalar import ScalarDefinition

from api.ingest.sheet import Sheet, moment, number

SensorColumn = NewType("SensorColumn", Sequence[Any])
MomentColumn = NewType("MomentColumn", Sequence[Any])
NumberColumn = NewType("NumberColumn", Sequence[Any])


def _list(name: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if isinstance(value, list):
            return value
        raise ValueError("not a list")

    return read


def _scalar(name: str, description: str) -> Any:
    return ScalarDefinition(
        name=name,
        description=description,
        specified_by_url=None,
        serialize=list,
        parse_value=_list(name),
        parse_literal=None,
    )


COLUMNS: dict[object, Any] = {
    SensorColumn: _scalar(
        "SensorColumn", "A list of sensors: each an id or a code, or building/code. An element that is none is refused."
    ),
    MomentColumn: _scalar(
        "MomentColumn",
        "A list of moments: each ISO 8601 with an offset, or milliseconds since 1970, or null for now."
        " An element that is none is refused.",
    ),
    NumberColumn: _scalar("NumberColumn", "A list of numbers. An element that is none, such as null, is refused."),
}


def sheet_of(sensors: Sequence[Any], at: Sequence[Any], values: Sequence[Any], now: datetime) -> Sheet:
    """Three columns of one length as readings; what of them makes no sense is refused at its place."""
    sheet = Sheet(now)
    if {type(name) for name in sensors} <= {str}:
        times = [moment(each) for each in at]
        if None not in times:
            sheet.sensors, sheet.at, sheet.values = list(sensors), times, [number(each) for each in values]  # type: ignore[assignment]
            sheet.places = range(len(sensors))
            return sheet
    for place, (sensor, given, value) in enumerate(zip(sensors, at, values, strict=True)):
        when = (sheet.stamp(sensor) if given is None else moment(given)) if type(sensor) is str else None
        if when is None:
            sheet.refuse(place, sensor=sensor if type(sensor) is str else "")
        else:
            sheet.add(place, sensor, when, number(value))
    return sheet
