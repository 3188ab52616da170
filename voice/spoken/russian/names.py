"""Numbers that are names in a Russian text: ordinals, codes, telephones, versions, Roman ones."""

from __future__ import annotations

import re

from voice.spoken.russian import numerals
from voice.spoken.russian.amounts import (
    amount,
    value_of,
)
from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, F, Gender, M, N, Noun
from voice.spoken.russian.governing import NAME, number_cases
from voice.spoken.russian.letters import CYRILLIC, LATIN, latin, spelled
from voice.spoken.russian.nouns import FORMS, following
from voice.spoken.russian.units import BY_SIGN, alternatives
from voice.spoken.scan import Scan


def dotted(scan: Scan, m: re.Match[str]) -> str | None:
    """Versions, addresses in a network, standards: "2.0.1", "192.168.0.12", "12.1.004-91"."""
    return " точка ".join(" тире ".join(numerals.code(one) for one in part.split("-")) for part in m[0].split("."))


def roman(scan: Scan, m: re.Match[str]) -> str | None:
    """II этаж, IV квартал, XXI век."""
    value, highest = 0, 0
    for letter in reversed(m[0]):
        one = {"I": 1, "V": 5, "X": 10}[letter]
        value += one if one >= highest else -one
        highest = max(highest, one)
    words = following(scan.text, m.end())
    found = FORMS.get(words[0].replace("ё", "е")) if words else None
    if not found:
        return None
    singular = [case for case, plural in found[0].readings[words[0].replace("ё", "е")] if not plural] or [NOM]
    case = next((one for one in number_cases(scan.previous) if one in singular), singular[0])
    return numerals.ordinal(value, case, found[0].gender)


def unit_alone(scan: Scan, m: re.Match[str]) -> str | None:
    """A unit without a number: "мощность, кВт"."""
    return BY_SIGN[m["unit"]].form(NAME.get(scan.previous, NOM), plural=True)


ALONE = alternatives(
    sign
    for sign in BY_SIGN
    if (len(sign) > 1 and not re.fullmatch("[а-я]+|[a-z]+|[A-Z]+", sign)) or sign in ("ppm", "лк")
)


ENDED: dict[str, tuple[tuple[Case, Gender | None], ...]] = {
    "й": ((NOM, M), (ACC, M), (PRE, F), (GEN, F), (DAT, F), (INS, F)),
    "я": ((NOM, F),),
    "е": ((NOM, N), (NOM, None)),
    "го": ((GEN, M),),
    "му": ((DAT, M),),
    "м": ((PRE, M), (INS, M), (DAT, None)),
    "ю": ((ACC, F),),
    "х": ((GEN, None), (PRE, None)),
    "ми": ((INS, None),),
}
"""Which one: cases and genders by the letters after the hyphen."""
LONGER = {
    "ый": "й", "ий": "й", "ой": "й", "ая": "я", "ья": "я", "ое": "е", "ье": "е", "ые": "е", "ого": "го", "его": "го",
    "ому": "му", "ему": "му", "ом": "м", "ем": "м", "ым": "м", "ую": "ю", "ью": "ю", "ых": "х", "ыми": "ми", "ей": "й",
}  # fmt: skip
FEMININE_AFTER: dict[str, Case] = {
    **dict.fromkeys("в во на о об при".split(), PRE),
    **dict.fromkeys("из от до у около для без после кроме возле напротив".split(), GEN),
    **dict.fromkeys("к ко по".split(), DAT),
    **dict.fromkeys("с со под над за между перед".split(), INS),
}


def ended(scan: Scan, m: re.Match[str]) -> str | None:
    """Digits with an ending: "412-я", "3-го", "5-ти"."""
    value, ending = value_of(m["whole"]), LONGER.get(m["ending"], m["ending"])
    words = following(scan.text, m.end())
    noun_ = next(iter(FORMS.get(words[0].replace("ё", "е"), ())), None) if words else None
    scan.mark(NOM, "number", m.end())
    if ending == "ти":
        return numerals.cardinal(value, GEN)
    if ending in ("х", "мя", "ух", "ёх") and value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14):
        form = words[0].replace("ё", "е") if words else ""
        plural = noun_ is not None and any((case, True) in noun_.readings[form] for case in (GEN, PRE))
        if ending != "х" or plural or not words:
            return numerals.cardinal(value, INS if ending == "мя" else GEN)
    if ending not in ENDED:
        return None
    case, gender = _ended_form(scan, ending, noun_, words[0].replace("ё", "е") if words else "")
    scan.mark(case, "room" if gender is F else "number", m.end())
    return numerals.ordinal(value, case, gender)


