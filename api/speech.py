"""How a sentence of the catalogue is said in a language: dates, lists and open ends as people write them there."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

from db.models import Language

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(value: date, language: Language) -> str:
    """A date as it is written: 31.12.2026, 31 December 2026."""
    if language is Language.RU:
        return f"{value.day:02}.{value.month:02}.{value.year:04}"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def language_of(name: str) -> Language:
    """In which language a name is written, by its letters."""
    return Language.RU if any("а" <= letter <= "я" or letter == "ё" for letter in name.lower()) else Language.EN


class Speaker(Formatter):
    """`str.format` with the words of a language.

    Formats of its own: `:until` (a last day, None is open), `:since` (a first day), `:maybe` (proposals, or nothing).
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "until":
                return self.until(value)
            case "since":
                return f"с {self.plain(value)}" if self.language is Language.RU else f"from {self.plain(value)}"
            case "maybe":
                return self.maybe(value)
            case "":
                return self.plain(value)
        return str(super().format_field(value, format_spec))

    def until(self, last: date | None) -> str:
        if last is None:
            return "бессрочно" if self.language is Language.RU else "with no end"
        return f"до {self.plain(last)}" if self.language is Language.RU else f"until {self.plain(last)}"

    def maybe(self, proposals: list[str]) -> str:
        if not proposals:
            return ""
        words = "Возможно, вы имели в виду: " if self.language is Language.RU else "Did you mean: "
        return f" {words}{', '.join(proposals)}?"

    def plain(self, value: Any) -> str:
        if isinstance(value, datetime):
            return f"{day(value.date(), self.language)} {value:%H:%M}"
        if isinstance(value, date):
            return day(value, self.language)
        if isinstance(value, enum.Enum):
            return value.name
        if isinstance(value, float | Decimal):
            text = f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else f"{value:g}"
            return text.replace(".", ",") if self.language is Language.RU else text
        if isinstance(value, list | tuple):
            return ", ".join(self.plain(each) for each in value)
        return "—" if value is None else str(value)


SPEAKERS = {language: Speaker(language) for language in Language}


def said(template: str, language: Language, parameters: Mapping[str, Any]) -> str:
    """A sentence with its parameters filled in."""
    return SPEAKERS[language].vformat(template, (), dict(parameters))
