"""The sentences of the talk in Telegram, Russian and English."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from telegram import User

from agent.words import Language

with files("agent.channels.telegram").joinpath("talk.toml").open("rb") as _file:
    SENTENCES: dict[str, list[str]] = tomllib.load(_file)


def say(key: str, language: Language, **parts: object) -> str:
    """A sentence of the talk."""
    return SENTENCES[key][0 if language == "ru" else 1].format(**parts)


def both(key: str, first: Language) -> str:
    """A sentence in both languages, for whom we do not know."""
    other: Language = "en" if first == "ru" else "ru"
    return f"{say(key, first)}\n\n{say(key, other)}"


def of_client(user: User | None) -> Language:
    """The language of somebody's Telegram: Russian also for those whose countries mostly speak it beside their own."""
    code = ((user.language_code if user else None) or "").lower()[:2]
    return "ru" if code in ("ru", "be", "uk", "kk", "ky", "uz", "tg") else "en"
