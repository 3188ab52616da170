"""Places in an ordered list: which order it was, and where in it, as base64 of a JSON array; opaque to callers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    Text,
    and_,
    cast,
    false,
    func,
    literal_column,
    or_,
)
from sqlalchemy.types import TypeEngine

from api.errors import Fault
from api.ids import LARGEST
from api.planner.text import constant
from api.scalars import moment


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order. Nulls come last, whichever way."""

    sql: ColumnElement[Any]
    descending: bool = False
    nullable: bool = True

    def ordered(self, *, backwards: bool = False) -> ColumnElement[Any]:
        down = self.descending is not backwards
        made: ColumnElement[Any] = self.sql.desc() if down else self.sql.asc()
        if not self.nullable:
            return made
        return made.nulls_first() if backwards else made.nulls_last()

    def beyond(self, value: ColumnElement[Any] | None, *, backwards: bool = False) -> ColumnElement[bool]:
        """Strictly on the far side of a value (None: of the nulls), in that direction."""
        if value is None:
            return self.sql.is_not(None) if backwards else false()
        further = self.sql < value if self.descending is not backwards else self.sql > value
        return or_(further, self.sql.is_(None)) if self.nullable and not backwards else further

    def same(self, value: ColumnElement[Any] | None) -> ColumnElement[bool]:
        return self.sql.is_(None) if value is None else self.sql == value


def beyond(
    keys: Sequence[Key], values: Sequence[ColumnElement[Any] | None], *, backwards: bool = False
) -> ColumnElement[bool]:
    """Rows that come after (or before) the place that the values are; never null."""
    ways = []
    for number, (key, value) in enumerate(zip(keys, values, strict=True)):
        before = [same.same(where) for same, where in zip(keys[:number], values[:number], strict=True)]
        ways.append(and_(*before, key.beyond(value, backwards=backwards)))
    return func.coalesce(or_(*ways), false())


def written(signature: str, keys: Sequence[Key]) -> ColumnElement[str]:
    """SQL for the cursor of a row."""
    place = func.json_build_array(constant(signature), *(key.sql for key in keys))
    code = func.encode(func.convert_to(cast(place, Text), constant("UTF8")), constant("base64"))
    return func.translate(code, literal_column("E'\\n'"), constant(""))


def _taken(text: str) -> list[Any]:
    try:
        place = orjson.loads(base64.b64decode(text.encode(), validate=True))
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise Fault("BAD_CURSOR") from error
    if not isinstance(place, list) or not place:
        raise Fault("BAD_CURSOR")
    return place


def shape_of(text: str) -> tuple[Any, ...]:
    """Which order the cursor is of, and which of its keys are null. Raises BAD_CURSOR."""
    signature, *values = _taken(text)
    return (str(signature), tuple(value is None for value in values))


def read(text: str, signature: str, keys: Sequence[Key]) -> list[Any]:
    """The place that a cursor of this order names. Raises BAD_CURSOR, also for one of another order or broken."""
    found, *values = _taken(text)
    if found != signature or len(values) != len(keys):
        raise Fault("BAD_CURSOR")
    return [_value(value, key.sql.type) for value, key in zip(values, keys, strict=True)]


def _value(value: Any, type_: TypeEngine[Any]) -> Any:
    if value is None:
        return None
    try:
        match type_:
            case Integer() | BigInteger() if type(value) is int and abs(value) <= LARGEST:
                return value
            case Float() if type(value) in (int, float):
                return float(value)
            case DateTime() if isinstance(value, str):
                return moment(value)
            case Date() if isinstance(value, str):
                return date.fromisoformat(value)
            case Text() if isinstance(value, str) and "\0" not in value:
                return value
    except (ValueError, OverflowError) as error:
        raise Fault("BAD_CURSOR") from error
    raise Fault("BAD_CURSOR")
