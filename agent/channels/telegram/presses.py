"""Taps on the buttons under an alarm: done through the graph, as the person who taps."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from html import escape
from typing import Any

import httpx
from telegram import CallbackQuery, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from agent.channels.telegram.card import say
from agent.channels.telegram.pushes import Pushes
from agent.channels.telegram.snapshot import alarm_now
from agent.channels.telegram.taps import answer
from agent.client import GraphError, HttpGraph, Unauthorised, Unreachable
from agent.identities import Identities, Person, Stranger
from agent.words import Language, enum

log = logging.getLogger(__name__)

PATTERN = re.compile(r"^a:(ack|shv|rst|pln|who|lst):((?:alarm|incident)_\d+)$")
RESULT = """
    __typename ... on Alarm { id } ... on DryRun { confirmation } ... on Refusal { message }
    ... on ChangedSince { now { confirmation } }
"""
HEAD = "mutation press($alarm: ID!, $dryRun: Boolean!, $confirmation: String"
ARGUMENTS = "alarm: $alarm, dryRun: $dryRun, confirmation: $confirmation"
CHANGES = {
    "ack": f"{HEAD}) {{ result: acknowledgeAlarm({ARGUMENTS}) {{ {RESULT} }} }}",
    "rst": f"{HEAD}) {{ result: resetAlarm({ARGUMENTS}) {{ {RESULT} }} }}",
    "shv": f"{HEAD}, $reason: String!) {{ result: shelveAlarm({ARGUMENTS}, reason: $reason, minutes: 60)"
    f" {{ {RESULT} }} }}",
}
HIT = """
query hit($id: ID!) { alarm(id: $id) {
  title impact(first: 20) { below room { number name } tenant { name } contact phone email }
} }
"""
LISTED = """
query listed($id: ID!) { incident(id: $id) { title alarmCount
  alarms(first: 20) { title priority state room { number } }
} }
"""
FLOOR = "query floor($id: ID!) { alarm(id: $id) { title room { id } floor { id } } }"
PLAN = """
query plan($floor: ID!, $highlight: [ID!], $language: Language!) {
  floorPlan(floor: $floor, highlight: $highlight, layers: [ROOMS, ALARMS, SENSORS], language: $language) {
    address title
  }
}
"""


class Presses:
    """What the buttons do; `pressed` is the handler of callbacks that match PATTERN."""

    def __init__(self, pushes: Pushes, identities: Identities, http: httpx.AsyncClient) -> None:
        self.pushes = pushes
        self.identities = identities
        self.http = http

    async def pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap, by whomever: they act with their own rights."""
        query = update.callback_query
        match = PATTERN.match(query.data or "") if query is not None else None
        if query is None or match is None:
            return
        what, subject = match.groups()
        spoken: Language = "ru" if (query.from_user.language_code or "").startswith("ru") else "en"
        try:
            person = await self.identities.person(f"telegram:{query.from_user.id}")
            spoken = self._language(person, query.from_user.id)
            await self._do(query, what, subject, person, spoken)
        except Stranger:
            await answer(query, say("stranger", spoken))
        except Unreachable as lost:
            await answer(query, say("unsure" if lost.uncertain and what in CHANGES else "away", spoken))
        except GraphError as fault:
            log.warning("a tap on %s came to nothing: %s", query.data, fault)
            await answer(query, str(fault) if fault.code != "UNAUTHORISED" else say("away", spoken))

    def _language(self, person: Person, user: int) -> Language:
        known = self.pushes.people.get(f"telegram:{user}")
        return known.language if known else person.language

    async def _do(self, query: CallbackQuery, what: str, subject: str, person: Person, language: Language) -> None:
        try:
            graph = HttpGraph(self.http, person.token)
            if what in CHANGES:
                await self._change(query, what, subject, graph, language)
            elif what == "pln":
                await self._plan(query, subject, person, graph, language)
            else:
                told = await (self._hit if what == "who" else self._listed)(graph, subject, language)
                await answer(query)
                await reply(query, told)
        except Unauthorised:
            self.identities.forget(f"telegram:{query.from_user.id}")
            raise

    async def _change(
        self, query: CallbackQuery, what: str, subject: str, graph: HttpGraph, language: Language
    ) -> None:
        """Tried and confirmed at once: the tap is the person's yes. The card changes as the stream tells of it."""
        asked: dict[str, Any] = {"alarm": subject}
        if what == "shv":
            asked["reason"] = say("shelved_from", language)
        tried = await self._asked(graph, what, asked, language, dry_run=True)
        confirmation = tried.get("confirmation")
        result = tried
        if confirmation is not None:
            result = await self._asked(graph, what, asked, language, confirmation=confirmation)
        done = result["__typename"] == "Alarm"
        await answer(query, say(f"done_{what}", language) if done else str(result["message"]), loud=not done)
        one = await alarm_now(graph, subject, language)
        if one is not None and query.message is not None:
            identity = f"telegram:{query.from_user.id}"
            await self.pushes.adopt(identity, query.message.chat.id, query.message.message_id, one)

    async def _asked(
        self,
        graph: HttpGraph,
        what: str,
        asked: Mapping[str, Any],
        language: Language,
        *,
        dry_run: bool = False,
        confirmation: str | None = None,
    ) -> Mapping[str, Any]:
        variables = {**asked, "dryRun": dry_run, "confirmation": confirmation}
        result: Mapping[str, Any] = (await graph.execute(CHANGES[what], variables, language))["result"]
        return result

    async def _hit(self, graph: HttpGraph, subject: str, language: Language) -> str:
        found = (await graph.execute(HIT, {"id": subject}, language))["alarm"]
        if found is None:
            return say("gone", language)
        lines = []
        for hit in found["impact"]:
            room, tenant = hit["room"], hit["tenant"]
            if room is None:
                continue
            where = say("room", language, number=room["number"]) + (say("below", language) if hit["below"] else "")
            reach = ", ".join(each for each in (hit["contact"], hit["phone"], hit["email"]) if each)
            who = f"<b>{escape(tenant['name'])}</b>" if tenant else escape(say("vacant", language))
            lines.append(f"• {escape(where)}: {who}" + (f"\n  {escape(reach)}" if reach else ""))
        if not lines:
            return say("nobody_hit", language)
        return "\n".join([escape(say("hit", language, title=found["title"])), *lines])

    async def _listed(self, graph: HttpGraph, subject: str, language: Language) -> str:
        found = (await graph.execute(LISTED, {"id": subject}, language))["incident"]
        if found is None:
            return say("gone", language)
        lines = [
            f"• {escape(', '.join(each for each in (one['title'], (one['room'] or {}).get('number')) if each))}:"
            f" {escape(enum('AlarmState', one['state'], language))}"
            for one in found["alarms"]
        ]
        if found["alarmCount"] > len(lines):
            lines.append(escape(say("more", language, count=found["alarmCount"] - len(lines))))
        return "\n".join([escape(say("list_of", language, title=found["title"])), *lines])

    async def _plan(
        self, query: CallbackQuery, subject: str, person: Person, graph: HttpGraph, language: Language
    ) -> None:
        found = (await graph.execute(FLOOR, {"id": subject}, language))["alarm"]
        if found is None or found["floor"] is None:
            return await answer(query, say("gone" if found is None else "no_plan", language))
        rooms = [found["room"]["id"]] if found["room"] else []
        asked = {"floor": found["floor"]["id"], "highlight": rooms, "language": language.upper()}
        plan = (await graph.execute(PLAN, asked, language))["floorPlan"]
        if plan is None:
            return await answer(query, say("gone", language))
        await answer(query)
        picture = await self.http.get(plan["address"], headers={"Authorization": f"Bearer {person.token}"})
        if picture.status_code != 200 or query.message is None:
            raise GraphError(say("away", language))
        bot, chat = query.get_bot(), query.message.chat.id
        caption = f"{found['title']}\n{plan['title']}"[:1000]
        try:
            await bot.send_photo(chat, picture.content, caption=caption)
        except BadRequest:  # larger than a photo may be
            await bot.send_document(chat, picture.content, caption=caption, filename="plan.png")
        return None


async def reply(query: CallbackQuery, text: str) -> None:
    """A message under the card."""
    if query.message is not None:
        await query.get_bot().send_message(query.message.chat.id, text, "HTML")


__all__ = ["PATTERN", "Presses"]
