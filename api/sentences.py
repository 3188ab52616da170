"""Every sentence that the graph says by itself, in Russian and English: faults of a request, and refusals of a change.

A new code goes into `sentences.toml` first: `CODE = [Russian, English]`. See `api.speech` for the parameters' formats.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from api.speech import said
from db.models import Language

with files("api").joinpath("sentences.toml").open("rb") as _file:
    SENTENCES: dict[str, list[str]] = tomllib.load(_file)


def say(code: str, language: Language, parameters: Mapping[str, Any]) -> str:
    """The sentence of a code in a language, with its parameters filled in."""
    russian, english = SENTENCES[code]
    return said(russian if language is Language.RU else english, language, parameters)
