"""Rules for numbers in a Russian text, by the words around them."""

from __future__ import annotations

import re

from voice.spoken.russian import numerals
from voice.spoken.russian.amounts import (
    AGO,
    DASH,
    MONEY_SIGN,
    MONEY_WHOLE,
    NAMED,
    NUMBER,
    SCALE,
    SIGN,
    SPACE,
    UNIT,
    WHOLE,
    amount,
    is_sign,
    money,
    signed,
    value_of,
    wanted,
    with_unit,
)
from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, F, Gender, M
from voice.spoken.russian.names import (
    ALONE,
    code,
    dotted,
    ended,
    grown,
    phone,
    product,
    ratio,
    roman,
    stroke,
    unit_alone,
)
from voice.spoken.russian.nouns import FORMS, agreement, following
from voice.spoken.russian.ranges import spread
from voice.spoken.scan import Rule, Scan, rule


def fractional(scan: Scan, m: re.Match[str]) -> str | None:
    """A decimal fraction without a unit, or with a noun: "два с половиной часа"."""
    if not is_sign(scan, m["sign"]):
        return None
    words = following(scan.text, m.end())
    noun_ = next(iter(FORMS.get(words[0].replace("ё", "е"), ())), None) if words else None
    cases = wanted(scan)
    case = cases[0]
    if noun_ is None:
        gender = M
    else:
        gender = noun_.gender
        scan.until = scan.text.index(words[0], m.end()) + len(words[0])
    scan.mark(case, "number", scan.until)
    return signed(m["sign"]) + amount(value_of(m["whole"]), m["part"], noun_, case, gender)


def whole(scan: Scan, m: re.Match[str]) -> str | None:
    """A whole number by the words around it."""
    if not is_sign(scan, m["sign"]):
        return None
    text = m["whole"]
    value, figures = value_of(text), sum(map(str.isdigit, text))
    if text[0] == "0" and figures > 1:
        return signed(m["sign"]) + numerals.code(text)
    cases = wanted(scan)
    found = agreement(value, scan.text, m.end(), cases, scan.previous, figures)
    room = _room_case(scan, figures)
    if found is not None and (room is None or found.noun is not None):
        case = ACC if found.case is NOM and AGO.match(scan.text, m.end()) else found.case
        scan.mark(case, "number", m.end())
        say = numerals.ordinal if found.ordinal else numerals.cardinal
        return signed(m["sign"]) + say(value, case, found.gender)
    if room is not None and not m["sign"]:
        scan.mark(room, "room", m.end())
        return numerals.ordinal(value, room, F)
    if scan.previous in NAMED or (figures > 6 and text.isdigit()):
        return signed(m["sign"]) + (numerals.code(text) if figures > 4 else numerals.cardinal(value))
    scan.mark(cases[0], "number", m.end())
    return signed(m["sign"]) + numerals.cardinal(value, cases[0], _told_before(scan))


def _told_before(scan: Scan) -> Gender:
    """The gender of what is counted in front: «Активных тревог: 2»."""
    counted = re.search(r"([а-яё]+)(?:\s+[а-яё]+){0,3}\s*[:—–]\s*$", scan.before[-80:].lower())
    words = re.findall(r"[а-яё]+", counted[0]) if counted else []
    for word in words:
        for noun_ in FORMS.get(word.replace("ё", "е"), ()):
            if (GEN, True) in noun_.readings[word.replace("ё", "е")]:
                return noun_.gender
    return M


IN_ROOM = {"в": PRE, "во": PRE, "из": GEN, "у": GEN, "возле": GEN, "напротив": GEN, "по": DAT, "над": INS, "под": INS}


def _room_case(scan: Scan, figures: int) -> Case | None:
    """The case of a bare room number: «душно в 101», «рядом с 412»."""
    if scan.kind == "room" and scan.joins() and figures >= 3:
        return Case(scan.case)
    if figures not in (3, 4) or scan.text[scan.at].isspace():
        return None
    words = scan.previous_words(2)
    if not scan.previous or not words:
        return None
    if words[-1] in ("с", "со") and words[:-1] == ["рядом"]:
        return INS
    if words[-1] == "из" and re.search(r"\d\s+из\s+$", scan.before):
        return None
    return IN_ROOM.get(words[-1])


RULES: tuple[Rule, ...] = (
    rule(
        r"(?P<first>\+7|8)[ \u00a0-]?\(?(?P<city>\d{3})\)?[ \u00a0-]?(?P<a>\d{3})[ \u00a0-]?(?P<b>\d{2})[ \u00a0-]?(?P<c>\d{2})(?!\d)",
        phone,
    ),
    rule(r"\d+(?:\.\d+){2,}(?:-\d+)?(?![\w.]*\w)", dotted),
    rule(rf"{SIGN}{MONEY_WHOLE}{SPACE}{SCALE}{MONEY_SIGN}", money),
    rule(rf"{SIGN}(?P<first>[$€£]){SPACE}{MONEY_WHOLE}(?:{SPACE}{SCALE})?(?P<per>)", money),
    rule(rf"(?P<sides>\d+(?:[.,]\d+)?(?:\s?[×xх*]\s?\d+(?:[.,]\d+)?)+)(?:{SPACE}{UNIT})?", product),
    rule(
        rf"{SIGN}{NUMBER}(?:{SPACE}(?:°C|%))?(?:{DASH})(?P<high_sign>[-−+])?(?P<high>{WHOLE})(?:[.,](?P<high_part>\d+))?"
        rf"(?:{SPACE}{UNIT})?(?![\w-])",
        spread,
    ),
    rule(rf"{SIGN}{NUMBER}{SPACE}{SCALE}{UNIT}", with_unit),
    rule(r"(?<![\w:])(?P<top>\d{1,2}):(?P<bottom>\d{1,4})(?![\w:])", ratio),
    rule(rf"(?<![\w/])(?P<top>\d{{1,4}})/(?P<bottom>\d{{1,4}})(?![\w/])(?:{SPACE}{UNIT})?", stroke),
    rule(rf"(?P<whole>{WHOLE})-(?P<ending>[а-яё]{{1,3}})(?![а-яё])", ended),
    rule(r"(?P<whole>\d+)-(?P<rest>[а-яё]{4,})", grown),
    rule(
        r"(?<![^\W_])(?:[A-Za-z]+[0-9]*|[А-ЯЁ]{1,4})(?:[-_.]?(?=[\d])\d+)(?:[-_/.]?[A-Za-zА-ЯЁ0-9]+)*(?![^\W_])", code
    ),
    rule(r"\d+(?:[-/]\d+)*[-_]?[A-Za-zА-Яа-яЁё](?:[-_/.][A-Za-zА-ЯЁ0-9]+)*(?![^\W_])", code),
    rule(rf"{SIGN}(?P<whole>{WHOLE})[.,](?P<part>\d+)(?![\d.]*\d)", fractional),
    rule(rf"{SIGN}(?P<whole>{WHOLE})", whole),
    rule(r"(?<!\w)[IVX]{1,6}(?!\w)", roman),
    rule(rf"(?<![^\W_])(?P<unit>{ALONE})(?![^\W_])", unit_alone),
)
