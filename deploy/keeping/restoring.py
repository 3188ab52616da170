"""Puts a house back as a copy has it: both databases, brought to this version, the change stream begun anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from deploy import external
from deploy.folder import Secrets
from deploy.keeping import sealing
from deploy.keeping.archive import Reader
from deploy.keeping.bringing import brought, refuse_others
from deploy.keeping.taking import BUILDING, MEMORY, SEALED
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deploy.keeping.taking import Show

PLAIN = "secrets.json"
"""What copies held that were made before keys were sealed."""


@dataclass(frozen=True)
class Restored:
    """What was done."""

    rows: int
    tables: int
    upgraded: bool
    memory: bool


def opened(file: Path) -> Reader:
    """The copy, checked whole before anything is touched. Raises Trouble."""
    from db import migrate

    copy = Reader(file)
    try:
        revision = copy.manifest.building.revision
        if revision is None or not migrate.known(revision):
            raise Trouble("restore.newer", file=file, made=copy.manifest.markoff)
        copy.check()
    except Trouble:
        copy.close()
        raise
    return copy


def restore(copy: Reader, building: str, memory: str | None, show: Show) -> Restored:
    """Replace what is in the databases by the copy; until both are whole and verified, nothing is changed."""
    from db import migrate

    told = copy.manifest
    for url in filter(None, (building, memory)):
        refuse_others(url)
    with_memory = told.memory is not None and memory is not None
    with ExitStack() as stack:
        connection = stack.enter_context(brought(building, copy, BUILDING, told.building, show))
        if told.memory is not None and memory is not None:
            stack.enter_context(brought(memory, copy, MEMORY, told.memory, show))
        upgraded = migrate.upgrade_within(connection)
        _begin_anew(connection)
    for url in filter(None, (building, memory)):
        _analyze(url)
    tables = len(told.building.tables) + (len(told.memory.tables) if with_memory and told.memory else 0)
    return Restored(told.rows, tables, upgraded, with_memory)


def secrets_of(copy: Reader, passphrase: Callable[[], str]) -> str | None:
    """The text of secrets.json, where the copy has it. Raises Trouble: a wrong passphrase, or none that we can use."""
    if not copy.manifest.secrets:
        return None
    try:
        sealed = SEALED in copy.manifest.parts
        text = sealing.unseal(copy.text(SEALED), passphrase()) if sealed else copy.text(PLAIN)
        Secrets(**json.loads(text))
    except (KeyError, ValueError, TypeError) as fault:
        raise Trouble("restore.unsealable") from fault
    return text


def _begin_anew(connection: Connection) -> None:
    """In the transaction that brings the rows: killed after it, we leave no house that takes cursors of the old one."""
    from db.changes import BEGIN_EPOCH
    from db.clock import real
    from db.epochs import UNSETTLE

    session = connection.connection.driver_connection
    assert isinstance(session, psycopg.Connection)
    session.execute(UNSETTLE)
    psycopg.RawCursor(session).execute(BEGIN_EPOCH, [real()])


def _analyze(url: str) -> None:
    """Let the planner know what is there; without it the first hours would be slow."""
    with external.connect(url) as session:
        session.execute("ANALYZE")


__all__ = ["Restored", "opened", "restore", "secrets_of"]
