"""Puts a house back as a copy has it: both databases, brought to this version, the change stream begun anew."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import external, upkeep
from deploy.keeping.archive import Reader
from deploy.keeping.bringing import brought, refuse_others
from deploy.keeping.taking import BUILDING, MEMORY, SECRETS
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.keeping.taking import Show


@dataclass(frozen=True)
class Restored:
    """What was done."""

    rows: int
    tables: int
    upgraded: bool
    memory: bool
    secrets: str | None
    """The text of secrets.json, where the copy has it."""


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
    upkeep.begin_anew(building)
    for url in filter(None, (building, memory)):
        _analyze(url)
    tables = len(told.building.tables) + (len(told.memory.tables) if with_memory and told.memory else 0)
    secrets = copy.text(SECRETS) if told.secrets else None
    return Restored(told.rows, tables, upgraded, with_memory, secrets)


def _analyze(url: str) -> None:
    """Let the planner know what is there; without it the first hours would be slow."""
    with external.connect(url) as session:
        session.execute("ANALYZE")


__all__ = ["Restored", "opened", "restore"]
