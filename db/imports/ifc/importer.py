"""Bring an IFC file into the house: read, then keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db.engine import Pool
from db.imports.ifc.model import Model, Progress
from db.imports.ifc.reader import read
from db.imports.ifc.store import Stored, Wish, store


@dataclass(frozen=True, slots=True)
class Imported:
    """The file, and what became of each of its buildings."""

    model: Model
    stored: tuple[Stored, ...]


async def import_ifc(pool: Pool, path: Path, wish: Wish | None = None, progress: Progress | None = None) -> Imported:
    """Import every building of the file. Raises `BrokenFile`, `ExtraMissing`, `ImportStopped`; then nothing is kept.

    Where the file holds several buildings, `wish.code` is the code of the first and gets a number for the others.
    """
    wish = wish or Wish()
    model = read(path, progress)
    stored = []
    for count, structure in enumerate(model.buildings, start=1):
        code = f"{wish.code}-{count}" if wish.code and count > 1 else wish.code
        own = Wish(code, wish.zone, wish.language)
        stored.append(await store(pool, structure, own, progress))
    return Imported(model, tuple(stored))


__all__ = ["Imported", "import_ifc"]
