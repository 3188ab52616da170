"""Lists below a row. Two shapes, chosen by what was measured:

grouped   all children of all parents at once, numbered within their parent, grouped and joined to it. Needs the
          parents to be a CTE and the relation to be one key; the fastest for many parents.
lateral   the children of one parent, ordered and cut, for each parent. For long lists of which few are read, for
          relations that are not one key, and below rows that are not in a CTE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BinaryExpression, ColumnElement, Subquery, func, select, true
from sqlalchemy.sql import operators

from api.planner import text
from api.planner.asked import Asked
from api.planner.cursor import Key
from api.planner.row import Frame, Row
from api.planner.source import Many, Ordering, Planned
from api.planner.text import Piece

if TYPE_CHECKING:
    from api.planner.compiler import Compiler

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
        made = [_key(sql, False) for sql in order(row)]
    made += [Key(getattr(row, column.name), nullable=False) for column in planned.table.primary_key]
    return ",".join(f"{'-' if down else ''}{name}" for name, down in chosen), made


def _key(sql: ColumnElement[Any], descending: bool) -> Key:
    return Key(sql, descending, nullable=bool(getattr(sql, "nullable", True)))


def labelled(found: Sequence[Key]) -> list[ColumnElement[Any]]:
    return [key.sql.label(f"key_{number}") for number, key in enumerate(found)]


def outside(found: Sequence[Key], rows: Any) -> list[Key]:
    """The same keys as columns of the rows that were selected with them."""
    return [Key(rows.c[f"key_{number}"], key.descending, key.nullable) for number, key in enumerate(found)]


def nested(compiler: Compiler, row: Row, asked: Asked, source: Many) -> Sequence[Piece]:
    frame = row._frame
    if source.rows is not None:
        size, costs = compiler.size(asked.given("first"), 100, frame.costs, source.typical)
        rows = source.rows(row, compiler, first=size, **_arguments(compiler, asked)).correlate(frame.base, row._source)
        found = _lateral(compiler, Frame(rows.subquery(), compiler.sight, costs=costs), asked, source)
        frame.add(found, true())
        return ["[", text.or_null(found.c.list, ""), "]"]
    planned = compiler.registry.planned[asked.type.name]
    assert planned.table is not None
    assert source.on is not None
    size, costs = compiler.size(asked.given("first"), 100, frame.costs, source.typical)
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
        found = _lateral(compiler, Frame(inner, compiler.sight, costs=costs), asked, source, outside(order, inner))
        frame.add(found, true())
    else:
        found = _grouped(compiler, child, asked, conditions, order, link, size, costs, frame)
        frame.add(found, found.c[PARENT] == link[1])
    return ["[", text.or_null(found.c.list, ""), "]"]


def _arguments(compiler: Compiler, asked: Asked) -> dict[str, Any]:
    return compiler.inputs(asked, "first")


def _link(on: ColumnElement[bool], row: Row) -> tuple[ColumnElement[Any], ColumnElement[Any]] | None:
    """The child's and the parent's side of a relation that is one equality."""
    if not isinstance(on, BinaryExpression) or on.operator is not operators.eq:
        return None
    for child, parent in ((on.left, on.right), (on.right, on.left)):
        if getattr(parent, "table", None) is row._source and getattr(child, "table", row._source) is not row._source:
            return child, parent
    return None


def _lateral(compiler: Compiler, rows: Frame, asked: Asked, source: Many, order: Sequence[Key] | None = None) -> Any:
    made = text.joined(compiler.object(rows.row, asked.below()))
    if order is None:
        assert callable(source.order)
        order = [Key(sql) for sql in source.order(rows.row)]
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
    parents: Frame,
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
    size, costs = compiler.size(asked.given("first"), 100, 0, source.typical)
    rows = source.rows(None, compiler, first=size, **_arguments(compiler, asked)).cte()
    frame = Frame(rows, compiler.sight, shared=True, costs=costs)
    made = text.joined(compiler.object(frame.row, asked.below()))
    assert callable(source.order)
    listed = text.list_of(made, *source.order(frame.row))
    return ["[", text.or_null(select(listed).select_from(frame.clause()).scalar_subquery(), ""), "]"]
