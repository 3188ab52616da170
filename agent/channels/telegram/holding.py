"""Messages that are held: alarms of a flood until its incident is there, and what is not urgent until the morning."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import psycopg

from agent.channels.telegram.kept import Kept, Message, State, waiting
from agent.channels.telegram.listener import Listener
from agent.channels.telegram.sending import Sender
from agent.channels.telegram.snapshot import alarm_now
from agent.channels.telegram.wishes import asleep
from agent.client import GraphError, HttpGraph
from agent.identities import Identities

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=4)
"""How long an alarm of a flood waits for its incident, which the house makes within a second or two."""
RELEASE, LOOK_AT_NIGHT = 1.0, 15.0
"""Seconds between looks at what is held."""


@dataclass
class Holding:
    """Looks after what is held, and lets it go."""

    kept: Kept
    identities: Identities
    http: httpx.AsyncClient
    sender: Sender
    people: Mapping[str, Listener]
    any: bool = True
    """Whether anything may be held."""
    next_look: float = 0.0
    """Monotonic time of the next look at who sleeps."""

    def look_soon(self) -> None:
        """Somebody has chosen other hours."""
        self.any, self.next_look = True, 0.0

    async def run(self) -> None:
        """Let go what has waited for long enough, to the end."""
        while True:
            await asyncio.sleep(RELEASE)
            if not self.any:
                continue
            night = time.monotonic() >= self.next_look
            if night:
                self.next_look = time.monotonic() + LOOK_AT_NIGHT
            self.any = False  # what is held from now on says so itself
            try:
                self.any |= await self._let_go(night)
            except (GraphError, psycopg.Error) as error:
                self.any = True
                log.info("what is held stays so for now: %s", error)

    async def _let_go(self, night: bool) -> bool:
        """Whether anything is still held."""
        held = await self.kept.held(datetime.now(UTC) + HOLD)
        for message in held:
            listener = self.people.get(message.identity)
            if listener is None or listener.standing is None:
                continue
            if message.state is State.GROUPED:
                if message.due is not None and message.due <= datetime.now(UTC):
                    await self._of_a_flood(listener, message)
            elif night:
                await self._in_the_morning(listener, message)
        return bool(held)

    async def _of_a_flood(self, listener: Listener, message: Message) -> None:
        graph = await self._graph(listener)
        found = await alarm_now(graph, message.subject, listener.language)
        if found is not None and found.incident is not None:
            await self.kept.settle(message.key, State.COLLECTED)
        else:
            await self._let_it_be_sent(message)

    async def _in_the_morning(self, listener: Listener, message: Message) -> None:
        """Quiet hours are over when the house's clock says so, and only what still matters is sent."""
        if not message.snapshot.pending:
            return await self.kept.settle(message.key, State.COLLECTED)
        data = await (await self._graph(listener)).execute("query now { house { now } }", {}, listener.language)
        now = datetime.fromisoformat(data["house"]["now"]).astimezone(listener.zone(message.snapshot))
        if not asleep(listener.judge.wishes, now):
            await self._let_it_be_sent(message)
        return None

    async def _let_it_be_sent(self, message: Message) -> None:
        await self.kept.settle(message.key, State.WAITING)
        self.sender.put(waiting(message))

    async def _graph(self, listener: Listener) -> HttpGraph:
        person = await self.identities.person(listener.identity)
        return HttpGraph(self.http, person.token)


__all__ = ["HOLD", "Holding"]
