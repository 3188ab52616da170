"""Which revision of the schema this version wants, told without loading alembic, which takes most of a second."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

LINE = re.compile(r'^(revision|down_revision)\b[^=\n]*= *["\']([^"\']+)["\']', re.MULTILINE)


@cache
def wanted() -> str:
    """The revision that no other follows. Raises ValueError unless there is exactly one."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (Path(__file__).parent / "migrations" / "versions").glob("*.py"):
        for key, value in LINE.findall(file.read_text(encoding="utf-8")):
            found[key].add(value)
    (last,) = found["revision"] - found["down_revision"]
    return last
