"""The webhook: Telegram posts updates here and shows its secret with each; they go where polled ones go."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from agent.channels.telegram.health import served
from agent.channels.telegram.settings import TelegramSettings

log = logging.getLogger(__name__)

SHOWN = "X-Telegram-Bot-Api-Secret-Token"
"""The header in which Telegram shows the secret."""
LARGEST = 1_000_000
"""Bytes of an update."""
FULL = 2000
"""Updates that wait; with more Telegram is told to come again later."""


def application(settings: TelegramSettings, bot: Bot, inbox: asyncio.Queue[object]) -> Starlette:
    """What listens: the webhook, and `/health`."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""

    async def updated(request: Request) -> Response:
        shown = request.headers.get(SHOWN, "")
        if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
            log.warning("an update with a wrong secret was refused")
            return Response(status_code=403)
        if inbox.qsize() >= FULL:
            return Response(status_code=503)
        try:
            body = await _body(request)
            update = _update(json.loads(body), bot) if body is not None else None
        except ClientDisconnect:
            return Response(status_code=400)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("an update cannot be read: %s", error)
            return Response(status_code=400)
        if update is None:
            return Response(status_code=413)
        await inbox.put(update)
        return Response()

    async def health(request: Request) -> Response:
        return Response('{"status": "ok"}', media_type="application/json")

    routes = [Route("/health", health)]
    return Starlette(routes=[Route(settings.webhook_path, updated, methods=["POST"]), *routes])


def _update(given: object, bot: Bot) -> Update | None:
    """Raises ValueError, KeyError or TypeError for what is no update."""
    if not isinstance(given, dict) or not isinstance(given.get("update_id"), int):
        raise ValueError("it is no update")
    return Update.de_json(given, bot)


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too large for an update."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    return body


@asynccontextmanager
async def listening(settings: TelegramSettings, bot: Bot, inbox: asyncio.Queue[object]) -> AsyncIterator[int]:
    """Listen until the end of the block; the port."""
    listener = socket.create_server((settings.webhook_host, settings.webhook_port))
    async with served(application(settings, bot, inbox), listener):
        yield int(listener.getsockname()[1])


__all__ = ["SHOWN", "application", "listening"]
