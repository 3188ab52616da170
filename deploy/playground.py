"""The playground's bundle, made of the npm project in api/playground by Node.js: once, into a folder."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy import node
from deploy.cluster import Report
from deploy.trouble import Trouble

PATIENCE = 300.0
"""Seconds for all of it."""
FETCH = (
    "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error",
    "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000", "--fetch-timeout=60000",
)  # fmt: skip
LEFT_OUT = ("node_modules", "built", "__pycache__")


@dataclass(frozen=True)
class Built:
    """A bundle: its files without their compressed twins."""

    id: str
    source: str
    size: int


def project() -> Path:
    """The folder with `web/` and `examples/`, as it is installed."""
    spec = importlib.util.find_spec("api")
    places = spec.submodule_search_locations if spec else None
    assert places, "markoff is installed without its api"
    return Path(places[0]) / "playground"


def source() -> str:
    """A digest of what a bundle is made of."""
    digest = hashlib.sha256()
    folder = project()
    for path in sorted(one for part in ("web", "examples") for one in (folder / part).rglob("*") if one.is_file()):
        name = path.relative_to(folder)
        if not set(name.parts) & set(LEFT_OUT):
            digest.update(str(name).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def found(folder: Path) -> Built | None:
    """The bundle in a folder, if there is one."""
    try:
        made = json.loads((folder / "built.json").read_text(encoding="utf-8"))
        return Built(made["id"], made["source"], sum(made["files"].values()))
    except (OSError, ValueError, KeyError):
        return None


def is_current(folder: Path) -> bool:
    """Whether the bundle there is what this Markoff would make."""
    there = found(folder)
    return there is not None and there.source == source()


def build(to: Path, report: Report, patience: float = PATIENCE) -> Built:
    """Make the bundle in a folder; one that is there stays until the new one is whole. Raises Trouble."""
    until = time.monotonic() + patience
    with_node = node.found()
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".playground-", dir=to.parent))
    except OSError as refusal:
        raise Trouble("playground.no_folder", folder=to, reason=refusal.strerror) from refusal
    try:
        for part in ("web", "examples"):
            shutil.copytree(project() / part, place / part, ignore=shutil.ignore_patterns(*LEFT_OUT))
        report("playground.fetching", {})
        _run(with_node, [*with_node.npm, *FETCH], place / "web", until)
        report("playground.bundling", {})
        making = [with_node.program, "build.mjs", str(place / "built"), str(place / "examples"), source()]
        _run(with_node, making, place / "web", until)
        if to.exists():
            to.rename(place / "before")
        (place / "built").rename(to)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    made = found(to)
    assert made is not None
    return made


def _run(with_node: node.Node, command: Sequence[str], folder: Path, until: float) -> None:
    """One step, with all that it starts ended when it fails, takes too long, or we are stopped."""
    process = subprocess.Popen(
        command, cwd=folder, env=with_node.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        words, _ = process.communicate(timeout=max(until - time.monotonic(), 1))
    except subprocess.TimeoutExpired as late:
        raise Trouble("playground.too_long") from late
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        raise Trouble("playground.failed", reason="\n".join(words.strip().splitlines()[-6:]))
