"""When the change stream begins anew: its database is not the one in which the last cursors were given out.

A backup that was loaded elsewhere, or a server that took over, may lack changes that somebody has seen already, and
gives their numbers to others. Of most such moves the database itself can tell, by the server, its line of history and
the number of the stream's table there; of a copied folder it cannot: there a person says so (`markoff db restored`).
"""

from __future__ import annotations

import logging

import asyncpg

from db import changes
from db.clock import real
from db.engine import Connection

log = logging.getLogger("markoff.live")

HERE = """
    SELECT concat_ws(':', c.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), d.oid,
        'live.change'::regclass::oid)
    FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()
"""
SETTLE = """
    WITH before AS MATERIALIZED (SELECT lives_in FROM live.epoch FOR UPDATE)
    UPDATE live.epoch SET lives_in = $1 FROM before
    WHERE before.lives_in IS DISTINCT FROM $1 RETURNING before.lives_in
"""
UNSETTLE = "UPDATE live.epoch SET lives_in = NULL"
"""For who brings rows back and begins their epoch himself: wherever they are seen first is where they live."""


async def arrive(connection: Connection) -> bool:
    """See whether the stream is where it was, and begin it anew if it is not; whether that was so."""
    here = await _here(connection)
    if here is None or await connection.fetchval("SELECT lives_in FROM live.epoch") == here:
        return False
    async with connection.transaction():
        rows = await connection.fetch(SETTLE, here)
        if not rows or rows[0]["lives_in"] is None:  # somebody else was first, or it has never been anywhere
            return False
        await changes.begin_epoch(connection, real())
    log.warning("this database was restored or has moved: the stream begins anew")
    return True


async def begin_anew(connection: Connection) -> str:
    """Begin the stream anew, whatever the database says; the new epoch."""
    here = await _here(connection)
    async with connection.transaction():
        await connection.execute("UPDATE live.epoch SET lives_in = $1", here)
        return await changes.begin_epoch(connection, real())


async def _here(connection: Connection) -> str | None:
    """Which database this is; None where the server keeps that to itself."""
    try:
        here: str = await connection.fetchval(HERE)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError, asyncpg.FeatureNotSupportedError):
        return None
    return here
