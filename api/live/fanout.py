"""Hands changes on to those who follow: each change to each audience once, to the clients without waiting for any.

A follower begins at a place in the stream. What lies between that and now it is told at its own pace; then it joins its
audience and is told what comes as it comes. Joining and telling never interleave, so that nothing is missed or told
twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from api import metrics, tracing
from api.asking import caller
from api.context import Context, Parts
from api.errors import Fault
from api.live.attention import Attention
from api.live.audience import Audience
from api.live.closing import Closing
from api.live.followed import Followed
from api.live.hub import PAUSE, TROUBLE, Hub, end
from api.live.line import Follower, Line
from api.live.places import Places
from api.live.topics import reading
from api.settings import LiveSettings
from api.viewer import ANONYMOUS, Viewer
from db.changes import Change, CursorRefused, CursorTooOld, cursor

log = logging.getLogger("markoff.live")

SLICE, BREATH = 100, 0.05
"""So many lines are asked to go elsewhere at once, and seconds between them."""
LOOK = 1.0
"""Seconds between two looks at the lines."""
T = TypeVar("T")


class Fanout:
    """The lines of this process and what is followed on them."""

    def __init__(self, parts: Parts, hub: Hub) -> None:
        self.parts = parts
        self.hub = hub
        self.lines: set[Line] = set()
        self.audiences: dict[Hashable, Audience] = {}
        self.places = Places(parts.pool)
        self.told = 0
        """The last change that was handed on to all."""
        self._attention = Attention(parts, self._missed)
        self._round = parts.viewers.round
        self._access = 0
        """The version of all grants that the lines' viewers are of, at least."""
        self._looking = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self.leaving = False
        """The process ends: lines are closed, and whoever comes is sent elsewhere."""

    @property
    def settings(self) -> LiveSettings:
        return self.parts.settings.live

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._run(), name="markoff fanout"),
            asyncio.create_task(self._watch(), name="markoff lines"),
        ]

    async def stop(self) -> None:
        await end(*self._tasks)

    # -- lines

    def open(self, line: Line) -> bool:
        """Whether the caller may have one more line."""
        me = _caller(line)
        if sum(_caller(each) == me for each in self.lines) >= self.settings.lines:
            return False
        self.lines.add(line)
        metrics.OPENED.labels(line.kind).inc()
        if self.leaving:
            line.close(Closing.LEAVING)
        return True

    def leave(self) -> None:
        """Have everybody come back elsewhere, not all at the same moment."""
        self.leaving = True
        self._tasks.append(asyncio.create_task(self._send_away(tuple(self.lines)), name="markoff leaving"))

    async def _send_away(self, lines: Sequence[Line]) -> None:
        for number, line in enumerate(lines, 1):
            line.close(Closing.LEAVING)
            if number % SLICE == 0:
                await asyncio.sleep(BREATH)

    def shut(self, line: Line) -> None:
        """The line is no more."""
        self.lines.discard(line)
        for id in tuple(line.followers):
            self.end(line, id)

    # -- followers

    def begin(self, line: Line, id: str, followed: Followed) -> None:
        """Let a line follow from the place where it asks to. Raises TOO_MANY_SUBSCRIPTIONS."""
        me = _caller(line)
        if sum(len(each.followers) for each in self.lines if _caller(each) == me) >= self.settings.subscriptions:
            raise Fault("TOO_MANY_SUBSCRIPTIONS", most=self.settings.subscriptions)
        metrics.SUBSCRIPTIONS.labels(followed.topic.field).inc()
        follower = line.followers[id] = Follower(line, id)
        follower.beginning = asyncio.create_task(self._begin(follower, followed))

    def end(self, line: Line, id: str) -> None:
        """A line follows that no more."""
        follower = line.followers.pop(id, None)
        if follower is None:
            return
        if follower.beginning is not None:
            follower.beginning.cancel()
        if (audience := follower.audience) is not None:
            audience.leave(follower)
            if not audience.members:
                self.audiences.pop(_key(audience), None)

    async def _begin(self, follower: Follower, followed: Followed) -> None:
        try:
            await self._catch_up(follower, followed)
        except CursorRefused as refused:
            self._refuse(follower, Fault(refused.code))
        except Exception as error:  # noqa: BLE001  the edge of a subscription: told, and logged where unknown
            self._refuse(follower, error)
        finally:
            follower.beginning = None

    def _refuse(self, follower: Follower, error: Exception) -> None:
        follower.line.refuse(follower.id, [error])
        self.end(follower.line, follower.id)

    async def _catch_up(self, follower: Follower, followed: Followed) -> None:
        """Tell what was missed, as fast as it is taken, and join at the edge, where nothing is awaited."""
        hub, line = self.hub, follower.line
        begins = await self._attention.pay() if followed.topic is reading.TOPIC else 0
        number = hub.newest if followed.after is None else await hub.place(followed.after)
        if followed.after is not None and number < begins:
            raise CursorTooOld(followed.after)
        epoch = hub.epoch
        follower.number = follower.sent = max(number, begins)
        audience = self._audience(followed, line.context)
        audience.enter(follower)
        while page := await hub.page(epoch, follower.number):
            for change in page:
                if followed.topic is reading.TOPIC and change.kind == reading.TOPIC.kind and not change.payload:
                    raise CursorTooOld(followed.after or "")  # its readings have been forgotten
                await self._prepare(change, audience)
                audience.tell_one(follower, change, cursor(epoch, change.number))
                follower.number = change.number
                await line.room()
        audience.join(follower)

    def _audience(self, followed: Followed, context: Context) -> Audience:
        key = (followed.key, context.language)
        audience = self.audiences.get(key)
        if audience is None:
            audience = Audience(followed, Context(self.parts, ANONYMOUS, context.language), self.places)
            self.audiences[key] = audience
        return audience

    def _missed(self) -> None:
        """Readings have passed by unseen."""
        for audience in self._of_readings():
            self._dismiss(audience, Fault(CursorTooOld.code))

    def _of_readings(self) -> list[Audience]:
        return [audience for audience in self.audiences.values() if audience.followed.topic is reading.TOPIC]

    # -- telling

    async def _run(self) -> None:
        number = self.told = self.hub.newest
        while True:
            epoch = self.hub.epoch
            try:
                async with aclosing(self.hub.follow(number)) as changes:
                    async for change in changes:
                        number = change.number
                        with metrics.TELLING_SECONDS.time():
                            await self._tell(change, cursor(epoch, number))
                        metrics.CHANGES.labels(change.kind).inc()
                        self.told = number
            except CursorRefused as refused:
                log.warning("the stream cannot be told on: %s", refused.code)
                self._dismiss_all(Fault(refused.code))
                number = self.told = self.hub.newest
            except Exception as error:  # who comes back with a cursor misses nothing
                log.exception("a change could not be handed on")
                self._dismiss_all(error)

    async def _tell(self, change: Change, place: str) -> None:
        concerned = [audience for audience in self.audiences.values() if audience.concerns(change)]
        if not concerned:
            await self._prepare(change)
            return
        followers = sum(len(audience.members) for audience in concerned)
        told = {"markoff.change.number": change.number, "markoff.followers": followers}
        with tracing.unasked(f"tell {change.kind}", told):
            await self._hand_on(change, place, concerned)

    async def _hand_on(self, change: Change, place: str, concerned: Sequence[Audience]) -> None:
        await self._prepare(change, *concerned)
        for audience in concerned:
            try:
                audience.tell(change, place)
            except Exception as error:  # noqa: BLE001  the edge of an operation: told, and logged
                self._dismiss(audience, error)
            await asyncio.sleep(0)  # the lines send meanwhile

    async def _prepare(self, change: Change, *concerned: Audience) -> None:
        """Know who may see a change, and what it speaks of."""
        await self._look_again(change)
        if change.kind == reading.TOPIC.kind and any(audience.concerns(change) for audience in concerned):
            await self._patiently(lambda: self.places.ready(change))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except TROUBLE as error:
                log.warning("nothing is told until the database answers: %r", error)
                await asyncio.sleep(PAUSE)

    def _dismiss_all(self, error: Exception) -> None:
        """Nobody can go on: better than to go on without a change."""
        for audience in tuple(self.audiences.values()):
            self._dismiss(audience, error)

    def _dismiss(self, audience: Audience, error: Exception) -> None:
        """Nobody of an audience can go on."""
        for follower in tuple(audience.members):
            self._refuse(follower, error)

    # -- who sees what

    async def _look_again(self, before: Change | None = None) -> None:
        """See again who everybody is, if grants, users or keys have changed by the time that a change was read."""
        if self._known(before):
            return
        async with self._looking:
            while not self._known(before):
                round_ = self.parts.viewers.round
                shown = {line.authorization for line in self.lines}
                self._see(await self._patiently(partial(self.parts.viewers.again, shown)))
                self._round = round_
                self._access = max(self._access, before.access if before is not None else 0)

    def _known(self, before: Change | None) -> bool:
        return self._round == self.parts.viewers.round and (before is None or before.access <= self._access)

    def _see(self, answers: Mapping[str, Viewer | Fault]) -> None:
        moved = False
        for line in tuple(self.lines):
            answer = answers.get(line.authorization)  # a line that has just been opened is of now
            if isinstance(answer, Fault):
                self.turn_away(line, answer)
            elif answer is not None:
                moved |= line.becomes(answer)
        if moved:
            for audience in self.audiences.values():
                audience.regroup()

    async def _watch(self) -> None:
        """Ping, drop who does not answer, turn away whose token has ended."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self._look_again()
                if self._of_readings():
                    await self._attention.pay()
                now, today = time.monotonic(), time.time()
                for line in tuple(self.lines):
                    if line.ends_at <= today and line.closing is None:
                        self.turn_away(line, Fault("TOKEN_EXPIRED"))
                    line.look(now, self.settings)
            except TROUBLE as error:
                log.warning("the lines wait for the database: %r", error)
            except Exception:
                log.exception("the lines could not be looked after")

    def turn_away(self, line: Line, fault: Fault) -> None:
        """Whoever it was, their token is worth nothing any more."""
        for id in tuple(line.followers):
            line.refuse(id, [fault])
            self.end(line, id)
        line.close(Closing.TOKEN_ENDED)


def _caller(line: Line) -> str:
    return caller(line.context.viewer, line.context.address)


def _key(audience: Audience) -> Hashable:
    return audience.followed.key, audience.language
