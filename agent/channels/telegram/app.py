"""The bot put together: Telegram's side, the house's side, the handlers between them, updates by polling or webhook.

async with at_work(TelegramSettings()) as bot: ...
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import Bot, ChatMember, LinkPreviewOptions, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    Updater,
    filters,
)

from agent import tracing
from agent.channels.telegram import alarms, buttons, commands, floors, health, metrics, problem, webhook
from agent.channels.telegram.commands import Commands
from agent.channels.telegram.decisions import Decisions
from agent.channels.telegram.desk import Desk
from agent.channels.telegram.floors import Floors
from agent.channels.telegram.kept import kept
from agent.channels.telegram.order import Order, PerChat
from agent.channels.telegram.phrases import of_client, say
from agent.channels.telegram.problem import Problems
from agent.channels.telegram.settings import TelegramSettings
from agent.channels.telegram.talk import Talk
from agent.channels.telegram.turns import Agent
from agent.channels.telegram.unanswered import Unanswered
from agent.client import IDLE
from agent.identities import Identities

log = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]
UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds between tries to reach Telegram at the start; the last for all further ones."""
PATIENCE = 20.0
"""Seconds to wait for the graph or a picture."""


@dataclass
class Running:
    """A bot at work."""

    application: App
    desk: Desk
    port: int | None = None
    """Where the webhook listens."""
    health: int | None = None
    """Where its health is told."""


def build(settings: TelegramSettings) -> App:
    """Telegram's side: the client, its limits, the order of updates; no handlers yet."""
    defaults = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True), allow_sending_without_reply=True)
    return (
        ApplicationBuilder()
        .token(settings.token.get_secret_value())
        .base_url(f"{settings.api_base}/bot")
        .base_file_url(f"{settings.api_base}/file/bot")
        .concurrent_updates(PerChat(settings.at_once))
        .rate_limiter(AIORateLimiter(max_retries=settings.retries))
        .request(metrics.Request(max(64, 2 * settings.at_once), 20, pool_timeout=60, media_write_timeout=60))
        .defaults(defaults)
        .updater(None)
        .build()
    )


@asynccontextmanager
async def at_work(settings: TelegramSettings) -> AsyncIterator[Running]:
    """A bot that answers until the end of the block. Raises InvalidToken."""
    async with AsyncExitStack() as stack:
        application, told = build(settings), health.Bot()
        place = await stack.enter_async_context(health.listening(settings.health, told, settings.metrics.enabled))
        await _reached(application)
        told.reached = True
        stack.push_async_callback(application.shutdown)
        desk = await _desk(settings, application, stack)
        talk, memory = Talk(desk), _memory(settings)
        known = await stack.enter_async_context(kept(memory)) if memory else None
        problems = Problems(talk, Unanswered(known))
        own = Commands(desk, talk, problems)
        _commands(application, own, Floors(talk))
        application.add_handler(CallbackQueryHandler(problems.tapped, problem.PATTERN))
        desk.pushes = await stack.enter_async_context(
            alarms.alarms(application, desk.http, desk.identities, settings.api_url, known)
        )
        _talk(application, desk, talk, own)
        await commands.publish(desk)
        await application.start()
        stack.push_async_callback(application.stop)
        if desk.pushes is not None:
            told.look = desk.pushes.look
        running = Running(application, desk, health=place)
        running.port = await _updates(settings, application, stack)
        yield running


async def _reached(application: App) -> None:
    """Until Telegram answers: a house may come up before its line does."""
    for number in range(1_000_000):
        try:
            return await application.initialize()
        except InvalidToken:
            raise
        except (NetworkError, RetryAfter) as error:
            pause = PAUSES[min(number, len(PAUSES) - 1)]
            log.warning("Telegram does not answer, it is asked again in %.0f s: %s", pause, error)
            await asyncio.sleep(pause)
    return None


async def _desk(settings: TelegramSettings, application: App, stack: AsyncExitStack) -> Desk:
    http = await stack.enter_async_context(_client(settings.api_url))
    agent = await stack.enter_async_context(_client(settings.agent_url))
    people = Identities(http, settings.agent_key.get_secret_value())
    return Desk(settings, application.bot, http, Agent(agent, settings.patience), people)


