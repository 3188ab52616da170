"""Text as people say it, in Russian and English: numbers, codes, units, dates, abbreviations; and where it may be cut."""

from __future__ import annotations

from voice.spoken.clean import clean
from voice.spoken.english import reading as english
from voice.spoken.russian import reading as russian
from voice.spoken.scan import read
from voice.spoken.sentences import sentences

__all__ = ["said", "sentences"]


def said(text: str, language: str) -> str:
    """What an announcer says for a written text; `language` is "ru" or "en", and said text stays as it is."""
    rules = russian.RULES if language == "ru" else english.RULES
    lines = (read(one, rules) for one in clean(text).splitlines())
    return "\n".join(line for line in lines if line)
