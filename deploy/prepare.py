"""A database made ready for a house: its first people, and the agent's key."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from enum import Enum

from deploy import external
from deploy.folder import Secrets
from deploy.trouble import Trouble

ADMINISTRATOR = "admin"
LEAST_PASSWORD = 10
KEY = re.compile(r"mk_[0-9a-f]{12}_[0-9a-f]{40,}")


class Beginning(Enum):
    """What a database was when it was prepared."""

    KNOWN = "it had people already"
    PLANTED = "it was empty: the demo building was planted"
    EMPTY = "it was empty: an administrator was added"


def has_people(url: str) -> bool:
    """Whether anybody is known to the house."""
    with external.connect(url) as connection:
        return connection.execute('SELECT 1 FROM security."user" LIMIT 1').fetchone() is not None


def begin(url: str, secrets: Secrets, *, demo: bool) -> Beginning:
    """Put the first people into a house that knows nobody, with the demo building or without; and the agent's key."""
    return _begin(url, secrets.agent_key, secrets.admin_password, demo)


def begin_on_server(url: str, agent_key: str | None, admin_password: str | None, *, demo: bool) -> Beginning:
    """The same with secrets that somebody else keeps. Raises Trouble for one that is missing or too weak."""
    if agent_key is None or KEY.fullmatch(agent_key) is None:
        raise Trouble("db.no_agent_key")
    if not demo and not has_people(url) and len(admin_password or "") < LEAST_PASSWORD:
        raise Trouble("db.no_admin_password", least=LEAST_PASSWORD)
    return _begin(url, agent_key, admin_password or "", demo)


def _begin(url: str, agent_key: str, admin_password: str, demo: bool) -> Beginning:
    if has_people(url):
        beginning = Beginning.KNOWN
    elif demo:
        plant(url)
        beginning = Beginning.PLANTED
    else:
        _add_administrator(url, admin_password)
        beginning = Beginning.EMPTY
    _add_agent_key(url, agent_key)
    return beginning


def plant(url: str) -> None:
    """Plant the demo building."""
    from db import demo

    asyncio.run(demo.plant(url))


def _add_administrator(url: str, password: str) -> None:
    from api.auth import hash_password

    with external.connect(url) as connection, connection.transaction():
        connection.execute(
            'WITH admin AS (INSERT INTO security."user" (login, name, password_hash, language, enabled)'
            " VALUES (%s, 'Administrator', %s, 'RU', true) RETURNING id)"
            " INSERT INTO security.\"grant\" (user_id, role) SELECT id, 'ADMIN' FROM admin",
            (ADMINISTRATOR, hash_password(password)),
        )


def _add_agent_key(url: str, key: str) -> None:
    with external.connect(url) as connection:
        prefix, secret = key.split("_", 2)[1:]
        if connection.execute("SELECT 1 FROM security.api_key WHERE prefix = %s", (prefix,)).fetchone():
            return
        from api.auth import hash_secret

        connection.execute(
            "INSERT INTO security.api_key (prefix, secret_hash, name, kind, created_at)"
            " VALUES (%s, %s, 'agent', 'AGENT', %s)",
            (prefix, hash_secret(secret), datetime.now(UTC)),
        )
