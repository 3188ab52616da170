"""How a command reaches the house: its database, or its api and agent with somebody's token."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from deploy import console, external
from deploy.folder import DataFolder, Run, told_apart
from deploy.local import databases
from deploy.postgres import Postgres
from deploy.told import told
from deploy.trouble import Trouble

TOKEN_LIFETIME = timedelta(hours=12)
SOMEBODY = 'SELECT id FROM security."user" WHERE enabled AND login = %(login)s'
ADMINISTRATOR = """
    SELECT u.id FROM security."user" u JOIN security."grant" g ON g.user_id = u.id
    WHERE u.enabled AND g.role = 'ADMIN' ORDER BY u.id LIMIT 1
"""


@dataclass(frozen=True)
class Doorway:
    """A way into a running house: the address of a part, and an access token to knock with."""

    address: str
    token: str


@contextmanager
def database(data: Path | None, url: str | None, *, new: bool = False) -> Iterator[str]:
    """The address of the building's database, good within: `url`, else of the house in `data`, running or not.

    Without both, DATABASE_URL counts, then the default folder. A house that does not run gets its PostgreSQL started
    for so long; `new` makes a house where there is none. Raises Trouble.
    """
    with both_databases(data, url, new=new) as (building, _):
        yield building


@contextmanager
def both_databases(data: Path | None, url: str | None, *, new: bool = False) -> Iterator[tuple[str, str | None]]:
    """As `database`, and the agent's database when it is on our own server."""
    url = url or (None if data else external.from_settings())
    if url:
        external.check(url)
        yield url, None
        return
    folder = DataFolder(data)
    folder.check_version()
    if (moved := folder.server()) and not folder.running():
        external.check(moved.building)
        yield moved.building, moved.memory
        return
    if run := folder.running():
        if not run.database:
            folder.take(run)  # says that it is busy
        yield run.database, run.memory or None
        return
    if not folder.exists and not new:
        raise Trouble("house.absent", folder=folder.path, where=told_apart(folder.path))
    if folder.exists and not folder.postgres.exists():
        raise Trouble("house.elsewhere", folder=folder.path)
    folder.open()
    folder.take(Run(os.getpid(), "", ""))
    try:
        with Postgres(folder.postgres, report=console.report) as server:
            folder.stamp()
            yield databases(server)
    finally:
        folder.release()


def api(data: Path | None, url: str | None, token: str | None, person: str | None = None) -> Doorway:
    """The api of the house in `data` with a token of `person` (None: an administrator), or else `url` and `token`.

    Without both, and where no house runs in the default folder, the settings say where its parts are.
    """
    if url:
        return _elsewhere(url, token)
    if building := _apart(data):
        return Doorway(api_address(), token or issue(data, building, person))
    run = running(data)
    return Doorway(run.api, token or issue(data, run.database, person))


def agent(data: Path | None, url: str | None, token: str | None, person: str | None = None) -> Doorway:
    """The agent, likewise."""
    if url:
        return _elsewhere(url, token)
    if building := _apart(data):
        return Doorway(agent_address(), token or issue(data, building, person))
    run = running(data)
    return Doorway(run.agent, token or issue(data, run.database, person))


def api_address() -> str:
    """Where the settings say that the api is."""
    return told("MARKOFF_API_URL", place="agent.api_url") or (
        f"http://127.0.0.1:{told('MARKOFF_PORT', place='api.port') or 8000}"
    )


def agent_address() -> str:
    """Where they say that the agent is."""
    return told("MARKOFF_AGENT_URL", place="telegram.agent_url") or (
        f"http://127.0.0.1:{told('MARKOFF_AGENT_PORT', place='agent.port') or 8001}"
    )


def _apart(data: Path | None) -> str | None:
    """The database of a house whose parts run each for itself (`markoff serve`), by the settings; else None."""
    return None if data or DataFolder(None).running() else external.from_settings()


def _elsewhere(url: str, token: str | None) -> Doorway:
    if urlsplit(url).scheme not in ("http", "https"):
        raise Trouble("house.bad_url", url=external.shown(url))
    if not token:
        raise Trouble("house.no_token", url=url)
    return Doorway(url.rstrip("/"), token)


def running(data: Path | None, patience: float = 20.0) -> Run:
    """The house at work; one that is just starting is waited for, `patience` seconds."""
    folder = DataFolder(data)
    deadline = time.monotonic() + patience
    while (run := folder.running()) and not run.ready and time.monotonic() < deadline:
        time.sleep(0.1)
    if run is None or not run.ready:
        code = "house.not_running" if run is None else "house.not_ready"
        raise Trouble(code, folder=folder.path, where=told_apart(folder.path))
    return run


def issue(data: Path | None, building: str, person: str | None) -> str:
    """An access token signed with the house's key. Raises Trouble when there is no such person."""
    import psycopg

    from api.auth import mint

    key = signing(data)
    with external.connect(building) as connection:
        try:
            row = connection.execute(SOMEBODY if person else ADMINISTRATOR, {"login": person}).fetchone()
        except psycopg.errors.UndefinedTable as fault:
            raise Trouble("database.empty", url=external.shown(building)) from fault
    if row is None:
        where = told_apart(DataFolder(data).path)
        raise Trouble("house.no_person" if person else "house.nobody", person=person, where=where)
    return mint(key, row[0], TOKEN_LIFETIME).token


def signing(data: Path | None) -> str:
    """The key that the house in `data` signs with, unless the settings name one. Raises Trouble."""
    if key := told("MARKOFF_JWT_KEY", place="api.jwt_key"):
        return key
    folder = DataFolder(data)
    if not folder.exists:
        raise Trouble("house.no_key", folder=folder.path)
    return folder.secrets().jwt_key
