"""Alarms to people's chats: each person's subscription, what becomes of each change, and when held messages go.

    pushes = Pushes(bot, kept, identities, http, api_url)
    async with pushes.at_work(): ...
    await pushes.follow("telegram:5", chat=5)      # after linking
    await pushes.unsubscribe(chat=5)               # the bot was blocked

A change is first kept, with the person's place in the stream, and then sent: see `kept` and `sending`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
from telegram import Bot, Update

from agent.channels.following import Broken, Refused, Wanted, follow
from agent.channels.standing import Standing, standing
from agent.channels.telegram import metrics, snapshot
from agent.channels.telegram.card import Card, card
from agent.channels.telegram.kept import Follower, Kept, Key, Message, State, waiting
from agent.channels.telegram.sending import Sender
from agent.channels.telegram.snapshot import ALARM, INCIDENT, Snapshot
from agent.channels.telegram.wishes import Judge, Verdict, Wishes, asleep
from agent.client import GraphError, HttpGraph
from agent.identities import Identities, Stranger
from agent.words import Language

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
INBOX = 2000
"""Changes that may wait to be kept; then the lines wait."""
AT_ONCE = 500
HOLD = timedelta(seconds=4)
"""How long an alarm of a flood waits for its incident, which the house makes within a second or two."""
RELEASE, LOOK_AT_NIGHT = 1.0, 15.0
"""Seconds between looks at what is held."""
PAUSES = (0.2, 1.0, 3.0, 10.0)
"""Seconds before a broken line is opened again; the last for all further tries."""
REMEMBERED = timedelta(days=60)


@dataclass(frozen=True)
class Told:
    """A change on its way to be kept; without a cursor it was asked for."""

    identity: str
    topic: str
    cursor: str | None
    at: datetime
    one: Snapshot


@dataclass
class Listener:
    """One person who is told, while they are followed."""

    follower: Follower
    judge: Judge
    standing: Standing | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def language(self) -> Language:
        return "ru" if self.follower.language == "ru" else "en"


class Pushes:
    """The people who are told, and the way of an alarm to each of them."""

    def __init__(self, bot: Bot, kept: Kept, identities: Identities, http: httpx.AsyncClient, api: str) -> None:
        self.kept = kept
        self.identities = identities
        self.http = http
        self.api = api
        self.sender = Sender(bot, kept, self.render, self._blocked)
        self.people: dict[str, Listener] = {}
        self._inbox: asyncio.Queue[Told] = asyncio.Queue(INBOX)
        self._holding = True
        self._next_look = 0.0

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Follow for everybody who is known, and send, until the end of the block."""
        await self.kept.forget(datetime.now(UTC) - REMEMBERED)
        for follower in await self.kept.people():
            if follower.enabled:
                self._begin(follower)
        works: list[Callable[[], Coroutine[Any, Any, None]]] = [self.sender.run, self._keep, self._release]
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
            self._holding, self._next_look = True, 0.0

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

    def look(self) -> None:
        """Take the figures of this moment."""
        metrics.PEOPLE.set(len(self.people))
        self.sender.lags.look()

    async def _blocked(self, identity: str) -> None:
        metrics.BLOCKED.inc()
        log.info("%s is not told of alarms any more", identity)
        await self.kept.enable(identity, False)
        await self._end(identity)

    # -- following

    async def _listen(self, listener: Listener) -> None:
        """One person's line, opened again whenever it breaks; ends when they have unlinked."""
        identity, failed = listener.follower.identity, 0
        cursors: dict[str, str | None] = {
            ALARMS: listener.follower.alarm_cursor,
            INCIDENTS: listener.follower.incident_cursor,
        }
        while True:
            try:
                person = await self.identities.person(identity)
                graph = HttpGraph(self.http, person.token)
                listener.standing = known = await standing(graph, listener.language)
                listener.judge.roles = known.roles
                await self._resume(listener)
                async for told in self._changes(listener, person.token, cursors):
                    failed = 0
                    await self._inbox.put(told)
            except Stranger:
                return await self._blocked(identity)
            except Refused as refused:
                if refused.code in LOST:
                    log.warning("%s missed changes (%s): told of what there is now", identity, refused.code)
                    await self._catch_up(listener, graph, known, cursors)
                elif refused.name == INCIDENTS and refused.code == "NOT_ALLOWED":
                    cursors.pop(INCIDENTS)
                failed += 1
            except Broken as broken:
                if broken.token:
                    self.identities.forget(identity)
                failed += not broken.token
            except (GraphError, psycopg.Error) as error:
                log.info("%s is not followed just now: %s", identity, error)
                self.identities.forget(identity)
                failed += 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES)) - 1] if failed else 0)

    async def _changes(self, listener: Listener, token: str, cursors: dict[str, str | None]) -> AsyncIterator[Told]:
        wanted = {name: Wanted(FOLLOWED[name], {"after": after}) for name, after in cursors.items()}
        identity = listener.follower.identity
        async for topic, data in follow(self.api, token, listener.language, wanted):
            change = data[topic]
            cursors[topic] = change["cursor"]
            one = snapshot.alarm(change["alarm"]) if topic == ALARMS else snapshot.incident(change["incident"])
            yield Told(identity, topic, change["cursor"], datetime.fromisoformat(change["at"]), one)

    async def _resume(self, listener: Listener) -> None:
        """Messages that were under way when the process ended, or whose cards are not what they should be."""
        for message in await self.kept.there(listener.follower.identity):
            shown = self.render(message)
            if message.state is not State.SENT or (shown is not None and shown.print != message.shown):
                self.sender.put(message)

    async def _catch_up(
        self, listener: Listener, graph: HttpGraph, known: Standing, cursors: dict[str, str | None]
    ) -> None:
        """The place is lost: what there is now takes the place of what was missed."""
        data = await graph.execute(STANDING_NOW, {}, listener.language)
        live = {one.id: one for one in map(snapshot.alarm, data["alarms"]["nodes"])}
        for message in await self.kept.open(listener.follower.identity):
            if message.subject not in live and not message.snapshot.is_incident:
                found = await alarm_now(graph, message.subject, listener.language)
                live[message.subject] = found or replace(message.snapshot, state="CLOSED", closed_at=datetime.now(UTC))
        identity = listener.follower.identity
        for one in live.values():
            await self._inbox.put(Told(identity, ALARMS, None, one.last_raised_at, one))
        await self.kept.keep([], {identity: (known.cursor, known.cursor)})
        cursors.update(dict.fromkeys(cursors, known.cursor))

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
                self._holding = True

    def _new(self, listener: Listener, told: Told) -> Message | None:
        """A message, or none, about what the person has no message of."""
        follower, zone = listener.follower, self._zone(listener, told.one)
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

    def render(self, message: Message) -> Card | None:
        """The card as the person is to see it; None while their building is not known."""
        listener = self.people.get(message.identity)
        if listener is None or listener.standing is None:
            return None
        zone = self._zone(listener, message.snapshot)
        return card(message.snapshot, listener.language, zone, listener.standing.roles)

    def _zone(self, listener: Listener, one: Snapshot) -> Any:
        return listener.standing.zone(one.building_code) if listener.standing else UTC

    async def adopt(self, identity: str, chat: int, number: int, one: Snapshot) -> None:
        """A card that a person has tapped on: from now on it is the one that changes."""
        if identity in self.people:
            await self.kept.adopt(Message(identity, one.id, chat, State.SENT, one, number))
            for message in (await self.kept.messages([(identity, one.id)])).values():
                self.sender.put(message)

    # -- what is held

    async def _release(self) -> None:
        """Let go what has waited for long enough."""
        while True:
            await asyncio.sleep(RELEASE)
            if not self._holding:
                continue
            night = time.monotonic() >= self._next_look
            if night:
                self._next_look = time.monotonic() + LOOK_AT_NIGHT
            try:
                self._holding = await self._let_go(night)
            except (GraphError, psycopg.Error) as error:
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
        now = datetime.fromisoformat(data["house"]["now"]).astimezone(self._zone(listener, message.snapshot))
        if not asleep(listener.judge.wishes, now):
            await self._let_it_be_sent(message)
        return None

    async def _let_it_be_sent(self, message: Message) -> None:
        await self.kept.settle(message.key, State.WAITING)
        self.sender.put(waiting(message))

    async def _graph(self, listener: Listener) -> HttpGraph:
        person = await self.identities.person(listener.follower.identity)
        return HttpGraph(self.http, person.token)


async def alarm_now(graph: HttpGraph, id: str, language: str) -> Snapshot | None:
    """An alarm as it stands; None where the person sees none. Raises GraphError."""
    document = f"query alarm($id: ID!) {{ alarm(id: $id) {{ {snapshot.AS_IT_IS} }} }}"
    found: Mapping[str, Any] | None = (await graph.execute(document, {"id": id}, language))["alarm"]
    return snapshot.alarm(found) if found else None


async def _on_and_on(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Work that goes on as long as the process: a failure is logged, and it begins anew."""
    while True:
        try:
            await work()
            return
        except Exception:
            log.exception("the pushes begin again")
            await asyncio.sleep(1)


__all__ = ["Pushes", "alarm_now"]
