"""`python -m agent.channels.telegram`: the bot until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from pydantic import ValidationError
from telegram.error import InvalidToken

from agent.channels.telegram.app import at_work
from agent.channels.telegram.settings import TelegramSettings


async def serve(settings: TelegramSettings) -> None:
    """The bot until a signal; turns under way are finished. Raises InvalidToken."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stopped.set)
    async with at_work(settings) as running:
        logging.getLogger(__name__).info("@%s answers", running.desk.bot.username)
        await stopped.wait()


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
