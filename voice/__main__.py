"""The voice process: `python -m voice`, told by its settings; `markoff voice serve` is the same with options."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable

from voice.faults import Fault
from voice.server import Running, run
from voice.settings import VoiceSettings

log = logging.getLogger("voice")
NO_START = 3
"""Exit status of a process that could not begin."""


def main(settings: VoiceSettings, begun: Callable[[Running], None]) -> int:
    """Serve until SIGTERM or SIGINT; the exit status."""
    return asyncio.run(_until_told(settings, begun))


async def _until_told(settings: VoiceSettings, begun: Callable[[Running], None]) -> int:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[Running] = loop.create_future()
    ready.add_done_callback(lambda told: None if told.cancelled() else begun(told.result()))
    task = asyncio.ensure_future(run(settings, ready))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0


def _log(running: Running) -> None:
    log.info("Wyoming is spoken at %s, health is told at %s", running.address, running.health or "no place")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        sys.exit(main(VoiceSettings(), _log))
    except Fault as fault:
        log.critical("%s", fault)
        sys.exit(NO_START)
