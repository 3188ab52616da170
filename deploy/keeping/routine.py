"""A copy every so often, the oldest removed, and a note for whoever watches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import console
from deploy.signals import Stopped, stoppable
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.keeping.manifest import Manifest
    from deploy.keeping.metrics import Metrics

STATUS = "status.json"
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 1800.0
"""Seconds before a copy that failed is tried again."""


@dataclass(frozen=True)
class Status:
    """What became of the last attempt; the file `status.json` of the folder."""

    tried_at: str
    made_at: str | None
    """Of the last copy that is whole."""
    file: str | None
    size: int
    rows: int
    seconds: float
    reason: str | None
    """Why the last attempt failed; None when it did not."""


def status(folder: Path) -> Status | None:
    """What was noted last; None where nothing was."""
    try:
        return Status(**json.loads((folder / STATUS).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def copies(folder: Path) -> list[Path]:
    """All whole copies, the oldest first."""
    return sorted(folder.glob("markoff-*.backup"))


def young(folder: Path, seconds: float) -> bool:
    """Whether the newest copy is no older than that."""
    newest = max((file.stat().st_mtime for file in copies(folder)), default=0.0)
    return time.time() - newest <= seconds


def run(
    folder: Path, every: float, keep: int, metrics: Metrics | None, copy: Callable[[], tuple[Path, Manifest]]
) -> None:
    """Until somebody stops it. The first copy is made when the newest is old enough; one that fails is tried again."""
    with suppress(Stopped), stoppable():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refusal:
            raise Trouble("backup.closed", file=folder, reason=refusal.strerror) from refusal
        for left in folder.glob("markoff-*.backup.part"):  # of one that was killed
            left.unlink(missing_ok=True)
        if metrics:
            metrics.show(status(folder))
        pause = FIRST_PAUSE
        while True:
            newest = max((file.stat().st_mtime for file in copies(folder)), default=0.0)
            time.sleep(min(max(0.0, newest + every - time.time()), every))
            done = _attempt(folder, copy)
            if metrics:
                metrics.show(done)
            if done.reason is None:
                pause = FIRST_PAUSE
                for old in copies(folder)[:-keep]:
                    old.unlink(missing_ok=True)
            else:
                time.sleep(min(pause, every))
                pause = min(pause * 2, LONGEST_PAUSE)


def _attempt(folder: Path, copy: Callable[[], tuple[Path, Manifest]]) -> Status:
    before, began, at = status(folder), time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    try:
        file, made = copy()
    except (Trouble, OSError) as fault:
        reason = fault.in_language(console.language()) if isinstance(fault, Trouble) else str(fault)
        console.report("backup.failed", {"reason": reason})
        kept = before or Status(at, None, None, 0, 0, 0.0, None)
        done = Status(at, kept.made_at, kept.file, kept.size, kept.rows, kept.seconds, reason)
    else:
        seconds = round(time.monotonic() - began, 3)
        made_at = made.made_at.isoformat(timespec="seconds")
        done = Status(at, made_at, file.name, file.stat().st_size, made.rows, seconds, None)
        console.report("backup.made", {"file": file, "rows": made.rows, "seconds": seconds})
    draft = folder / f"{STATUS}.new"
    with suppress(OSError):  # a full disk: the copy failed for it, and that was said
        draft.write_text(json.dumps(asdict(done), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(folder / STATUS)
    return done


__all__ = ["Status", "copies", "run", "status", "young"]
