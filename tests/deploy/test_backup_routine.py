"""A copy every so often: the last few are kept, a failure is told and tried again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from deploy.keeping import routine
from deploy.keeping.restoring import opened
from tests.deploy.conftest import ROOT, wait_until
from tests.ports import free_port

MARKOFF = [sys.executable, "-c", "from deploy.cli import main; main()"]


def environment(**more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MARKOFF", "DATABASE_URL"))}
    return {**clean, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **more}


def test_copies_come_and_the_oldest_go(database: str, tmp_path: Path) -> None:
    folder, port = tmp_path / "copies", free_port()
    folder.mkdir()
    (folder / "markoff-2026-01-01-000000.backup.part").touch()
    command = [
        *MARKOFF,
        "backup",
        "--every",
        "1s",
        "--keep",
        "2",
        "--to",
        str(folder),
        "--metrics",
        f"127.0.0.1:{port}",
    ]
    process = subprocess.Popen(command, env=environment(DATABASE_URL=database), cwd=tmp_path)
    try:
        seen: set[str] = set()
        deadline = time.monotonic() + 120
        while len(seen) < 4 and time.monotonic() < deadline:
            seen |= {file.name for file in routine.copies(folder)}
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            told = answer.read().decode()
    finally:
        process.terminate()
        process.wait(60)
    assert len(seen) >= 4
    kept = routine.copies(folder)
    assert 2 <= len(kept) <= 3
    opened(kept[-1]).close()
    assert not list(folder.glob("*2026-01-01*"))
    assert "markoff_backup_last_success_timestamp_seconds 1." in told
    status = routine.status(folder)
    assert status is not None
    assert status.reason is None
    assert status.rows > 0
    assert routine.young(folder, 60)
    assert (
        subprocess.run([*MARKOFF, "backups", "--to", str(folder), "--within", "1h"], env=environment()).returncode == 0
    )


def test_a_failure_is_noted_and_the_old_copies_stay(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    old = folder / "markoff-2026-01-01-000000.backup"
    old.touch()
    os.utime(old, (0, 0))
    command = [*MARKOFF, "backup", "--every", "1h", "--keep", "1", "--to", str(folder)]
    gone = "postgresql://nobody@127.0.0.1:1/none"
    process = subprocess.Popen(command, env=environment(DATABASE_URL=gone), cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: (folder / "status.json").exists())
    finally:
        process.terminate()
        process.wait(60)
    told = json.loads((folder / "status.json").read_text())
    assert "127.0.0.1:1" in told["reason"]
    assert old.exists()
    listed = subprocess.run(
        [*MARKOFF, "backups", "--to", str(folder), "--within", "1h"], env=environment(), capture_output=True, text=True
    )
    assert listed.returncode == 1
    assert "127.0.0.1:1" in listed.stdout
    assert "younger than 1h" in listed.stderr


@pytest.mark.parametrize("wrong", [["-", "--every", "1h"], ["--every", "soon", "--to", "."]])
def test_what_makes_no_sense_is_said(wrong: list[str], tmp_path: Path) -> None:
    done = subprocess.run([*MARKOFF, "backup", *wrong], env=environment(), cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_whole_way_by_pipes_and_files(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO business.tenant (name) VALUES ('Альфа')")
    piped = subprocess.run(
        [*MARKOFF, "backup", "-", "--url", database], env=environment(), capture_output=True, check=True
    )
    tried = subprocess.run(
        [*MARKOFF, "restore", "-", "--check"], input=piped.stdout, env=environment(), capture_output=True, check=True
    )
    assert b"The copy is good" in tried.stdout
    file = tmp_path / "house.backup"
    subprocess.run([*MARKOFF, "backup", str(file), "--url", database], env=environment(), check=True)
    assert file.stat().st_mode & 0o777 == 0o600
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM business.tenant")
    asked = [*MARKOFF, "restore", str(file), "--url", database]
    refused = subprocess.run(asked, env=environment(), input="no\n", capture_output=True, text=True)
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    done = subprocess.run([*asked, "--yes"], env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT name FROM business.tenant").fetchall() == [("Альфа",)]
