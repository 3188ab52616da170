"""`markoff backup`: a copy of a house at work, or one every day."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from deploy import console, durations
from deploy.keeping import places, sealing
from deploy.keeping.passphrase import new_passphrase
from deploy.options import Data, DatabaseUrl, Yes
from deploy.progress import Bar
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.keeping.manifest import Manifest

Target = Annotated[
    str | None,
    typer.Argument(metavar="[FILE|-]", help="The file to write; - is standard output.", show_default=False),
]
WithSecrets = Annotated[
    bool, typer.Option("--with-secrets", help="The keys of the data folder too, sealed with a passphrase.")
]
Every = Annotated[
    str | None, typer.Option("--every", metavar="TIME", help="Go on, with a copy every 24h, 12h …", show_default=False)
]
Keep = Annotated[
    int | None, typer.Option("--keep", metavar="N", min=1, help="Remove all but the last N.", show_default=False)
]
To = Annotated[Path | None, typer.Option("--to", metavar="DIR", help="The folder for copies.", show_default=False)]
MetricsAt = Annotated[
    str | None,
    typer.Option("--metrics", metavar="HOST:PORT", help="Serve metrics here, with --every.", show_default=False),
]
Within = Annotated[
    str | None,
    typer.Option("--within", metavar="TIME", help="Code 1 unless the last copy is so young.", show_default=False),
]


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("backups")(backups)


def backup(
    file: Target = None,
    data: Data = None,
    url: DatabaseUrl = None,
    with_secrets: WithSecrets = False,
    every: Every = None,
    keep: Keep = None,
    to: To = None,
    metrics: MetricsAt = None,
    yes: Yes = False,
) -> None:
    """Copy a house into one file: the building's database and the agent's memory, while it is at work.

    With --every it goes on for ever: copies into the folder --to, of which it keeps the last --keep.
    """
    from deploy.keeping.settings import BackupSettings

    if every and file:
        raise Trouble("backup.both")
    told = BackupSettings()
    passphrase = new_passphrase() if with_secrets else None
    folder = to or (told.to if every or file is None else None)
    if every:
        _routine(folder, every, keep or told.keep, metrics or told.metrics, data, url, passphrase)
        return
    if file == "-":
        _to_pipe(data, url, passphrase)
        return
    target = Path(file) if file else (folder or Path()) / name(datetime.now(UTC))
    if target.exists() and not (yes or console.agrees("backup.overwrite?", file=target)):
        raise Trouble("backup.kept")
    _tell(take_to(target, data, url, passphrase), target)


def backups(to: To = None, within: Within = None) -> None:
    """List the copies in a folder, and what became of the last attempt."""
    from deploy.keeping import routine
    from deploy.keeping.settings import BackupSettings

    folder = to or BackupSettings().to
    if folder is None:
        raise Trouble("backup.no_folder")
    for one in routine.copies(folder):
        console.say("backup.listed", file=one.name, size=_size(one.stat().st_size))
    status = routine.status(folder)
    if status and status.reason:
        console.say("backup.last_failed", at=status.tried_at, reason=status.reason)
    if within and not routine.young(folder, durations.seconds(within)):
        raise Trouble("backup.too_old", within=within, folder=folder)


def name(at: datetime) -> str:
    """Of a copy made at this moment; names in the order of time."""
    return f"markoff-{at:%Y-%m-%d-%H%M%S}.backup"


def take_to(target: Path, data: Path | None, url: str | None, passphrase: str | None) -> Manifest:
    """Write the copy aside, and give it its name when it is whole and on the disk. Raises Trouble."""
    draft = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            made = _take(out, data, url, passphrase)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as refusal:
        raise Trouble("backup.closed", file=target, reason=refusal.strerror) from refusal
    except OSError as fault:
        if fault.filename is None:  # of a write, which does not know
            fault.filename = str(target)
        raise
    finally:
        draft.unlink(missing_ok=True)
    return made


def _take(out: IO[bytes], data: Path | None, url: str | None, passphrase: str | None) -> Manifest:
    from deploy.keeping.taking import take

    with places.place(data, url) as house, Bar() as bar:
        if passphrase and house.folder is None:
            raise Trouble("backup.no_secrets")
        if house.memory is None:
            console.report("backup.no_memory", {})
        secrets = sealing.seal(house.folder.secrets_text(), passphrase) if passphrase and house.folder else None
        return take(out, house.building, house.memory, secrets, bar.show)


def _to_pipe(data: Path | None, url: str | None, passphrase: str | None) -> None:
    if sys.stdout.isatty():
        raise Trouble("backup.terminal")
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        _take(out, data, url, passphrase)


def _routine(
    folder: Path | None,
    every: str,
    keep: int,
    at: str | None,
    data: Path | None,
    url: str | None,
    passphrase: str | None,
) -> None:
    from deploy.keeping import routine
    from deploy.keeping.metrics import Metrics

    if folder is None:
        raise Trouble("backup.no_folder")

    def copy() -> tuple[Path, Manifest]:
        target = folder / name(datetime.now(UTC))
        return target, take_to(target, data, url, passphrase)

    metrics = Metrics() if at else None
    if metrics and at:
        try:
            metrics.serve(at)
        except (OSError, ValueError, OverflowError) as refusal:
            raise Trouble("backup.no_metrics", address=at, reason=refusal) from refusal
    routine.run(folder, durations.seconds(every), keep, metrics, copy)


def _tell(made: Manifest, file: Path) -> None:
    tables = len(made.building.tables) + (len(made.memory.tables) if made.memory else 0)
    console.say("backup.done", file=file, rows=made.rows, tables=tables, size=_size(file.stat().st_size))
    if made.secrets:
        console.say("backup.with_secrets", file=file)


def _size(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
