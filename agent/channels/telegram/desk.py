"""What the handlers share: who speaks and in which language, how often they may, what waits in a chat, how to send."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from telegram import Bot, Chat, User
from telegram.error import BadRequest, Forbidden, NetworkError

from agent.channels.telegram.pushes import Pushes
from agent.channels.telegram.settings import TelegramSettings
from agent.channels.telegram.turns import Agent
from agent.identities import Identities, Person
from agent.words import Language

log = logging.getLogger(__name__)
Result = TypeVar("Result")

MINUTE = 60.0
AGAIN = (0.3, 1.0, 3.0)
"""Seconds before a message is tried again that Telegram may not have got."""


@dataclass
class Allowance:
    """How often each person may speak: so many times in any minute; told once that it is too often."""

    most: int
    taken: dict[int, deque[float]] = field(default_factory=dict)
    told: dict[int, float] = field(default_factory=dict)

    def take(self, who: int) -> float:
        """Take one; the seconds to wait where there is none left, else 0."""
        now = time.monotonic()
        taken = self.taken.setdefault(who, deque())
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= self.most:
            return taken[0] + MINUTE - now
        taken.append(now)
        if len(self.taken) > 10_000:
            self.taken = {each: times for each, times in self.taken.items() if times and times[-1] > now - MINUTE}
        return 0.0

    def tell(self, who: int) -> bool:
        """Whether to say that it is too often: once in a while, so that a flood is not answered by a flood."""
        now = time.monotonic()
        if self.told.get(who, 0.0) > now:
            return False
        self.told = {each: until for each, until in self.told.items() if until > now} | {who: now + 20}
        return True


@dataclass
class Desk:
    """What the handlers share."""

    settings: TelegramSettings
    bot: Bot
    http: httpx.AsyncClient
    """A client of the api."""
    agent: Agent
    identities: Identities
    pushes: Pushes | None = None
    allowance: Allowance = field(init=False)
    questions: dict[tuple[int, int], int] = field(default_factory=dict)
    """The message of the open question, by chat and person."""
    languages: dict[int, Language] = field(default_factory=dict)
    """What people have chosen by /lang."""

    def __post_init__(self) -> None:
        self.allowance = Allowance(self.settings.turns_a_minute)

    async def person(self, user: User) -> Person:
        """For whom somebody's Telegram account stands. Raises GraphError: Stranger, Unreachable, Faulty."""
        return await self.identities.person(identity(user))

    def language(self, user: User, person: Person) -> Language:
        """In which language somebody is spoken to: as chosen, else as the house knows them."""
        if (chosen := self.languages.get(user.id)) is not None:
            return chosen
        told = self.pushes.people.get(identity(user)) if self.pushes else None
        return told.language if told else person.language

    async def gone(self, chat: int) -> None:
        """The bot may not write to the chat any more."""
        log.info("chat %s has no use for the bot any more", chat)
        if self.pushes is not None:
            await self.pushes.unsubscribe(chat)

    async def insist(self, chat: int, send: Callable[[], Awaitable[Result]]) -> Result | None:
        """Send, also over a bad line: rather twice than never. None where the bot was blocked."""
        for pause in (*AGAIN, None):
            try:
                return await send()
            except Forbidden:
                await self.gone(chat)
                return None
            except BadRequest:  # a NetworkError to python-telegram-bot, but trying again will not help
                raise
            except NetworkError as error:
                if pause is None:
                    raise
                log.info("Telegram did not take a message, it is tried again: %s", error)
                await asyncio.sleep(pause)
        return None


def identity(user: User) -> str:
    """As which an account is linked."""
    return f"telegram:{user.id}"


def thread(chat: Chat | int) -> str:
    """The thread of a chat at the agent; each person of a group has their own there."""
    number = chat if isinstance(chat, int) else chat.id
    return f"tg-{number}"


__all__ = ["Allowance", "Desk", "identity", "thread"]
