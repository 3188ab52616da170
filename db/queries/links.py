"""Links: which person an identity in a channel stands for, and the codes that make links."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import col

from db.engine import Connection
from db.models import Language, Link, LinkChannel

FORGET = """
    DELETE FROM security.link_code WHERE expires_at < $3 OR (user_id = $1 AND channel = $2 AND used_at IS NULL)
"""
KEEP = "INSERT INTO security.link_code (code_hash, user_id, channel, expires_at) VALUES ($1, $2, $3, $4)"
USE = """
    UPDATE security.link_code c SET used_at = $3 FROM security."user" u
    WHERE c.code_hash = $1 AND c.channel = $2 AND c.used_at IS NULL AND c.expires_at > $3
        AND u.id = c.user_id AND u.enabled
    RETURNING u.id, u.name, u.language
"""
LINK = """
    INSERT INTO security.link (user_id, channel, identity, name, linked_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel, identity)
        DO UPDATE SET user_id = excluded.user_id, name = excluded.name, linked_at = excluded.linked_at
    RETURNING id
"""
STANDS_FOR = """
    SELECT l.id AS link, u.id, u.name, u.language FROM security.link l JOIN security."user" u ON u.id = l.user_id
    WHERE l.channel = $1 AND l.identity = $2 AND u.enabled
"""
OWNERS = "SELECT id, user_id FROM security.link WHERE id = ANY($1)"


@dataclass(frozen=True, slots=True)
class Linked:
    """The person whom an identity stands for."""

    user_id: int
    name: str
    language: Language
    link: int


def link_of(key: int | None) -> Select[Link, str]:
    """A link by its key; links have no other name."""
    return select(Link, col(Link.name)).where(col(Link.id) == key)


async def keep_code(
    connection: Connection, code_hash: str, user_id: int, channel: LinkChannel, until: datetime, now: datetime
) -> None:
    """Keep a code; the person's earlier ones for that channel are good for nothing any more. Times are real."""
    await connection.execute(FORGET, user_id, channel.name, now)
    await connection.execute(KEEP, code_hash, user_id, channel.name, until)


async def link(
    connection: Connection,
    code_hash: str,
    channel: LinkChannel,
    identity: str,
    name: str,
    now: datetime,
    real: datetime,
) -> Linked | None:
    """Use a code: from now on the identity stands for its person. None when the code is not good."""
    person = await connection.fetchrow(USE, code_hash, channel.name, real)
    if person is None:
        return None
    made = await connection.fetchval(LINK, person["id"], channel.name, identity, name, now)
    return Linked(person["id"], person["name"], Language[person["language"]], made)


async def stands_for(connection: Connection, channel: LinkChannel, identity: str) -> Linked | None:
    """The person whom an identity stands for, unless they are switched off."""
    found = await connection.fetchrow(STANDS_FOR, channel.name, identity)
    return None if found is None else Linked(found["id"], found["name"], Language[found["language"]], found["link"])


async def owners(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """The person of each link that is still there."""
    if not ids:
        return {}
    return {row["id"]: row["user_id"] for row in await connection.fetch(OWNERS, list(ids))}
