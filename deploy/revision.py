"""Brings a database to the revision this version wants; alembic, slow to load, is asked only when it is not there."""

from __future__ import annotations

from db import revision
from deploy import external
from deploy.trouble import Trouble


def current(url: str) -> str | None:
    """The revision the database has, or None when it is empty. Raises Trouble."""
    with external.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        return str(row[0]) if row else None


def upgrade(url: str) -> bool:
    """Bring the schema to this version; whether anything was missing. Raises Trouble for a newer one."""
    if current(url) == revision.wanted():
        return False
    from db import migrate

    try:
        return migrate.upgrade(url)
    except migrate.SchemaIsNewer as newer:
        raise Trouble("database.newer", url=external.shown(url)) from newer
