"""Lists below a row, in the shape that was measured to be the fastest for how they are asked for:

of one    the parent is a single row: its children, ordered and cut
whole     many parents: all children at once, aggregated by their parent; each list is cut afterwards
numbered  the same for children with lists of their own: numbered within their parent and cut before those are made
lateral   the children of one parent, ordered and cut, for each parent: for long lists of which few are read, for
          relations that are not one equality of keys, and below rows that are not in a CTE
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BinaryExpression, ColumnElement, Float, FromClause, Select, func, select, true
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
        wanted: dict[str, bool] = {}
        for item in given.items if given is not None else ():
            wanted.setdefault(item.value["field"].name, item.value["direction"].name == "DESC")
        chosen = list(wanted.items()) or [(next(iter(order.keys)), order.descending)]
        made = [_key(order.keys[name](row), descending) for name, descending in chosen]
    elif order is not None:
        made = [_key(sql) for sql in order(row)]
    made += [Key(getattr(row, column.name), nullable=False) for column in planned.table.primary_key]
    return ",".join(f"{'-' if down else ''}{name}" for name, down in chosen), made


def _key(sql: ColumnElement[Any] | Key, descending: bool = False) -> Key:
    if isinstance(sql, Key):
        return sql
    if isinstance(sql.type, Float):
        return Key(text.finite(sql), descending)
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
    """The length of a list, and which estimate counts it."""
    compiler.related()
    given = asked.given("first") if "first" in asked.field.args else None
    return compiler.size(given, USUAL, above, source.typical)


def labelled(found: Sequence[Key]) -> list[ColumnElement[Any]]:
    return [key.sql.label(f"key_{number}") for number, key in enumerate(found)]


def outside(found: Sequence[Key], rows: Any) -> list[Key]:
    """The same keys as columns of the rows that were selected with them."""
    return [Key(rows.c[f"key_{number}"], key.descending, key.nullable) for number, key in enumerate(found)]


def nested(compiler: Compiler, row: Row, asked: Asked, source: Many) -> Sequence[Piece]:
    """A list below a row, joined to the row's frame."""
    if source.rows is not None:
        told, costs = listing(compiler, asked, source, row._frame.costs)
        rows = Frame(source.rows(row, told).subquery(), compiler.sight, costs=costs)
        found: FromClause = aggregated(compiler, rows, asked, ordered(source, rows.row)).lateral()
        row._frame.add(found, true())
    else:
        found = Children(compiler, row, asked, source).joined()
    return ["[", text.bulk(found.c.list, ""), "]"]


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


def aggregated(compiler: Compiler, rows: Frame, asked: Asked, order: Sequence[Key]) -> Select[Any]:
    """All rows of a frame as one list."""
    made = text.joined(compiler.object(rows.row, asked.below()))
    listed = text.list_of(made, *(key.ordered() for key in order))
    return select(listed.label("list")).select_from(rows.clause())


class Children:
    """Rows of a table below a row, on their way to SQL."""

    def __init__(self, compiler: Compiler, row: Row, asked: Asked, source: Many) -> None:
        planned = compiler.registry.planned[asked.type.name]
        assert planned.table is not None
        assert source.on is not None
        self.compiler = compiler
        self.row = row
        self.asked = asked
        self.long = source.long
        self.parents = row._frame
        self.size, self.costs = sized(compiler, asked, source, self.parents.costs)
        self.child = Frame(planned.table.alias(), compiler.sight, costs=self.costs)
        self.on = source.on(row, self.child.row)
        self.conditions = compiler.where(self.child.row, asked)
        if planned.visible is not None:
            self.conditions.append(planned.visible(compiler.sight, self.child.row))
        _, self.order = keys(self.child.row, planned, source.order, asked)

    def joined(self) -> FromClause:
        """What has the lists as its column `list`, joined to the parents."""
        link = _link(self.on, self.row) if self.parents.shared and self.row._source is self.parents.base else None
        if link is None or (self.long and not self.parents.single):
            return self._join(self._lateral(), true())
        mine, theirs = link
        if self.parents.single:
            return self._join(self._of_one(mine, theirs), true())
        made = self._numbered(mine, theirs) if self.asked.has_lists() else self._whole(mine, theirs)
        return self._join(made, made.c[PARENT] == theirs)

    def _join(self, made: FromClause, on: ColumnElement[bool]) -> FromClause:
        self.parents.add(made, on)
        return made

    def _cut(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return (
            select(*self.child.base.c, *labelled(self.order))
            .select_from(self.child.clause())
            .where(*conditions, *self.conditions)
            .order_by(*(key.ordered() for key in self.order))
            .limit(self.size)
        )

    def _lateral(self) -> FromClause:
        inner = self._cut(self.on).correlate(self.row._source).subquery()
        rows = Frame(inner, self.compiler.sight, costs=self.costs)
        return aggregated(self.compiler, rows, self.asked, outside(self.order, inner)).lateral()

    def _of_one(self, mine: ColumnElement[Any], theirs: ColumnElement[Any]) -> FromClause:
        inner = self._cut(mine == select(theirs).scalar_subquery()).cte()
        rows = Frame(inner, self.compiler.sight, shared=True, costs=self.costs)
        return aggregated(self.compiler, rows, self.asked, outside(self.order, inner)).subquery()

    def _whole(self, mine: ColumnElement[Any], theirs: ColumnElement[Any]) -> FromClause:
        made = text.joined(self.compiler.object(self.child.row, self.asked.below()))
        listed = text.first_of(self.size, made, *(key.ordered() for key in self.order))
        return (
            select(mine.label(PARENT), listed.label("list"))
            .select_from(self.child.clause())
            .where(mine.in_(select(theirs)), *self.conditions)
            .group_by(mine)
            .subquery()
        )

    def _numbered(self, mine: ColumnElement[Any], theirs: ColumnElement[Any]) -> FromClause:
        place = func.row_number().over(partition_by=mine, order_by=[key.ordered() for key in self.order])
        numbered = (
            select(*self.child.base.c, mine.label(PARENT), place.label(PLACE))
            .select_from(self.child.clause())
            .where(mine.in_(select(theirs)), *self.conditions)
            .subquery()
        )
        rows = select(*numbered.c).where(numbered.c[PLACE] <= self.size).cte()
        frame = Frame(rows, self.compiler.sight, shared=True, costs=self.costs)
        listed = aggregated(self.compiler, frame, self.asked, [Key(rows.c[PLACE], nullable=False)])
        return listed.add_columns(rows.c[PARENT]).group_by(rows.c[PARENT]).subquery()


def alone(compiler: Compiler, asked: Asked, source: Many) -> Sequence[Piece]:
    """A bounded list at the root."""
    assert source.rows is not None
    told, costs = listing(compiler, asked, source, 0)
    frame = Frame(source.rows(None, told).cte(), compiler.sight, shared=True, costs=costs)
    listed = aggregated(compiler, frame, asked, ordered(source, frame.row))
    return ["[", text.bulk(listed.scalar_subquery(), ""), "]"]
