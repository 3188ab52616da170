"""`/quiet`: what a person wants to be told of, and when they want to sleep; by words or by buttons.

/quiet              what is chosen, with buttons
/quiet 22:30-7:00   quiet hours, in the building's time
/quiet off          none
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from agent import words
from agent.channels.telegram.card import MARKS, say
from agent.channels.telegram.listener import Listener
from agent.channels.telegram.pushes import Pushes
from agent.channels.telegram.snapshot import CRITICAL, PRIORITIES
from agent.channels.telegram.taps import answer
from agent.channels.telegram.wishes import Wishes
from agent.words import Language

PATTERN = re.compile(r"^q:(least|hours|category|building):(.+)$")
HOURS = ("off", "22:00-07:00", "23:00-08:00")
OFF = re.compile(r"(off|none|no|выкл\w*|нет|без)", re.IGNORECASE)
SPAN = re.compile(r"(?:с\s*|from\s*)?(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|—|до|to|until)\s*(\d{1,2})(?:[:.](\d\d))?")
CATEGORIES = tuple(words.ENUMS["Category"])
LONGEST_DATA = 64
"""Bytes that a button may send."""


def hours(text: str) -> tuple[time, time] | None:
    """Quiet hours as people write them. Raises ValueError."""
    if OFF.fullmatch(text.strip()):
        return None
    found = SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    begins, ends = (
        time(int(h) % 24 if int(h) == 24 else int(h), int(m or 0)) for h, m in (found.group(1, 2), found.group(3, 4))
    )
    if begins == ends:
        raise ValueError(text)
    return begins, ends


def chosen(wishes: Wishes, what: str, value: str) -> Wishes:
    """The choice after a tap: a list that holds everything is no choice. Raises ValueError."""
    match what:
        case "hours":
            return replace(wishes, quiet=hours(value))
        case "least" if value in PRIORITIES:
            return replace(wishes, least=value)
        case "category" if value in CATEGORIES:
            picked = wishes.categories ^ {value}
            return replace(wishes, categories=frozenset() if len(picked) == len(CATEGORIES) else picked)
        case "building":
            return replace(wishes, buildings=wishes.buildings ^ {value})
    raise ValueError(what)


class Choices:
    """The command and its buttons."""

    def __init__(self, pushes: Pushes) -> None:
        self.pushes = pushes

    async def quiet(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The handler of the command, for people who are followed."""
        message, user = update.effective_message, update.effective_user
        listener = self.pushes.people.get(f"telegram:{user.id}") if user is not None else None
        if message is None or user is None:
            return
        if listener is None:
            spoken: Language = "ru" if (user.language_code or "").startswith("ru") else "en"
            await message.reply_text(say("not_told", spoken))
            return
        if context.args:
            try:
                quiet = hours(" ".join(context.args))
            except ValueError:
                await message.reply_text(say("hours_unread", listener.language))
                return
            await self.pushes.wish(listener.follower.identity, replace(listener.follower.wishes, quiet=quiet))
        await message.reply_html(told(listener), reply_markup=keyboard(listener))

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The handler of callbacks that match PATTERN."""
        query = update.callback_query
        found = PATTERN.match(query.data or "") if query is not None else None
        if query is None or found is None:
            return None
        listener = self.pushes.people.get(f"telegram:{query.from_user.id}")
        if listener is None:
            spoken: Language = "ru" if (query.from_user.language_code or "").startswith("ru") else "en"
            return await answer(query, say("not_told", spoken))
        try:
            wishes = chosen(listener.follower.wishes, *found.groups())
        except ValueError:
            return await answer(query)
        await self.pushes.wish(listener.follower.identity, wishes)
        await answer(query)
        await _show(query, listener)
        return None


async def _show(query: CallbackQuery, listener: Listener) -> None:
    try:
        await query.edit_message_text(told(listener), "HTML", reply_markup=keyboard(listener))
    except BadRequest as error:  # tapped twice
        if "not modified" not in str(error).lower():
            raise


def told(listener: Listener) -> str:
    """What is chosen, in words."""
    wishes, language = listener.follower.wishes, listener.language
    names = listener.standing.buildings if listener.standing else {}
    quiet = say("quiet_off", language)
    if wishes.quiet is not None:
        quiet = say("quiet_from", language, begins=f"{wishes.quiet[0]:%H:%M}", ends=f"{wishes.quiet[1]:%H:%M}")
    every = say("every", language)
    least = words.enum("Priority", wishes.least, language)
    categories = ", ".join(words.enum("Category", each, language) for each in sorted(wishes.categories)) or every
    buildings = ", ".join(names.get(each, each) for each in sorted(wishes.buildings)) or every
    return say("chosen", language, quiet=quiet, least=least, categories=categories, buildings=buildings)


def keyboard(listener: Listener) -> InlineKeyboardMarkup:
    """What can be chosen; what is, is ticked."""
    wishes, language = listener.follower.wishes, listener.language

    def button(label: str, data: str, ticked: bool) -> InlineKeyboardButton:
        return InlineKeyboardButton(f"✓ {label}" if ticked else label, callback_data=f"q:{data}")

    now = "off" if wishes.quiet is None else "-".join(f"{each:%H:%M}" for each in wishes.quiet)
    spans = [
        button(say("quiet_off", language) if each == "off" else each, f"hours:{each}", each == now) for each in HOURS
    ]
    least = [
        button(f"{MARKS[each]}{'' if each == CRITICAL else '+'}", f"least:{each}", each == wishes.least)
        for each in PRIORITIES
    ]
    kinds = [
        button(words.enum("Category", each, language), f"category:{each}", each in wishes.categories)
        for each in CATEGORIES
    ]
    known = listener.standing.buildings if listener.standing else {}
    houses = [
        [button(name, f"building:{code}", code in wishes.buildings)]
        for code, name in sorted(known.items())
        if len(known) > 1 and len(f"q:building:{code}".encode()) <= LONGEST_DATA
    ]
    rows = [spans, least, kinds[:4], kinds[4:], *houses[:8]]
    return InlineKeyboardMarkup(rows)


__all__ = ["PATTERN", "Choices", "chosen", "hours"]
