"""Hands messages to Telegram: the most urgent first, each once, edited in place afterwards.

Telegram has no way to ask whether a message arrived. One whose sending was cut off (a crash, a lost answer) is looked
for by an edit that changes nothing: of the numbers that it can have, only its own answers "not modified" to its own
buttons. Found, it is ours; not found, it never arrived, and is sent. So nobody gets an alarm twice.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from html import unescape

import httpx
import psycopg
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram import Message as Sent
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from agent import tracing
from agent.channels.telegram.card import Card
from agent.channels.telegram.kept import Kept, Key, Message, State
from agent.channels.telegram.metrics import Lags, asked_to_wait
from agent.channels.telegram.pace import Line, rank

log = logging.getLogger(__name__)

AT_ONCE, URGENT_AT_ONCE = 20, 40
"""Requests on their way to Telegram; the difference is kept for CRITICAL alarms."""
BEYOND = 10
"""Numbers that are looked at beyond the newest known one."""
MOST_LOOKED_AT = 60
AGAIN = 2.0
"""Seconds until a request that failed is tried again."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def keyboard(card: Card) -> InlineKeyboardMarkup:
    """The buttons, as Telegram takes them."""
    rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in card.buttons]
    return InlineKeyboardMarkup(rows)


class Sender:
    """Sends what is kept as WAITING, and edits what is SENT, whenever it is told of a message (`put`)."""

    def __init__(
        self,
        bot: Bot,
        kept: Kept,
        render: Callable[[Message], Card | None],
        blocked: Callable[[str], Awaitable[None]],
    ) -> None:
        self.bot = bot
        self.kept = kept
        self.render = render
        """None: not now, for want of knowledge."""
        self.blocked = blocked
        self.newest = 0
        """The newest number of any message that was seen."""
        self.line = Line()
        self.lags = Lags()
        self.busy: dict[Key, asyncio.Task[None]] = {}
        self.again: set[Key] = set()
        self._wake = asyncio.Event()

    def put(self, message: Message, wait: float = 0.0) -> None:
        """Send or edit a message when its turn comes."""
        self.lags.begin(message.key)
        if message.key in self.busy:
            self.again.add(message.key)
            return
        edit = message.message is not None
        at = time.monotonic() + wait if wait else 0.0
        self.line.put(message.key, message.chat, rank(message.snapshot.priority, edit=edit), at)
        self._wake.set()

    def saw(self, number: int) -> None:
        """A message of this number exists, of whomever."""
        self.newest = max(self.newest, number)

    async def run(self) -> None:
        """To the end."""
        self.newest = max(self.newest, await self.kept.newest())
        try:
            while True:
                wait = self.line.wait(time.monotonic())
                try:
                    async with asyncio.timeout(wait):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                await self._go()
        finally:
            for task in self.busy.values():
                task.cancel()
            await asyncio.gather(*self.busy.values(), return_exceptions=True)

    async def _go(self) -> None:
        under_way = len(self.busy)
        items = self.line.take(time.monotonic(), AT_ONCE - under_way, URGENT_AT_ONCE - under_way)
        if not items:
            return
        try:
            found = await self.kept.messages(item.key for item in items)
            waiting = [one.key for one in found.values() if one.state is State.WAITING and self.render(one)]
            ready = {one.key: one for one in await self.kept.claim(waiting, self.newest)} if waiting else {}
        except psycopg.Error as error:
            log.warning("the agent's database does not answer: %s", error)
            for item in items:
                self.line.put(item.key, item.chat, item.rank, time.monotonic() + AGAIN)
            return
        for item in items:
            message = ready.get(item.key) or found.get(item.key)
            if message is None or message.state is State.WAITING:
                self.lags.drop(item.key)
                continue
            work = self._send if item.key in ready else self._look_for if message.state is State.SENDING else self._edit
            if message.state in (State.SENDING, State.SENT) and (card := self.render(message)):
                self.busy[item.key] = task = asyncio.create_task(_traced(work, message, card))
                task.add_done_callback(partial(self._done, message))
            else:
                self.lags.drop(item.key)

    def _done(self, message: Message, task: asyncio.Task[None]) -> None:
        del self.busy[message.key]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a message about %s is tried again: %r", message.subject, error, exc_info=error)
            self.put(message, AGAIN)
        if message.key in self.again:
            self.again.discard(message.key)
            self.put(message)
        self._wake.set()

    # -- the three things that are done with a message

    async def _send(self, message: Message, card: Card) -> None:
        try:
            sent = await self.bot.send_message(
                message.chat, card.text, "HTML", disable_notification=card.silent, reply_markup=keyboard(card)
            )
        except (BadRequest, Forbidden) as error:
            await self._refused(message, error)
        except RetryAfter as error:
            await self.kept.settle(message.key, State.WAITING)
            self._pause(message, error)
        except NetworkError as error:
            if isinstance(error.__cause__, NEVER_SENT):
                await self.kept.settle(message.key, State.WAITING)
            else:
                log.warning("whether a message about %s arrived is not known: %s", message.subject, error)
            self.put_again(message)
        else:
            self.saw(sent.message_id)
            await self.kept.settle(message.key, State.SENT, sent.message_id, card.print)
            self.lags.end(message.key, "new", "sent")

    async def _edit(self, message: Message, card: Card) -> None:
        if card.print == message.shown or message.message is None:
            self.lags.drop(message.key)
            return
        try:
            await self.bot.edit_message_text(
                card.text, message.chat, message.message, parse_mode="HTML", reply_markup=keyboard(card)
            )
        except BadRequest as error:
            if _not_modified(error):
                await self.kept.settle(message.key, State.SENT, shown=card.print)
                self.lags.drop(message.key)
            else:
                await self._refused(message, error)
        except Forbidden as error:
            await self._refused(message, error)
        except RetryAfter as error:
            self._pause(message, error)
        except NetworkError as error:
            log.info("an edit about %s is tried again: %s", message.subject, error)
            self.put_again(message)
        else:
            await self.kept.settle(message.key, State.SENT, shown=card.print)
            self.lags.end(message.key, "edit", "sent")

    async def _look_for(self, message: Message, card: Card) -> None:
        """Find the message whose sending was cut off, or let it be sent."""
        first = (message.after or 0) + 1
        last = min(max(self.newest, first) + BEYOND, first + MOST_LOOKED_AT)
        known = {one.message for one in await self.kept.there(message.identity)}
        for number in range(first, last + 1):
            if number in known:
                continue
            try:
                if not await self._is_it(message, card, number):
                    continue
            except Forbidden as error:
                return await self._refused(message, error)
            except RetryAfter as error:
                return self._pause(message, error)
            except NetworkError:
                return self.put_again(message)
            self.saw(number)
            await self.kept.settle(message.key, State.SENT, number)
            return self.put_again(message, 0.0)
        await self.kept.settle(message.key, State.WAITING)
        return self.put_again(message, 0.0)

    async def _is_it(self, message: Message, card: Card, number: int) -> bool:
        try:
            edited = await self.bot.edit_message_reply_markup(message.chat, number, reply_markup=keyboard(card))
        except BadRequest as error:
            return _not_modified(error)
        return isinstance(edited, Sent) and _alike(edited.text or "", card)

    # -- what goes wrong

    def put_again(self, message: Message, wait: float = AGAIN) -> None:
        """Once this try is over."""
        at = time.monotonic() + wait
        self.line.put(message.key, message.chat, rank(message.snapshot.priority, edit=message.message is not None), at)

    def _pause(self, message: Message, error: RetryAfter) -> None:
        """Telegram says for how long: nothing is sent meanwhile, and the most urgent goes first afterwards."""
        seconds = error._retry_after.total_seconds()
        log.warning("Telegram asks to wait %.0f s", seconds)
        asked_to_wait(error, seconds)
        self.line.pause(time.monotonic() + seconds)
        self.put_again(message, seconds)

    async def _refused(self, message: Message, error: TelegramError) -> None:
        log.warning("a message about %s is given up: %s", message.subject, error)
        await self.kept.settle(message.key, State.GONE)
        self.lags.end(message.key, "edit" if message.message is not None else "new", "given up")
        if isinstance(error, Forbidden) or "chat not found" in str(error).lower():
            await self.blocked(message.identity)


async def _traced(work: Callable[[Message, Card], Awaitable[None]], message: Message, card: Card) -> None:
    told = {
        "messaging.system": "telegram",
        "markoff.about": message.subject,
        "markoff.priority": message.snapshot.priority,
        "markoff.edit": message.message is not None,
    }
    with tracing.numbered(), tracing.span("push", told, kind="PRODUCER"):
        await work(message, card)


def _not_modified(error: BadRequest) -> bool:
    return "not modified" in str(error).lower()


def _alike(text: str, card: Card) -> bool:
    """The text is one of the card, though its subject may have changed since: what it is, and where, does not."""
    was, becomes = text.splitlines(), unescape(re.sub(r"<[^>]+>", "", card.text)).splitlines()
    return was[1:3] == becomes[1:3] and was[0].split(" ", 1)[-1] == becomes[0].split(" ", 1)[-1] if was else False
