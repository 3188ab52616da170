"""An answer in a chat: text in pieces or as a file, pictures, voice notes, and the question that it ends with."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import InlineKeyboardMarkup, InputFile, Message
from telegram.error import BadRequest

from agent.channels.telegram import buttons
from agent.channels.telegram.desk import Desk
from agent.channels.telegram.formatting import CAPTION, clipped, html, pieces, units
from agent.channels.telegram.phrases import say
from agent.channels.telegram.turns import Told
from agent.identities import Person
from agent.words import Language

log = logging.getLogger(__name__)

MOVING = b"ANIM"
"""The chunk of a WebP that moves."""
PICTURE = 50_000_000
"""Bytes of a file that a bot may send."""


@dataclass
class Answering:
    """Answers one person in one chat; in a group as a reply to what they said."""

    desk: Desk
    chat: int
    user: int
    person: Person
    language: Language
    reply_to: int | None = None

    async def tell(self, told: Told) -> None:
        """All that came of a turn."""
        if told.heard:
            await self.text(say("heard", self.language, text=told.heard))
        if told.reply:
            await self._reply(told)
        for sound in told.sounds:
            await self._sound(sound)
        if told.error is not None:
            await self.text(str(told.error.get("message") or say("broken", self.language)))
        if told.waiting is not None:
            await self._question(told.waiting)

    async def text(self, text: str, markup: InlineKeyboardMarkup | None = None) -> Message | None:
        """A text of any length; buttons go under its last piece."""
        if len(text) > self.desk.settings.longest:
            return await self._file(text, markup)
        sent, parts = None, pieces(text)
        for number, piece in enumerate(parts, 1):
            sent = await self._piece(piece, markup if number == len(parts) else None)
        return sent

    async def _piece(self, piece: str, markup: InlineKeyboardMarkup | None) -> Message | None:
        bot, to = self.desk.bot, self._to()

        async def send(text: str, mode: str | None) -> Message | None:
            return await self.desk.insist(
                self.chat,
                lambda: bot.send_message(self.chat, text, mode, reply_markup=markup, reply_to_message_id=to),
            )

        try:
            return await send(html(piece), "HTML")
        except BadRequest as error:
            log.warning("a message is sent without marks: %s", error)
            return await send(piece, None)

    def _to(self) -> int | None:
        """Only the first message of an answer is a reply."""
        to, self.reply_to = self.reply_to, None
        return to

    async def _file(self, text: str, markup: InlineKeyboardMarkup | None) -> Message | None:
        head = clipped(text, CAPTION - 100)
        caption = f"{head}\n\n{say('as_file', self.language)}"
        file, to = InputFile(text.encode(), say("file_name", self.language)), self._to()
        return await self.desk.insist(
            self.chat,
            lambda: self.desk.bot.send_document(self.chat, file, caption, reply_markup=markup, reply_to_message_id=to),
        )

    async def _reply(self, told: Told) -> None:
        """The reply; under its only picture, where it is short enough."""
        under = len(told.pictures) == 1 and units(told.reply) <= CAPTION
        if not under:
            await self.text(told.reply)
        for picture in told.pictures:
            caption = told.reply if under else str(picture.get("title") or "")
            if not await self.picture(str(picture["address"]), caption) and under:
                await self.text(told.reply)

    async def picture(self, address: str, caption: str) -> bool:
        """A picture of the graph's server; False, and a word about it, where it cannot be had."""
        data = await self._fetched(address)
        if data is None:
            await self.text(say("photo_lost", self.language))
            return False
        name = address.partition("?")[0].rpartition("/")[2]
        shown = html(clipped(caption, CAPTION))
        bot, to = self.desk.bot, self._to()
        if MOVING not in data[:64]:
            try:
                await self.desk.insist(
                    self.chat,
                    lambda: bot.send_photo(
                        self.chat, InputFile(data, name), shown, parse_mode="HTML", reply_to_message_id=to
                    ),
                )
                return True
            except BadRequest as error:
                log.info("a picture is sent as a file: %s", error)
        await self.desk.insist(
            self.chat,
            lambda: bot.send_document(
                self.chat, InputFile(data, _short(name)), shown, parse_mode="HTML", reply_to_message_id=to
            ),
        )
        return True

    async def _fetched(self, address: str) -> bytes | None:
        path = address if address.startswith("/") else httpx.URL(address).raw_path.decode()
        try:
            got = await self.desk.http.get(path, headers={"Authorization": f"Bearer {self.person.token}"})
        except httpx.HTTPError as error:
            log.warning("a picture cannot be fetched: %s", error or type(error).__name__)
            return None
        if got.status_code != 200 or not 0 < len(got.content) <= PICTURE:
            log.warning("a picture cannot be fetched: HTTP %s, %s bytes", got.status_code, len(got.content))
            return None
        return got.content

    async def _sound(self, sound: Mapping[str, Any]) -> None:
        """A voice note; people may have forbidden them, and have the text then."""
        try:
            ogg = base64.b64decode(str(sound["ogg"]), validate=True)
        except (KeyError, binascii.Error):
            return
        seconds = round(float(sound.get("seconds") or 0))
        file = InputFile(ogg, "answer.ogg")
        try:
            await self.desk.insist(
                self.chat, lambda: self.desk.bot.send_voice(self.chat, file, duration=max(1, seconds))
            )
        except BadRequest as error:
            log.info("a voice note was not taken: %s", error)

    async def _question(self, waiting: Mapping[str, Any]) -> None:
        """What waits for a yes or a choice, with its buttons."""
        language: Language = waiting.get("language") or self.language
        sent = await self.text(str(waiting["question"]), buttons.keyboard(waiting, self.user, language))
        if sent is not None:
            self.desk.questions[self.chat, self.user] = sent.message_id


def _short(name: str) -> str:
    """The name of a file as people see it."""
    return f"plan.{name.rpartition('.')[2][:5] or 'png'}"


__all__ = ["Answering"]
