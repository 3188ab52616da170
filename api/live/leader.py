"""Leads a group of duties as long as this process holds the group's lock; of all processes one does at a time.

The lock belongs to the session that also does the work: where the session ends, the right to work ends with it. The
server notices within seconds when the process, its machine or the way to it is gone, and also when it hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from api import metrics, tracing
from api.live.hub import PAUSE, TROUBLE, end
from db.clock import Clock
from db.engine import Connection, connect

log = logging.getLogger("markoff.live")

ROUND = 0.25
"""Seconds between looks at the clock and at what is to be done, and between attempts to become the leader."""
PATIENCE = 5.0
"""Seconds in which the database has to answer a leader who asks for the time."""
LONGEST = 120.0
"""Seconds that one statement of a duty may take."""
WATCHED = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5000",
    "idle_session_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "5s",
}
"""How the server watches a leader's session: a host that is gone, a process that hangs, a lock that never comes."""
NOTICE_AT_WORK = "SET client_connection_check_interval = '1s'"
"""Let a long statement end when its client has gone."""
CLOSING = 1.0
"""Seconds for a session to end well."""

Act: TypeAlias = Callable[[Connection, Clock], Awaitable[int]]
Attend: TypeAlias = Callable[[], AbstractAsyncContextManager[object]]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again: `act` each `every` seconds (real ones); it tells how much it did."""

    name: str
    act: Act
    every: float = ROUND


@dataclass(frozen=True, slots=True)
class Group:
    """Duties of one leader, done one after the other, and what goes on as long as one leads.

    `lock` is the key of an advisory lock, another for each group.
    """

    name: str
    lock: int
    duties: Sequence[Duty] = ()
    attended: Sequence[Attend] = ()
    """Contexts that are entered when the lock is got, and left before it is given up."""


class Leader:
    """This process's part in one group: it leads, or waits until it may."""

    def __init__(self, url: str, clock: Clock, group: Group) -> None:
        self.url = url
        self.clock = clock
        self.group = group
        self.leading = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"markoff {self.group.name}")

    async def stop(self) -> None:
        """Give the lead up; another takes over at once."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                async with _session(self.url, self.group.name) as connection:
                    await self._wait_for_turn(connection)
                    await self._lead(connection)
            except (*TROUBLE, TimeoutError) as error:
                log.warning("not leading %s: %r", self.group.name, error)
            except Exception:
                log.exception("the leader of %s stumbled", self.group.name)
            await asyncio.sleep(PAUSE)

    async def _wait_for_turn(self, connection: Connection) -> None:
        """A session that blocks would hold the past open for the vacuum: so one asks, and asks again."""
        while not await self._asked(connection):  # noqa: ASYNC110
            await asyncio.sleep(ROUND)

    async def _asked(self, connection: Connection) -> bool:
        async with asyncio.timeout(PATIENCE):
            await self.clock.refresh(connection)
            got: bool = await connection.fetchval("SELECT pg_try_advisory_lock($1)", self.group.lock)
            return got

    async def _lead(self, connection: Connection) -> None:
        log.info("leading %s", self.group.name)
        due = dict.fromkeys(self.group.duties, 0.0)
        async with AsyncExitStack() as stack:
            for attend in self.group.attended:
                await stack.enter_async_context(attend())
            try:
                self.leading = True
                while True:
                    async with asyncio.timeout(PATIENCE):
                        await self.clock.refresh(connection)
                    for duty in [one for one, at in due.items() if at <= time.monotonic()]:
                        await self._do(connection, duty)
                        due[duty] = time.monotonic() + duty.every
                    await asyncio.sleep(ROUND)
            finally:
                self.leading = False

    async def _do(self, connection: Connection, duty: Duty) -> None:
        """One that fails is done again when its time comes; the others do not suffer."""
        begun, outcome, done, kind = time.perf_counter(), "failed", 0, None
        try:
            done = await duty.act(connection, self.clock)
            outcome = "done"
        except Exception as error:
            if connection.is_closed():
                raise
            kind = getattr(error, "sqlstate", None) or type(error).__name__
            known = isinstance(error, (*TROUBLE, TimeoutError))
            log.warning("%s failed: %r", duty.name, error, exc_info=None if known else error)
        else:
            if done:
                log.info("%s: %d", duty.name, done)
        finally:
            metrics.DUTIES.labels(duty.name, outcome).inc()
            metrics.DUTY_SECONDS.labels(duty.name).inc(took := time.perf_counter() - begun)
            tracing.done(f"duty {duty.name}", took, done, kind)


@asynccontextmanager
async def _session(url: str, group: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A session of its own, which ends with the context, whatever it was doing; pg_stat_activity tells whose it is."""
    name = f"markoff {group} {socket.gethostname()[:30]}:{os.getpid()}"
    connection = await connect(url, WATCHED | {"application_name": name}, patience=LONGEST)
    try:
        with contextlib.suppress(asyncpg.PostgresError):  # servers on some systems cannot
            await connection.execute(NOTICE_AT_WORK)
        yield connection
    finally:
        with contextlib.suppress(*TROUBLE, TimeoutError):
            await connection.close(timeout=CLOSING)
