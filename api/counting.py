"""Processes of one address that count together: each into files of its own in a folder, and any tells the sums.

The files are the library's (`prometheus_client.multiprocess`). What a dead process stood for is taken out; what it had
counted goes into the files of number 0, so that restarts leave nothing behind that every scrape would have to read.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
DEAD = 0
"""The number of the files that hold what dead processes have counted."""


def shared() -> Path | None:
    """The folder in which the processes of one address count together."""
    folder = os.environ.get(FOLDER)
    return Path(folder) if folder else None


def leave() -> None:
    """This process stands for nothing any more; what it counted stays."""
    if shared() is not None:
        mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


def told() -> bytes:
    """Everything, as Prometheus reads it."""
    folder = shared()
    if folder is None:
        return generate_latest(REGISTRY)
    with _alone(folder):
        _bury(folder)
        registry = CollectorRegistry()
        _Begun(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


class _Begun(MultiProcessCollector):
    """Sums of what stands in the files, without those that a process is just making: these have no length yet."""

    def collect(self) -> Any:
        files = [str(file) for file in Path(self._path).glob("*.db") if _begun(file)]
        return self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]


def _begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time looks at the files."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bury(folder: Path) -> None:
    """Take the files of dead processes away."""
    for file in folder.glob("*.db"):
        number = int(file.stem.rpartition("_")[2])
        if number == DEAD or _lives(number):
            continue
        if not file.stem.startswith("gauge_") and _begun(file):
            _add(file, file.with_name(f"{file.stem.rpartition('_')[0]}_{DEAD}.db"))
        file.unlink(missing_ok=True)


def _add(file: Path, to: Path) -> None:
    sums = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
        known, _ = sums.read_value(key)  # type: ignore[no-untyped-call]
        sums.write_value(key, known + value, 0.0)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
