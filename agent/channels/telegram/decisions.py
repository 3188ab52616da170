"""Taps under the agent's questions: a yes, a no or a choice goes back to the agent, once, by whom it was for."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatAction
from telegram.ext import ContextTypes

from agent.channels.telegram import buttons
from agent.channels.telegram.answering import Answering
from agent.channels.telegram.desk import thread
from agent.channels.telegram.formatting import html
from agent.channels.telegram.phrases import of_client, say
from agent.channels.telegram.talk import SOON, Talk, under_way
from agent.channels.telegram.taps import answer
from agent.channels.telegram.turns import AgentAway, AgentRefuses, Expired

log = logging.getLogger(__name__)


@dataclass
class Decisions:
    """The handler of taps that match `buttons.PATTERN`."""

    talk: Talk

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap on a button of a question: once, by whom it was for, while it waits."""
        query = update.callback_query
        tap = buttons.read(query.data or "") if query is not None else None
        if query is None or tap is None or not isinstance(query.message, Message):
            return await answer(query, say("stale", of_client(query.from_user))) if query else None
        user, chat = query.from_user, query.message.chat
        if user.id != tap.user:
            return await answer(query, say("not_yours", self.talk.desk.languages.get(user.id, of_client(user))))
        answering = await self.talk.tapper(query, user, chat)
        if answering is None:
            return None
        await self._decide(query, tap, answering, query.message)
        return None

    async def _decide(self, query: CallbackQuery, tap: buttons.Tap, answering: Answering, asked: Message) -> None:
        language, name = answering.language, thread(asked.chat)
        try:
            waiting = await self.talk.desk.agent.pending(answering.person, name, language)
        except (AgentAway, AgentRefuses, Expired) as fault:
            log.warning("a tap comes to nothing: %s", fault)
            self.talk.desk.identities.forget(f"telegram:{tap.user}")
            return await answer(query, say("away", language))
        if waiting is None or buttons.mark(waiting) != tap.mark:
            await answer(query, say("stale", language))
            return await self.talk.bare(asked.chat.id, asked.message_id)
        await answer(query)
        self.talk.desk.questions.pop((asked.chat.id, tap.user), None)
        await self._settle(asked, buttons.decided(waiting, tap, query.from_user.first_name, language))
        async with under_way(lambda: asked.chat.send_action(ChatAction.TYPING), SOON):
            told = await self.talk.told(
                answering, lambda to: self.talk.desk.agent.decide(to.person, name, to.language, tap.decision)
            )
        if told.error is not None and not told.ended and tap.answer == "y":
            told.error = {"message": say("unsure", language)}
        await answering.tell(told)
        return None

    async def _settle(self, asked: Message, line: str) -> None:
        """The question with its answer, without buttons."""
        text = f"{asked.text_html or ''}\n\n<b>{html(line)}</b>"
        await self.talk.quietly(
            lambda: self.talk.desk.bot.edit_message_text(text, asked.chat.id, asked.message_id, parse_mode="HTML")
        )


__all__ = ["Decisions"]
