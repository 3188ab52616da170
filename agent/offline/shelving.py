"""For how long an alarm is to be shelved, and why: «отложи тревогу в 305 на час, ждём сантехника»."""

from __future__ import annotations

import re

from agent.offline.commands import offset
from agent.offline.sentence import Sentence

VERBS = ("SHELVE_DO", "CLEAR_DO")
MINUTE = re.compile(r"минут\w*|мин|minutes?|mins?|min")
HOUR = re.compile(r"час|часа|часов|часик|часок|ч|hours?|hrs?|h")
DAY = re.compile(r"сутки|суток|день|дня|дней|days?")
UNITS = ((MINUTE, 1), (HOUR, 60), (DAY, 1440))
AFTER = frozenset({"потому", "поскольку", "ведь", "причина", "причине", "because", "reason", ":"})
"""The reason begins after these."""
WITH = frozenset({
    "из-за", "ждем", "ждут", "жду", "идет", "идут", "ведутся", "меняем", "меняют", "чиним", "чинят", "проводим", "due",
    "while", "we", "they", "waiting",
})  # fmt: skip
"""The reason begins with these."""
GLUE = frozenset({"что", "причина", "is", "of", ":"})
LONGEST = 500


def minutes(s: Sentence) -> int | None:
    """«на полчаса», «на 2 часа», "for 30 minutes", in minutes; those words are taken."""
    if not any(s.speaks(at, *VERBS) for at in range(len(s))):
        return None
    for at in range(len(s)):
        if s.word(at) not in ("на", "for"):
            continue
        if (found := _stretch(s, at + 1)) is not None:
            length, end = found
            s.take(at, end, "duration")
            return length
    return None


def _stretch(s: Sentence, at: int) -> tuple[int, int] | None:
    if s.word(at) == "полчаса":
        return 30, at + 1
    if s.word(at) == "полтора" and HOUR.fullmatch(s.word(at + 1)):
        return 90, at + 2
    if s.word(at) == "half" and s.word(at + 1) in ("an", "a") and s.word(at + 2) == "hour":
        return 30, at + 3
    number = s.number(at)
    many, end = (number.value, at + number.words) if number is not None and not number.ordinal else (1, at)
    if end == at and s.word(at) in ("an", "a", "one", "один", "одни"):
        end = at + 1
    for unit, length in UNITS:
        if s.word(end) and unit.fullmatch(s.word(end)):
            return int(many * length), end + 1
    return None


def reason(s: Sentence, *, timed: bool) -> str | None:
    """Why; those words are taken, so that nothing in them is understood as anything else."""
    if not any(s.speaks(at, *(VERBS if timed else VERBS[:1])) for at in range(len(s))):
        return None
    for at in range(1, len(s)):
        if s.word(at) not in AFTER | WITH:
            continue
        start = at if s.word(at) in WITH else at + 1
        while start > at and s.word(start) in GLUE:
            start += 1
        if start >= len(s):
            return None
        s.take(at, len(s), "reason")
        if s.tokens[start].quoted:
            return s.tokens[start].raw
        return s.text[offset(s, start) :].strip(" .!?«»\"'“”,")[:LONGEST] or None
    return None
