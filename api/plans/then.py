"""What statements about a moment are made of: the moment itself, and constants of ours."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Interval, Text, bindparam, literal_column
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

AT: ColumnElement[Any] = bindparam("at", type_=TIMESTAMP(timezone=True))
ONE = literal_column("1", Integer())


def interval(text: str) -> ColumnElement[Any]:
    return literal_column(f"interval '{text}'", Interval())


def names(*names: str) -> ColumnElement[Any]:
    return literal_column("'{" + ",".join(names) + "}'::text[]", ARRAY(Text))
