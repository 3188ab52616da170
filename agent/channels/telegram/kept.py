"""What the bot remembers over restarts, in the agent's own database: people, their choices and places, and messages.

A message is kept before it is sent, in the transaction that moves its person's place in the stream: so every alarm
that was told of has its message, whatever dies when. While it is being sent it is SENDING; one that is found so after
a crash may have arrived, and is looked for (`agent.channels.telegram.sending`), not sent again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import Enum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from agent.channels.telegram.snapshot import Snapshot
from agent.channels.telegram.wishes import Wishes

CONNECTIONS = 4
ONE_AT_A_TIME = 0x6D6B_7467  # "mktg"
TABLES = """
CREATE SCHEMA IF NOT EXISTS agent;
CREATE TABLE IF NOT EXISTS agent.telegram_person (
    identity text PRIMARY KEY,
    chat bigint NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    language text NOT NULL,
    buildings text[] NOT NULL DEFAULT '{}',
    categories text[] NOT NULL DEFAULT '{}',
    least text NOT NULL DEFAULT 'LOW',
    quiet_from time,
    quiet_until time,
    alarm_cursor text,
    incident_cursor text
);
CREATE TABLE IF NOT EXISTS agent.telegram_message (
    identity text NOT NULL REFERENCES agent.telegram_person ON DELETE CASCADE,
    subject text NOT NULL,
    chat bigint NOT NULL,
    state text NOT NULL,
    message bigint,
    after bigint,
    shown text,
    due timestamptz,
    snapshot jsonb NOT NULL,
    PRIMARY KEY (identity, subject)
);
CREATE INDEX IF NOT EXISTS telegram_message_state ON agent.telegram_message (state) WHERE state <> 'SENT';
CREATE TABLE IF NOT EXISTS agent.telegram_problem (
    key text PRIMARY KEY,
    person bigint NOT NULL,
    given jsonb NOT NULL,
    confirmation text NOT NULL,
    asked_at timestamptz NOT NULL
);
"""
PEOPLE = "SELECT * FROM agent.telegram_person"
FOLLOW = """
    INSERT INTO agent.telegram_person (identity, chat, language, alarm_cursor, incident_cursor)
    VALUES (%(identity)s, %(chat)s, %(language)s, %(cursor)s, %(cursor)s)
    ON CONFLICT (identity) DO UPDATE SET chat = excluded.chat, enabled = true,
        alarm_cursor = CASE WHEN telegram_person.enabled THEN telegram_person.alarm_cursor ELSE %(cursor)s END,
        incident_cursor = CASE WHEN telegram_person.enabled THEN telegram_person.incident_cursor ELSE %(cursor)s END
    RETURNING *
"""
WISH = """
    UPDATE agent.telegram_person SET buildings = %(buildings)s, categories = %(categories)s, least = %(least)s,
        quiet_from = %(quiet_from)s, quiet_until = %(quiet_until)s WHERE identity = %(identity)s
"""
MESSAGES = """
    SELECT m.* FROM agent.telegram_message m
    JOIN unnest(%(identities)s::text[], %(subjects)s::text[]) q(identity, subject) USING (identity, subject)
"""
KEEP = """
    INSERT INTO agent.telegram_message (identity, subject, chat, state, due, snapshot)
    VALUES (%(identity)s, %(subject)s, %(chat)s, %(state)s, %(due)s, %(snapshot)s)
    ON CONFLICT (identity, subject) DO UPDATE SET snapshot = excluded.snapshot
"""
MOVE = """
    UPDATE agent.telegram_person SET alarm_cursor = coalesce(%(alarm)s, alarm_cursor),
        incident_cursor = coalesce(%(incident)s, incident_cursor) WHERE identity = %(identity)s
"""
CLAIM = """
    UPDATE agent.telegram_message m SET state = 'SENDING', after = %(after)s
    FROM unnest(%(identities)s::text[], %(subjects)s::text[]) q(identity, subject)
    WHERE m.identity = q.identity AND m.subject = q.subject AND m.state = 'WAITING' RETURNING m.*
"""
SETTLE = """
    UPDATE agent.telegram_message SET state = %(state)s, message = coalesce(%(message)s, message),
        shown = coalesce(%(shown)s, shown), due = NULL WHERE identity = %(identity)s AND subject = %(subject)s
"""
THERE = """
    SELECT * FROM agent.telegram_message WHERE identity = %s AND state IN ('WAITING', 'SENDING', 'SENT')
"""
HELD = "SELECT * FROM agent.telegram_message WHERE state = 'GROUPED' AND due <= %s OR state = 'QUIET'"
OPEN = "SELECT * FROM agent.telegram_message WHERE identity = %s AND snapshot->>'closed_at' IS NULL"
NEWEST = "SELECT greatest(max(message), max(after)) AS newest FROM agent.telegram_message"
FORGET = "DELETE FROM agent.telegram_message WHERE (snapshot->>'last_raised_at')::timestamptz < %s"

Key = tuple[str, str]
"""Of a message: the person's identity, and the id of what it is about."""


class State(Enum):
    """How far a message is."""

    WAITING = "to be sent"
    SENDING = "handed to Telegram, which has not answered"
    SENT = "there; edited as its subject changes"
    GROUPED = "held for a moment: an incident may stand for it"
    QUIET = "held until the quiet hours are over"
    COLLECTED = "an incident stands for it"
    GONE = "it cannot be edited any more"


@dataclass(frozen=True)
class Follower:
    """A person who is told of alarms in a chat, and how far they have been told."""

    identity: str
    chat: int
    enabled: bool
    language: str
    wishes: Wishes
    alarm_cursor: str | None
    incident_cursor: str | None


