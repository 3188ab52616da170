"""The audit: who did what, append-only, each entry's hash covering the entry before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import func, insert, select, text

from db.engine import Connection, WriteSession
from db.models import Audit

FIRST = "0" * 64
"""What the first entry takes for the hash before it."""
LAST = text("SELECT number, hash FROM security.audit ORDER BY number DESC LIMIT 1")
LOCK = 0x6D61726B_61756474
"""Advisory lock: entries are numbered one after another, in commit order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is worth remembering of one act; `arguments` without secrets, `outcome` a typed id or a refusal's name."""

    at: datetime
    user_id: int | None
    actor: str | None
    operation: str
    arguments: dict[str, Any]
    outcome: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry's number and hash: written down elsewhere, it shows later whether the end was cut off."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that is not what was written; `code` is MISSING, UNLINKED or ALTERED."""

    number: int
    reason: str
    code: str


def digest(number: int, entry: Entry, previous: str) -> str:
    """SHA-256 over the previous hash and the entry as canonical JSON (sorted keys, UTC, no spaces)."""
    told = {
        "number": number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "user": entry.user_id,
        "actor": entry.actor,
        "operation": entry.operation,
        "arguments": entry.arguments,
        "outcome": entry.outcome,
    }
    return hashlib.sha256(previous.encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def append(session: WriteSession, entry: Entry) -> int:
    """Write an entry in the session's transaction, and its number; entries of others wait until that ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = (await session.execute(LAST)).one_or_none()
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.hash)
    values = {
        "number": number,
        "at": entry.at,
        "user_id": entry.user_id,
        "actor": entry.actor,
        "operation": entry.operation,
        "arguments": entry.arguments,
        "outcome": entry.outcome,
        "previous": previous,
        "hash": digest(number, entry, previous),
    }
    await session.execute(insert(Audit).values(values))
    return number


async def verify(connection: Connection) -> Break | None:
    """Go through the whole chain; None when it is whole. (What was cut off at its end cannot be seen from it.)"""
    previous, expected = FIRST, 1
    async with connection.transaction():
        async for row in connection.cursor("SELECT * FROM security.audit ORDER BY number"):
            entry = Entry(row["at"], row["user_id"], row["actor"], row["operation"], row["arguments"], row["outcome"])
            if row["number"] != expected:
                return Break(row["number"], f"entry {expected} is missing", "MISSING")
            if row["previous"] != previous:
                return Break(expected, "it does not follow the entry before it", "UNLINKED")
            if row["hash"] != digest(expected, entry, previous):
                return Break(expected, "it was altered", "ALTERED")
            previous, expected = row["hash"], expected + 1
    return None


async def mark(connection: Connection, number: int | None = None) -> Mark | None:
    """The mark of an entry, the last one unless told; None where there is no such entry."""
    row = await connection.fetchrow(
        "SELECT number, hash FROM security.audit WHERE $1::bigint IS NULL OR number = $1 ORDER BY number DESC LIMIT 1",
        number,
    )
    return None if row is None else Mark(*row)
