"""The fields of Query: one object, a connection, a list, or what is there once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, select

from api import ids
from api.directives import Requires
from api.errors import Fault
from api.planner import lists, text
from api.planner.asked import BACKREF, Asked
from api.planner.pages import Paging
from api.planner.row import Frame
from api.planner.source import Alone, AnyNode, ByKey, Many, Page
from api.planner.text import NULL, Piece

if TYPE_CHECKING:
    from graphql import GraphQLObjectType

    from api.planner.compiler import Compiler


def value(compiler: Compiler, asked: Asked) -> Sequence[Piece]:
    """A root field as JSON. Raises NOT_ALLOWED where the field requires a role that the viewer has not."""
    allowed(compiler, asked)
    match asked.source:
        case ByKey():
            return by_key(compiler, asked)
        case Page() as source:
            return [Paging(compiler, asked, source).text()]
        case Alone() as source:
            return [single(compiler, source.rows(compiler.sight, **compiler.inputs(asked)), asked, asked.below())]
        case AnyNode():
            return any_node(compiler, asked)
        case Many() as source:
            return lists.alone(compiler, asked, source)
    raise NotImplementedError(asked.name)


def allowed(compiler: Compiler, asked: Asked) -> None:
    for directive in asked.field.extensions[BACKREF].directives:
        if isinstance(directive, Requires) and not compiler.sight.roles.intersection(directive.roles):
            raise Fault("NOT_ALLOWED", roles=[role.name for role in directive.roles])


def by_key(compiler: Compiler, asked: Asked) -> Sequence[Piece]:
    given = asked.given("id")
    assert given is not None
    planned = compiler.registry.planned[asked.type.name]
    assert planned.noun is not None
    return one(compiler, asked, asked.type.name, compiler.key(planned.noun, given, seen=False))


def any_node(compiler: Compiler, asked: Asked) -> Sequence[Piece]:
    """Which type it is of is part of the plan's shape."""
    given = asked.given("id")
    assert given is not None
    noun = ids.shape_of(given.value)
    type_ = compiler.registry.types.get(noun)
    if type_ is None:
        raise Fault("WRONG_KIND_OF_ID", value=given.value, expected="id")
    return one(compiler, asked, type_.name, compiler.key(noun, given, seen=False))


def one(compiler: Compiler, asked: Asked, type_name: str, key: ColumnElement[int]) -> Sequence[Piece]:
    """The object of a type with that key, if it is visible; null otherwise."""
    planned = compiler.registry.planned[type_name]
    assert planned.table is not None
    assert planned.visible is not None
    frame = Frame(planned.table.alias(), compiler.sight)
    rows = select(*frame.base.c).where(frame.row.id == key, planned.visible(compiler.sight, frame.row))
    type_: GraphQLObjectType = compiler.registry.schema.type_map[type_name]  # type: ignore[assignment]
    return [single(compiler, rows, asked, asked.below(type_))]


def single(compiler: Compiler, rows: Select[tuple[object, ...]], asked: Asked, fields: Sequence[Asked]) -> Piece:
    frame = Frame(rows.cte(), compiler.sight, shared=True, single=True)
    made = text.joined(compiler.object(frame.row, fields))
    return text.bulk(select(made).select_from(frame.clause()).scalar_subquery(), NULL)
