"""`/report TEXT`: a problem goes into the building's log, after a yes to what will stand there."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import ContextTypes

from agent.channels.telegram.answering import Answering
from agent.channels.telegram.formatting import clipped, html
from agent.channels.telegram.phrases import of_client, say
from agent.channels.telegram.talk import Talk
from agent.channels.telegram.taps import answer
from agent.channels.telegram.unanswered import Unanswered, Waiting
from agent.client import GraphError, HttpGraph, Unreachable

log = logging.getLogger(__name__)

PATTERN = re.compile(r"^e:([yn]):(\d{1,20}):([\w-]{8})$")
NUMBER = re.compile(r"(?<![\w/.,])(?:[\w-]+/)?\d{1,4}[а-яёa-z]?(?![\w.,]*\d)", re.IGNORECASE)
"""Something in a text that may be the number of a room."""
LONGEST = 1000
ROOM = "query room($id: ID!) { room(id: $id) { id number floor { level } building { name } } }"
HOUSES = "query houses { buildings(first: 2) { nodes { id } } }"
REPORT = """
mutation report($input: ReportEventInput!, $dryRun: Boolean!, $confirmation: String) {
  reportEvent(input: $input, dryRun: $dryRun, confirmation: $confirmation) {
    __typename ... on DryRun { confirmation } ... on Event { id } ... on Refusal { message }
  }
}
"""


@dataclass
class Problems:
    """The command's second half, and the buttons under it."""

    talk: Talk
    unanswered: Unanswered

    async def report(self, to: Answering, text: str) -> None:
        """Show what will stand in the log, and ask."""
        text = clipped(" ".join(text.split()), LONGEST)
        try:
            graph = HttpGraph(to.desk.http, to.person.token)
            room = await self._room(graph, to, text)
            given: dict[str, Any] = {"text": text} | ({"room": room["id"]} if room else await self._house(graph, to))
            asked = {"input": given, "dryRun": True, "confirmation": None}
            tried = (await graph.execute(REPORT, asked, to.language))["reportEvent"]
        except GraphError as fault:
            log.warning("a problem cannot be reported: %s", fault)
            lost = isinstance(fault, Unreachable) or fault.code in ("UNAUTHORISED", "BAD_ANSWER", "UNKNOWN")
            await to.text(say("away", to.language) if lost else str(fault))
            return
        if "confirmation" not in tried:
            await to.text(str(tried.get("message") or say("broken", to.language)))
            return
        await self._ask(to, Waiting(given, str(tried["confirmation"])), text, room)

    async def _ask(self, to: Answering, one: Waiting, text: str, room: dict[str, Any] | None) -> None:
        key = secrets.token_urlsafe(6)
        await self.unanswered.keep(key, to.user, one)
        row = [
            InlineKeyboardButton(say(name, to.language), callback_data=f"e:{name[0]}:{to.user}:{key}")
            for name in ("yes", "no")
        ]
        lines = [say("problem", to.language, text=text)]
        if room is not None:
            level = (room["floor"] or {}).get("level", "–")
            place = say(
                "problem_room", to.language, number=room["number"], level=level, building=room["building"]["name"]
            )
            lines.append(place)
        await to.text("\n".join(lines), InlineKeyboardMarkup([row]))

    async def _room(self, graph: HttpGraph, to: Answering, text: str) -> dict[str, Any] | None:
        """The first room that is named by its number."""
        for found in list(dict.fromkeys(NUMBER.findall(text)))[:3]:
            try:
                room: dict[str, Any] | None = (await graph.execute(ROOM, {"id": found}, to.language))["room"]
            except Unreachable:
                raise
            except GraphError as fault:  # the number of several rooms, or of none
                log.info("%s is no room: %s", found, fault)
                continue
            if room is not None:
                return room
        return None

    async def _house(self, graph: HttpGraph, to: Answering) -> dict[str, Any]:
        """The only building, where there is but one."""
        houses = (await graph.execute(HOUSES, {}, to.language))["buildings"]["nodes"]
        return {"building": houses[0]["id"]} if len(houses) == 1 else {}

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap on yes or no: once, by whom it was for."""
        query = update.callback_query
        found = PATTERN.match(query.data or "") if query is not None else None
        if query is None or found is None or not isinstance(query.message, Message):
            return
        if int(found.group(2)) != query.from_user.id:
            await answer(query, say("not_yours", of_client(query.from_user)))
            return
        to = await self.talk.tapper(query, query.from_user, query.message.chat)
        if to is None:
            return
        one = await self.unanswered.take(found.group(3), to.user)
        if one is None:
            await answer(query, say("stale", to.language))
            return
        told = await self._commit(to, one) if found.group(1) == "y" else say("problem_dropped", to.language)
        if told is None:
            await self.unanswered.keep(found.group(3), to.user, one)
            await answer(query, say("away", to.language))
            return
        await answer(query)
        text = f"{query.message.text_html or ''}\n\n<b>{html(told)}</b>"
        number = query.message.message_id
        await self.talk.quietly(lambda: to.desk.bot.edit_message_text(text, to.chat, number, parse_mode="HTML"))

    async def _commit(self, to: Answering, one: Waiting) -> str | None:
        """What is said of it; None where the house was not reached at all, so that the yes can be said again."""
        asked = {"input": one.given, "dryRun": False, "confirmation": one.confirmation}
        try:
            graph = HttpGraph(to.desk.http, to.person.token)
            done = (await graph.execute(REPORT, asked, to.language))["reportEvent"]
        except GraphError as fault:
            log.warning("a problem was not reported: %s", fault)
            if isinstance(fault, Unreachable) and not fault.uncertain:
                return None
            return say("unsure" if isinstance(fault, Unreachable) else "away", to.language)
        written = say("problem_written", to.language)
        return written if done["__typename"] == "Event" else str(done.get("message") or say("broken", to.language))


__all__ = ["PATTERN", "Problems"]