@dataclass(frozen=True)
class Message:
    """One subject as one person is told of it."""

    identity: str
    subject: str
    chat: int
    state: State
    snapshot: Snapshot
    message: int | None = None
    """Telegram's number of it in the chat."""
    after: int | None = None
    """The newest number that was known when it was handed over."""
    shown: str | None = None
    """Which card was shown last."""
    due: datetime | None = None

    @property
    def key(self) -> Key:
        return (self.identity, self.subject)


def _follower(row: DictRow) -> Follower:
    quiet: tuple[time, time] | None = None
    if row["quiet_from"] is not None and row["quiet_until"] is not None:
        quiet = (row["quiet_from"], row["quiet_until"])
    wishes = Wishes(frozenset(row["buildings"]), frozenset(row["categories"]), row["least"], quiet)
    cursors = row["alarm_cursor"], row["incident_cursor"]
    return Follower(row["identity"], row["chat"], row["enabled"], row["language"], wishes, *cursors)


def _message(row: DictRow) -> Message:
    known = {name: row[name] for name in ("identity", "subject", "chat", "message", "after", "shown", "due")}
    return Message(state=State[row["state"]], snapshot=Snapshot.of(row["snapshot"]), **known)


class Kept:
    """The tables, by what is done with them."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[DictRow]]) -> None:
        self._pool = pool

    async def people(self) -> list[Follower]:
        return [_follower(row) for row in await self.all(PEOPLE)]

    async def follow(self, identity: str, chat: int, language: str, cursor: str) -> Follower:
        """From now on (`cursor`) the person is told in the chat; who was told before goes on where they were."""
        asked = {"identity": identity, "chat": chat, "language": language, "cursor": cursor}
        (row,) = await self.all(FOLLOW, asked)
        return _follower(row)

    async def enable(self, identity: str, enabled: bool) -> None:
        await self.do("UPDATE agent.telegram_person SET enabled = %s WHERE identity = %s", (enabled, identity))

    async def speak(self, identity: str, language: str) -> None:
        await self.do("UPDATE agent.telegram_person SET language = %s WHERE identity = %s", (language, identity))

    async def wish(self, identity: str, wishes: Wishes) -> None:
        begins, ends = wishes.quiet or (None, None)
        asked: dict[str, Any] = {"identity": identity, "least": wishes.least, "quiet_from": begins, "quiet_until": ends}
        lists = {"buildings": sorted(wishes.buildings), "categories": sorted(wishes.categories)}
        await self.do(WISH, asked | lists)

    async def messages(self, keys: Iterable[Key]) -> dict[Key, Message]:
        found = await self.all(MESSAGES, _keys(keys))
        return {message.key: message for message in map(_message, found)}

    async def keep(self, messages: Sequence[Message], cursors: Mapping[str, tuple[str | None, str | None]]) -> None:
        """Messages as they are to be from now on, and how far each person has been told: together or not at all."""
        rows = [
            {"identity": one.identity, "subject": one.subject, "chat": one.chat, "state": one.state.name}
            | {"due": one.due, "snapshot": Jsonb(one.snapshot.json())}
            for one in messages
        ]
        places = [{"identity": who, "alarm": place[0], "incident": place[1]} for who, place in cursors.items()]
        async with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            if rows:
                await cursor.executemany(KEEP, rows)
            if places:
                await cursor.executemany(MOVE, places)

    async def claim(self, keys: Iterable[Key], after: int) -> list[Message]:
        """Those of the messages that nobody has sent yet: they are the caller's to send."""
        return [_message(row) for row in await self.all(CLAIM, {**_keys(keys), "after": after})]

    async def settle(self, key: Key, state: State, message: int | None = None, shown: str | None = None) -> None:
        """What has become of a message."""
        asked = {"identity": key[0], "subject": key[1], "state": state.name, "message": message, "shown": shown}
        await self.do(SETTLE, asked)

    async def adopt(self, message: Message) -> None:
        """A message that a person has before their eyes."""
        await self.keep([message], {})
        await self.settle(message.key, State.SENT, message.message)

    async def there(self, identity: str) -> list[Message]:
        """A person's messages: those to be sent, those that may have been, and those that are there."""
        return [_message(row) for row in await self.all(THERE, (identity,))]

    async def held(self, now: datetime) -> list[Message]:
        """Those whose moment of waiting is over (`now` is real), and all that wait for the end of quiet hours."""
        return [_message(row) for row in await self.all(HELD, (now,))]

    async def open(self, identity: str) -> list[Message]:
        """A person's messages about what is not over."""
        return [_message(row) for row in await self.all(OPEN, (identity,))]

    async def newest(self) -> int:
        """The newest number of a message that is known."""
        (row,) = await self.all(NEWEST)
        return int(row["newest"] or 0)

    async def forget(self, before: datetime) -> None:
        """Drop messages about what was last raised before then."""
        await self.do(FORGET, (before,))

    async def all(self, sql: str, values: Any = None) -> list[DictRow]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(sql, values)).fetchall()

    async def do(self, sql: str, values: Any = None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(sql, values)


def _keys(keys: Iterable[Key]) -> dict[str, list[str]]:
    listed = list(keys)
    return {"identities": [identity for identity, _ in listed], "subjects": [subject for _, subject in listed]}


def waiting(message: Message, state: State = State.WAITING) -> Message:
    """The message, to be sent."""
    return replace(message, state=state, due=None)


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[Kept]:
    """The tables at this address, made where they are missing; for one process at a time, others wait."""
    options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 3, "row_factory": dict_row}
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        url, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False, kwargs=options
    )
    alone = await AsyncConnection.connect(url, autocommit=True)
    try:
        await alone.execute("SELECT pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
        await alone.execute(TABLES)
        await pool.open(wait=True, timeout=15)
        yield Kept(pool)
    finally:
        await pool.close()
        await alone.close()
