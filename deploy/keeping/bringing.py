"""Brings a copy back into a database: all of it in one transaction, which commits only when every row is verified."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import SQL, Literal

from deploy import external
from deploy.keeping import sums
from deploy.keeping.manifest import Database, Table
from deploy.keeping.snapshot import Shape, shapes
from deploy.trouble import Trouble
from deploy.upkeep import empty

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deploy.keeping.archive import Reader
    from deploy.keeping.taking import Show

OTHERS = """
    SELECT string_agg(DISTINCT coalesce(nullif(application_name, ''), usename, '?'), ', ')
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
LOOKS, BETWEEN = 30, 0.1
"""Looks for others, and seconds between two: a connection takes a moment to be gone after it was closed. They are
counted, not timed: on a machine that stands still, it does not go either."""
SETTINGS = "SET synchronous_commit = on; SET maintenance_work_mem = '256MB'"


@contextmanager
def brought(url: str, copy: Reader, name: str, told: Database, show: Show) -> Iterator[Connection]:
    """Within, the database at `url` is in a transaction as the copy was, and nobody else sees that yet.

    The transaction commits at the end, or leaves everything as it was. Raises Trouble.
    """
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import DBAPIError

    from db.migrate import sync_url

    external.check(url)
    engine = create_engine(sync_url(url), poolclass=pool.NullPool)
    try:
        with engine.connect() as outer, outer.begin():
            session = outer.connection.driver_connection
            assert isinstance(session, psycopg.Connection)
            _refuse_others(session, url)
            session.execute(SQL(sums.STEADY))
            session.execute(SQL(SETTINGS))
            empty(session)
            _load(session, copy, name, told, show)
            _verify(session, told, show)
            session.execute("RESET search_path")
            yield outer
    except psycopg.Error as fault:
        raise Trouble("restore.refused", url=external.shown(url), reason=str(fault).strip()) from fault
    except DBAPIError as fault:
        raise Trouble("restore.refused", url=external.shown(url), reason=str(fault.orig).strip()) from fault


def refuse_others(url: str) -> None:
    """Raise Trouble when somebody is connected to the database."""
    with external.connect(url) as session:
        _refuse_others(session, url)


def _refuse_others(session: psycopg.Connection[Any], url: str) -> None:
    names = None
    for _ in range(LOOKS):
        (names,) = session.execute(OTHERS).fetchone() or (None,)
        if names is None:
            return
        time.sleep(BETWEEN)
    raise Trouble("restore.in_use", url=external.shown(url), names=names)


def _load(session: psycopg.Connection[Any], copy: Reader, name: str, told: Database, show: Show) -> None:
    session.execute(copy.text(f"{name}/before.sql.zst").encode())
    for number, table in enumerate(told.tables):
        show("load", number, len(told.tables))
        columns = ", ".join(table.columns)
        words = f"COPY {table.name} ({columns}) FROM STDIN WITH (FREEZE)"
        with session.cursor() as cursor, cursor.copy(words.encode()) as filled:
            for piece in copy.pieces(f"{name}/{table.name}.copy.zst"):
                filled.write(piece)
    for sequence in told.sequences:
        words_of_it = SQL("SELECT setval({}::regclass, {}, {})")
        session.execute(words_of_it.format(Literal(sequence.name), Literal(sequence.last), Literal(sequence.called)))
    show("load", len(told.tables), len(told.tables))
    session.execute(copy.text(f"{name}/after.sql.zst").encode())


def _verify(session: psycopg.Connection[Any], told: Database, show: Show) -> None:
    """Every table has the rows it had, and there is no other. Raises Trouble."""
    found = {shape.name: shape for shape in shapes(session)}
    for name in found.keys() ^ {table.name for table in told.tables}:
        raise Trouble("restore.differs", table=name)
    for number, table in enumerate(told.tables):
        show("verify", number, len(told.tables))
        if sums.count(session, table.name, _columns(found[table.name], table)) != (table.rows, table.checksum):
            raise Trouble("restore.differs", table=table.name)


def _columns(shape: Shape, table: Table) -> list[tuple[str, str]]:
    kinds = dict(shape.columns)
    return [(column, kinds[column]) for column in table.columns if column in kinds]


__all__ = ["brought", "refuse_others"]
