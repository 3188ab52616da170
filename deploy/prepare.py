"""A database made ready for a house: its first people, and the agent's key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import Enum

from deploy import external
from deploy.folder import Secrets

ADMINISTRATOR = "admin"


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
    if has_people(url):
        beginning = Beginning.KNOWN
    elif demo:
        plant(url)
        beginning = Beginning.PLANTED
    else:
        _add_administrator(url, secrets.admin_password)
        beginning = Beginning.EMPTY
    _add_agent_key(url, secrets.agent_key)
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
