"""Whether a sentence tells us to change something; a question, a denial or a wish to know how never does."""

from __future__ import annotations

import re

from agent.offline.question import Topic
from agent.offline.sentence import Sentence
from agent.offline.text import CYRILLIC, code

BEFORE_VERB = [
    "please",
    "you",
    "kindly",
    "just",
    "and",
    "then",
    "us",
    "now",
    "also",
    "i",
    "pls",
    "go",
    "ahead",
    "ok",
    "okay",
    "yes",
    "hey",
    "hi",
    "hello",
    "so",
    "well",
    "markoff",
]
WISHES = ["want", "need", "like", "have", "going", "wish", "ask", "asked", "have"]
YOU = re.compile(
    r"\b(?:can|could|would|will) you\b|\b(?:не )?(?:можешь|можете|мог(?:ли)? бы|могла бы|сможешь|сможете)\b"
    r"|будь(?:те)? добр|\bplease\b|пожалуйста"
)
CONDITION = re.compile(r"\b(?:if|whether|если|была ли|был ли)\b")
VERBS = ("ACK_DO", "RESET_DO", "SHELVE_DO", "CLEAR_DO", "MARK_DO", "END_DO", "PLACE_DO", "RENAME_DO", "SET_DO")
OBJECTS = (
    "ALARM",
    "LAST",
    "PRONOUN",
    "ALL",
    "@room",
    "@sensor",
    "@kind",
    "@level",
    "@roomkind",
    "@name",
    "CRITICAL",
    "@limit",
    "@nth",
)


def verbs(s: Sentence, phrases: frozenset[str]) -> dict[str, int]:
    """The verbs that tell to do something, with their places, as far as the sentence is an order at all."""
    if phrases & {"DENIED", "HOWTO"}:
        return {}
    text = " ".join(s.words)
    polite = bool(YOU.search(text))
    asked = ("ASKED" in phrases and not polite) or bool(CONDITION.search(text)) or bool(re.search(r"\bли\b", text))
    found: dict[str, int] = {}
    for at in range(len(s)):
        for verb in VERBS:
            if (
                s.speaks(at, verb)
                and s.taken[at] in ("", "limit")
                and verb not in found
                and _orders(s, at, asked, polite)
            ):
                found[verb] = at
    return found


def _orders(s: Sentence, at: int, asked: bool, polite: bool) -> bool:
    word = s.word(at)
    if s.word(at - 1) in ("не", "not", "never"):
        return False
    if CYRILLIC.search(word):
        infinitive = word.endswith("ть")
        may = any(s.word(n) in ("можно", "нужно", "надо", "стоит") for n in range(len(s))) and s.question
        return not (infinitive and (asked or may or (s.question and not polite))) and not (
            asked and not infinitive and at > 3
        )
    if asked or s.word(at + 1) in ("of", "date", "dates", "day", "time"):
        return False
    before = s.word(at - 1)
    if before == "to":
        return s.word(at - 2) in WISHES and not s.question
    return at == 0 or before in BEFORE_VERB or not before.isalpha() or (CYRILLIC.search(before) is not None)


def command(found: dict[str, int], features: frozenset[str], tail: str | None) -> Topic | None:
    """The write that these verbs and things amount to; `tail` is what follows the room's code."""
    if "SHELVE_DO" in found or ("CLEAR_DO" in found and "ALARM" in features and "@duration" in features):
        return Topic.SHELVE if features & set(OBJECTS) else None
    if "RESET_DO" in found and features & set(OBJECTS):
        return Topic.RESET
    entity = bool(features & {"@name", "@room", "@lease"})
    if "RENAME_DO" in found and "@room" in features and (tail or "@quote" in features):
        return Topic.UPDATE_ROOM
    if (
        "SET_DO" in found
        and "@room" in features
        and ("CAPACITY" in features or "PEOPLE" in features or "@people" in features)
        and "@number" in features
    ):
        return Topic.UPDATE_ROOM
    if "END_DO" in found and entity and features & {"LEASE", "RENT", "EVICT"}:
        return Topic.END_LEASE
    if "PLACE_DO" in found and "@room" in features and "@name" in features and "ALARM" not in features:
        return Topic.PLACE
    if "ACK_DO" in found and "TAKE_DO" in features and not features & {"ALARM", "LAST"}:
        return None
    acknowledge = (
        "ACK_DO" in found
        or ("MARK_DO" in found and "ACK_DONE" in features)
        or ("CLEAR_DO" in found and "ALARM" in features)
    )
    if acknowledge and features & set(OBJECTS) and not features & {"LEASE"}:
        return Topic.ACKNOWLEDGE
    return None


def note(s: Sentence) -> str | None:
    """What an acknowledgement is to say: after "with a note", «комментарий:», «скажи, что»; those words are taken."""
    if not any(s.speaks(at, "ACK_DO", "MARK_DO", "CLEAR_DO") for at in range(len(s))):
        return None
    for at in range(len(s)):
        told = s.speaks(at, "TELL") and s.word(at + 1) in ("что", "that")
        if not s.speaks(at, "NOTE") and not told:
            continue
        start = at + 1
        while s.word(start) in (":", "что", "that", "о", "о_том", "том", "к", "ней", "saying", "says", "of", "тревоге"):
            start += 1
        if start >= len(s):
            return None
        s.take(at, len(s), "note")
        if s.tokens[start].quoted:
            return s.tokens[start].raw
        return s.text[offset(s, start) :].strip(" .!«»\"'“”")[:500] or None
    return None


def offset(s: Sentence, at: int) -> int:
    """Where a token stands in the text as the person typed it."""
    raw = s.tokens[at].raw
    place = s.text.rfind(raw) if at == len(s) - 1 else s.text.find(raw, max(0, s.tokens[at].start - 3))
    return max(place, 0)


def tail(s: Sentence) -> str | None:
    """What a room is to be called: the words after its code, or a quotation."""
    if quote := next((t.raw for t in s.tokens if t.quoted), None):
        return quote
    place = next((at for at in range(len(s)) if s.taken[at] == "room"), None)
    if place is None:
        return None
    start = place + 1
    while s.taken[start : start + 1] == ["room"] and code(s.tokens[start].raw) != s.tokens[start].raw:
        start += 1
    while s.word(start) in ("в", "на", "как", "to", "as", "into", ":", "будет", "теперь"):
        start += 1
    if start >= len(s):
        return None
    return s.text[offset(s, start) :].strip(" .!?") or None
