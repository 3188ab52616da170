"""The playground of `markoff up`: its folder, and its build beside the house, which does not wait for it."""

from __future__ import annotations

import time
from pathlib import Path

from deploy import console, playground
from deploy.cluster import Report
from deploy.folder import told_apart
from deploy.job import Job
from deploy.told import told


def wanted() -> bool:
    """Whether the settings let browsers have the page."""
    said = told("MARKOFF_PLAYGROUND_ENABLED", place="playground.enabled")
    return said is None or said.lower() not in ("false", "0", "no", "off", "f", "n")


def folder_of(data: Path) -> Path | None:
    """Where the bundle of this house is kept; None where the settings name a folder that others look after."""
    return None if told("MARKOFF_PLAYGROUND_FOLDER", place="playground.folder") else data / "playground"


class Building:
    """The build, a process of its own; whoever watches calls `look`."""

    def __init__(self, data: Path, log: Path, report: Report) -> None:
        self._data = data
        self._report = report
        self._log = log
        self._job = Job(["playground", "build", "--data", str(data), "--lang", console.language()], log)
        self._began = time.monotonic()

    def start(self) -> None:
        """Start it."""
        self._report("playground.begins", {"log": self._log})
        self._job.start()

    def look(self) -> bool:
        """Whether it is still at it; when it has just ended, say how."""
        if self._job.pid is not None:
            return True
        if playground.is_current(self._data / "playground"):
            self._report("playground.ready", {"seconds": round(time.monotonic() - self._began)})
        else:
            self._report("playground.absent", {"log": self._log, "where": told_apart(self._data)})
        return False

    def stop(self) -> None:
        """Give it up."""
        self._job.stop()
