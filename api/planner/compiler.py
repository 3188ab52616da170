"""Objects: what is asked of a row becomes the text of a JSON object; arguments become bound values or conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Float,
    Integer,
    Numeric,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.types import TypeEngine

from api import ids
from api.errors import Fault
from api.planner import lists, text
from api.planner.asked import BACKREF, Asked, Selection
from api.planner.given import Given, Read, Variables
from api.planner.registry import Registry
from api.planner.row import Frame, Row
from api.planner.source import NOUN, SOURCE, Column, Condition, Many, One, OneOf
from api.planner.text import NULL, Piece
from api.visibility import Sight, always, both, never

MOST = 5000
"""Most objects of one list."""
MOST_RELATIONS = 100
"""Most objects and lists that an operation may lead to; each is tables in its statement."""
TYPES: Mapping[str, TypeEngine[Any]] = {
    "Int": Integer(),
    "Float": Float(53),
    "String": Text(),
    "ID": Text(),
    "Boolean": Boolean(),
    "DateTime": TIMESTAMP(timezone=True),
    "Date": Date(),
    "Decimal": Numeric(),
}
"""How values of the graph's scalars are bound."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many rows a list may bring, for each row of the list that it hangs below."""

    above: int
    size: Read
    typical: int


class Name:
    """A natural key as it was given: whole, and on either side of its first slash."""

    def __init__(self, compiler: Compiler, read: Read) -> None:
        def part(choose: Callable[[str], str]) -> ColumnElement[str]:
            return compiler.bind(lambda variables: choose(clean(read(variables))), Text())

        self.whole = part(lambda name: name)
        self.before = part(lambda name: name.partition("/")[0])
        self.after = part(lambda name: name.partition("/")[2])


def clean(value: str) -> str:
    """Text that PostgreSQL can hold. Raises BAD_TEXT for a NUL character."""
    if "\0" in value:
        raise Fault("BAD_TEXT")
    return value


