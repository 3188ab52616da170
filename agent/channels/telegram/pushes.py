"""Alarms to people's chats: who is told, and what becomes of each change.

    pushes = Pushes(bot, kept, identities, http, api_url)
    async with pushes.at_work(): ...
    await pushes.follow("telegram:5", chat=5)      # after linking
    await pushes.unsubscribe(chat=5)               # the bot was blocked

A change comes by `listening`; it is first kept, with the person's place in the stream, and then sent, or held for a
while: see `kept`, `sending` and `holding`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
from telegram import Bot, Update

from agent.channels.standing import Standing, standing
from agent.channels.telegram import metrics
from agent.channels.telegram.card import Card
from agent.channels.telegram.holding import HOLD, Holding
from agent.channels.telegram.kept import Follower, Kept, Key, Message, State
from agent.channels.telegram.listener import Listener, Told
from agent.channels.telegram.listening import ALARMS, Listening
from agent.channels.telegram.sending import Sender
from agent.channels.telegram.snapshot import Snapshot
from agent.channels.telegram.wishes import Judge, Verdict, Wishes
from agent.client import HttpGraph
from agent.identities import Identities, Stranger
from agent.words import Language

log = logging.getLogger(__name__)

INBOX = 2000
"""Changes that may wait to be kept; then the lines wait."""
AT_ONCE = 500
REMEMBERED = timedelta(days=60)


class Pushes:
    """The people who are told, and the way of an alarm to each of them."""

    def __init__(self, bot: Bot, kept: Kept, identities: Identities, http: httpx.AsyncClient, api: str) -> None:
        self.kept = kept
        self.identities = identities
        self.http = http
        self.people: dict[str, Listener] = {}
        self.sender = Sender(bot, kept, self.card, self._blocked)
        self.holding = Holding(kept, identities, http, self.sender, self.people)
        self._inbox: asyncio.Queue[Told] = asyncio.Queue(INBOX)
        self._listening = Listening(kept, identities, http, api, self.sender, self._inbox)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Follow for everybody who is known, and send, until the end of the block."""
        await self.kept.forget(datetime.now(UTC) - REMEMBERED)
        for follower in await self.kept.people():
            if follower.enabled:
                self._begin(follower)
        works: list[Callable[[], Coroutine[Any, Any, None]]] = [self.sender.run, self._keep, self.holding.run]
        tasks = [asyncio.create_task(_on_and_on(work)) for work in works]
        try:
            yield
        finally:
            tasks += [each.task for each in self.people.values() if each.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def saw(self, update: Update, context: object) -> None:
        """A handler of whatever comes in: the numbers of messages tell where one that got lost may be."""
        if update.effective_message is not None:
            self.sender.saw(update.effective_message.message_id)

    def look(self) -> None:
        """Take the figures of this moment."""
        metrics.PEOPLE.set(len(self.people))
        self.sender.lags.look()

    # -- who is told

    async def follow(self, identity: str, chat: int) -> None:
        """Tell the person of alarms in the chat, from now on. Raises GraphError."""
        person = await self.identities.person(identity)
        known = await standing(HttpGraph(self.http, person.token), person.language)
        follower = await self.kept.follow(identity, chat, person.language, known.cursor)
        await self._end(identity)
        self._begin(follower, known)

    async def unsubscribe(self, chat: int) -> None:
        """The bot may not write to this chat any more."""
        for identity in [who for who, one in self.people.items() if one.follower.chat == chat]:
            await self._blocked(identity)

    def wishes(self, identity: str) -> Wishes | None:
        """What a person has chosen; None for who is not told of anything."""
        known = self.people.get(identity)
        return known.follower.wishes if known else None

    async def wish(self, identity: str, wishes: Wishes) -> None:
        """Choose; what is there stays, what comes is judged by it."""
        await self.kept.wish(identity, wishes)
        if (known := self.people.get(identity)) is not None:
            known.follower = replace(known.follower, wishes=wishes)
            known.judge.wishes = wishes
            self.holding.look_soon()

    async def speak(self, identity: str, language: Language) -> None:
        """Write the cards in this language from now on."""
        await self.kept.speak(identity, language)
        if (known := self.people.get(identity)) is not None:
            known.follower = replace(known.follower, language=language)

    def _begin(self, follower: Follower, known: Standing | None = None) -> None:
        listener = Listener(follower, Judge(follower.wishes), known)
        self.people[follower.identity] = listener
        listener.task = asyncio.create_task(_on_and_on(lambda: self._listen(listener)))

    async def _end(self, identity: str) -> None:
        listener = self.people.pop(identity, None)
        if listener is not None and listener.task is not None and listener.task is not asyncio.current_task():
            listener.task.cancel()
            await asyncio.gather(listener.task, return_exceptions=True)

    async def _listen(self, listener: Listener) -> None:
        try:
            await self._listening.listen(listener)
        except Stranger:
            await self._blocked(listener.identity)

    async def _blocked(self, identity: str) -> None:
        metrics.BLOCKED.inc()
        log.info("%s is not told of alarms any more", identity)
        await self.kept.enable(identity, False)
        await self._end(identity)

    # -- keeping

    async def _keep(self) -> None:
        """Take what has come in, decide, keep it together with how far each person is, and let it be sent."""
        while True:
            told = [await self._inbox.get()]
            while len(told) < AT_ONCE and not self._inbox.empty():
                told.append(self._inbox.get_nowait())
            while True:
                try:
                    await self._take(told)
                    break
                except psycopg.OperationalError as error:
                    log.warning("the agent's database does not answer: %s", error)
                    await asyncio.sleep(1)

    async def _take(self, told: list[Told]) -> None:
        known = await self.kept.messages({(each.identity, each.one.id): None for each in told})
        changed: dict[Key, Message] = {}
        cursors: dict[str, tuple[str | None, str | None]] = {}
        for each in told:
            listener = self.people.get(each.identity)
            if listener is None:
                continue
            key = (each.identity, each.one.id)
            before = changed.get(key) or known.get(key)
            after = replace(before, snapshot=each.one) if before else self._new(listener, each)
            if after is not None:
                changed[key] = after
            alarm, incident = cursors.get(each.identity, (None, None))
            if each.cursor is not None:
                cursors[each.identity] = (each.cursor, incident) if each.topic == ALARMS else (alarm, each.cursor)
        await self.kept.keep(list(changed.values()), cursors)
        for message in changed.values():
            if message.state in (State.WAITING, State.SENDING, State.SENT):
                self.sender.put(message)
            elif message.state is not State.GONE:
                self.holding.any = True

    def _new(self, listener: Listener, told: Told) -> Message | None:
        """A message, or none, about what the person has no message of."""
        follower, zone = listener.follower, listener.zone(told.one)
        new = Message(follower.identity, told.one.id, follower.chat, State.WAITING, told.one)
        match listener.judge.of(told.one, told.at.astimezone(zone)):
            case Verdict.NOW:
                return new
            case Verdict.LATER:
                return replace(new, state=State.QUIET)
            case Verdict.GROUPED:
                return replace(new, state=State.GROUPED, due=datetime.now(UTC) + HOLD)
            case Verdict.NEVER:
                return None

    def card(self, message: Message) -> Card | None:
        """As the person is to see it; None while nothing is known of them or of their building."""
        listener = self.people.get(message.identity)
        return listener.card(message) if listener else None

    async def adopt(self, identity: str, chat: int, number: int, one: Snapshot) -> None:
        """A card that a person has tapped on: from now on it is the one that changes."""
        if identity in self.people:
            await self.kept.adopt(Message(identity, one.id, chat, State.SENT, one, number))
            for message in (await self.kept.messages([(identity, one.id)])).values():
                self.sender.put(message)


async def _on_and_on(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Work that goes on as long as the process: a failure is logged, and it begins anew."""
    while True:
        try:
            await work()
            return
        except Exception:
            log.exception("the pushes begin again")
            await asyncio.sleep(1)


__all__ = ["Pushes"]
