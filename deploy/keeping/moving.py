"""Moves a house from the database in its data folder to a server, by way of a verified copy."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from deploy import console, external, reach, upkeep
from deploy.folder import DataFolder, Server, told_apart
from deploy.keeping.restoring import opened, restore
from deploy.keeping.taking import take
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.keeping.taking import Show


@dataclass(frozen=True)
class Moved:
    """What was done."""

    rows: int
    folder: Path


def move(data: Path | None, url: str, memory_url: str | None, show: Show, *, yes: bool) -> Moved:
    """Until the last row is verified there, the house is where it was. Raises Trouble."""
    folder = DataFolder(data)
    if not folder.exists:
        raise Trouble("house.absent", folder=folder.path, where=told_apart(folder.path))
    if server := folder.server():
        raise Trouble("move.moved", folder=folder.path, database=external.shown(server.building))
    upkeep.refuse_running(folder.path, None)
    external.check(url)
    if upkeep.holds_anything(url) and not (yes or console.agrees("restore.overwrite?", where=external.shown(url))):
        raise Trouble("restore.kept")
    memory_there = memory_url or external.memory(url, folder.secrets().memory_password)
    with reach.both_databases(folder.path, None) as (building, memory), _draft(folder) as file:
        take(file, building, memory, None, show)
        file.flush()
        with opened(Path(file.name)) as copy:
            done = restore(copy, url, memory_there, show)
    folder.moved(Server(url, memory_there))
    return Moved(done.rows, folder.path)


def _draft(folder: DataFolder) -> IO[bytes]:
    return tempfile.NamedTemporaryFile(dir=folder.path, prefix="moving-")


__all__ = ["Moved", "move"]
