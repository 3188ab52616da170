"""One client that follows: who they are, what they follow, and what waits to be sent to them."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.types import Scope

from api import metrics
from api.context import Context
from api.errors import presented
from api.live.audience import Audience, Telling
from api.live.closing import Closing
from api.live.hub import Hub
from api.live.outbox import Letter, Outbox
from api.live.reach import Reach
from api.settings import LiveSettings
from api.viewer import Viewer
from db import changes

CUT = "markoff.cut"
"""The extension of a scope that ends its connection at once (`deploy.wire`)."""


def abort(scope: Scope) -> None:
    """End the connection of a request at once, where the server can."""
    if (cut := (scope.get("extensions") or {}).get(CUT)) is not None:
        cut()


@dataclass(eq=False, slots=True)
class Follower:
    """One subscription on a line."""

    line: Line
    id: str
    """By which the client knows it."""
    number: int = 0
    """Everything up to this change it has been told already."""
    sent: int = 0
    """The last change that went over the line for it."""
    audience: Audience | None = None
    joined: bool = False
    """It has caught up with its audience."""
    beginning: asyncio.Task[None] | None = field(default=None, repr=False)
    """While it begins and catches up."""


FAREWELL = 5.0
"""Seconds in which a client has to take the news that its line ends; then it is cut off."""


class Line(ABC):
    """What WebSockets and event streams have in common."""

    kind = ""
    """How it is counted."""
    answers = True
    """A client answers pings."""

    def __init__(self, context: Context, authorization: str, hub: Hub, settings: LiveSettings) -> None:
        self.context = context
        self.authorization = authorization
        """What the caller showed when the line was opened."""
        self.ends_at = context.parts.viewers.ends(authorization)
        """The Unix time at which that is worth nothing any more."""
        self.reach = Reach.of(context.viewer)
        self.followers: dict[str, Follower] = {}
        self.closing: Closing | None = None
        self.closing_since = 0.0
        self.heard = self.pinged = time.monotonic()
        self._hub = hub
        self._outbox = Outbox(settings.waiting, settings.waiting_size)
        self._through = 0
        """Everything up to this change went over the line, for all who have caught up."""
        self._latest = 0

    # -- what the protocols do each in their way

    @abstractmethod
    def next_letter(self, id: str, telling: Telling) -> str: ...

    @abstractmethod
    def error_letter(self, id: str, errors: list[dict[str, object]]) -> str: ...

    @abstractmethod
    def ping_letter(self) -> str: ...

    @abstractmethod
    async def send(self, text: str) -> None:
        """Hand a letter to the network; comes back when the network takes more."""

    @abstractmethod
    async def hang_up(self, closing: Closing, cursor: str) -> None:
        """Say why, and end the line."""

    @abstractmethod
    def cut(self) -> None:
        """End the line at once, whatever waits."""

    # -- what goes out

    def say(self, text: str) -> None:
        """Anything that is no change; a client for whom there is no room is dropped."""
        self._put(Letter(text))

    def tell(self, follower: Follower, telling: Telling) -> None:
        text = telling.letters.get(follower.id)
        if text is None:
            text = telling.letters[follower.id] = self.next_letter(follower.id, telling)
        self._put(Letter(text, follower, telling.number))

    def _put(self, letter: Letter) -> None:
        if self.closing is None and not self._outbox.put(letter):
            self.close(Closing.TOO_SLOW)

    def refuse(self, id: str, errors: Iterable[BaseException]) -> None:
        """End a subscription, or say why it does not begin."""
        self.say(self.error_letter(id, presented(errors, self.context.language)))

    def close(self, closing: Closing) -> None:
        """Nothing more is said but why it ends, unless it is gone before."""
        if self.closing is None:
            self.closing, self.closing_since = closing, time.monotonic()
            metrics.CLOSED.labels(closing.name.lower()).inc()
            if closing is Closing.TOO_SLOW:
                self._outbox.clear()
            self._outbox.press(Letter(""))

    @property
    def waiting(self) -> int:
        """Messages that wait to be sent."""
        return len(self._outbox)

    async def room(self) -> None:
        """Wait until the client has taken half of what waits."""
        await self._outbox.room()

    async def write(self) -> None:
        """Send what there is, to the end."""
        while True:
            letter = await self._outbox.next()
            if self.closing is not None and not len(self._outbox):
                await self.hang_up(self.closing, self.cursor())
                return
            await self.send(letter.text)
            if letter.to is not None:
                self._sent(letter)

    def _sent(self, letter: Letter) -> None:
        letter.to.sent = letter.number
        if letter.to.joined and letter.number != self._latest:
            self._through, self._latest = self._latest, letter.number

    def cursor(self) -> str:
        """The place to come back with: nothing after it is lost, and with one subscription nothing is repeated."""
        live = [one.sent for one in self.followers.values() if one.joined]
        behind = [one.sent for one in self.followers.values() if not one.joined and one.audience is not None]
        places = [*behind, max(self._through, min(live))] if live else behind
        return changes.cursor(self._hub.epoch, min(places)) if places else ""

    # -- who it is

    def becomes(self, viewer: Viewer) -> bool:
        """The same caller with the grants of now; whether they see otherwise than before."""
        self.context.viewer = viewer
        before, self.reach = self.reach, Reach.of(viewer)
        return before != self.reach

    # -- whether it is there

    def heard_now(self) -> None:
        """The client is there."""
        self.heard = time.monotonic()

    def look(self, now: float, settings: LiveSettings) -> None:
        """Ping it when it is time; drop it where it takes nothing or does not answer. `now` is monotonic."""
        if self.closing is not None:
            if now - self.closing_since > FAREWELL:
                self.cut()
        elif len(self._outbox) and now - self._outbox.moved > settings.patience.total_seconds():
            self.close(Closing.TOO_SLOW)
        elif self.answers and now - self.heard > 2 * settings.ping.total_seconds():
            self.close(Closing.NO_ANSWER)
        elif now - self.pinged >= settings.ping.total_seconds():
            self.pinged = now
            self.say(self.ping_letter())