def _client(url: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=IDLE)
    hooks = {"request": [tracing.carry]}
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits, event_hooks=hooks, trust_env=False)


def _memory(settings: TelegramSettings) -> str | None:
    return settings.memory_url.get_secret_value() if settings.memory_url else None


def _commands(application: App, to: Commands, plans: Floors) -> None:
    """In a group only `/now@bot` is for the bot."""
    named = filters.ChatType.PRIVATE | filters.Regex(rf"(?i)^/\w+@{to.desk.bot.username}\b")
    handlers = {
        "start": to.start, "now": to.now, "plan": plans.plan, "report": to.report, "alarms": to.alarms, "lang": to.lang,
        "help": to.help,
    }  # fmt: skip
    for name, handler in handlers.items():
        application.add_handler(CommandHandler(name, handler, named & filters.UpdateType.MESSAGE))
    application.add_handler(CallbackQueryHandler(plans.tapped, floors.PATTERN))
    application.add_handler(CallbackQueryHandler(to.language, commands.LANGUAGE))


def _talk(application: App, desk: Desk, talk: Talk, own: Commands) -> None:
    """After all others: what no command and no alarm's button has taken."""
    add, new = application.add_handler, filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    add(CallbackQueryHandler(Decisions(talk).tapped, buttons.PATTERN))
    add(CallbackQueryHandler(own.dead))
    add(ChatMemberHandler(_left(desk), ChatMemberHandler.MY_CHAT_MEMBER))
    add(MessageHandler(new & filters.COMMAND, own.unknown))
    add(MessageHandler(new & filters.TEXT, talk.text))
    add(MessageHandler(new & (filters.VOICE | filters.AUDIO), talk.voice))
    add(MessageHandler(new, talk.other))
    add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, talk.edited))
    application.add_error_handler(_broken(desk))


def _left(desk: Desk) -> Any:
    async def changed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody blocked the bot, or put it out of a group."""
        member = update.my_chat_member
        if member is not None and member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
            await desk.gone(member.chat.id)

    return changed


def _broken(desk: Desk) -> Any:
    async def broke(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A handler failed: it is logged, and the person is told if Telegram takes a message at all."""
        number = update.update_id if isinstance(update, Update) else None
        log.error("update %s broke", number, exc_info=context.error)
        if not isinstance(update, Update) or update.effective_chat is None or isinstance(context.error, NetworkError):
            return
        user = update.effective_user
        language = desk.languages.get(user.id, of_client(user)) if user else of_client(user)
        with suppress(TelegramError):
            await desk.bot.send_message(update.effective_chat.id, say("broken", language))

    return broke


async def _updates(settings: TelegramSettings, application: App, stack: AsyncExitStack) -> int | None:
    """Let updates in, each once and in order; the port of the webhook, if there is one."""
    inbox: asyncio.Queue[object] = asyncio.Queue()
    order = Order(inbox, application.update_queue)
    task = asyncio.create_task(order.run())

    async def ended() -> None:
        """Whatever came is worked on: Telegram was told that we have it."""
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await order.finish()

    stack.push_async_callback(ended)
    bot: Bot = application.bot
    if settings.webhook_url is not None and settings.webhook_secret is not None:
        port = await stack.enter_async_context(webhook.listening(settings, bot, inbox))
        await bot.set_webhook(
            settings.webhook_url,
            allowed_updates=UPDATES,
            secret_token=settings.webhook_secret.get_secret_value(),
            max_connections=8,
        )
        return port
    updater = Updater(bot, inbox)
    await updater.initialize()  # it is not shut down by itself: the bot's line goes with it, and answers are under way
    await updater.start_polling(
        timeout=settings.poll_seconds, allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_complaint()
    )
    stack.push_async_callback(updater.stop)
    return None


def _complaint() -> Any:
    """Says that asking for updates fails: not each time."""
    said: dict[str, float] = {}

    def failed(error: TelegramError) -> None:
        kind, now = type(error).__name__, time.monotonic()
        metrics.polled(error)
        if said.get(kind, 0.0) < now:
            said[kind] = now + 60
            why = "another bot runs with the same token" if isinstance(error, Conflict) else str(error)
            log.warning("updates cannot be asked for: %s", why)

    return failed


__all__ = ["Running", "at_work", "build"]
