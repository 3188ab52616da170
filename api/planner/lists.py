"""Lists below a row. Two shapes, chosen by what was measured:

grouped   all children of all parents at once, numbered within their parent, grouped and joined to it. Needs the
          parents to be a CTE and the relation to be one key; the fastest for many parents.
lateral   the children of one parent, ordered and cut, for each parent. For long lists of which few are read, for
          relations that are not one key, and below rows that are not in a CTE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BinaryExpression, ColumnElement, Subquery, func, select, true
from sqlalchemy.sql import operators

from api.planner import text
from api.planner.asked import Asked
from api.planner.cursor import Key
from api.planner.row import Frame, Row
from api.planner.source import Many, Ordering, Planned
from api.planner.text import Piece
from api.visibility import Sight

if TYPE_CHECKING:
    from api.planner.compiler import Compiler

USUAL = 100
PLACE = "place_"
PARENT = "parent_"


def keys(row: Row, planned: Planned, order: Any, asked: Asked | None) -> tuple[str, list[Key]]:
    """The order that is asked for, with the primary key as the last word, and its signature."""
    assert planned.table is not None
    chosen: list[tuple[str, bool]] = []
    made: list[Key] = []
    if isinstance(order, Ordering):
        given = asked.given("orderBy") if asked is not None and order.inputs is not None else None
        chosen = [
            (item.value["field"].name, item.value["direction"].name == "DESC")
            for item in (given.items if given else ())
        ] or [(next(iter(order.keys)), order.descending)]
        made = [_key(order.keys[name](row), descending) for name, descending in chosen]
    elif order is not None:
        made = [_key(sql) for sql in order(row)]
    made += [Key(getattr(row, column.name), nullable=False) for column in planned.table.primary_key]
    return ",".join(f"{'-' if down else ''}{name}" for name, down in chosen), made


def _key(sql: ColumnElement[Any] | Key, descending: bool = False) -> Key:
    if isinstance(sql, Key):
        return sql
    return Key(sql, descending, nullable=bool(getattr(sql, "nullable", True)))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list that is no table is told about how it is asked for."""

    sight: Sight
    first: ColumnElement[int]
    """At most so many rows."""
    given: Mapping[str, Any]
    """The other arguments by their Python names: SQL, or values that shape it; None where not given."""
    where: Callable[[Any], list[ColumnElement[bool]]]
    """The conditions of the `where` argument, over a row."""


def listing(compiler: Compiler, asked: Asked, source: Many, above: int) -> tuple[Listing, int]:
    size, costs = sized(compiler, asked, source, above)
    given = compiler.inputs(asked, "first")
    return Listing(compiler.sight, size, given, lambda row: compiler.where(row, asked)), costs


def sized(compiler: Compiler, asked: Asked, source: Many, above: int) -> tuple[Any, int]:
    """The bound length of a list, and which estimate counts it."""
    given = asked.given("first") if "first" in asked.field.args else None
    return compiler.size(given, USUAL, above, source.typical)


def labelled(found: Sequence[Key]) -> list[ColumnElement[Any]]:
    return [key.sql.label(f"key_{number}") for number, key in enumerate(found)]


def outside(found: Sequence[Key], rows: Any) -> list[Key]:
    """The same keys as columns of the rows that were selected with them."""
    return [Key(rows.c[f"key_{number}"], key.descending, key.nullable) for number, key in enumerate(found)]


def nested(compiler: Compiler, row: Row, asked: Asked, source: Many) -> Sequence[Piece]:
    frame = row._frame
    if source.rows is not None:
        told, costs = listing(compiler, asked, source, frame.costs)
        rows = Frame(source.rows(row, told).subquery(), compiler.sight, costs=costs)
        found = _lateral(compiler, rows, asked, ordered(source, rows.row))
        frame.add(found, true())
        return ["[", text.or_null(found.c.list, ""), "]"]
    planned = compiler.registry.planned[asked.type.name]
    assert planned.table is not None
    assert source.on is not None
    size, costs = sized(compiler, asked, source, frame.costs)
    child = Frame(planned.table.alias(), compiler.sight)
    on = source.on(row, child.row)
    conditions = compiler.where(child.row, asked)
    if planned.visible is not None:
        conditions.append(planned.visible(compiler.sight, child.row))
    _, order = keys(child.row, planned, source.order, asked)
    link = _link(on, row) if frame.shared and row._source is frame.base and not source.long else None
    if link is None:
        inner = (
            select(*child.base.c, *labelled(order))
            .select_from(child.clause())
            .where(on, *conditions)
            .order_by(*(key.ordered() for key in order))
            .limit(size)
            .correlate(row._source)
            .subquery()
        )
        found = _lateral(compiler, Frame(inner, compiler.sight, costs=costs), asked, outside(order, inner))
        frame.add(found, true())
    else:
        found = _grouped(compiler, child, asked, conditions, order, link, size, costs)
        frame.add(found, found.c[PARENT] == link[1])
    return ["[", text.or_null(found.c.list, ""), "]"]


def ordered(source: Many, row: Row) -> list[Key]:
    assert callable(source.order)
    return [_key(sql) for sql in source.order(row)]


def _link(on: ColumnElement[bool], row: Row) -> tuple[ColumnElement[Any], ColumnElement[Any]] | None:
    """The child's and the parent's side of a relation that is one equality."""
    if not isinstance(on, BinaryExpression) or on.operator is not operators.eq:
        return None
    for child, parent in ((on.left, on.right), (on.right, on.left)):
        if getattr(parent, "table", None) is row._source and getattr(child, "table", row._source) is not row._source:
            return child, parent
    return None


def _lateral(compiler: Compiler, rows: Frame, asked: Asked, order: Sequence[Key]) -> Any:
    made = text.joined(compiler.object(rows.row, asked.below()))
    listed = text.list_of(made, *(key.ordered() for key in order))
    return select(listed.label("list")).select_from(rows.clause()).lateral()


def _grouped(
    compiler: Compiler,
    child: Frame,
    asked: Asked,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Key],
    link: tuple[ColumnElement[Any], ColumnElement[Any]],
    size: Any,
    costs: int,
) -> Subquery:
    mine, theirs = link
    place = func.row_number().over(partition_by=mine, order_by=[key.ordered() for key in order])
    numbered = (
        select(*child.base.c, mine.label(PARENT), place.label(PLACE))
        .select_from(child.clause())
        .where(mine.in_(select(theirs)), *conditions)
        .subquery()
    )
    rows = select(*numbered.c).where(numbered.c[PLACE] <= size).cte()
    frame = Frame(rows, compiler.sight, shared=True, costs=costs)
    made = text.joined(compiler.object(frame.row, asked.below()))
    return (
        select(rows.c[PARENT], text.list_of(made, rows.c[PLACE]).label("list"))
        .select_from(frame.clause())
        .group_by(rows.c[PARENT])
        .subquery()
    )


def alone(compiler: Compiler, asked: Asked, source: Many) -> Sequence[Piece]:
    """A bounded list at the root."""
    assert source.rows is not None
    told, costs = listing(compiler, asked, source, 0)
    frame = Frame(source.rows(None, told).cte(), compiler.sight, shared=True, costs=costs)
    made = text.joined(compiler.object(frame.row, asked.below()))
    listed = text.list_of(made, *(key.ordered() for key in ordered(source, frame.row)))
    return ["[", text.or_null(select(listed).select_from(frame.clause()).scalar_subquery(), ""), "]"]
