"""The database: reached, new enough, with our tables, in time, with room on its disk and for connections."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deploy import external, revision
from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient
from deploy.told import settled, told
from deploy.trouble import Trouble

if TYPE_CHECKING:
    import psycopg

SKEW = 2.0
"""Seconds that two clocks may differ."""
SMALL = 8
"""Connections of a process beside its pools."""
LITTLE, FULL = 5 << 30, 1 << 30
"""Bytes of free disk below which somebody should know, and should act."""


def look(patient: Patient) -> Iterator[Finding]:
    """Of the building's database; of the agent's only whether it is reached."""
    if not patient.database:
        yield Finding("database", WRONG, "doctor.no_database")
        return
    try:
        external.check(patient.database)
        with external.connect(patient.database) as connection:
            server = connection.info.parameter_status("server_version") or "?"
            yield from _clock(connection)
            yield from _connections(connection)
        yield from _tables(patient.database)
    except Trouble as trouble:
        yield _trouble(trouble)
        return
    yield Finding("database", WELL, "doctor.database", {"server": server.split()[0]})
    if patient.memory:
        try:
            external.connect(patient.memory).close()
        except Trouble as trouble:
            yield _trouble(trouble)
    yield from _disk(patient)


def _trouble(trouble: Trouble) -> Finding:
    from deploy import console

    return Finding("database", WRONG, "doctor.trouble", {"told": trouble.in_language(console.language())})


def _tables(url: str) -> Iterator[Finding]:
    from db import revision as ours

    current, wanted = revision.current(url), ours.wanted()
    if current is None:
        yield Finding("database", WRONG, "doctor.no_tables")
    elif current != wanted:
        yield Finding("database", WRONG, "doctor.other_tables", {"current": current, "wanted": wanted})


def _clock(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Finding]:
    before = time.time()
    (there,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone() or (before,)
    skew = there - min(max(there, before), time.time())  # however long the answer took
    if abs(skew) > SKEW:
        yield Finding("clock", WRONG, "doctor.skew", {"where": "PostgreSQL", "seconds": round(skew, 1)})


def _connections(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Finding]:
    """Those in use, and those that the processes of the api may take by their settings."""
    row = connection.execute(
        "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
    ).fetchone()
    most, used = row or (0, 0)
    workers = settled(None, "MARKOFF_WORKERS", "house.workers", 1)
    each = SMALL + settled(None, "MARKOFF_READERS", "database.readers", 8)
    each += settled(None, "MARKOFF_WRITERS", "database.writers", 4)
    each += int(told("MARKOFF_INGEST_WRITERS", place="ingest.writers") or 2)
    figures: dict[str, object] = {"used": used, "most": most, "wanted": each * workers, "workers": workers}
    if used > 0.9 * most:
        yield Finding("database", WRONG, "doctor.connections_used", figures)
    elif each * workers > most:
        yield Finding("database", DOUBTFUL, "doctor.connections_wanted", figures)


def _disk(patient: Patient) -> Iterator[Finding]:
    """The disk of our own server; that of another one cannot be asked for by SQL."""
    if patient.folder is None:
        return
    free = shutil.disk_usage(patient.folder).free
    told: dict[str, object] = {"folder": patient.folder, "free": f"{free / (1 << 30):.1f}"}
    if free < LITTLE:
        yield Finding("disk", WRONG if free < FULL else DOUBTFUL, "doctor.disk", told)
    else:
        yield Finding("disk", WELL, "doctor.disk_well", told)
