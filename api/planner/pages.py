"""Connections: a page of an order, forwards or backwards from a cursor, with what lies around it (Relay)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import CTE, ColumnElement, Text, cast, exists, func, literal_column, select, type_coerce

from api.errors import Fault
from api.planner import cursor, lists, text
from api.planner.asked import Asked
from api.planner.compiler import braces
from api.planner.cursor import Key
from api.planner.row import Frame
from api.planner.source import Page, Planned
from api.planner.text import Piece

if TYPE_CHECKING:
    from api.planner.compiler import Compiler

USUAL = 50
PLACE = lists.PLACE


class Paging:
    """One connection on its way to SQL."""

    def __init__(self, compiler: Compiler, asked: Asked, source: Page) -> None:
        assert isinstance(asked.type, GraphQLObjectType)
        compiler.related(3)
        self.compiler = compiler
        self.asked = asked
        self.order = source.order
        node: Any = get_named_type(asked.type.fields["nodes"].type)
        self.planned: Planned = compiler.registry.planned[node.name]
        self.backwards = asked.given("last") is not None
        if self.backwards and asked.given("first") is not None:
            raise Fault("FIRST_AND_LAST")
        self.size, costs = compiler.size(asked.given("last" if self.backwards else "first"), USUAL, 0, source.typical)
        frame, conditions = self.matching()
        self.signature, keys = lists.keys(frame.row, self.planned, self.order, asked)
        self.signature = f"{node.name}:{self.signature}"
        window = [beyond for name in ("after", "before") if (beyond := self.beyond(keys, name)) is not None]
        page = (
            select(*frame.base.c, *lists.labelled(keys))
            .select_from(frame.clause())
            .where(*conditions, *window)
            .order_by(*(key.ordered(backwards=self.backwards) for key in keys))
            .limit(self.size + literal_column("1"))
            .cte()
        )
        self.page = page
        self.rows = self.numbered(page, lists.outside(keys, page))
        self.keys = lists.outside(keys, self.rows)
        self.frame = Frame(self.rows, compiler.sight, shared=True, costs=costs)

    def matching(self) -> tuple[Frame, list[ColumnElement[bool]]]:
        """The table, and what makes a row of it one of the connection's; anew for each use."""
        assert self.planned.table is not None
        assert self.planned.visible is not None
        frame = Frame(self.planned.table.alias(), self.compiler.sight)
        visible = self.planned.visible(self.compiler.sight, frame.row)
        return frame, [visible, *self.compiler.where(frame.row, self.asked)]

    def beyond(self, keys: Sequence[Key], name: str) -> ColumnElement[bool] | None:
        """Rows on the far side of a cursor that is given: after `after`, before `before`."""
        given = self.asked.given(name)
        if given is None:
            return None
        signature, order = self.signature, list(keys)

        def bound(number: int) -> ColumnElement[Any]:
            return self.compiler.bind(
                lambda variables: cursor.read(given.read(variables), signature, order)[number], order[number].sql.type
            )

        place = cursor.read(given.value, signature, order)
        values = [None if value is None else bound(number) for number, value in enumerate(place)]
        return cursor.beyond(order, values, backwards=name == "before")

    def numbered(self, page: CTE, keys: Sequence[Key]) -> CTE:
        """The page without the row that only shows that there are more; numbered in reading order from the cursor."""
        place = func.row_number().over(order_by=[key.ordered(backwards=self.backwards) for key in keys])
        all_ = select(*page.c, place.label(PLACE)).subquery()
        return select(*all_.c).where(all_.c[PLACE] <= self.size).cte()

    # -- what is asked of it

    def text(self) -> ColumnElement[str]:
        pieces = braces(self.asked.below(), self.field)
        made = select(text.joined(pieces)).select_from(self.frame.clause()).group_by(literal_column("()"))
        return type_coerce(made.scalar_subquery(), text.Bulk())

    def field(self, asked: Asked) -> Sequence[Piece]:
        match asked.name:
            case "nodes":
                return self.listed(self.compiler.object(self.frame.row, asked.below()))
            case "edges":
                return self.listed(braces(asked.below(), self.edge))
            case "totalCount":
                frame, conditions = self.matching()
                total = select(func.count()).select_from(frame.clause()).where(*conditions)
                return [cast(total.scalar_subquery(), Text)]
            case "pageInfo":
                return braces(asked.below(), self.info)
        raise NotImplementedError(asked.name)

    def listed(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        place = self.rows.c[PLACE]
        listed = text.list_of(text.joined(pieces), place.desc() if self.backwards else place)
        return ["[", text.bulk(listed, ""), "]"]

    def edge(self, asked: Asked) -> Sequence[Piece]:
        if asked.name == "cursor":
            return ['"', cursor.written(self.signature, self.keys), '"']
        return self.compiler.object(self.frame.row, asked.below())

    def info(self, asked: Asked) -> Sequence[Piece]:
        match asked.name:
            case "hasNextPage":
                return [cast(self.more("before") if self.backwards else self.extra(), Text)]
            case "hasPreviousPage":
                return [cast(self.extra() if self.backwards else self.more("after"), Text)]
            case "startCursor":
                return [self.end(first=not self.backwards)]
            case "endCursor":
                return [self.end(first=self.backwards)]
        raise NotImplementedError(asked.name)

    def extra(self) -> ColumnElement[bool]:
        """There are further rows in the direction of reading."""
        counted = select(func.count()).select_from(self.page).scalar_subquery()
        return counted > self.size

    def more(self, name: str) -> ColumnElement[bool]:
        """There are rows on the near side of the cursor from which the page was read."""
        if self.asked.given(name) is None:
            return literal_column("false")
        frame, conditions = self.matching()
        _, keys = lists.keys(frame.row, self.planned, self.order, self.asked)
        beyond = self.beyond(keys, name)
        assert beyond is not None
        return exists(select(literal_column("1")).select_from(frame.clause()).where(*conditions, ~beyond))

    def end(self, *, first: bool) -> Piece:
        """The cursor of the first or the last row read; null when there is none."""
        code = cursor.written(self.signature, self.keys)
        place = self.rows.c[PLACE]
        found = select(code).order_by(place if first else place.desc()).limit(literal_column("1")).scalar_subquery()
        return text.or_null(text.joined(['"', found, '"']))
