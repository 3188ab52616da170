"""What is sent next: the most urgent first, and never more than Telegram takes. Times are monotonic seconds."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from agent.channels.telegram.kept import Key
from agent.channels.telegram.snapshot import CRITICAL, PRIORITIES

OVERALL, OVERALL_BURST = 25.0, 25.0
"""Messages a second to everybody; Telegram takes about 30, talks need some."""
RESERVED = 15.0
"""Of these, what is kept for new CRITICAL alarms."""
A_CHAT, A_CHAT_BURST = 1.0, 5.0
"""Messages a second in one chat; a CRITICAL one does not wait for it."""


def rank(priority: str, *, edit: bool) -> int:
    """Less is sooner; of one priority new messages come before edits."""
    return 2 * (len(PRIORITIES) - 1 - PRIORITIES.index(priority)) + edit


URGENT = rank(CRITICAL, edit=True)
"""The ranks of CRITICAL alarms."""


def reserved(rank_: int) -> float:
    """What a message of this rank has to leave for others."""
    return 0.0 if rank_ < URGENT else RESERVED


@dataclass
class Bucket:
    """So many at once, so many a second."""

    rate: float
    burst: float
    left: float = field(init=False)
    since: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.burst

    def wait(self, now: float, reserved: float = 0.0) -> float:
        """Seconds until one may go, and so many are left for others."""
        self.left = min(self.burst, self.left + (now - self.since) * self.rate)
        self.since = now
        return max(0.0, (1 + reserved - self.left) / self.rate)

    def take(self) -> None:
        self.left -= 1


@dataclass(order=True)
class Item:
    """One message that waits."""

    rank: int
    number: int
    key: Key = field(compare=False)
    chat: int = field(compare=False)
    at: float = field(default=0.0, compare=False)
    """Not before."""


@dataclass
class Line:
    """The messages that wait, each once."""

    items: dict[Key, Item] = field(default_factory=dict)
    everybody: Bucket = field(default_factory=lambda: Bucket(OVERALL, OVERALL_BURST))
    chats: dict[int, Bucket] = field(default_factory=dict)
    paused_until: float = 0.0
    """Telegram has asked for so long."""
    number: int = 0

    def put(self, key: Key, chat: int, rank_: int, at: float = 0.0) -> None:
        """Let a message wait; one that waits already moves forward only."""
        self.number += 1
        item = Item(rank_, self.number, key, chat, at)
        known = self.items.get(key)
        if known is None or item.rank < known.rank or item.at < known.at:
            self.items[key] = item

    def pause(self, until: float) -> None:
        self.paused_until = max(self.paused_until, until)

    def take(self, now: float, most: int, urgent: int) -> list[Item]:
        """Those that go now: at most so many, and at most `urgent` if they are CRITICAL."""
        if now < self.paused_until:
            return []
        taken: list[Item] = []
        ready = [item for item in self.items.values() if item.at <= now]
        for item in heapq.nsmallest(len(ready), ready):
            room = urgent if item.rank <= URGENT else most
            if len(taken) >= room or self.everybody.wait(now, reserved(item.rank)) > 0:
                break
            bucket = self.chats.setdefault(item.chat, Bucket(A_CHAT, A_CHAT_BURST, since=now))
            if item.rank > URGENT and bucket.wait(now) > 0:
                continue
            bucket.take()
            self.everybody.take()
            taken.append(item)
            del self.items[item.key]
        if len(self.chats) > 1000:
            self.chats = {chat: each for chat, each in self.chats.items() if each.left < each.burst}
        return taken

    def wait(self, now: float) -> float | None:
        """Seconds until it is worth looking again; None while nothing waits."""
        if not self.items:
            return None
        if now < self.paused_until:
            return self.paused_until - now
        return max(0.01, min(self._wait_of(item, now) for item in self.items.values()))

    def _wait_of(self, item: Item, now: float) -> float:
        bucket = self.chats.get(item.chat)
        chat = 0.0 if bucket is None or item.rank <= URGENT else bucket.wait(now)
        return max(item.at - now, chat, self.everybody.wait(now, reserved(item.rank)))
