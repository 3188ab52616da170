"""The tables, constraints and functions of a database as SQL, written by the pg_dump of the PostgreSQL we bring."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg

from deploy import external, programs
from deploy.trouble import Trouble

PSQL_ONLY = re.compile(r"^\\(?:un)?restrict .*\n", re.MULTILINE)
"""Words of pg_dump to psql, which no server knows."""
NEWER = re.compile(r"^SET transaction_timeout = 0;\n", re.MULTILINE)
"""Of PostgreSQL 17; an older server refuses it."""
MAKERS = re.compile(r"^ALTER TABLE ONLY .* ALTER COLUMN .* SET \((?!n_distinct).*\);\n", re.MULTILINE)
"""Notes that some builds of PostgreSQL keep at columns (pg_attver): they mean nothing to another."""
BEFORE, AFTER = "pre-data", "post-data"
"""What is made before the rows come, and what after: keys, indexes, triggers."""


def program(server_major: int) -> Path:
    """A pg_dump that is no older than the server. Raises Trouble."""
    ours = programs.shipped() / "bin"
    if programs.major_version(ours) >= server_major:
        return ours / "pg_dump"
    for place in (f"/usr/lib/postgresql/{server_major}/bin/pg_dump", shutil.which("pg_dump")):
        if place and Path(place).exists() and _major(place) >= server_major:
            return Path(place)
    raise Trouble("backup.no_program", server=server_major, ours=programs.major_version(ours))


def _major(place: str) -> int:
    words = subprocess.run([place, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\) (\d+)", words)
    return int(found[1]) if found else 0


def sections(connection: psycopg.Connection[tuple[object, ...]], url: str, snapshot: str) -> tuple[str, str]:
    """What to do before the rows come, and after, as it stood at the snapshot. Raises Trouble."""
    pg_dump = program(connection.info.server_version // 10000)
    before, after = (_section(pg_dump, url, snapshot, section) for section in (BEFORE, AFTER))
    return before, after


def _section(pg_dump: Path, url: str, snapshot: str, section: str) -> str:
    command = [
        str(pg_dump), f"--section={section}", "--schema-only", "--no-owner", "--no-privileges", "--no-tablespaces",
        "--no-publications", "--no-subscriptions", "--encoding=UTF8", f"--snapshot={snapshot}",
    ]  # fmt: skip
    done = subprocess.run([*command, *_target(url)], capture_output=True, text=True, env=_environment(url), check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["?"]
        raise Trouble("backup.unreadable", url=external.shown(url), reason=lines[-1])
    words = done.stdout
    for unwanted in (PSQL_ONLY, NEWER, MAKERS):
        words = unwanted.sub("", words)
    return words


def _target(url: str) -> list[str]:
    """The address without its password: everybody on the machine sees the words of a command."""
    return [f"--dbname={psycopg.conninfo.make_conninfo(url, password=None)}"]


def _environment(url: str) -> dict[str, str]:
    password = psycopg.conninfo.conninfo_to_dict(url).get("password")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {}), "LC_ALL": "C"}


__all__ = ["program", "sections"]
