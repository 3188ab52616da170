"""The commands of the bot, with a menu in Russian and English: /start /now /report /alarms /lang /help."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from telegram import BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from agent.channels.telegram.desk import Desk, identity
from agent.channels.telegram.phrases import both, of_client, say
from agent.channels.telegram.problem import Problems
from agent.channels.telegram.talk import Talk
from agent.channels.telegram.taps import answer
from agent.client import GraphError
from agent.identities import BadCode, TooOften
from agent.words import Language

log = logging.getLogger(__name__)

NAMES = ("now", "plan", "report", "alarms", "quiet", "lang", "help")
LANGUAGE = re.compile(r"^l:(ru|en)$")


def menu(language: Language) -> list[BotCommand]:
    """The commands as the menu shows them."""
    return [BotCommand(name, say(f"menu_{name}", language)) for name in NAMES]


async def publish(desk: Desk) -> None:
    """Tell Telegram the menus: Russian for Russian clients, English for all others."""
    try:
        await desk.bot.set_my_commands(menu("en"))
        await desk.bot.set_my_commands(menu("ru"), language_code="ru")
        await desk.bot.set_my_short_description(say("about", "en"))
        await desk.bot.set_my_short_description(say("about", "ru"), language_code="ru")
    except TelegramError as error:
        log.warning("the menus are not told to Telegram: %s", error)


@dataclass
class Commands:
    """Handlers of the commands and of their buttons."""

    desk: Desk
    talk: Talk
    problems: Problems

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/start CODE`, also by a deep link: whose chat it is from now on."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None or user.is_bot:
            return
        spoken = of_client(user)
        code = " ".join(context.args or ())
        if code and message.chat.type != ChatType.PRIVATE:
            await message.reply_text(say("link_in_private", spoken))
        elif code:
            await self._link(message, code)
        else:
            async with self.talk.answering(message) as to:
                if to is not None:
                    hello = [say("hello_again", to.language, name=to.person.name)]
                    if await self._again(message):
                        hello.append(say("pushed", to.language))
                    await to.text("\n\n".join([" ".join(hello), self._help(to.language)]))

    async def _link(self, message: Message, code: str) -> None:
        user = message.from_user
        assert user is not None
        spoken = of_client(user)
        name = f"@{user.username}" if user.username else user.full_name
        try:
            person = await self.desk.identities.link(identity(user), code, " ".join(name.split())[:100] or "-")
        except BadCode:
            await message.reply_text(both("bad_code", spoken))
            return
        except TooOften as often:
            await message.reply_text(say("guessing", spoken, minutes=max(1, round(often.wait / 60))))
            return
        except GraphError as fault:
            log.warning("%s cannot be linked: %s", identity(user), fault)
            await message.reply_text(say("away", spoken))
            return
        told = [say("linked", person.language, name=person.name)]
        if await self._follow(identity(user), message.chat.id):
            told.append(say("pushed", person.language))
        await self._menu(message.chat.id, person.language)
        await message.reply_text("\n\n".join([" ".join(told), self._help(person.language)]))

    async def _again(self, message: Message) -> bool:
        """Whether somebody who had blocked the bot is told of alarms from now on."""
        pushes, user = self.desk.pushes, message.from_user
        if user is None or pushes is None or message.chat.type != ChatType.PRIVATE or identity(user) in pushes.people:
            return False
        return await self._follow(identity(user), message.chat.id)

    async def _follow(self, who: str, chat: int) -> bool:
        """Whether alarms come to the chat."""
        if self.desk.pushes is None:
            return False
        try:
            await self.desk.pushes.follow(who, chat)
        except GraphError as fault:
            log.warning("%s is not told of alarms: %s", who, fault)
            return False
        return True

    async def now(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What matters now."""
        await self._asked(update, "now_asked")

    async def alarms(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The alarms of now."""
        await self._asked(update, "alarms_asked")

    async def _asked(self, update: Update, key: str) -> None:
        """A question that people ask often, as a turn: it can be followed up."""
        message = update.effective_message
        if message is None:
            return
        async with self.talk.answering(message) as to:
            if to is not None:
                await self.talk.ask(message.chat, to, say(key, to.language))

    async def report(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Without words the report of the shift; with words a problem that is reported, after a yes."""
        message = update.effective_message
        if message is None:
            return
        async with self.talk.answering(message) as to:
            if to is None:
                return
            if context.args:
                await self.problems.report(to, " ".join(context.args))
                return
            await self.talk.ask(message.chat, to, say("now_asked", to.language))
            await self.talk.ask(message.chat, to, say("report_asked", to.language))
            await to.text(say("report_hint", to.language))

    async def lang(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """In which language to speak."""
        message = update.effective_message
        if message is None:
            return
        async with self.talk.answering(message) as to:
            if to is None:
                return
            wished = (context.args or [""])[0].lower()
            if wished in ("ru", "en", "рус", "русский", "english", "russian", "английский"):
                language: Language = "ru" if wished in ("ru", "рус", "русский", "russian") else "en"
                await to.text(await self._speak(to.user, to.chat, language))
                return
            row = [
                InlineKeyboardButton(name, callback_data=f"l:{code}")
                for code, name in (("ru", "Русский"), ("en", "English"))
            ]
            await to.text(say("which_language", to.language), InlineKeyboardMarkup([row]))

    async def language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap on a language."""
        query = update.callback_query
        found = LANGUAGE.match(query.data or "") if query is not None else None
        if query is None or found is None or not isinstance(query.message, Message):
            return
        to = await self.talk.tapper(query, query.from_user, query.message.chat)
        if to is None:
            return
        language: Language = "ru" if found.group(1) == "ru" else "en"
        told = await self._speak(to.user, to.chat, language)
        await answer(query)
        await self.talk.quietly(lambda: to.desk.bot.edit_message_text(told, to.chat, query.message.message_id))  # type: ignore[union-attr]

    async def _speak(self, user: int, chat: int, language: Language) -> str:
        self.desk.languages[user] = language
        if self.desk.pushes is not None and self.desk.pushes.people.get(f"telegram:{user}"):
            await self.desk.pushes.speak(f"telegram:{user}", language)
        await self._menu(chat, language)
        return say("speaks", language)

    async def _menu(self, chat: int, language: Language) -> None:
        """The menu of a chat in the language of its person, whatever their Telegram speaks."""
        if chat < 0:
            return
        await self.talk.quietly(lambda: self.desk.bot.set_my_commands(menu(language), BotCommandScopeChat(chat)))

    async def help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What the bot can do."""
        message = update.effective_message
        if message is None:
            return
        async with self.talk.answering(message) as to:
            if to is not None:
                await to.text(self._help(to.language))

    async def unknown(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A command that there is not; in a group others may listen to it."""
        message = update.effective_message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return
        async with self.talk.answering(message) as to:
            if to is not None:
                await to.text(say("unknown_command", to.language))

    async def dead(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap on a button that nothing listens to any more."""
        if update.callback_query is not None:
            user = update.callback_query.from_user
            await answer(
                update.callback_query, say("unknown_button", self.desk.languages.get(user.id, of_client(user)))
            )

    def _help(self, language: Language) -> str:
        listed = "\n".join(f"/{one.command} – {one.description}" for one in menu(language))
        return say("help", language, bot=self.desk.bot.username, commands=listed)


__all__ = ["LANGUAGE", "NAMES", "Commands", "menu", "publish"]
