"""Looks words up in the lexicon: by stem, through a typing slip, or through a transliteration."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from agent.offline import numbers, words
from agent.offline.text import CYRILLIC, Token, cyrillic, sound

LONGEST_ENDING = 7
"""Letters that may follow a stem; a long stem bears two more."""
WRITES = {"END_DO", "PLACE_DO", "RENAME_DO", "SET_DO", "CLEAR_DO", "MARK_DO", "RESET_DO", "SHELVE_DO"}
"""Orders that must be spelled right: a slip away from most of them stands another word («расторгли»)."""
PAST = re.compile(r".*(?:л|ла|ли|ло|н|на|но|ны|ed|ing)$")
VOWELS = "аеиоуыэюяaeiouy"
NOTHING: frozenset[str] = frozenset()


def _entries() -> dict[str, str]:
    groups = {f"KIND:{name}": forms for name, forms in words.KINDS.items()}
    groups |= {f"ROOM:{name}": forms for name, forms in words.ROOM_KINDS.items()}
    groups |= {f"STOREY:{name}": forms for name, forms in words.STOREYS.items()}
    return groups | words.CONCEPTS | {"STOP": words.STOP}


@cache
def _tables() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Whole words and stems, each with the concepts it speaks of."""
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for concept, forms in _entries().items():
        for form in forms.replace("ё", "е").split():
            table = stems if form.endswith("*") else whole
            table.setdefault(form.rstrip("*"), set()).add(concept)
    return whole, stems


@lru_cache(maxsize=16384)
def concepts(word: str) -> frozenset[str]:
    """What the word speaks of; empty when the lexicon does not know it."""
    whole, stems = _tables()
    found = set(whole.get(word, ()))
    for size in range(max(2, len(word) - LONGEST_ENDING - 2), len(word) + 1):
        if len(word) - size <= LONGEST_ENDING or size > 5:
            found |= stems.get(word[:size], set())
    if not found and "-" in word and not any(c.isdigit() for c in word):
        parts = [concepts(part) for part in word.split("-")]
        if all(parts):
            found = set().union(*parts)
    return frozenset(found) or (frozenset({"NUMBER"}) if numbers.known(word) else NOTHING)


@cache
def _repairable() -> dict[str, list[tuple[str, bool]]]:
    """Words and stems long enough to be recognised through a slip, by first letter."""
    whole, stems = _tables()
    whole = {form: said for form, said in whole.items() if not said & WRITES}
    numerals = (
        [form for form in numbers.CARDINALS if len(form) > 4] + list(numbers.ENGLISH) + list(numbers.ENGLISH_ORDINALS)
    )
    stop = _entries()["STOP"].split()
    by_letter: dict[str, list[tuple[str, bool]]] = {}
    for form, starred in [(f, False) for f in (*whole, *numerals)] + [(f, True) for f in stems]:
        if len(form) >= (6 if form in stop else 5):
            by_letter.setdefault(form[0], []).append((form, starred))
    for stem in numbers.ORDINALS.values():
        if len(stem) > 4:
            by_letter.setdefault(stem[0], []).append((stem, True))
    return by_letter


@lru_cache(maxsize=4096)
def repair(word: str) -> str | None:
    """The nearest known word: one slip in five letters or more, two in nine; the first letter is trusted."""
    if len(word) < 5 or any(c.isdigit() for c in word):
        return None
    best: tuple[float, int, str] | None = None
    for form, starred in _repairable().get(word[0], ()):
        slips = 2 if min(len(form), len(word)) >= 9 else 1
        sizes = range(len(form) - 1, len(form) + 2) if starred else (len(word),)
        for size in sizes:
            if size > len(word) or len(word) - size > LONGEST_ENDING - 2 or abs(size - len(form)) > slips:
                continue
            distance = slip(word[:size], form, slips)
            if PAST.match(word) and "ACK_DO" in concepts(form):
                continue
            rest = word[size:]
            if distance == 1 and len(form) == 5 == size and not _alike(word[:size], form):
                continue
            if distance <= slips and (best is None or (distance, -len(form)) < best[:2]):
                best = (distance, -len(form), form + rest)
    return best[2] if best else None


def _alike(a: str, b: str) -> bool:
    """Two letters changed places, or one vowel stands for another: what five letters forgive."""
    differ = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return sorted(a) == sorted(b) or (len(differ) == 1 and all(c in VOWELS for c in differ[0]))


def slip(a: str, b: str, most: int) -> int:
    """Edits between two words, neighbouring letters swapped counting as one; more than `most` is just more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
        if min(row) > most:
            return most + 1
    return row[-1]


# -- Russian typed in Latin letters


@cache
def _sounds() -> tuple[dict[str, str], dict[str, str]]:
    """Latin spellings of the Russian words and stems that the lexicon knows."""
    whole, stems = _tables()
    forms = {sound(f): f for f in (*whole, *numbers.CARDINALS) if CYRILLIC.search(f)}
    starts = {sound(f): f for f in (*stems, *numbers.ORDINALS.values()) if CYRILLIC.search(f) and len(f) > 2}
    return forms, starts


@lru_cache(maxsize=4096)
def russian(word: str) -> str | None:
    """The Russian word that a Latin one spells, if the lexicon knows it: "nedelyu" → «неделю»."""
    forms, starts = _sounds()
    heard = sound(word)
    if heard in forms:
        return forms[heard]
    for size in range(len(heard), 2, -1):
        if (stem := starts.get(heard[:size])) and len(heard) - size <= LONGEST_ENDING:
            return stem + cyrillic(_ending(word, heard[:size]))
    return None


def _ending(word: str, stem: str) -> str:
    """What is left of `word` when the letters that make the sound of `stem` are taken away."""
    size = next((n for n in range(len(word), 0, -1) if sound(word[:n]) == stem), None)
    return word[size:] if size is not None else ""


def transliterated(found: list[Token]) -> bool:
    """Whether a sentence in Latin letters is Russian rather than English."""
    plain = [t.text for t in found if t.text.isalpha() and not t.quoted]
    if any(CYRILLIC.search(t) for t in plain):
        return False
    only_russian = sum(1 for t in plain if not concepts(t) and russian(t))
    only_english = sum(1 for t in plain if concepts(t) and not russian(t))
    ambiguous = sum(1 for t in plain if concepts(t) and russian(t))
    return only_russian > only_english or (only_russian > 0 and only_russian + ambiguous > 2 * only_english)


def spelled(found: list[Token]) -> list[Token]:
    """The tokens with slips repaired and transliterated words in Russian letters; names are left alone."""
    latin = transliterated(found)
    return [_respelled(token, at, latin) for at, token in enumerate(found)]


def _respelled(token: Token, at: int, latin: bool) -> Token:
    word = token.text
    if token.quoted or not any(c.isalpha() for c in word):
        return token
    if latin and (heard := russian(word)) and not (concepts(word) and "STOP" not in concepts(word)):
        return _with(token, heard)
    name = token.capital and at > 0
    if concepts(word) or name:
        return token
    better = repair(word)
    return _with(token, better) if better else token


def _with(token: Token, text: str) -> Token:
    return Token(text, token.raw, token.start, token.end, token.quoted)
