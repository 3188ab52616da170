"""What an owner runs before anybody is there: secrets are made once, and who leaves one out is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.composed import COMPOSE

YOURS = {"markoff_telegram_token", "alerts_webhook", "alerts_heartbeat", "alerts_mail_password"}
"""Secrets that only an owner can have."""
MARKOFF = [sys.executable, "-c", "from deploy.cli import main; main()", "--lang", "en"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compose as an owner has it after `./prepare`."""
    folder = tmp_path_factory.mktemp("compose")
    shutil.copy(COMPOSE / "env.example", folder)
    subprocess.run([COMPOSE / "prepare", folder], check=True, capture_output=True)
    return folder


def test_every_secret_of_compose_is_made_once(made: Path) -> None:
    from tests.deploy.composed import composed

    wanted = {Path(one["file"]).name for one in composed("gpu")["secrets"].values()}
    there = {path.name: path.read_text(encoding="utf-8") for path in (made / "secrets").iterdir()}
    assert set(there) == wanted
    assert {name for name, text in there.items() if not text.strip()} == YOURS
    assert (made / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (made / "secrets").iterdir()} == {0o444}

    subprocess.run([COMPOSE / "prepare", made], check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in (made / "secrets").iterdir()} == there
    page = (COMPOSE / "secrets" / "README.md").read_text(encoding="utf-8")
    assert [name for name in wanted if f"`{name}`" not in page] == []


def test_a_house_does_not_begin_without_its_secrets(database: str, tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MARKOFF_")}
    env |= {"DATABASE_URL": database, "MARKOFF_SECRETS": str(tmp_path)}
    done = subprocess.run([*MARKOFF, "db", "prepare"], env=env, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "MARKOFF_AGENT_KEY is needed" in done.stderr
