"""A FROM that is being put together, and the rows in it whose columns are their attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Join

from api.visibility import Sight


class Row:
    """One table, alias or sub-select in a FROM; further tables can be joined to it."""

    def __init__(self, frame: Frame, source: FromClause) -> None:
        self._frame = frame
        self._source = source

    def __getattr__(self, name: str) -> Any:
        try:
            return self._source.c[name]
        except KeyError:
            raise AttributeError(f"{self._source} has no column {name}") from None

    @property
    def sight(self) -> Sight:
        """What the viewer may see, for conditions that look at other tables."""
        return self._frame.sight

    def join(self, name: str | None, model: Any, on: Callable[[Row], ColumnElement[bool]]) -> Row:
        """The row of `model` that meets `on`, or nulls; the same name joins once. At most one row may meet it."""
        found = self._frame.named.get((self._source, name)) if name is not None else None
        if found is None:
            found = self._frame.other(model.__table__)
            self._frame.add(found._source, on(found))
            if name is not None:
                self._frame.named[self._source, name] = found
        return found


class Frame:
    """A base, and what is left-joined to it.

    A `shared` base is a CTE, which other selects may read too; a `single` one has at most one row. `costs` is the
    number of the estimate (`compiler.Estimate`) that counts its rows.
    """

    def __init__(
        self, base: FromClause, sight: Sight, *, shared: bool = False, single: bool = False, costs: int = 0
    ) -> None:
        self.sight = sight
        self.shared = shared
        self.single = single
        self.costs = costs
        self.joins: list[tuple[FromClause, ColumnElement[bool]]] = []
        self.named: dict[tuple[FromClause, str], Row] = {}
        self.base = base
        self.row = Row(self, base)

    def add(self, source: FromClause, on: ColumnElement[bool]) -> None:
        self.joins.append((source, on))

    def other(self, table: FromClause) -> Row:
        """A further row of that table; `add` says how it is joined."""
        return Row(self, table.alias())

    def clause(self) -> FromClause:
        made = self.base
        for source, on in self.joins:
            made = Join(made, source, on, isouter=True)
        return made
