"""What an operation's arguments are: known now, as far as they shape the SQL, and read anew for each later request."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    value_from_ast,
)

from api.ids import shape_of
from api.planner import cursor

Variables: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[Variables], Any]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is there and not null."""

    value: Any
    """As it is in the request that made the plan; only what `shape` keeps apart may decide about the SQL."""
    read: Read
    """As it is in any request that uses the plan."""
    type: GraphQLInputType
    parts: Mapping[str, Given] = field(default_factory=dict)
    """Of an input object: its fields that are given."""
    items: tuple[Given, ...] = ()
    """Of a list of input objects."""
    fixed: bool = False
    """It stands in the document or is a default: it is the same in every request."""


def argument(
    node: ValueNode | None, definition: GraphQLArgument | GraphQLInputField, variables: Variables
) -> Given | None:
    """An argument's value, or its default; None when it is absent or null."""
    if isinstance(node, VariableNode) and node.name.value not in variables:
        node = None
    if node is not None:
        return _literal(node, definition.type, variables)
    default = definition.default_value
    return None if default is Undefined else _known(default, definition.type, lambda _: default, fixed=True)


def _literal(node: ValueNode, type_: GraphQLInputType, variables: Variables) -> Given | None:
    type_ = nullable(type_)
    if isinstance(node, NullValueNode):
        return None
    if isinstance(node, VariableNode):
        name = node.name.value
        return _known(variables.get(name), type_, lambda later: later.get(name))
    if isinstance(type_, GraphQLList):
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        found = [_literal(each, type_.of_type, variables) for each in nodes]
        items = tuple(each for each in found if each is not None)
        return Given(
            [item.value for item in items], lambda later: [item.read(later) for item in items], type_, {}, items
        )
    if isinstance(type_, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
        nodes_ = {each.name.value: each.value for each in node.fields}
        parts = {
            name: part
            for name, definition in type_.fields.items()
            if (part := argument(nodes_.get(name), definition, variables)) is not None
        }
        value = {name: part.value for name, part in parts.items()}
        return Given(value, lambda later: {name: part.read(later) for name, part in parts.items()}, type_, parts)
    value = value_from_ast(node, type_)
    return Given(value, lambda _: value, type_, fixed=True)


def _known(value: Any, type_: GraphQLInputType, read: Read, *, fixed: bool = False) -> Given | None:
    """A value that is coerced already: a variable's or a default."""
    type_ = nullable(type_)
    if value is None:
        return None
    if isinstance(type_, GraphQLList):
        items = tuple(
            item
            for number, each in enumerate(value)
            if (item := _known(each, type_.of_type, _at(read, number))) is not None
        )
        return Given(value, read, type_, {}, items)
    if isinstance(type_, GraphQLInputObjectType):
        parts = {
            name: part
            for name, each in value.items()
            if (part := _known(each, type_.fields[name].type, _at(read, name))) is not None
        }
        return Given(value, read, type_, parts)
    return Given(value, read, type_, fixed=fixed)


def nullable(type_: GraphQLInputType) -> GraphQLInputType:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def _at(read: Read, place: Any) -> Read:
    return lambda later: read(later)[place]


def shape(value: Any, type_: GraphQLInputType) -> Any:
    """What of a variable decides about the SQL; two requests of one shape share a plan.

    Whether it is there; a boolean, an enumeration's value, the kind of an id, which keys of a cursor are null. Of a
    list of plain values only that it is there: it is bound as an array.
    """
    type_ = nullable(type_)
    if value is None:
        return None
    if isinstance(type_, GraphQLInputObjectType):
        return tuple((name, shape(value[name], part.type)) for name, part in type_.fields.items() if name in value)
    if isinstance(type_, GraphQLList):
        return tuple(shape(item, type_.of_type) for item in value) if _objects(type_.of_type) else True
    if isinstance(type_, GraphQLEnumType):
        return value.name if isinstance(value, enum.Enum) else value
    assert isinstance(type_, GraphQLScalarType)
    return SHAPES.get(type_.name, _given)(value)


def _given(_: Any) -> Any:
    return "given"


def _objects(type_: GraphQLInputType) -> bool:
    return isinstance(nullable(type_), GraphQLInputObjectType)


SHAPES: Mapping[str, Callable[[Any], Any]] = {"Boolean": bool, "ID": shape_of, "Cursor": cursor.shape_of}
