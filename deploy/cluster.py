"""A PostgreSQL data folder before its server runs: made, checked, and freed of an earlier server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from deploy import programs
from deploy.programs import Account
from deploy.spawn import spawn
from deploy.trouble import Trouble

ADMINISTRATOR = "postgres"
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
OURS = {"data", "data.new", "socket", "lock", "passwords.json", "postgres.log", "postgres.log.1"}
LOG_LIMIT = 10_000_000  # bytes; a longer log is moved to postgres.log.1 at the next start
AT_CREATION = {"max_connections": "200", "password_encryption": "scram-sha-256", "max_wal_size": "2GB"}

Report = Callable[[str, dict[str, object]], None]


def prepare(folder: Path, who: Account) -> None:
    """Make `folder`, or see that it is ours and that `who` can reach it; parents are never changed. Raises Trouble."""
    log = folder / "postgres.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not exists(folder / "data") and {entry.name for entry in folder.iterdir()} - OURS:
            raise Trouble("postgres.foreign_folder", folder=folder)
        if who.switch:
            folder.chmod(0o711)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(folder / "postgres.log.1")
    except PermissionError as refusal:
        raise Trouble("postgres.no_permission", folder=folder, user=programs.user_name(os.geteuid())) from refusal
    except (NotADirectoryError, FileExistsError) as refusal:
        raise Trouble("postgres.foreign_folder", folder=folder) from refusal
    if who.switch and (closed := programs.closed_parent(folder, who)):
        raise Trouble("postgres.unreachable_folder", user=who.name, folder=folder, closed=closed)


def exists(data: Path) -> bool:
    """Whether there is a whole database."""
    return (data / "PG_VERSION").exists()


def create(data: Path, bin_folder: Path, who: Account, password: str, *, durable: bool) -> None:
    """initdb, aside and then renamed: an interrupted one leaves nothing that looks like a database. Raises Trouble."""
    draft = data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    pgdata, secret = draft / "data", draft / "secret"
    try:
        pgdata.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(password)
        if who.switch:
            for path in (draft, pgdata, secret):
                os.chown(path, who.uid, who.gid)
        command = [
            str(bin_folder / "initdb"), f"--pgdata={pgdata}", f"--username={ADMINISTRATOR}", f"--pwfile={secret}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *(f"--set={name}={value}" for name, value in AT_CREATION.items()),
            *([] if durable else ["--no-sync", "--set", "scram_iterations=1"]),
        ]  # fmt: skip
        process = spawn(command, subprocess.PIPE, ENVIRONMENT, signal.SIGKILL, who=who, folder="/")
        words = process.communicate()[0].decode(errors="replace")
        if process.returncode:
            raise failure(words, data.parent, who) or Trouble("postgres.no_init", tail=tail(words), folder=data.parent)
        pgdata.rename(data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_version(data: Path, bin_folder: Path) -> None:
    """Raise Trouble when another major version of PostgreSQL made the data."""
    found, ours = int((data / "PG_VERSION").read_text()), programs.major_version(bin_folder)
    if found != ours:
        code = "postgres.newer" if found > ours else "postgres.older"
        raise Trouble(code, folder=data.parent, found=found, ours=ours)


def end_earlier(data: Path, report: Report) -> None:
    """Ask a server that lost its owner to end, and wait; the caller holds the lock, so no other owner lives.

    A postmaster.pid whose number some other program got meanwhile (common in containers) is stale: removed.
    """
    note = data / "postmaster.pid"
    try:
        pid = int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if not _is_postgres(pid):
        note.unlink()
        return
    report("postgres.orphan", {"pid": pid})
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 60
    while _is_postgres(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


def _is_postgres(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres" and state != "Z"
    except OSError:
        return False


def failure(words: str, folder: Path, who: Account) -> Trouble | None:
    """What the last words of a PostgreSQL program mean, if it is something the person can mend."""
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return Trouble("postgres.disk_full", folder=folder)
    if "Permission denied" in words:
        return Trouble("postgres.no_permission", folder=folder, user=who.name)
    return None


def tail(words: str, lines: int = 8) -> str:
    """The last lines."""
    return "\n".join(words.strip().splitlines()[-lines:])
