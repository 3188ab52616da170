"""The tables beside this module: the lexicon, the phrases, and the rules that weigh topics."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def _table(name: str) -> dict[str, Any]:
    with files("agent.offline").joinpath(f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


_LEXICON = _table("lexicon")
_PHRASES = _table("phrases")

KINDS: dict[str, str] = _LEXICON["kinds"]
"""Word stems by kind of sensor."""
CONCEPTS: dict[str, str] = _LEXICON["concepts"] | _LEXICON["chat"]
ROOM_KINDS: dict[str, str] = _LEXICON["rooms"]
STOREYS: dict[str, str] = _LEXICON["storeys"]
STOP: str = _LEXICON["stop"]["words"]
TAKING: dict[str, list[str]] = _PHRASES["taking"]
"""Phrases whose words are used up, as regular expressions."""
HINTS: dict[str, list[str]] = _PHRASES["hints"]
"""Phrases whose words are read further."""
GROUPS: dict[str, list[str]] = _PHRASES["groups"]
"""By what alarms are counted, as regular expressions."""
TOPICS: dict[str, list[str]] = _table("topics")["topics"]
"""Rules by topic; see the head of the table."""
