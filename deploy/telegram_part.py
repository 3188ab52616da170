"""The Telegram channel of a house: whether a bot is configured, what it is called, and its process."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import httpx

from deploy.job import Job

TOKEN, BASE = "MARKOFF_TELEGRAM_TOKEN", "MARKOFF_TELEGRAM_API_BASE"
FILE = Path("markoff.toml")
PATIENCE = 5.0
"""Seconds to wait for Telegram."""


def _setting(variable: str, name: str) -> str | None:
    """Environment over file, as the channel's own settings have it."""
    if told := os.environ.get(variable):
        return told.strip()
    try:
        table = tomllib.loads(FILE.read_text(encoding="utf-8")).get("telegram", {})
    except (OSError, ValueError):
        return None
    value = table.get(name) if isinstance(table, dict) else None
    return value.strip() if isinstance(value, str) else None


def configured() -> bool:
    """Whether there is a bot's token."""
    return _setting(TOKEN, "token") is not None


def bot_name() -> str | None:
    """What the bot is called in Telegram, without the @; None when there is none, or Telegram is not reached."""
    token = _setting(TOKEN, "token")
    if token is None:
        return None
    base = (_setting(BASE, "api_base") or "https://api.telegram.org").rstrip("/")
    try:
        told = httpx.get(f"{base}/bot{token}/getMe", timeout=PATIENCE).json()
        return str(told["result"]["username"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError):
        return None


def telegram_part(data: Path, language: str, log: Path) -> Job:
    """The process of the channel, not yet started; the house has to be ready."""
    return Job(["telegram", "--data", str(data), "--lang", language], log)
