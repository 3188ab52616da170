"""What several words say together: "what time is it", «никто не подтвердил», "is anyone in"."""

from __future__ import annotations

import re

from agent.offline.sentence import Sentence
from agent.offline.words import HINTS, TAKING

_TAKING = [(name, re.compile(rf"(?<![\w-])(?:{p})(?![\w-])")) for name, all_ in TAKING.items() for p in all_]
_HINTS = [(name, re.compile(rf"(?<![\w-])(?:{p})")) for name, all_ in HINTS.items() for p in all_]


def phrases(sentence: Sentence) -> frozenset[str]:
    """What is said by several words; those words are taken."""
    text, starts = _joined(sentence)
    found: set[str] = set()
    for concept, pattern in _HINTS:
        if pattern.search(text):
            found.add(concept)
    for concept, pattern in _TAKING:
        for match in pattern.finditer(text):
            inside = [at for at, start in enumerate(starts) if match.start() <= start < match.end()]
            if inside and all(sentence.free(at) for at in inside):
                found.add(concept)
                sentence.take(inside[0], inside[-1] + 1, concept)
    return frozenset(found)


def _joined(sentence: Sentence) -> tuple[str, list[int]]:
    starts, text = [], ""
    for at in range(len(sentence)):
        starts.append(len(text))
        text += (sentence.word(at) or "_") + " "
    return text.rstrip(), starts
