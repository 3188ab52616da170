"""The building's own words as tokens of a grammar: a room number or a name is one word with all its pronunciations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from voice import spoken
from voice.ports import Language, Words
from voice.spoken.english import numerals as english
from voice.spoken.russian import numerals as russian
from voice.spoken.russian.cases import ACC, NOM, PRE, F

MOST_ROOMS, MOST_NAMES = 150, 60
"""More would take seconds to make: a house with more rooms gets any three figures, and the first names are kept."""
NUMBER = re.compile(r"\d{1,6}")
CASES = {
    "а": ("ы", "е", "у"), "я": ("и", "е", "ю"), "ая": ("ой", "ую"), "ия": ("ии", "ию"), "ка": ("ки", "ке", "ку"),
}  # fmt: skip
"""Endings of names in the nominative, and those in the cases that questions ask for."""


@dataclass(frozen=True)
class Own:
    """Tokens of the rooms and names, what each stands for, and how it can be said."""

    rooms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    written: dict[str, str] = field(default_factory=dict)
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)


def own(words: Words, language: Language) -> Own:
    """Tokens for the words that somebody speaking this language can say."""
    written: dict[str, str] = {}
    ways: dict[str, tuple[str, ...]] = {}
    rooms: list[str] = []
    names: list[str] = []
    for text in dict.fromkeys((*words.terms, *words.names)):
        numbered = any(map(str.isdigit, text)) and len(text) <= 8
        if (found := _room(text, language) if numbered else _name(text, language)) and len(written) < 2000:
            kept, mark, most = (rooms, "room", MOST_ROOMS) if numbered else (names, "name", MOST_NAMES)
            if len(kept) < most:
                token = f"{mark}{len(written)}"
                written[token], ways[token] = text, tuple(dict.fromkeys(found))
                kept.append(token)
    if len(rooms) == MOST_ROOMS:
        rooms = []
    used = [*rooms, *names]
    return Own(tuple(rooms), tuple(names), {one: written[one] for one in used}, {one: ways[one] for one in used})


def _room(text: str, language: Language) -> list[str]:
    """How a room number is said: "four twelve", "four one two", "four hundred and twelve"."""
    if not NUMBER.fullmatch(text):
        return [spoken.said(text, language).rstrip(".").lower()]
    if language == "en":
        ways = [english.code(text), english.digits(text)]
        ways += (
            [] if text[0] == "0" else [english.cardinal(int(text)), english.cardinal(int(text)).replace(" and ", " ")]
        )
        return [way.replace("-", " ") for way in ways]
    value = int(text)
    ordinals = [russian.ordinal(value, case, F) for case in (NOM, PRE, ACC)] if text[0] != "0" else []
    return [russian.code(text), *ordinals]


def _name(text: str, language: Language) -> list[str]:
    """How a name is said; a Russian one in the cases that questions ask for, by its last word."""
    said = spoken.said(text, language).rstrip(".").lower()
    said = re.sub(r"[^\w\s'-]", " ", said)
    said = " ".join(said.replace("-", " ").split())
    if not said or len(said.split()) > 5 or not any(map(str.isalpha, said)):
        return []
    cyrillic = re.search("[а-яё]", text.lower()) is not None
    if language == "en" and cyrillic:
        return []
    if language == "ru" and cyrillic:
        return [said, *_cases(said)]
    return [said]


def _cases(said: str) -> list[str]:
    """Genitive, prepositional and accusative of a name that ends like a Russian noun."""
    front, _, last = said.rpartition(" ")
    ends = {
        "а": ("ы", "е", "у"),
        "я": ("и", "е", "ю"),
        "ая": ("ой", "ую"),
        "ия": ("ии", "ию"),
        "ка": ("ки", "ке", "ку"),
    }
    for end in sorted(ends, key=len, reverse=True):
        if last.endswith(end):
            return [f"{front} {last[: -len(end)]}{new}".strip() for new in ends[end]]
    if last[-1:] in "бвгджзклмнпрстфхцчшщ":
        return [f"{front} {last}{new}".strip() for new in ("а", "е")]
    return []