def _ended_form(scan: Scan, ending: str, noun_: Noun | None, form: str) -> tuple[Case, Gender | None]:
    forms = ENDED[ending]
    if noun_ is not None:
        readings = noun_.readings[form]
        fitting = [
            (case, gender)
            for case, gender in forms
            if (case, gender is None) in readings and (gender is None or _same_gender(gender, noun_.gender))
        ]
        wanted_ = number_cases(scan.previous)
        better = [one for one in fitting if one[0] in wanted_]
        if scan.previous and better:
            return better[0]
        if fitting:
            return fitting[0]
    if ending == "й" and scan.previous in FEMININE_AFTER:
        return FEMININE_AFTER[scan.previous], F
    if ending == "м" and scan.previous in ("с", "со", "над", "под", "за", "между", "перед"):
        return INS, M
    if ending == "й" and scan.kind == "room" and scan.joins():
        return Case(scan.case), F
    return forms[0]


def _same_gender(one: Gender, other: Gender) -> bool:
    return (one is F) == (other is F)


def grown(scan: Scan, m: re.Match[str]) -> str | None:
    """A number grown together with a word: "3-этажный", "24-часовой"."""
    return numerals.joined(value_of(m["whole"])) + m["rest"]


def code(scan: Scan, m: re.Match[str]) -> str | None:
    """Letters and figures together: "A102", "T-412-1", "CO2-204", "412а"."""
    text = m[0]
    if not any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
        return None
    parts = re.findall(r"\d+|[A-Za-z]+|[А-Яа-яЁё]+", text)
    return " ".join(_code_part(part) for part in parts)


def _code_part(part: str) -> str:

    if part.isdigit():
        return numerals.code(part)
    names = CYRILLIC if part.lower()[0] in CYRILLIC else LATIN
    if len(part) > 3 or (len(part) == 3 and not part.isupper()):
        return part.lower() if names is CYRILLIC else latin(part)
    return spelled(part, names)


def phone(scan: Scan, m: re.Match[str]) -> str | None:
    """A telephone number by the groups people say it in."""
    first = {"+7": "плюс семь", "8": "восемь"}[m["first"]]
    groups = [first, *(numerals.code(m[name]) for name in ("city", "a", "b", "c"))]
    return ", ".join(groups)


def ratio(scan: Scan, m: re.Match[str]) -> str | None:
    """3:1."""
    return f"{numerals.cardinal(int(m['top']))} к {numerals.cardinal(int(m['bottom']), DAT)}"


def product(scan: Scan, m: re.Match[str]) -> str | None:
    """60 × 23 м."""
    unit = BY_SIGN.get((m["unit"] or "").replace("\u00a0", " "))
    parts = re.split(r"\s*[×xх*]\s*", m["sides"])
    spoken = []
    for n, side in enumerate(parts):
        front, _, part = side.replace(".", ",").partition(",")
        counted = unit if n == len(parts) - 1 else None
        spoken.append(amount(value_of(front), part or None, counted, NOM, unit.gender if unit else M))
    return " на ".join(spoken)


def stroke(scan: Scan, m: re.Match[str]) -> str | None:
    """A common fraction or two numbers by a stroke: "1/2", "24/7", "12/3"."""
    top, bottom = int(m["top"]), int(m["bottom"])
    if (top, bottom) == (24, 7):
        return "двадцать четыре на семь"
    if (top, bottom) in ((1, 2), (1, 3), (1, 4), (2, 3), (3, 4)):
        parts = {2: ("вторая", "вторых"), 3: ("треть", "трети"), 4: ("четверть", "четверти")}[bottom]
        return f"{numerals.cardinal(top, NOM, F)} {parts[0] if top == 1 else parts[1]}"
    unit = f" {BY_SIGN[m['unit']].counted(bottom, NOM)}" if m["unit"] else ""
    return f"{numerals.code(m['top'])} дробь {numerals.code(m['bottom'])}{unit}"
