"""Which revision a database has, and which this version wants; alembic would take a second to tell."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from deploy import external
from deploy.trouble import Trouble

LINE = re.compile(r'^(revision|down_revision)\b[^=\n]*= *["\']([^"\']+)["\']', re.MULTILINE)


def wanted() -> str | None:
    """The revision that no migration follows; None when there is not exactly one."""
    spec = importlib.util.find_spec("db")
    assert spec is not None
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for place in spec.submodule_search_locations or ():
        for file in (Path(place) / "migrations" / "versions").glob("*.py"):
            for key, value in LINE.findall(file.read_text(encoding="utf-8")):
                found[key].add(value)
    last = found["revision"] - found["down_revision"]
    return last.pop() if len(last) == 1 else None


def current(url: str) -> str | None:
    """The revision the database has, or None when it is empty. Raises Trouble."""
    with external.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        return str(row[0]) if row else None


def upgrade(url: str) -> bool:
    """Bring the schema to this version; whether anything was missing. Raises Trouble for a newer one."""
    if (revision := current(url)) is not None and revision == wanted():
        return False
    from db import migrate

    try:
        return migrate.upgrade(url)
    except migrate.SchemaIsNewer as newer:
        raise Trouble("database.newer", url=external.shown(url)) from newer
