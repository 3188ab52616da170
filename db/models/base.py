"""What every table has in common: names of constraints, kinds of keys and times."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, Range
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.metadata.naming_convention = NAMES
metadata: MetaData = SQLModel.metadata

Outline = list[list[list[float]]]
"""A polygon: rings of [x, y] in metres, the outer ring first, then holes."""
Lines = list[list[list[float]]]
"""Lines of [x, y] in metres, each from point to point."""


def key() -> Any:
    """The table's own `bigint` key, made by the database."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))


def to(target: str, *, null: bool = False, index: bool = True, on_delete: str | None = None) -> Any:
    """A `bigint` reference to `schema.table.column`."""
    column = Column(BigInteger, ForeignKey(target, ondelete=on_delete), nullable=null, index=index)
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def moment(*, null: bool = False, index: bool = False) -> Any:
    """A `timestamptz`."""
    column = Column(DateTime(timezone=True), nullable=null, index=index)
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def text(*, null: bool = False, unique: bool = False, default: str | None = None) -> Any:
    """A `text` column."""
    column = Column(Text, nullable=null, unique=unique)
    if default is not None or null:
        return Field(default=default, sa_column=column)
    return Field(sa_column=column)


def one_of(values: type[enum.Enum], *, null: bool = False, default: enum.Enum | None = None) -> Any:
    """A `text` column that takes the names of an enumeration, checked by the database."""
    kind = Enum(values, native_enum=False, create_constraint=False, length=24)
    column: Column[Any] = Column(kind, nullable=null)
    if default is not None or null:
        return Field(default=default, sa_column=column)
    return Field(sa_column=column)


def names(column: str, values: type[enum.Enum]) -> CheckConstraint:
    """The check that belongs to `one_of`: the column holds one of the enumeration's names."""
    listed = ", ".join(f"'{value.name}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def flag() -> Any:
    """A `boolean` that is false unless told."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="false"))


def period() -> Any:
    """A `daterange` from the first day, up to and without the day after the last; never empty."""
    return Field(sa_column=Column(DATERANGE, nullable=False))


def json(*, null: bool = True) -> Any:
    """A `jsonb` column."""
    column = Column(JSONB(none_as_null=True), nullable=null)
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def keys() -> Any:
    """A `bigint[]` column, empty unless told."""
    return Field(default_factory=list, sa_column=Column(ARRAY(BigInteger), nullable=False, server_default="{}"))


__all__ = [
    "BigInteger",
    "CheckConstraint",
    "Column",
    "Field",
    "ForeignKeyConstraint",
    "Lines",
    "Outline",
    "Range",
    "SQLModel",
    "date",
    "datetime",
    "flag",
    "json",
    "key",
    "keys",
    "metadata",
    "moment",
    "names",
    "one_of",
    "period",
    "text",
    "to",
]
