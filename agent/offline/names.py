"""Words that the lexicon does not know, as names that search may find."""

from __future__ import annotations

from agent.offline.sentence import Sentence
from agent.offline.things import Name

LEGAL = ("ооо", "оао", "зао", "пао", "ао", "ип", "тоо", "нко", "ано", "llc", "ltd", "inc", "gmbh", "corp", "plc")
PREPOSITIONS = frozenset({
    "в", "во", "на", "у", "со", "с", "к", "о", "об", "по", "для", "из", "при", "за", "in", "at", "of", "for", "by",
    "to", "from", "with", "on",
})  # fmt: skip
ADJECTIVE = [
    ("ого", "ый"),
    ("его", "ий"),
    ("ому", "ый"),
    ("ему", "ий"),
    ("ыми", "ые"),
    ("ым", "ый"),
    ("им", "ий"),
    ("ой", "ая"),
    ("ую", "ая"),
]
NOUN = [
    ("ами", "ы"), ("ями", "и"), ("ией", "ия"), ("ию", "ия"), ("ии", "ия"), ("ой", "а"), ("ей", "я"), ("ом", ""),
    ("ем", "ь"), ("ы", "а"), ("и", "а"), ("е", "а"), ("у", "а"), ("ю", "я"),
]  # fmt: skip


def unknown(s: Sentence) -> list[Name]:
    """Runs of unknown words and quotations, left to right; the tokens are taken."""
    found: list[Name] = []
    at = 0
    while at < len(s):
        if s.tokens[at].quoted:
            found.append(Name(s.tokens[at].raw, sure=True))
            s.taken[at] = "quote"
            at += 1
            continue
        if not _unknown(s, at) and not _legal(s, at):
            at += 1
            continue
        end = at
        while end < len(s) and (_unknown(s, end) or _legal(s, end) or _joins(s, at, end)):
            end += 1
        found += _name(s, at, end)
        at = max(end, at + 1)
    return found


def _unknown(s: Sentence, at: int) -> bool:
    word = s.word(at)
    if not s.free(at) or not any(c.isalpha() for c in word) or _legal(s, at):
        return False
    return not s.concepts(at) and (len(word) > 1 or word.isdigit())


def _legal(s: Sentence, at: int) -> bool:
    return s.free(at) and s.word(at) in LEGAL


def _joins(s: Sentence, start: int, at: int) -> bool:
    """A known word inside a name: a capital in the middle of a sentence, beside an unknown one."""
    if not s.free(at) or s.tokens[at].quoted or at == 0 or not s.tokens[at].capital:
        return False
    return (
        s.tokens[at].raw.isalpha()
        and s.tokens[at - 1].end + 1 >= s.tokens[at].start
        and not s.speaks(at, "STOP", "DATE")
    )


def _name(s: Sentence, start: int, end: int) -> list[Name]:
    legal = any(_legal(s, at) for at in range(start, end))
    inside = [at for at in range(start, end) if not _legal(s, at)]
    quoted = end < len(s) and s.tokens[end].quoted
    s.take(start, end, "name")
    if not inside:
        return []
    before = s.word(start - 1)
    capital = any(s.tokens[at].capital for at in inside if at > 0)
    possessive = s.tokens[inside[-1]].raw.lower().endswith("'s")
    raw = " ".join(_bare(s.tokens[at].raw) for at in inside)
    sure = legal or capital or possessive or quoted or before in PREPOSITIONS
    return [Name(raw, "TENANT" if legal else "", sure=sure)]


def _bare(raw: str) -> str:
    return raw[:-2] if raw.lower().endswith("'s") else raw


def capitals(s: Sentence) -> list[Name]:
    """Known words written as names in the middle of a sentence: «договор Энергосвета»."""
    found = []
    for at in range(1, len(s)):
        if (
            s.free(at)
            and s.tokens[at].capital
            and s.tokens[at].raw.isalpha()
            and not s.speaks(at, "STOP", "DATE", "NUMBER")
        ):
            found.append(Name(s.tokens[at].raw))
    return found


def nominative(text: str) -> str:
    """The likeliest dictionary form of a name in some case: «Северного ветра» → «Северный ветр»."""
    words = text.split()
    return " ".join([_first_form(w, ADJECTIVE) for w in words[:-1]] + [_first_form(w, NOUN) for w in words[-1:]])


def _first_form(word: str, endings: list[tuple[str, str]]) -> str:
    for ending, plain in endings:
        if word.lower().endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)] + plain
    return word