class Compiler:
    """One operation, or one selection of it, on its way to SQL."""

    def __init__(self, registry: Registry, selection: Selection, sight: Sight) -> None:
        self.registry = registry
        self.selection = selection
        self.sight = sight
        self.reads: dict[str, Read] = {}
        self.estimates: list[Estimate] = [Estimate(-1, lambda _: 1, 1)]
        self.relations = 0

    def related(self, weight: int = 1) -> None:
        """Count a relation that is followed. Raises TOO_MANY_RELATIONS."""
        self.relations += weight
        if self.relations > MOST_RELATIONS:
            raise Fault("TOO_MANY_RELATIONS", most=MOST_RELATIONS)

    # -- values from outside

    def bind(self, read: Read, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A parameter of the statement, read from the variables of each request."""
        name = f"p{len(self.reads)}"
        self.reads[name] = read
        return bindparam(name, type_=type_)

    def input(self, definition: GraphQLArgument | GraphQLInputField, given: Given | None) -> Any:
        """An argument for an expression: SQL, or the value itself where it shapes the SQL; None when not given."""
        if given is None:
            return None
        noun = definition.extensions[BACKREF].metadata.get(NOUN)
        named = get_named_type(given.type)
        read = given.read
        if noun is not None:
            return self.key(noun, given)
        if isinstance(named, GraphQLInputObjectType):
            return SimpleNamespace(
                **{
                    part.extensions[BACKREF].python_name: self.input(part, given.parts.get(name))
                    for name, part in named.fields.items()
                }
            )
        if isinstance(get_nullable_type(given.type), GraphQLList):
            if isinstance(named, GraphQLEnumType):
                return self.bind(lambda variables: [each.name for each in read(variables)], ARRAY(Text()))
            return self.bind(read, ARRAY(TYPES[named.name]))
        if isinstance(named, GraphQLEnumType) or named.name == "Boolean":
            return given.value
        if named.name == "String":
            return self.bind(lambda variables: clean(read(variables)), Text())
        return self.bind(read, TYPES[named.name])

    def inputs(self, asked: Asked, *without: str) -> dict[str, Any]:
        """The arguments of a field by their Python names, those not given as None."""
        return {
            definition.extensions[BACKREF].python_name: self.input(definition, given)
            for name, (definition, given) in asked.arguments().items()
            if name not in without
        }

    def size(
        self, given: Given | None, default: int, above: int, typical: int = MOST
    ) -> tuple[ColumnElement[int], int]:
        """The length of a list, and the number of its estimate. Raises BAD_PAGE_SIZE.

        A length that is the same in every request is written into the SQL, where the optimiser can reckon with it.
        """

        def read(variables: Variables) -> int:
            size = given.read(variables) if given is not None else None
            size = default if size is None else size
            if not 0 <= size <= MOST:
                raise Fault("BAD_PAGE_SIZE", value=size, most=MOST)
            return int(size)

        self.estimates.append(Estimate(above, read, typical))
        fixed = given is None or given.fixed
        size = literal_column(str(read({})), Integer()) if fixed else self.bind(read, Integer())
        return size, len(self.estimates) - 1

    def key(self, noun: str, given: Given, *, seen: bool = True) -> ColumnElement[Any]:
        """The key of a visible row, by its typed id or its name; null when there is none. Raises WRONG_KIND_OF_ID.

        `seen=False`: the row that is compared with the key is known to be visible.
        """
        planned = self.registry.planned[self.registry.types[noun].name]
        assert planned.table is not None
        assert planned.visible is not None

        def number(variables: Variables) -> int | None:
            return ids.key(noun, given.read(variables))

        if ids.key(noun, given.value) is not None:
            key = self.bind(number, BigInteger())
            frame = Frame(planned.table.alias(), self.sight)
            visible = planned.visible(self.sight, frame.row)
            if always(visible) or not seen:
                return key
            return select(frame.row.id).where(frame.row.id == key, visible).scalar_subquery()
        if not planned.named:
            raise Fault("WRONG_KIND_OF_ID", value=given.value, expected=noun)
        name = Name(self, given.read)
        ways = []
        for meets in planned.named:
            frame = Frame(planned.table.alias(), self.sight)
            condition = both(meets(frame.row, name), planned.visible(self.sight, frame.row))
            alone = case((func.count() == literal_column("1"), func.max(frame.row.id)))
            ways.append(select(alone).select_from(frame.clause()).where(condition).scalar_subquery())
        return func.coalesce(*ways) if len(ways) > 1 else ways[0]

    def where(self, row: Row, asked: Asked) -> list[ColumnElement[bool]]:
        """What the `where` argument asks of a row."""
        given = asked.given("where") if "where" in asked.field.args else None
        return [] if given is None else self.conditions(row, given)

    def conditions(self, row: Row, given: Given) -> list[ColumnElement[bool]]:
        named: Any = get_named_type(given.type)
        fields = named.fields
        values = {
            fields[name].extensions[BACKREF].python_name: (fields[name], part) for name, part in given.parts.items()
        }
        made = []
        for definition, part in values.values():
            source: Condition = definition.extensions[BACKREF].metadata[SOURCE]
            if source.sql is not None:
                others = {name: self.input(*values[name]) if name in values else None for name in source.others}
                made.append(source.sql(row, self.input(definition, part), **others))
        return made

    # -- objects

    def object(self, row: Row, fields: Sequence[Asked]) -> list[Piece]:
        """A JSON object with those fields of a row, in their order."""
        return braces(fields, lambda asked: self.field(row, asked))

    def field(self, row: Row, asked: Asked) -> Sequence[Piece]:
        match asked.source:
            case Column() as source:
                return self.column(row, asked, source)
            case One() as source:
                return self.one(row, asked, source)
            case OneOf() as source:
                return [self.one_of(row, asked, source)]
            case Many() as source:
                return lists.nested(self, row, asked, source)
        raise NotImplementedError(f"{asked.parent.name}.{asked.name} is not planned")

    def column(self, row: Row, asked: Asked, source: Column) -> Sequence[Piece]:
        name = source.name or asked.field.extensions[BACKREF].python_name
        planned = self.registry.planned[asked.parent.name]
        value = getattr(row, name) if source.sql is None else source.sql(row, **self.inputs(asked))
        if isinstance(get_nullable_type(asked.field.type), GraphQLList):
            return [text.or_null(text.encoded(value), "[]")]
        made = text.scalar(
            asked.type.name,
            value,
            enum=isinstance(asked.type, GraphQLEnumType),
            prefix=planned.noun if asked.name == "id" else None,
            nullable=planned.table is None or source.sql is not None or bool(planned.table.c[name].nullable),
        )
        visible = true() if source.visible is None else source.visible(self.sight, row)
        if always(visible):
            return made
        return [NULL] if never(visible) else [case((visible, text.joined(made)), else_=text.constant(NULL))]

    def beside(self, row: Row, type_name: str, on: Callable[..., ColumnElement[bool]], **inputs: Any) -> Row:
        """The row of another type that meets `on` and is visible, or nulls."""
        self.related()
        planned = self.registry.planned[type_name]
        assert planned.table is not None
        assert planned.visible is not None
        other = row._frame.other(planned.table)
        condition = both(on(row, other, **inputs), planned.visible(self.sight, other))
        row._frame.add(other._source, condition)
        return other

    def one(self, row: Row, asked: Asked, source: One) -> Sequence[Piece]:
        other = self.beside(row, asked.type.name, source.on, **self.inputs(asked))
        made = self.object(other, asked.below())
        if asked.required:
            return made
        return [case((other.id.is_not(None), text.joined(made)), else_=text.constant(NULL))]

    def one_of(self, row: Row, asked: Asked, source: OneOf) -> Piece:
        ways = []
        for name, on in source.on.items():
            other = self.beside(row, name, on)
            type_: Any = self.registry.schema.type_map[name]
            ways.append((other.id.is_not(None), text.joined(self.object(other, asked.below(type_)))))
        return case(*ways, else_=text.constant(NULL))


def braces(fields: Sequence[Asked], value: Callable[[Asked], Sequence[Piece]]) -> list[Piece]:
    """A JSON object; `__typename` is known."""
    made: list[Piece] = []
    for asked in fields:
        typename = asked.name == "__typename"
        made += [",", f'"{asked.key}":', *([f'"{asked.parent.name}"'] if typename else value(asked))]
    return ["{", *made[1:], "}"]
