"""Codes of rooms, sensors and leases: А102, «четыреста двенадцатая», "room four twelve", T-412-1."""

from __future__ import annotations

import re

from agent.offline.measures import unit_at
from agent.offline.sentence import Sentence
from agent.offline.text import code
from agent.offline.things import Name, Spots

LETTER_CODE = re.compile(r"[A-ZА-Я]{1,3}-?\d{1,4}[A-ZА-Я]?|\d{1,4}-?[A-ZА-Я]|\d{1,2}[.-]\d{1,3}[A-ZА-Я]?")
NOT_CODES = re.compile(
    r"(?:CO|ЦO|ЦО|KO|CИO|CIO)[2О]|CO2|COO2|CO-2|PM2|PM10|H2O|M2|М2|ЦО2|\d+[ЧHДDГГКК]|24/7|Ц02|C02|CO2.*"
)
SUFFIXES = ("а", "б", "г", "a", "b", "d")
"""Letters that may follow a room's number at the end of a sentence."""


def co2(s: Sentence) -> None:
    """«co 2», «цо два», "c o two", «це о два» are one thing."""
    two = ("2", "два", "two", "оксид", "оксида")
    for at in range(len(s) - 1):
        if s.word(at) in ("co", "со", "цо", "цэо", "сио", "ко", "цео") and s.word(at + 1) in two:
            s.take(at, at + 2, "co2")
        elif (
            s.word(at) in ("c", "с", "це", "цэ", "сэ", "си") and s.word(at + 1) in ("o", "о") and s.word(at + 2) in two
        ):
            s.take(at, at + 3, "co2")


def leases(s: Sentence, found: Spots) -> None:
    for at in range(len(s)):
        if not s.speaks(at, "LEASE"):
            continue
        following = at + 1
        while s.word(following) in ("№", "#", "номер", "number", "no", "под", "аренды", "арены", "номером"):
            following += 1
        raw = s.tokens[following].raw if following < len(s) else ""
        if (
            any(c.isdigit() for c in raw)
            and not s.speaks(following + 1, "DATE")
            and s.word(following - 1) not in ("с", "до")
        ):
            if not s.tokens[following].quoted:
                found.names.append(Name(raw, "LEASE", code=True))
            s.take(following, following + 1, "lease")


def sensors(s: Sentence, found: Spots) -> None:
    for at, token in enumerate(s.tokens):
        folded = code(token.raw)
        if (
            not s.free(at)
            or (NOT_CODES.fullmatch(folded) is not None and "-" not in folded)
            or not any(c.isdigit() for c in folded)
            or not any(c.isalpha() for c in folded)
        ):
            continue
        separators = len(re.findall(r"[-_/.]", folded))
        letters = re.match(r"[A-ZА-Я]+[0-9]?", folded)
        named = s.speaks(at - 1, "SENSOR") or (s.word(at - 1) in ("№", "#") and s.speaks(at - 2, "SENSOR"))
        long = separators >= 2 or (separators == 1 and letters is not None and len(letters[0]) >= 2)
        if (named or long) and not re.fullmatch(r"\d+-[А-Я]{1,3}|\d+[А-Я]{1,3}|\d+(ST|ND|RD|TH)", folded):
            found.names.append(Name(token.raw, "SENSOR", code=True))
            s.take(at, at + 1, "sensor")


def rooms(s: Sentence, found: Spots) -> None:
    at = 0
    while at < len(s):
        got = _room(s, at) if s.free(at) else None
        if got:
            end, name = got
            found.names.append(name)
            s.take(at, end, "room")
            at = end
        else:
            at += 1


def _room(s: Sentence, at: int) -> tuple[int, Name] | None:
    token, folded = s.tokens[at], code(s.tokens[at].raw)
    if (
        LETTER_CODE.fullmatch(folded)
        and not NOT_CODES.fullmatch(folded)
        and not s.number(at)
        and not re.fullmatch(r"\d+[.,]\d+", token.text)
    ):
        return at + 1, Name(folded, "ROOM", code=True)
    letter = _letter(s, at)
    if letter and (spoken := _digits(s, at + 1)) and len(spoken[1]) >= 2:
        end, digits = spoken
        conjunction = token.text in ("а", "a") and at == 0
        if conjunction and not s.speaks(at - 1, "ROOM"):
            return end, Name(digits, "ROOM", code=True, other=f"A{digits}")
        return end, Name(letter + digits, "ROOM", code=True)
    spoken = _digits(s, at)
    if not spoken:
        return None
    end, digits = spoken
    first = s.number(at)
    assert first is not None
    if end == len(s) - 1 and s.word(end) in SUFFIXES and len(digits) >= 2 and s.free(end):
        return end + 1, Name(
            digits + code(s.tokens[end].raw), "ROOM", code=True, other=code(s.tokens[end].raw) + digits
        )
    noun = s.speaks(at - 1, "ROOM") or s.word(at - 1) in ("№", "#", "номер", "number") or s.speaks(end, "ROOM")
    noun = noun or any(c.startswith("ROOM:") for c in s.concepts(at - 1) | s.concepts(end))
    feminine = first.ordinal and first.feminine is True and (first.value > 10 or s.word(at - 1) in ("в", "во", "из"))
    inside = s.word(at - 1) in ("в", "во", "in", "из", "у")
    if (
        len(digits) >= 3
        or noun
        or feminine
        or (first.ordinal and first.feminine is None and inside)
        or (first.digits and inside)
    ):
        if unit_at(s, end) and not noun:
            return None
        return end, Name(digits, "ROOM", code=True)
    return None


def _letter(s: Sentence, at: int) -> str:
    """A letter that stands before the digits of a code: «А 102», "A one oh two"."""
    token = s.tokens[at]
    if len(token.text) != 1 or not token.text.isalpha() or not s.free(at):
        return ""
    following = s.number(at + 1)
    if following is None or following.ordinal:
        return ""
    named = s.speaks(at - 1, "ROOM") or s.word(at - 1) in ("в", "in", "room")
    if (token.capital and (at > 0 or token.text not in "аисвкоу")) or named or token.text not in "авскоуия":
        return code(token.raw)
    return code(token.raw) if token.text in ("a", "а") and following.value >= 100 else ""


def _digits(s: Sentence, at: int) -> tuple[int, str] | None:
    """Digits of a number, or of several said one after another: «четыре двенадцать», "three oh five"."""
    digits, parts, end = "", 0, at
    while end < len(s):
        number = s.number(end)
        if number is None and s.word(end) in ("oh", "o", "о") and parts and s.free(end) and s.is_number(end + 1):
            digits, end, parts = digits + "0", end + 1, parts + 1
            continue
        if number is None or (parts and (number.value >= 100 or number.digits)):
            break
        digits, end, parts = digits + number.text, end + number.words, parts + 1
        if number.ordinal or number.value >= 100 or len(digits) >= 4:
            break
    return (end, digits) if parts else None
