"""`/plan`: the plan of a floor, asked for in words or chosen by a button."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import ContextTypes

from agent.channels.telegram.answering import Answering
from agent.channels.telegram.phrases import say
from agent.channels.telegram.talk import Talk, under_way
from agent.channels.telegram.taps import answer
from agent.client import GraphError, HttpGraph
from agent.identities import Stranger
from agent.words import Language

log = logging.getLogger(__name__)

PATTERN = re.compile(r"^p:(floor_\d+)$")
FLOORS = """
query floors { floors(first: 50) { nodes { id level name building { id name } } } }
"""
PLAN = """
query plan($floor: ID!) { floorPlan(floor: $floor, layers: [ROOMS, SENSORS, ALARMS, FIRE_ZONES]) { address title } }
"""
WIDE = 4
"""Floors in a row of buttons."""


@dataclass
class Floors:
    """The command, and its buttons."""

    talk: Talk

    async def plan(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The plan of a floor: asked for in words, or chosen by a button."""
        message = update.effective_message
        if message is None:
            return
        async with self.talk.answering(message) as to:
            if to is None:
                return
            if context.args:
                await self.talk.ask(message.chat, to, say("plan_asked", to.language, text=" ".join(context.args)))
                return
            try:
                floors = (await _graph(to).execute(FLOORS, {}, to.language))["floors"]["nodes"]
            except GraphError as fault:
                await to.text(_why(fault, to.language))
                return
            if floors:
                await to.text(say("which_floor", to.language), _floors(floors, to.language))
            else:
                await to.text(say("no_floors", to.language))

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A tap on a floor."""
        query = update.callback_query
        found = PATTERN.match(query.data or "") if query is not None else None
        if query is None or found is None or not isinstance(query.message, Message):
            return
        to = await self.talk.tapper(query, query.from_user, query.message.chat)
        if to is None:
            return
        try:
            async with under_way(lambda: to.desk.bot.send_chat_action(to.chat, "upload_photo"), 0.3):
                plan = (await _graph(to).execute(PLAN, {"floor": found.group(1)}, to.language))["floorPlan"]
        except GraphError as fault:
            await answer(query, _why(fault, to.language))
            return
        await answer(query, None if plan else say("floor_gone", to.language))
        if plan:
            await to.picture(plan["address"], plan["title"])


def _graph(to: Answering) -> HttpGraph:
    return HttpGraph(to.desk.http, to.person.token)


def _why(fault: GraphError, language: Language) -> str:
    log.warning("the graph refuses a plan: %s", fault)
    lost = fault.code in ("UNREACHABLE", "BAD_ANSWER", "UNAUTHORISED", "UNKNOWN") or isinstance(fault, Stranger)
    return say("away", language) if lost else str(fault)


def _floors(floors: list[dict[str, Any]], language: Language) -> InlineKeyboardMarkup:
    """A button for each floor, building by building."""
    houses: dict[str, list[dict[str, Any]]] = {}
    for floor in floors:
        houses.setdefault(floor["building"]["id"], []).append(floor)
    rows: list[list[InlineKeyboardButton]] = []
    for each in houses.values():
        each.sort(key=lambda floor: int(floor["level"]))
        row = [
            InlineKeyboardButton(_named(floor, language, len(houses)), callback_data=f"p:{floor['id']}")
            for floor in each
        ]
        wide = WIDE if len(houses) == 1 else 2
        rows += [row[at : at + wide] for at in range(0, len(row), wide)]
    return InlineKeyboardMarkup(rows[:25])


def _named(floor: dict[str, Any], language: Language, houses: int) -> str:
    level = say("level", language, level=floor["level"])
    return level if houses == 1 else f"{floor['building']['name']}, {level}"[:40]


__all__ = ["PATTERN", "Floors"]
