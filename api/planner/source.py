"""What the types of the graph say of themselves: where each field comes from, and who may see it.

    @planned(models.Room, "room", visible=Sight.room)
    class Room(Node):
        \"\"\"A room.\"\"\"
        number: str = column("The number on its door.", label=True)
        area: float | None = column("Area measured from its outline, m².", unit="m²")
        status: State = column("Where it stands on a day.", lambda room, as_of: ..., as_of=DAY)
        floor: Floor = one("The floor it is on.", lambda room, floor: floor.id == room.floor_id)
        sensors: list[Sensor] = many("Sensors in it.", lambda room, sensor: sensor.room_id == room.id, SensorWhere, ...)

A column without an expression is the table's column of that name. Expressions are SQLAlchemy's, over rows (`Row`).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import strawberry
from sqlalchemy import Table
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from api.directives import Hidden, Label, Requires, Risk, RiskLevel, Unit
from api.scalars import Cursor
from db.models import Role

Expression: TypeAlias = Callable[..., Any]
"""SQL over rows: called with the rows it speaks of, then with the field's arguments by name."""
Predicate: TypeAlias = Callable[[Any, Any], Any]
"""Who may see a row: called with a `Sight` and the row."""
T = TypeVar("T", bound=type)

SOURCE = "source"
NOUN = "noun"
PLANNED = "__planned__"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a type is made of: its table, the noun of its ids, who sees a row, and by which names a row is known."""

    table: Table | None
    noun: str | None = None
    visible: Predicate | None = None
    named: Sequence[Expression] = ()
    """Conditions of a row and a name, the surest first; each counts only when exactly one visible row meets it."""


@dataclass(frozen=True, slots=True)
class Column:
    sql: Expression | None = None
    visible: Predicate | None = None
    name: str | None = None
    """The table's column, where it is called otherwise."""


@dataclass(frozen=True, slots=True)
class One:
    """At most one other row: `on(row, other, **arguments)`."""

    on: Expression


@dataclass(frozen=True, slots=True)
class Ordering:
    """The orders in which rows of a type can be asked for; the first one is the usual."""

    name: str
    keys: Mapping[str, Expression]
    descending: bool = False
    inputs: Any = None
    """The list of inputs that choose one, None where callers cannot."""


@dataclass(frozen=True, slots=True)
class Many:
    """Other rows: `on(row, other)`, or `rows(row, listing)` where no table has them as they are.

    `rows` selects what it is asked for, at most `listing.first`; `order` is over the rows that it gives.

    `typical` is how many there usually are, for estimates; of `long` ones there may be thousands, and few are read.
    """

    on: Expression | None = None
    rows: Expression | None = None
    order: Ordering | Callable[..., Sequence[Any]] | None = None
    typical: int = 10
    long: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """A member of a union: the first of the types (by name) whose row is there."""

    on: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class ByKey:
    """A root field: one object by its id or name."""


@dataclass(frozen=True, slots=True)
class Page:
    """A root field: a connection; `typical` is how many there usually are."""

    order: Ordering
    typical: int = 1000


@dataclass(frozen=True, slots=True)
class Alone:
    """A root field that is there once: `rows(sight, **arguments)` selects at most one row."""

    rows: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class AnyNode:
    """A root field: any object by its id."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An input field that narrows: `sql(row, value, **other inputs)`; without `sql` it only serves the others."""

    sql: Expression | None = None
    others: tuple[str, ...] = field(default=())


def planned(
    model: Any,
    noun: str | None = None,
    *,
    visible: Predicate | None = None,
    named: Sequence[Expression] = (),
    name: str | None = None,
) -> Callable[[T], T]:
    """Make a class a type of the graph that is read by the planner; its docstring is its description."""

    def decorate(cls: T) -> T:
        table = model.__table__ if model is not None else None
        setattr(cls, PLANNED, Planned(table, noun, visible, named))
        return strawberry.type(cls, name=name, description=inspect.cleandoc(cls.__doc__ or ""))

    return decorate


def argument(
    annotation: Any,
    description: str,
    *,
    default: Any = strawberry.UNSET,
    noun: str | None = None,
    name: str | None = None,
) -> Any:
    """An argument of a field; its Python name is the keyword under which it is given to `column`, `one` or `many`."""
    return StrawberryArgument(
        python_name="",
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=default,
        metadata={NOUN: noun},
    )


