"""A copy of a database, taken and brought back by PostgreSQL's own tools, which the package brings along."""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy import programs


def dump(url: str, file: Path) -> None:
    subprocess.run([programs.shipped() / "bin/pg_dump", "-Fc", "-f", file, url], check=True)


def restore(url: str, file: Path) -> None:
    """Into an empty database."""
    subprocess.run([programs.shipped() / "bin/pg_restore", "--exit-on-error", "-d", url, file], check=True)
