"""How a tap on a button is answered."""

from __future__ import annotations

import logging

from telegram import CallbackQuery
from telegram.error import NetworkError

log = logging.getLogger(__name__)

LONGEST = 200
"""Letters that Telegram shows as the answer to a tap."""


async def answer(query: CallbackQuery, text: str | None = None, *, loud: bool = True) -> None:
    """The answer to a tap, in a window of its own if it is loud; one that comes too late is not shown to anybody."""
    try:
        await query.answer(text[:LONGEST] if text else None, show_alert=loud and text is not None)
    except NetworkError as error:  # also a BadRequest: it was too late
        log.info("a tap was not answered: %s", error)


__all__ = ["answer"]
