"""The Telegram channel of a house: whether a bot is configured, what it is called, and its process."""

from __future__ import annotations

from pathlib import Path

import httpx

from deploy.job import Job
from deploy.told import told

PATIENCE = 5.0
"""Seconds to wait for Telegram."""


def configured() -> bool:
    """Whether there is a bot's token."""
    return _token() is not None


def _token() -> str | None:
    return told("MARKOFF_TELEGRAM_TOKEN", place="telegram.token")


def bot_name() -> str | None:
    """What the bot is called in Telegram, without the @; None when there is none, or Telegram is not reached."""
    token = _token()
    if token is None:
        return None
    base = (told("MARKOFF_TELEGRAM_API_BASE", place="telegram.api_base") or "https://api.telegram.org").rstrip("/")
    try:
        answer = httpx.get(f"{base}/bot{token}/getMe", timeout=PATIENCE).json()
        return str(answer["result"]["username"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError):
        return None


def telegram_part(data: Path, language: str, log: Path) -> Job:
    """The process of the channel, not yet started; the house has to be ready."""
    return Job(["telegram", "--data", str(data), "--lang", language], log)
