"""Where the memory of a house lies that is to be copied or brought back: in its data folder, or on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import external, reach
from deploy.folder import DataFolder
from deploy.told import told
from deploy.trouble import Trouble


@dataclass(frozen=True)
class Place:
    """A building's database, the agent's where it is known, and the data folder where there is one."""

    building: str
    memory: str | None
    folder: DataFolder | None


@contextmanager
def place(data: Path | None, url: str | None, *, new: bool = False) -> Iterator[Place]:
    """The house of `url` or of the folder `data`, good within; `new` makes one where there is none. Raises Trouble."""
    with reach.both_databases(data, url, new=new) as (building, memory):
        folder = DataFolder(data)
        known = folder if folder.exists else None
        yield Place(building, memory or _memory(building, known), known)


def _memory(building: str, folder: DataFolder | None) -> str | None:
    """The agent's database beside a building's on a server: named in the settings, or made by `markoff up`."""
    if named := told("MARKOFF_MEMORY_URL", "MARKOFF_AGENT_DATABASE_URL", place="agent.memory_url"):
        return named
    if folder is None:
        return None
    try:
        return external.memory_there(building, folder.secrets().memory_password)
    except Trouble:
        return None


__all__ = ["Place", "place"]
