"""Whom to tell of which alarm, and when: a person's choices against an alarm as it stands. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum

from agent.channels.telegram.snapshot import CRITICAL, PRIORITIES, Snapshot

FLOOD = 10
"""After so many alarms of lesser priority within the window a person gets the rest as incidents."""
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Wishes:
    """What a person wants to be told of; CRITICAL alarms always come, whatever is chosen."""

    buildings: frozenset[str] = frozenset()
    """Codes; empty: all that they see."""
    categories: frozenset[str] = frozenset()
    """Empty: all."""
    least: str = "LOW"
    """The least priority."""
    quiet: tuple[time, time] | None = None
    """From when until when they want to sleep, in the building's time; over midnight as well."""


class Verdict(Enum):
    """What becomes of an alarm that a person has no message of."""

    NOW = "send it"
    LATER = "when the quiet hours are over"
    GROUPED = "its incident may stand for it: wait a little, and see"
    NEVER = "not for this person"


@dataclass
class Judge:
    """Judges the alarms of one person, and counts them: too many at once are a flood."""

    wishes: Wishes = Wishes()
    roles: frozenset[str] = frozenset()
    lately: deque[datetime] = field(default_factory=deque)
    """When alarms were sent, in the house's time."""

    def of(self, one: Snapshot, at: datetime) -> Verdict:
        """What becomes of an alarm or incident that changed at a moment of its building's time."""
        if not one.pending:
            return Verdict.NEVER
        if one.priority == CRITICAL:
            return Verdict.NOW
        escalated = one.escalated_to is not None and one.escalated_to in self.roles
        if not escalated and not wanted(self.wishes, one):
            return Verdict.NEVER
        if one.incident is not None:
            return Verdict.NEVER
        if escalated:
            return Verdict.NOW
        if asleep(self.wishes, at):
            return Verdict.LATER
        if one.is_incident:
            return Verdict.NOW
        return Verdict.GROUPED if self._flooded(at) else Verdict.NOW

    def _flooded(self, at: datetime) -> bool:
        while self.lately and self.lately[0] <= at - WINDOW:
            self.lately.popleft()
        if len(self.lately) >= FLOOD:
            return True
        self.lately.append(at)
        return False


def wanted(wishes: Wishes, one: Snapshot) -> bool:
    """Whether the choice of buildings, priority and categories takes it in; an incident has no category."""
    return (
        PRIORITIES.index(one.priority) >= PRIORITIES.index(wishes.least)
        and (not wishes.buildings or one.building_code in wishes.buildings)
        and (not wishes.categories or one.is_incident or one.category in wishes.categories)
    )


def asleep(wishes: Wishes, at: datetime) -> bool:
    """Whether a moment, in the building's time, lies in the quiet hours."""
    if wishes.quiet is None:
        return False
    begins, ends = wishes.quiet
    now = at.timetz().replace(tzinfo=None)
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
