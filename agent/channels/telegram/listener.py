"""A person who is told of alarms: what they want to know, and how a card looks to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from agent.channels.standing import Standing
from agent.channels.telegram.card import Card, card
from agent.channels.telegram.kept import Follower, Message
from agent.channels.telegram.snapshot import Snapshot
from agent.channels.telegram.wishes import Judge
from agent.words import Language


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
    def identity(self) -> str:
        return self.follower.identity

    @property
    def language(self) -> Language:
        return "ru" if self.follower.language == "ru" else "en"

    def zone(self, one: Snapshot) -> tzinfo:
        """Of the building of an alarm; UTC while that is not known."""
        return self.standing.zone(one.building_code) if self.standing else UTC

    def card(self, message: Message) -> Card | None:
        """The card as the person is to see it; None while their building is not known."""
        if self.standing is None:
            return None
        return card(message.snapshot, self.language, self.zone(message.snapshot), self.standing.roles)


__all__ = ["Listener", "Told"]
