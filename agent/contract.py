"""The contract: `schema.graphql`, read once; the only thing the agent knows of the building."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)
from graphql.execution.values import get_directive_values
from graphql.pyutils import Undefined

Kind = Literal["query", "mutation"]

LABELS = ("name", "title", "code", "number", "label")
"""Fields that people call an object by where the contract does not say it with `@label`."""


class Risk(StrEnum):
    """How much a root field can change: nothing, something easily undone, or something that needs a person's yes."""

    READ = "READ"
    LOW = "LOW"
    HIGH = "HIGH"


@dataclass(frozen=True)
class Unit:
    """The unit of a number: a fixed symbol, or the name of the sibling field that holds it."""

    symbol: str | None = None
    field: str | None = None


Described = GraphQLField | GraphQLArgument | GraphQLInputField


@dataclass(frozen=True)
class Contract:
    """The graph's types with what its directives say of them."""

    schema: GraphQLSchema

    def roots(self, kind: Kind) -> dict[str, GraphQLField]:
        """The root fields of queries or of mutations, in the order of the contract."""
        root = self.schema.query_type if kind == "query" else self.schema.mutation_type
        return dict(root.fields) if root else {}

    def risk(self, kind: Kind, field: GraphQLField) -> Risk:
        """What `@risk` says; a write that says nothing counts as HIGH."""
        said = self._directive("risk", field).get("level")
        if said in Risk.__members__:
            return Risk[str(said)]
        return Risk.READ if kind == "query" else Risk.HIGH

    def roles(self, field: GraphQLField) -> frozenset[str]:
        """Roles of which the caller must hold one; none means anyone."""
        return frozenset(self._directive("requires", field).get("roles") or ())

    def hidden(self, field: GraphQLField) -> bool:
        """Whether the field is kept from language models."""
        return self._marked("hidden", field)

    def unit(self, described: Described) -> Unit | None:
        """The unit which `@unit` states."""
        said = self._directive("unit", described)
        return Unit(said.get("symbol"), said.get("field")) if said else None

    def label(self, of: GraphQLNamedType) -> str | None:
        """The field by which people call an object of this type."""
        if not isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
            return None
        marked = [name for name, field in of.fields.items() if self._marked("label", field)]
        return marked[0] if marked else next((name for name in LABELS if name in of.fields), None)

    def refuses(self, typename: str) -> bool:
        """Whether a result of this type is a refusal."""
        of = self.schema.type_map.get(typename)
        if not isinstance(of, GraphQLObjectType):
            return False
        return any(i.name == "Refusal" for i in of.interfaces)

    def _marked(self, name: str, described: Described) -> bool:
        node = described.ast_node
        return any(d.name.value == name for d in (node.directives if node else None) or ())

    def _directive(self, name: str, described: Described) -> dict[str, Any]:
        """The arguments of a directive; empty where it is absent."""
        definition = self.schema.get_directive(name)
        if definition is None or described.ast_node is None or not described.ast_node.directives:
            return {}
        values = get_directive_values(definition, described.ast_node)
        return {k: v for k, v in (values or {}).items() if v is not None and v is not Undefined}


def sdl() -> str:
    """The contract's text: beside this module in a wheel, at the root in a checkout."""
    packed = files("agent").joinpath("schema.graphql")
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return (Path(__file__).parents[1] / "schema.graphql").read_text(encoding="utf-8")


def read(text: str) -> Contract:
    """The contract that this SDL states; `graphql.GraphQLError` if it is not valid."""
    schema = build_schema(text)
    for name, checked in CHECKED.items():
        scalar = schema.type_map.get(name)
        if isinstance(scalar, GraphQLScalarType):
            scalar.parse_value = checked  # type: ignore[method-assign, assignment]
            scalar.coerce_input_value = checked
    return Contract(schema)


def _moment(value: Any) -> Any:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is no time; write 2022-10-20T14:15:00+02:00") from None
    return value


def _day(value: Any) -> Any:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is no date; write 2022-10-20") from None
    return value


def _exact(value: Any) -> Any:
    try:
        finite = not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise GraphQLError(f'{value!r} is no number; write "1500.50"')
    return value


CHECKED: dict[str, Callable[[Any], Any]] = {"DateTime": _moment, "Date": _day, "Decimal": _exact}
"""Scalars of our own that are checked before a call."""


@cache
def contract() -> Contract:
    """The committed contract."""
    return read(sdl())
