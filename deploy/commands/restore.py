"""`markoff restore`: a house as a copy has it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import console, external, upkeep
from deploy.keeping import places
from deploy.options import Data, DatabaseUrl, Yes
from deploy.progress import Bar
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.keeping.archive import Reader

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file that markoff backup wrote; - is standard input.")]
Check = Annotated[
    bool, typer.Option("--check", help="Only try: bring it back into a database of its own, verify, and drop that.")
]

WithoutSecrets = Annotated[
    bool, typer.Option("--without-secrets", help="Leave the keys in the copy where they are: their passphrase is lost.")
]


def register(app: typer.Typer) -> None:
    app.command("restore")(restore)


def restore(
    file: File,
    data: Data = None,
    url: DatabaseUrl = None,
    check: Check = False,
    without_secrets: WithoutSecrets = False,
    yes: Yes = False,
) -> None:
    """Bring a house back from a copy: all of it, verified row by row, or nothing is changed.

    Into the data folder (a new one is made) or the database of --url; nobody may be connected to it. Whoever follows
    its changes is told to begin anew.
    """
    from deploy.keeping.passphrase import passphrase
    from deploy.keeping.restoring import opened, secrets_of
    from deploy.keeping.restoring import restore as bring

    with _whole(file) as found, opened(found) as copy, Bar() as bar:
        made = copy.manifest
        console.say("restore.found", made=f"{made.made_at:%Y-%m-%d %H:%M}", markoff=made.markoff, rows=made.rows)
        if check:
            _try(copy, bar)
            return
        upkeep.refuse_running(data, url)
        secrets = None if url or without_secrets else secrets_of(copy, passphrase)
        with places.place(data, url, new=True) as house:
            if upkeep.holds_anything(house.building) and not yes:
                where = house.folder.path if house.folder and not url else external.shown(house.building)
                if not console.agrees("restore.overwrite?", where=where):
                    raise Trouble("restore.kept")
            done = bring(copy, house.building, house.memory, bar.show)
            if secrets and house.folder:
                house.folder.keep_secrets(secrets)
    console.say("restore.done", rows=done.rows, tables=done.tables)
    if done.upgraded:
        console.say("restore.upgraded")
    if made.memory and not done.memory:
        console.say("restore.no_memory")
    if made.secrets:
        console.say("restore.secrets" if secrets else "restore.secrets_left")


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """The file; what comes by a pipe is laid down first, for its end is read before its beginning."""
    if str(file) != "-":
        yield file
        return
    with tempfile.NamedTemporaryFile(prefix="markoff-restore-") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)


def _try(copy: Reader, bar: Bar) -> None:
    """Bring it back into a PostgreSQL that lives only for that."""
    from deploy.keeping.restoring import restore as bring
    from deploy.postgres import temporary

    with temporary() as server:
        for name in ("building", "memory"):
            server.create_database(name)
        done = bring(copy, server.url("building"), server.url("memory"), bar.show)
        found = upkeep.examine(server.url("building"))
    for fault in found.faults:
        console.report(fault.code, fault.parameters)
    if found.faults:
        raise Trouble("db.unsound")
    console.say("restore.good", rows=done.rows, tables=done.tables)
