"""Things by the names people use for them. The database finds them (migration `20261122_search`); who may see them is
the caller's part: join the candidates with the rows that the viewer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, TableValuedAlias, Text, column, func

from db.engine import Connection

KINDS = ("BUILDING", "FLOOR", "ROOM", "TENANT", "LEASE", "SENSOR")
SEARCH = "SELECT kind, id, score, label FROM physical.search($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: `score` is 1 for the very name and falls towards 0; `label` is how people call it."""

    kind: str
    id: int
    score: float
    label: str


async def search(
    connection: Connection, query: str, kinds: Sequence[str] | None = None, most: int | None = None
) -> list[Hit]:
    """All that may be meant, whoever may see it, the best first; `most` None: without limit."""
    return [Hit(*row) for row in await connection.fetch(SEARCH, query, kinds, most)]


def candidates(query: ColumnElement[str], kinds: ColumnElement[Any]) -> TableValuedAlias:
    """All that may be meant, whoever may see it, as a table (kind, id, score, place) for a larger statement.

    There is no limit: hidden ones would push visible ones out. `label` says how those that remain are called.
    """
    return func.physical.search_scored(query, kinds).table_valued(
        column("kind", Text), column("id", BigInteger), column("score", Float), column("place", BigInteger)
    )


def label(kind: ColumnElement[str], key: ColumnElement[int]) -> ColumnElement[str]:
    """SQL for how people call a thing: a room by number and name."""
    return func.physical.search_label(kind, key)
