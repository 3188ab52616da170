"""The bundle that a browser loads: files that `markoff playground build` made, in one folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "built.json"
KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder of files that never change: another content has another id, and so other addresses."""

    folder: Path
    id: str
    files: dict[str, int]

    def file(self, name: str, accepted: str) -> tuple[Path, str | None]:
        """The file of that name, compressed as the browser accepts it best. Raises KeyError where there is none."""
        self.files[name]
        given = {part.strip().partition(";")[0] for part in accepted.lower().split(",")}
        for coding, ending in (("br", ".br"), ("gzip", ".gz")):
            path = self.folder / f"{name}{ending}"
            if coding in given and path.is_file():
                return path, coding
        return self.folder / name, None


def bundle(folder: Path | None) -> Bundle | None:
    """The bundle in a folder; None while there is none, or no whole one."""
    if folder is None:
        return None
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Bundle(folder, made["id"], made["files"])
    except (OSError, ValueError, KeyError):
        return None
