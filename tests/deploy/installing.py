"""The install steps of deploy/docker/Dockerfile in a clean environment: the wheel, its packages by hash, nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy" / "docker"
COPIED = re.compile(r"^COPY ([^-].*) /src/\S*$", re.MULTILINE)


def uv() -> str:
    """uv, which reads requirements and their hashes as pip does, and keeps what it has fetched."""
    found = shutil.which("uv")
    if found is None:
        pytest.skip("uv is not here")
    return found


def run(*command: str | Path, folder: Path) -> str:
    """A step, away from the checkout. Fails with its words."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def environment(folder: Path) -> Path:
    """A clean virtual environment; its Python."""
    run(uv(), "venv", "-q", "--python", sys.executable, folder, folder=folder.parent)
    return folder / "bin" / "python"


def wheel(folder: Path) -> Path:
    """The wheel, built from what the Dockerfile copies, by the pinned tools."""
    source = folder / "src"
    for line in COPIED.findall((DOCKER / "Dockerfile").read_text(encoding="utf-8")):
        for name in line.split():
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "built", "compose")
                shutil.copytree(ROOT / name, source / name, ignore=ignored)
            else:
                source.mkdir(exist_ok=True)
                shutil.copy(ROOT / name, source)
    python = environment(folder / "build")
    requirements = source / "requirements-build.txt"
    run(uv(), "pip", "install", "-q", "--python", python, "--require-hashes", "-r", requirements, folder=folder)
    run(python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "wheels", folder=source)
    (made,) = (folder / "wheels").glob("*.whl")
    return made


def size(folder: Path) -> int:
    """Bytes of a folder on disk."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if not path.is_dir())
