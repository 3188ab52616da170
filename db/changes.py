"""The change stream: what happened, in the order in which it was committed, each with a snapshot.

`append` is the last statement of a transaction: it takes a lock that is held until the commit, and only then a number.
So whoever sees a number has seen, or never will see, every lower one. A cursor names a place in one life (epoch) of
the stream.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import text

from db.engine import Connection, WriteSession

CHANNEL = "markoff_change"
"""Notified at each commit that appended, without a payload: a wake-up only."""
NEW_EPOCH = "epoch"
"""The payload of the notice that the stream has begun anew."""
LOCK = 0x6D6B_6368  # "mkch"

APPEND = f"""
    WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock({LOCK})),
    ordered AS (
        SELECT c.* FROM turn, unnest(
            $1::timestamptz[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[]
        ) WITH ORDINALITY AS c(at, kind, building_id, tenant_ids, subject_id, payload, ordinal) ORDER BY ordinal
    ),
    born AS (
        INSERT INTO live.change (number, at, kind, building_id, tenant_ids, subject_id, payload)
        SELECT nextval('live.change_number'), at, kind, building_id, tenant_ids::bigint[], subject_id, payload::jsonb
        FROM ordered RETURNING number
    )
    SELECT max(number), pg_notify('{CHANNEL}', '') FROM born
"""
PAGE = """
    WITH version AS MATERIALIZED (
        SELECT max(number) FILTER (WHERE subject = 'access') AS access,
            max(number) FILTER (WHERE subject = 'places') AS places
        FROM live.version
    )
    SELECT c.number, c.at, c.kind, c.building_id, c.tenant_ids, c.subject_id, c.payload::text AS payload,
        v.access, v.places
    FROM live.change c, version v WHERE c.number > $1 ORDER BY c.number LIMIT $2
"""
PAGE_SIZE = 500
LATEST = datetime.max.replace(tzinfo=UTC)
STANDING = """
    SELECT e.epoch, (SELECT max(number) FROM live.change) AS newest,
        EXISTS (SELECT FROM live.change WHERE number = $1) AS known
    FROM live.epoch e
"""
FORGET = """
    WITH young AS MATERIALIZED (
        SELECT number FROM live.change WHERE at >= $1 AND at <= $2 ORDER BY number LIMIT 1
    ), edge AS (
        SELECT coalesce((SELECT number FROM young), (SELECT max(number) FROM live.change)) AS number
    )
    DELETE FROM live.change WHERE number IN (
        SELECT number FROM live.change WHERE number < (SELECT number FROM edge) ORDER BY number LIMIT $3
    )
"""
"""Only what lies before the first young change: what late readings tell of the past stays in its place until then."""
BEGIN_EPOCH = f"""
    UPDATE live.epoch SET epoch = replace(gen_random_uuid()::text, '-', ''), began_at = $1
    RETURNING epoch, pg_notify('{CHANNEL}', '{NEW_EPOCH}')
"""


class CursorRefused(Exception):
    """A cursor from which the stream cannot be continued.

    CursorMalformed    not a cursor of this house
    CursorOfAnotherEpoch   the stream has begun anew since (a backup was restored)
    CursorTooOld       what follows it has been forgotten
    """

    code = ""


class CursorMalformed(CursorRefused):
    code = "CURSOR_MALFORMED"


class CursorOfAnotherEpoch(CursorRefused):
    code = "CURSOR_OF_ANOTHER_EPOCH"


class CursorTooOld(CursorRefused):
    code = "CURSOR_TOO_OLD"


@dataclass(frozen=True, slots=True)
class News:
    """A change that is not appended yet. `tenant_ids`: whom it concerns; `payload`: what a late reader must know."""

    at: datetime
    kind: str
    building_id: int
    tenant_ids: tuple[int, ...]
    subject_id: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the stream."""

    number: int
    at: datetime
    kind: str
    building_id: int
    tenant_ids: frozenset[int]
    subject_id: int
    payload: dict[str, Any]
    access: int = field(default=0, compare=False)
    """Of users, grants and keys, the version when it was read: what was granted or taken before it is in it."""
    places: int = field(default=0, compare=False)
    """Of the places of sensors and who rents them, likewise."""
    size: int = field(default=0, compare=False)
    """Characters of the payload as JSON."""


async def driver(session: WriteSession) -> Connection:
    """The asyncpg connection under a session, inside the session's transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driven: Connection = raw.driver_connection
    if not driven.is_in_transaction():  # SQLAlchemy begins with its own first statement
        await session.execute(text("SELECT"))
    return driven


async def append(connection: Connection, news: Sequence[News]) -> int | None:
    """Append in the given order and wake the listeners at commit; the last number. Nothing may be written after it."""
    if not news:
        return None
    number: int = await connection.fetchval(
        APPEND,
        [one.at for one in news],
        [one.kind for one in news],
        [one.building_id for one in news],
        ["{" + ",".join(map(str, one.tenant_ids)) + "}" for one in news],
        [one.subject_id for one in news],
        [orjson.dumps(one.payload).decode() for one in news],
    )
    return number


async def page(connection: Connection, after: int, size: int = PAGE_SIZE) -> list[Change]:
    """At most `size` changes with numbers above `after`, in order."""
    return _changes(await connection.fetch(PAGE, after, size))


def _changes(rows: Iterable[Any]) -> list[Change]:
    return [
        Change(
            row["number"],
            row["at"],
            row["kind"],
            row["building_id"],
            frozenset(row["tenant_ids"]),
            row["subject_id"],
            orjson.loads(row["payload"]),
            row["access"],
            row["places"],
            len(row["payload"]),
        )
        for row in rows
    ]


def cursor(epoch: str, number: int) -> str:
    """The place after change `number`, opaque to callers."""
    return urlsafe_b64encode(f"{epoch}:{number}".encode()).decode().rstrip("=")


def parsed(text: str) -> tuple[str, int]:
    """Epoch and number of a cursor. Raises CursorMalformed."""
    try:
        epoch, colon, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").rpartition(":")
    except (binascii.Error, ValueError) as error:
        raise CursorMalformed(text) from error
    if not colon or not epoch or not number.isdecimal() or len(number) > 18 or cursor(epoch, int(number)) != text:
        raise CursorMalformed(text)
    return epoch, int(number)


async def place(connection: Connection, text: str) -> int:
    """The number after which a cursor continues. Raises one of the three kinds of CursorRefused."""
    epoch, number = parsed(text)
    row = await connection.fetchrow(STANDING, number)
    assert row is not None, "the stream has no epoch"
    newest = row["newest"] or 0
    if epoch != row["epoch"] or number > newest:
        raise CursorOfAnotherEpoch(text)
    if not row["known"] and number > 0:  # the numbers we gave out exist until they are forgotten
        raise CursorTooOld(text)
    return number


async def standing(connection: Connection) -> tuple[str, int]:
    """The epoch, and the newest number (0 when nothing has happened)."""
    row = await connection.fetchrow(STANDING, 0)
    assert row is not None, "the stream has no epoch"
    return row["epoch"], row["newest"] or 0


async def forget(connection: Connection, before: datetime, ahead: datetime = LATEST, most: int = 10_000) -> int:
    """Forget the beginning of the stream, up to the first change not older than `before` (house time); how many.

    Never the newest, and at most `most`. A change after `ahead` keeps nothing: the clock was set back since.
    """
    return int((await connection.execute(FORGET, before, ahead, most)).split()[-1])


async def begin_epoch(connection: Connection, now: datetime) -> str:
    """Begin a new life of the stream, as a restored backup must: cursors given out before are refused from now on."""
    epoch: str = await connection.fetchval(BEGIN_EPOCH, now)
    return epoch
