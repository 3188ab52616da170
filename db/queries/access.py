"""Access: who a user or a key is, and what was granted to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from db.engine import Connection
from db.models import KeyKind, Language, Role

PEOPLE = """
    SELECT u.id, u.language, u.enabled,
        coalesce(jsonb_agg(jsonb_build_array(g.role, g.building_id, g.tenant_id) ORDER BY g.building_id, g.role)
            FILTER (WHERE g.id IS NOT NULL), '[]') AS grants
    FROM security."user" u LEFT JOIN security."grant" g ON g.user_id = u.id
    WHERE u.id = ANY($1) GROUP BY u.id
"""
KEYS = """
    SELECT prefix, id, secret_hash, name, kind, building_id, revoked_at, readings_per_minute
    FROM security.api_key WHERE prefix = ANY($1)
"""
LOGIN = 'SELECT id, password_hash, language, enabled FROM security."user" WHERE login = $1'

Granted = tuple[Role, int | None, int | None]
"""A role, and the building or the tenant on which it is held."""


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    language: Language
    enabled: bool
    grants: tuple[Granted, ...]


@dataclass(frozen=True, slots=True)
class Key:
    id: int
    secret_hash: str
    name: str
    kind: KeyKind
    building_id: int | None
    revoked: bool
    readings_per_minute: int | None = None
    """Most readings a minute; None: as the settings say, 0: no limit."""


@dataclass(frozen=True, slots=True)
class Login:
    user_id: int
    password_hash: str | None
    language: Language
    enabled: bool


async def person(connection: Connection, user_id: int) -> Person | None:
    """A user with all their grants."""
    return (await people(connection, [user_id])).get(user_id)


async def people(connection: Connection, user_ids: Collection[int]) -> dict[int, Person]:
    """Users with all their grants, by their keys."""
    return {row["id"]: _person(row) for row in await connection.fetch(PEOPLE, list(user_ids))}


def _person(row: Any) -> Person:
    grants = tuple((Role[role], building, tenant) for role, building, tenant in row["grants"])
    return Person(row["id"], Language[row["language"]], row["enabled"], grants)


async def key(connection: Connection, prefix: str) -> Key | None:
    """An API key by its public part."""
    return (await keys(connection, [prefix])).get(prefix)


async def keys(connection: Connection, prefixes: Collection[str]) -> dict[str, Key]:
    """API keys by their public parts."""
    return {row["prefix"]: _key(row) for row in await connection.fetch(KEYS, list(prefixes))}


def _key(row: Any) -> Key:
    revoked = row["revoked_at"] is not None
    kind = KeyKind[row["kind"]]
    limit = row["readings_per_minute"]
    return Key(row["id"], row["secret_hash"], row["name"], kind, row["building_id"], revoked, limit)


async def login(connection: Connection, name: str) -> Login | None:
    """What is needed to check a password."""
    row = await connection.fetchrow(LOGIN, name)
    if row is None:
        return None
    return Login(row["id"], row["password_hash"], Language[row["language"]], row["enabled"])
