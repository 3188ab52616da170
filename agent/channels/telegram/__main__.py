"""`python -m agent.channels.telegram`: the bot until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from pydantic import ValidationError
from telegram.error import InvalidToken

from agent.channels.telegram.app import at_work
from agent.channels.telegram.settings import TelegramSettings

T = TypeVar("T")


async def serve(settings: TelegramSettings) -> None:
    """The bot until a signal; turns under way are finished. Raises InvalidToken."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stopped.set)
    async with AsyncExitStack() as stack:
        running = await _unless(stopped, stack.enter_async_context(at_work(settings)))
        if running is None:
            return
        logging.getLogger(__name__).info("@%s answers", running.desk.bot.username)
        await stopped.wait()


async def _unless(stopped: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What comes of the work; None where we are stopped before: Telegram may not answer for hours."""
    begun, end = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({begun, end}, return_when=asyncio.FIRST_COMPLETED)
        if begun.done():
            return begun.result()
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        return None
    finally:
        end.cancel()


def main() -> int:
    """Run it; 2 when the settings are not good."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold the token
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    try:
        asyncio.run(serve(TelegramSettings()))
    except ValidationError as fault:
        for each in fault.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            full = name if name.startswith("MARKOFF") else f"MARKOFF_TELEGRAM_{name}".rstrip("_")
            sys.stderr.write(f"{full}: {each['msg']}\n")
        return 2
    except InvalidToken:
        sys.stderr.write("MARKOFF_TELEGRAM_TOKEN: Telegram knows no bot with this token.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
