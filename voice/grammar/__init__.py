"""The recogniser that needs no download: pocketsphinx listens for the house's commands and the building's own words.

English is usable; Russian, on an English acoustic model, is an experiment. It matches what it knows and nothing else:
whatever it hears has to be confirmed before anything is changed.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from voice.grammar import english, russian
from voice.grammar.accepting import acceptor, accepts
from voice.grammar.decoder import Decoder, Match, library
from voice.grammar.sounds import phones
from voice.grammar.words import Own, own
from voice.ports import LANGUAGES, Cancelled, Heard, Language, Words

if TYPE_CHECKING:
    from voice.ports import Sound

log = logging.getLogger(__name__)

KEPT = 4
"""Grammars kept ready: one for each set of words in use."""
LIMITS: dict[Language, tuple[float, float]] = {"en": (0.0010, 7.0), "ru": (0.0015, 8.0)}
"""What fits worse than any sounds at all by more than this was no command: `Match.margin` and `Match.worst`."""
COVERED = 0.94
"""The least part of what was said, by its energy, that a command has to hold."""
HEADER = "#JSGF V1.0;\ngrammar markoff;\n"
WORD = re.compile(r"(?<![<\w'])[^\W\d_][\w'-]*(?![\w>'])")


class Grammar:
    """A Transcriber of the house's commands."""

    name = "grammar"
    languages = LANGUAGES

    def __init__(self, limits: Mapping[Language, tuple[float, float]] = LIMITS) -> None:
        self.limits = limits
        self.ready: OrderedDict[tuple[Language, Words], Commands] = OrderedDict()

    @property
    def model(self) -> str:
        return "pocketsphinx, en; ru experimental"

    def prepare(self) -> None:
        """Load the model with the commands that every house knows."""
        for language in self.languages:
            self._commands(language, Words())

    def transcribe(self, sound: Sound, language: Language | None, words: Words, cancelled: Cancelled) -> Heard:
        """The command that was said, by the names and room numbers as the building writes them; "" if it was none."""
        tried = [language] if language else list(self.languages)
        found = [one for each in tried if not cancelled() and (one := self._heard(sound, each, words))]
        if not found:
            return Heard("", tried[0], confirm=True)
        _, text, spoken_in = min(found)
        return Heard(text, spoken_in, confirm=True)

    def _heard(self, sound: Sound, language: Language, words: Words) -> tuple[float, str, Language] | None:
        """How badly it fits, the words, the language; None if nothing of the language was said."""
        commands = self._commands(language, words)
        match = commands.decoder.match(sound)
        margin, worst = self.limits[language]
        if match is None or match.covered < COVERED or not commands.whole(match):
            return None
        if match.margin > margin or match.worst > worst:
            return None
        return match.margin - margin, commands.text(match), language

    def close(self) -> None:
        self.ready.clear()

    def _commands(self, language: Language, words: Words) -> Commands:
        key = (language, words)
        if key in self.ready:
            self.ready.move_to_end(key)
        else:
            self.ready[key] = Commands(language, own(words, language))
            while len(self.ready) > KEPT:
                self.ready.popitem(last=False)
        return self.ready[key]


class Commands:
    """What can be said with some words of a building, in one language."""

    def __init__(self, language: Language, words: Own) -> None:
        self.words = words
        rules = _rules(language, words)
        common = {word: f"w{n}" for n, word in enumerate(dict.fromkeys(WORD.findall(rules)))}
        common = {word: token for word, token in common.items() if word not in words.written and word != "public"}
        self.common = {token: word for word, token in common.items()}
        said = {word for ways in words.ways.values() for way in ways for word in way.split()}
        known = pronounced(said | set(common)) if language == "en" else {}
        ways = {token: known.get(word) or (phones(word, language),) for word, token in common.items()}
        ways |= {token: _ways(told, language, known) for token, told in words.ways.items()}
        ways |= {common[word]: (sounds,) for word, sounds in SHORT.items() if word in common and language == "ru"}
        jsgf = HEADER + WORD.sub(lambda m: common.get(m[0], m[0]), rules).replace("<command> =", "public <command> =")
        self.decoder = Decoder(jsgf, ways)
        self.allowed = acceptor(_rules(language, Own(words.rooms and ("ROOM",), words.names and ("NAME",))))

    def whole(self, match: Match) -> bool:
        """Whether the words are a command to its end."""
        kinds = dict.fromkeys(self.words.rooms, "ROOM") | dict.fromkeys(self.words.names, "NAME")
        return accepts(self.allowed, [kinds.get(token) or self.common.get(token, token) for token in match.words])

    def text(self, match: Match) -> str:
        """The words of a match, names and numbers as they are written."""
        return " ".join(self.words.written.get(token) or self.common.get(token, token) for token in match.words)


SHORT = {"в": "V", "с": "S", "к": "K"}
"""Words without a vowel, which espeak-ng spells when they stand alone."""


def _rules(language: Language, words: Own) -> str:
    own_ = english if language == "en" else russian
    room = own_.OWN_ROOM.format(rooms=" | ".join(words.rooms)) if words.rooms else own_.ANY_ROOM
    name = own_.OWN_NAME.format(names=" | ".join(words.names)) if words.names else own_.NO_NAME
    return f"{room}\n{name}\n{own_.RULES}"


def _ways(said: tuple[str, ...], language: Language, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The pronunciations of a name or number: each way of saying it as one word."""
    if language == "ru":
        return tuple(phones(way, "ru") for way in said)
    return tuple(
        " ".join(known[word][0] if word in known else phones(word, "en") for word in way.split()) for way in said
    )


def pronounced(words: set[str]) -> dict[str, tuple[str, ...]]:
    """What the dictionary of the model says of English words."""
    found: dict[str, list[str]] = {}
    path = Path(library().get_model_path()) / "en-us" / "cmudict-en-us.dict"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, sounds = line.rstrip().partition(" ")
            if (plain := word.partition("(")[0]) in words:
                found.setdefault(plain, []).append(sounds.strip())
    return {word: tuple(ways) for word, ways in found.items()}
