"""Alarms for a bot: the pushes, the buttons under them and `/quiet`, put into an application of python-telegram-bot."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, TypeHandler, filters

from agent.channels.telegram import choosing, presses
from agent.channels.telegram.choosing import Choices
from agent.channels.telegram.kept import Kept
from agent.channels.telegram.presses import Presses
from agent.channels.telegram.pushes import Pushes
from agent.identities import Identities

log = logging.getLogger(__name__)


@asynccontextmanager
async def alarms(
    application: Application[Any, Any, Any, Any, Any, Any],
    http: httpx.AsyncClient,
    identities: Identities,
    api: str,
    kept: Kept | None,
) -> AsyncIterator[Pushes | None]:
    """At work until the end of the block, for an application that is initialised; None without a database to keep to.

    `http` is a client of the api at the address `api`; `kept` is what the bot remembers.
    """
    if kept is None:
        log.warning("alarms are not pushed: there is no database to remember them in (MARKOFF_MEMORY_URL)")
        yield None
        return
    pushes = Pushes(application.bot, kept, identities, http, api)
    choices = Choices(pushes)
    application.add_handler(TypeHandler(Update, pushes.saw), group=-1)
    application.add_handler(
        CallbackQueryHandler(Presses(pushes, identities, http).pressed, presses.PATTERN, block=False)
    )
    application.add_handler(CallbackQueryHandler(choices.tapped, choosing.PATTERN))
    application.add_handler(CommandHandler("quiet", choices.quiet, filters.ChatType.PRIVATE))
    async with pushes.at_work():
        yield pushes
