"""The talk: what people write or say becomes a turn of the agent, and what comes of it an answer in their chat."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import ContextTypes

from agent.channels.telegram.answering import Answering
from agent.channels.telegram.desk import Desk, identity, thread
from agent.channels.telegram.formatting import html
from agent.channels.telegram.phrases import both, of_client, say
from agent.channels.telegram.taps import answer
from agent.channels.telegram.turns import AgentAway, AgentRefuses, Event, Expired, Told
from agent.client import GraphError
from agent.identities import Stranger

log = logging.getLogger(__name__)

SOON = 0.6
"""Seconds after which a turn shows that it is under way: most answers are quicker."""
STILL = 4.5
"""Seconds after which it is shown again: Telegram shows it for five."""
MOST_TEXT = 4000
MOST_SOUND = 2_900_000
"""Bytes of a recording that the agent takes."""
MINUTES = 10
"""Which are about so many minutes of a voice note."""

Ask = Callable[[Answering], AsyncIterator[Event]]


@dataclass
class Talk:
    """Handlers of what people write, say and tap."""

    desk: Desk

    async def text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Written words."""
        message = update.effective_message
        said = addressed(message, self.desk.bot.username) if message else None
        if message is not None and said is not None:
            await self.say(message, said)

    async def voice(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A voice note, or a sound file."""
        message = update.effective_message
        if message is None or addressed(message, self.desk.bot.username) is None:
            return
        async with self.answering(message) as answering:
            if answering is None:
                return
            audio = await self._recording(message, answering)
            if audio is not None:
                await self.turn(message.chat, answering, lambda to: self._ask(message.chat, to, "", audio), voice=True)

    async def other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What is neither words nor voice gets a word; a caption is words."""
        message = update.effective_message
        said = addressed(message, self.desk.bot.username) if message else None
        if message is None or said is None:
            return
        if message.caption:
            await self.say(message, said)
            return
        async with self.answering(message) as answering:
            if answering is not None:
                await answering.text(say(_kind(message), answering.language))

    async def edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message that was written anew is not answered anew: what it asked for may be done."""
        message = update.edited_message
        if message is None or message.chat.type != ChatType.PRIVATE or not message.text:
            return
        async with self.answering(message) as answering:
            if answering is not None:
                await answering.text(say("edited", answering.language))

    async def say(self, message: Message, said: str) -> None:
        """A turn from a person's words."""
        async with self.answering(message) as answering:
            if answering is None:
                return
            if len(said) > MOST_TEXT:
                await answering.text(say("too_long", answering.language, most=MOST_TEXT))
            else:
                await self.ask(message.chat, answering, said)

    async def ask(self, chat: Chat, answering: Answering, said: str) -> None:
        """A turn from words, answered."""
        await self.turn(chat, answering, lambda to: self._ask(chat, to, said, None))

    @asynccontextmanager
    async def answering(self, message: Message) -> AsyncIterator[Answering | None]:
        """How to answer whoever wrote a message; None for strangers and who asks too often: they are told so."""
        user, chat = message.from_user, message.chat
        if user is None or user.is_bot:  # an anonymous administrator, or a channel: nobody's rights
            yield None
            return
        to = message.message_id if chat.type != ChatType.PRIVATE else None
        found = await self._let_in(user, chat, to)
        yield found

    async def _let_in(self, user: User, chat: Chat, to: int | None) -> Answering | None:
        wait = self.desk.allowance.take(user.id)
        spoken = of_client(user)
        if wait:
            if self.desk.allowance.tell(user.id):
                await self._word(
                    chat, say("busy", self.desk.languages.get(user.id, spoken), seconds=round(wait) + 1), to
                )
            return None
        try:
            person = await self.desk.person(user)
        except Stranger:
            await self._word(chat, both("stranger", spoken), to)
            return None
        except GraphError as fault:
            log.warning("%s cannot be let in: %s", identity(user), fault)
            await self._word(chat, say("away", self.desk.languages.get(user.id, spoken)), to)
            return None
        return Answering(self.desk, chat.id, user.id, person, self.desk.language(user, person), to)

    async def _word(self, chat: Chat, text: str, to: int | None) -> None:
        await self.desk.insist(
            chat.id, lambda: self.desk.bot.send_message(chat.id, html(text), "HTML", reply_to_message_id=to)
        )

    # -- turns

    def _ask(self, chat: Chat, to: Answering, text: str, audio: str | None) -> AsyncIterator[Event]:
        return self.desk.agent.ask(to.person, thread(chat), to.language, text, audio)

    async def turn(self, chat: Chat, answering: Answering, ask: Ask, *, voice: bool = False) -> None:
        """A turn and its answer; buttons of a question before are taken away, as the turn drops or answers it."""
        before = self.desk.questions.pop((chat.id, answering.user), None)
        if before is not None:
            await self.bare(chat.id, before)
        action = ChatAction.RECORD_VOICE if voice else ChatAction.TYPING
        async with under_way(lambda: chat.send_action(action), 0.0 if voice else SOON):
            told = await self.told(answering, ask)
        await answering.tell(told)

    async def told(self, answering: Answering, ask: Ask) -> Told:
        """What comes of a turn; what went wrong is told in it."""
        for again in (True, False):
            told = Told()
            try:
                async for kind, data in ask(answering):
                    told.take(kind, data)
                if not told.ended:
                    raise AgentAway("the stream broke off")
            except Expired:
                self.desk.identities.forget(f"telegram:{answering.user}")
                if again:
                    try:
                        answering.person = await self.desk.identities.person(f"telegram:{answering.user}")
                        continue
                    except GraphError as fault:
                        log.warning("a token cannot be renewed: %s", fault)
                told.error = {"message": say("away", answering.language)}
            except AgentRefuses as refused:
                told.error = {"message": str(refused)}
            except AgentAway as away:
                log.warning("the agent is away: %s", away)
                told.error = {"message": say("away", answering.language)}
            return told
        raise AssertionError

    async def _recording(self, message: Message, answering: Answering) -> str | None:
        """A recording in base64; None where it is too long or cannot be had: that is told."""
        sound = message.voice or message.audio
        assert sound is not None
        if (sound.file_size or 0) > MOST_SOUND:
            most = f"{MOST_SOUND / 1e6:.1f}".replace(".", "," if answering.language == "ru" else ".")
            await answering.text(say("voice_long", answering.language, most=most, minutes=MINUTES))
            return None
        try:
            file = await self.desk.insist(answering.chat, sound.get_file)
            data = bytes(await file.download_as_bytearray()) if file is not None else b""
        except TelegramError as error:
            log.warning("a recording cannot be fetched: %s", error)
            data = b""
        if not data or len(data) > MOST_SOUND:
            await answering.text(say("voice_lost", answering.language))
            return None
        return base64.b64encode(data).decode()

    # -- taps

    async def tapper(self, query: CallbackQuery, user: User, chat: Chat) -> Answering | None:
        """How to answer whoever tapped; None for strangers, who are told so."""
        try:
            person = await self.desk.person(user)
        except GraphError as fault:
            known = isinstance(fault, Stranger)
            await answer(query, say("away", of_client(user)) if not known else both("stranger", of_client(user)))
            return None
        to = query.message.message_id if query.message and chat.type != ChatType.PRIVATE else None
        return Answering(self.desk, chat.id, user.id, person, self.desk.language(user, person), to)

    async def bare(self, chat: int, message: int) -> None:
        """Take away the buttons of a message."""
        await self.quietly(lambda: self.desk.bot.edit_message_reply_markup(chat, message))

    async def quietly(self, edit: Callable[[], Awaitable[object]]) -> None:
        """An edit that is nice to have: the message may be gone, or be so already."""
        try:
            await edit()
        except (BadRequest, NetworkError) as error:
            log.info("a message was not edited: %s", error)


def addressed(message: Message | None, bot: str) -> str | None:
    """The words that are for the bot; None where nothing is: in a group only what names it or replies to it."""
    if message is None:
        return None
    said = message.text or message.caption or ""
    if message.chat.type == ChatType.PRIVATE:
        return said
    mentions = {**message.parse_entities(["mention"]), **message.parse_caption_entities(["mention"])}
    named = [word for word in mentions.values() if word.lower() == f"@{bot}".lower()]
    for word in named:
        said = said.replace(word, " ")
    replied = message.reply_to_message
    to_us = replied is not None and replied.from_user is not None and replied.from_user.username == bot
    return " ".join(said.split()).lstrip(",:; ") if named or to_us else None


@asynccontextmanager
async def under_way(show: Callable[[], Awaitable[object]], soon: float) -> AsyncIterator[None]:
    """Show that something is under way, for as long as it is."""

    async def showing() -> None:
        await asyncio.sleep(soon)
        while True:
            try:
                await show()
            except TelegramError as error:
                log.debug("what is under way is not shown: %s", error)
            await asyncio.sleep(STILL)

    task = asyncio.create_task(showing())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _kind(message: Message) -> str:
    if message.sticker or message.animation:
        return "sticker"
    if message.photo or message.video or message.video_note:
        return "photo"
    if message.location or message.venue:
        return "place"
    return "document" if message.document else "other"


__all__ = ["SOON", "Talk", "addressed", "under_way"]