def sourced(description: str, source: object, arguments: Mapping[str, Any], directives: Sequence[object] = ()) -> Any:
    made = StrawberryField(description=description, metadata={SOURCE: source}, directives=tuple(directives))
    made.arguments = [_named(python_name, each) for python_name, each in arguments.items()]
    return made


def _named(python_name: str, given: StrawberryArgument) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=python_name,
        graphql_name=given.graphql_name,
        type_annotation=given.type_annotation,
        description=given.description,
        default=given.default,
        metadata=given.metadata,
    )


def _unit(unit: str | None) -> list[object]:
    """`m²` is a symbol, `.currency` the sibling field that holds it."""
    if unit is None:
        return []
    return [Unit(field=unit[1:])] if unit.startswith(".") else [Unit(symbol=unit)]


def column(
    description: str,
    sql: Expression | None = None,
    *,
    name: str | None = None,
    label: bool = False,
    unit: str | None = None,
    visible: Predicate | None = None,
    **arguments: Any,
) -> Any:
    directives = [*([Label()] if label else []), *_unit(unit)]
    return sourced(description, Column(sql, visible, name), arguments, directives)


def one(description: str, on: Expression, **arguments: Any) -> Any:
    return sourced(description, One(on), arguments)


def one_of(description: str, **on: Expression) -> Any:
    return sourced(description, OneOf(on), {})


def many(
    description: str,
    on: Expression | None = None,
    where: Any = None,
    order: Ordering | Callable[..., Sequence[Any]] | None = None,
    *,
    rows: Expression | None = None,
    first: int | None = 100,
    typical: int = 10,
    long: bool = False,
    **arguments: Any,
) -> Any:
    """A bounded list; `order` is one that callers can choose from, or fixed keys over the row."""
    asked = dict(arguments)
    if where is not None:
        asked["where"] = argument(where | None, "Which of them.")
    if isinstance(order, Ordering):
        asked["order_by"] = argument(order.inputs | None, "In which order.")
    if first is not None:
        asked["first"] = argument(int | None, "At most so many of them.", default=first)
    return sourced(description, Many(on, rows, order, typical, long), asked)


READ = Risk(level=RiskLevel.READ)


def alone(description: str, rows: Callable[..., Any], *, roles: Sequence[Role] = (), **arguments: Any) -> Any:
    directives = [READ, *([Requires(roles=list(roles))] if roles else [])]
    return sourced(description, Alone(rows), arguments, directives)


def any_node(description: str) -> Any:
    asked = {"id": argument(strawberry.ID, "The id of any object, such as room_12.")}
    return sourced(description, AnyNode(), asked, [READ, Hidden()])


def by_key(description: str, noun: str, id_is: str) -> Any:
    return sourced(description, ByKey(), {"id": argument(strawberry.ID, id_is, noun=noun)}, [READ])


def listed(description: str, rows: Expression, order: Expression, *, first: int, **arguments: Any) -> Any:
    """A root field that is a bounded list of rows that no table has as they are."""
    asked = {**arguments, "first": argument(int | None, "At most so many of them.", default=first)}
    return sourced(description, Many(rows=rows, order=order, typical=5000), asked, [READ])


def page(description: str, where: Any, order: Ordering, *, roles: Sequence[Role] = (), typical: int = 1000) -> Any:
    """A root field that is a connection; `roles` are those that may ask at all."""
    asked: dict[str, Any] = {"where": argument(where | None, "Which of them.")}
    if order.inputs is not None:
        asked["order_by"] = argument(order.inputs | None, "In which order.")
    asked |= {
        "first": argument(int | None, "So many from the start or from `after`; 50 unless said."),
        "after": argument(Cursor | None, "Only those after this cursor."),
        "last": argument(int | None, "So many from the end or up to `before`, instead of `first`."),
        "before": argument(Cursor | None, "Only those before this cursor."),
    }
    directives = [READ, *([Requires(roles=list(roles))] if roles else [])]
    return sourced(description, Page(order, typical), asked, directives)


def condition(
    description: str,
    sql: Expression | None = None,
    *,
    noun: str | None = None,
    unit: str | None = None,
    name: str | None = None,
) -> Any:
    """An input field that narrows a list; parameters of `sql` after row and value are other inputs by name."""
    others = tuple(inspect.signature(sql).parameters)[2:] if sql is not None else ()
    return strawberry.field(
        name=name,
        description=description,
        default=strawberry.UNSET,
        directives=_unit(unit),
        metadata={SOURCE: Condition(sql, others), NOUN: noun},
    )
