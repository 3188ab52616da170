"""Values that GraphQL has no word for: moments, days, money, places in a list, outlines; each with how it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)
Polygon = NewType("Polygon", object)
MultiLineString = NewType("MultiLineString", object)
PictureAddress = NewType("PictureAddress", str)


def _read(kind: str, parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A reader of strings. It raises ValueError: graphql-core then says of which value (a GraphQLError would not)."""

    def read(value: Any) -> Any:
        try:
            if isinstance(value, str):
                return parse(value)
        except (ValueError, OverflowError, InvalidOperation):
            pass
        raise ValueError(f"not a {kind}")

    return read


def moment(text: str) -> datetime:
    """A time with its offset, as UTC. Raises ValueError, or OverflowError where UTC would leave the calendar."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("no offset")
    return read.astimezone(UTC)


def _amount(value: Any) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError("not finite")
    return amount


def _any_amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a Decimal")
    return _read("Decimal", _amount)(str(value))  # type: ignore[no-any-return]


def _iso(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())


def _scalar(name: str, description: str, serialize: Callable[[Any], Any], parse: Callable[[Any], Any]) -> Any:
    return ScalarDefinition(
        name=name,
        description=description,
        specified_by_url=None,
        serialize=serialize,
        parse_value=parse,
        parse_literal=None,
    )


SCALARS: dict[object, Any] = {
    datetime: _scalar(
        "DateTime",
        "A moment, ISO 8601 with an offset (2022-10-20T09:30:00+02:00 or …Z); answers are in UTC.",
        _iso,
        _read("DateTime", moment),
    ),
    date: _scalar(
        "Date", "A day in the building's time zone, ISO 8601: 2022-10-20.", _iso, _read("Date", date.fromisoformat)
    ),
    Decimal: _scalar("Decimal", 'An exact amount, as a string: "1250.00".', str, _any_amount),
    Cursor: _scalar("Cursor", "A place in a list, to go on from; opaque.", str, _read("Cursor", str)),
    PictureAddress: _scalar(
        "PictureAddress",
        "Where a picture can be fetched until it expires: a path of this server, such as /plans/….png. It needs no"
        " token: whoever has it sees the picture.",
        str,
        _read("PictureAddress", str),
    ),
    Polygon: _scalar(
        "Polygon",
        "Rings of [x, y] points in metres, the outer ring first, then holes.",
        lambda value: value,
        lambda value: value,
    ),
    MultiLineString: _scalar(
        "MultiLineString",
        "Lines of [x, y] points in metres, each from its first point to its last.",
        lambda value: value,
        lambda value: value,
    ),
}
