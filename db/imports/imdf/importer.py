"""Bring an IMDF archive into the house: read, then keep; or only say what would be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.clock import Clock
from db.engine import Connection, Pool
from db.imports.ifc import store as rooms
from db.imports.ifc.model import Progress
from db.imports.ifc.store import Wish
from db.imports.imdf.model import Archive
from db.imports.imdf.reader import read
from db.imports.imdf.store import Kept, keep


@dataclass(frozen=True, slots=True)
class Imported:
    """The archive, and what became (or would become) of each of its buildings."""

    archive: Archive
    kept: tuple[Kept, ...]


async def import_imdf(
    pool: Pool, path: Path, wish: Wish | None = None, progress: Progress | None = None, *, dry_run: bool = False
) -> Imported:
    """Import every building of the archive. Raises `BrokenFile`, `ImportStopped`; then nothing is kept.

    Where the archive holds several buildings, `wish.code` is the code of the first and gets a number for the others.
    """
    wish = wish or Wish()
    archive = read(path, wish.language)
    now = (await Clock.load(pool)).now()
    async with pool.acquire() as connection, rooms.alone(connection):
        if not dry_run:
            return await _keep(connection, archive, wish, now, progress)
        rehearsal = connection.transaction()
        await rehearsal.start()
        try:
            imported = await _keep(connection, archive, wish, now, progress)
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return imported
        finally:
            await rehearsal.rollback()


async def _keep(
    connection: Connection, archive: Archive, wish: Wish, now: datetime, progress: Progress | None
) -> Imported:
    kept = []
    for count, venue in enumerate(archive.venues, start=1):
        code = f"{wish.code}-{count}" if wish.code and count > 1 else wish.code
        own = Wish(code, wish.zone, wish.language or venue.language)
        stored = await rooms.keep(connection, venue.structure, own, progress)
        kept.append(await keep(connection, venue, stored, now))
    return Imported(archive, tuple(kept))


__all__ = ["Imported", "import_imdf"]
