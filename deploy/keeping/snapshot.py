"""One moment of one database, held still while it is read; those who use the house are not held up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL

from deploy import external
from deploy.keeping.sums import STEADY
from deploy.trouble import Trouble

Session = psycopg.Connection[tuple[Any, ...]]

TRIES = 5
TABLES = r"""
    SELECT format('%I.%I', n.nspname, c.relname), array_agg(quote_ident(a.attname) ORDER BY a.attnum),
        array_agg(t.typname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    GROUP BY c.oid, n.nspname, c.relname ORDER BY n.nspname, c.relname
"""
SEQUENCES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' ORDER BY 1
"""


@dataclass(frozen=True)
class Shape:
    """A table's quoted name, and its columns: quoted name and type."""

    name: str
    columns: list[tuple[str, str]]


@dataclass(frozen=True)
class Moment:
    """A snapshot that other sessions can look at, as long as its own stays open."""

    url: str
    session: Session
    snapshot: str
    shapes: list[Shape]

    @contextmanager
    def another(self) -> Iterator[Session]:
        """Another session that sees the same."""
        with external.connect(self.url) as session:
            session.execute(STEADY)
            session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            session.execute(SQL("SET TRANSACTION SNAPSHOT '{}'").format(SQL(self.snapshot)))
            yield session


@contextmanager
def held(url: str) -> Iterator[Moment]:
    """This moment of the database; none of its tables can be dropped within. Raises Trouble."""
    with external.connect(url) as session:
        session.execute(STEADY)
        for _ in range(TRIES):
            wanted = shapes(session)
            try:
                session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                if wanted:
                    names = ", ".join(f"ONLY {shape.name}" for shape in wanted)
                    session.execute(SQL(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))
                row = session.execute("SELECT pg_export_snapshot()").fetchone()
                if row is not None and shapes(session) == wanted:
                    yield Moment(url, session, str(row[0]), wanted)
                    return
            except psycopg.errors.UndefinedTable:
                pass  # a month was dropped in between
            except psycopg.errors.InsufficientPrivilege as refusal:
                raise Trouble("backup.unreadable", url=external.shown(url), reason=str(refusal).strip()) from refusal
            session.execute("ROLLBACK")
        raise Trouble("backup.unsteady", url=external.shown(url))


def shapes(session: Session) -> list[Shape]:
    """All tables that hold rows."""
    rows = session.execute(TABLES).fetchall()
    return [Shape(name, list(zip(columns, kinds, strict=True))) for name, columns, kinds in rows]


__all__ = ["SEQUENCES", "Moment", "Session", "Shape", "held", "shapes"]
