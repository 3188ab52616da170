"""People's lines to the stream of changes: opened again whenever they break, from the place where they were."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NoReturn

import httpx
import psycopg

from agent.channels.following import Broken, Refused, Wanted, follow
from agent.channels.standing import Standing, standing
from agent.channels.telegram import snapshot
from agent.channels.telegram.kept import Kept, State
from agent.channels.telegram.listener import Listener, Told
from agent.channels.telegram.sending import Sender
from agent.channels.telegram.snapshot import ALARM, INCIDENT, alarm_now
from agent.client import GraphError, HttpGraph
from agent.identities import Identities, Stranger

log = logging.getLogger(__name__)

ALARMS, INCIDENTS = "alarmChanged", "incidentChanged"
PLACE = "subscription ($after: Cursor)"
FOLLOWED = {
    ALARMS: f"{PLACE} {{ alarmChanged(after: $after) {{ cursor at alarm {{ {ALARM} }} }} }}",
    INCIDENTS: f"{PLACE} {{ incidentChanged(after: $after) {{ cursor at incident {{ {INCIDENT} }} }} }}",
}
LOST = frozenset(("CURSOR_TOO_OLD", "CURSOR_OF_ANOTHER_EPOCH", "CURSOR_MALFORMED"))
LIVE = "[ACTIVE, ACKNOWLEDGED, RETURNED, LATCHED]"
STANDING_NOW = f"query live {{ alarms(first: 100, where: {{ state: {LIVE} }}) {{ nodes {{ {snapshot.AS_IT_IS} }} }} }}"
PAUSES = (0.2, 1.0, 3.0, 10.0)
"""Seconds before a broken line is opened again; the last for all further tries."""
Cursors = dict[str, str | None]
"""How far a person is, by topic; a topic that they may not follow is not there."""


@dataclass
class Listening:
    """Listens for people; what comes is put into the inbox."""

    kept: Kept
    identities: Identities
    http: httpx.AsyncClient
    api: str
    sender: Sender
    inbox: asyncio.Queue[Told]

    async def listen(self, listener: Listener) -> NoReturn:
        """One person's line, for as long as they are linked. Raises Stranger when they are not any more."""
        failed = 0
        cursors: Cursors = {ALARMS: listener.follower.alarm_cursor, INCIDENTS: listener.follower.incident_cursor}
        while True:
            try:
                person = await self.identities.person(listener.identity)
                graph = HttpGraph(self.http, person.token)
                listener.standing = known = await standing(graph, listener.language)
                listener.judge.roles = known.roles
                await self._resume(listener)
                async for told in self._changes(listener, person.token, cursors):
                    failed = 0
                    await self.inbox.put(told)
            except Stranger:
                raise
            except Refused as refused:
                if refused.code in LOST:
                    log.warning("%s missed changes (%s): told of what there is now", listener.identity, refused.code)
                    await self._catch_up(listener, graph, known, cursors)
                elif refused.name == INCIDENTS and refused.code == "NOT_ALLOWED":
                    cursors.pop(INCIDENTS)
                failed += 1
            except Broken as broken:
                if broken.token:
                    self.identities.forget(listener.identity)
                failed += not broken.token
            except (GraphError, psycopg.Error) as error:
                log.info("%s is not followed just now: %s", listener.identity, error)
                self.identities.forget(listener.identity)
                failed += 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES)) - 1] if failed else 0)

    async def _changes(self, listener: Listener, token: str, cursors: Cursors) -> AsyncIterator[Told]:
        wanted = {name: Wanted(FOLLOWED[name], {"after": after}) for name, after in cursors.items()}
        async for topic, data in follow(self.api, token, listener.language, wanted):
            change = data[topic]
            cursors[topic] = change["cursor"]
            one = snapshot.alarm(change["alarm"]) if topic == ALARMS else snapshot.incident(change["incident"])
            yield Told(listener.identity, topic, change["cursor"], datetime.fromisoformat(change["at"]), one)

    async def _resume(self, listener: Listener) -> None:
        """Messages that were under way when the process ended, or whose cards are not what they should be."""
        for message in await self.kept.there(listener.identity):
            shown = listener.card(message)
            if message.state is not State.SENT or (shown is not None and shown.print != message.shown):
                self.sender.put(message)

    async def _catch_up(self, listener: Listener, graph: HttpGraph, known: Standing, cursors: Cursors) -> None:
        """The place is lost: what there is now takes the place of what was missed."""
        data = await graph.execute(STANDING_NOW, {}, listener.language)
        live = {one.id: one for one in map(snapshot.alarm, data["alarms"]["nodes"])}
        for message in await self.kept.open(listener.identity):
            if message.subject not in live and not message.snapshot.is_incident:
                found = await alarm_now(graph, message.subject, listener.language)
                live[message.subject] = found or replace(message.snapshot, state="CLOSED", closed_at=datetime.now(UTC))
        for one in live.values():
            await self.inbox.put(Told(listener.identity, ALARMS, None, one.last_raised_at, one))
        await self.kept.keep([], {listener.identity: (known.cursor, known.cursor)})
        cursors.update(dict.fromkeys(cursors, known.cursor))


__all__ = ["ALARMS", "Listening"]
