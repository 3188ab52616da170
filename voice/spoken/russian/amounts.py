"""Amounts in a Russian text: numbers with units and money, and what all rules for numbers share."""

from __future__ import annotations

import re

from voice.spoken.russian import numerals
from voice.spoken.russian.cases import ACC, GEN, PRE, Case, Gender, M, Noun
from voice.spoken.russian.governing import number_cases
from voice.spoken.russian.units import BY_SIGN, MONEY_BY_SIGN, SCALES, alternatives
from voice.spoken.scan import Scan

WHOLE = r"(?:\d{1,3}(?:\u00a0\d{3})+|\d+)"
NUMBER = rf"(?P<whole>{WHOLE})(?:[.,](?P<part>\d+))?"
SIGN = r"(?P<sign>[-−+±]\s?|\+/-\s?)?"
SIGNS = {"-": "минус", "−": "минус", "+": "плюс", "±": "плюс-минус", "+/-": "плюс-минус"}
UNIT = rf"(?P<unit>{alternatives(BY_SIGN)})(?![^\W_]|/[^\W\d_])(?:(?<=[а-я])\.(?!\.))?"
SPACE = r"[ \u00a0]?"
AGO = re.compile(rf"(?:\s*\d+{SPACE}[а-я]+\.?){{0,2}}\s+назад\b")


def value_of(whole: str) -> int:
    return int(re.sub(r"[\u00a0 ]", "", whole))


def wanted(scan: Scan) -> tuple[Case, ...]:
    """The cases that the words in front ask of a number here."""
    if scan.joins() and scan.previous in ("и", "или", "либо", "") and scan.kind in ("number", "room"):
        return (Case(scan.case),)
    if re.search(r"[<>≤≥]\s*$", scan.before):
        return (GEN,)
    return number_cases(scan.previous)


def amount(whole: int, part: str | None, counted: Noun | None, case: Case, gender: Gender = M) -> str:
    """A number, whole or with a fraction, and what it counts."""
    gender = counted.gender if counted else gender
    part = (part or "").rstrip("0")
    if not part:
        return numerals.counted(whole, counted, case) if counted else numerals.cardinal(whole, case, gender)
    if part == "5" and whole:
        return numerals.half(whole, counted, case, gender)
    if len(part) > 3:
        text = f"{numerals.cardinal(whole)} запятая {numerals.digits(part)}"
        return f"{text} {counted.form(GEN)}" if counted else text
    text = numerals.fraction(whole, part, case)
    return f"{text} {counted.form(GEN)}" if counted else text


def signed(sign: str | None) -> str:
    return f"{SIGNS[sign.strip()]} " if sign else ""


def is_sign(scan: Scan, sign: str | None) -> bool:
    """Whether a dash in front of a number is a minus: not one that joins it to a word or a number."""
    return not sign or scan.at == 0 or sign.strip() not in ("-", "+") or not scan.text[scan.at - 1].isalnum()


def with_unit(scan: Scan, m: re.Match[str]) -> str | None:
    unit = m["unit"].replace("\u00a0", " ")
    if not is_sign(scan, m["sign"]) or not means_unit(scan, m, unit):
        return None
    counted = BY_SIGN[unit]
    cases = wanted(scan)
    case = ACC if AGO.match(scan.text, m.end()) else cases[0]
    if scan.previous in ("в", "на") and unit == "эт":
        return f"{numerals.ordinal(value_of(m['whole']), PRE)} этаже"
    scan.mark(case, "number", m.end())
    scale = m["scale"]
    if scale:
        named = SCALES[scale.strip(" .\u00a0")]
        return f"{signed(m['sign'])}{amount(value_of(m['whole']), m['part'], named, case)} {counted.form(GEN, plural=True)}"
    return signed(m["sign"]) + amount(value_of(m["whole"]), m["part"], counted, case)


def means_unit(scan: Scan, m: re.Match[str], unit: str) -> bool:
    """Single letters that are words as well are units only where nothing else can be meant."""
    gap = scan.text[m.start("unit") - 1]
    after = scan.text[m.end() :]
    if unit in ("с", "К", "В", "А", "т", "д") and gap == " ":
        return not re.match(r"\s+[^\W\d_]", after) or unit in ("В", "А")
    return unit not in ("А", "В") or not gap.isdigit()


def money(scan: Scan, m: re.Match[str]) -> str | None:
    sign = (m.groupdict().get("first") or m["money"]).rstrip(".")
    main, cents = MONEY_BY_SIGN[sign]
    case = wanted(scan)[0]
    whole, part = value_of(re.sub(r"\s", "", m["whole"])), m["part"]
    scan.mark(case, "number", m.end())
    per = _per(m["per"]) if m["per"] else ""
    if m["scale"]:
        scaled = amount(whole, part, SCALES[m["scale"].strip(" .\u00a0")], case)
        return f"{signed(m['sign'])}{scaled} {main.form(GEN, plural=True)}{per}"
    if part and len(part) == 2 and cents:
        low = f" {numerals.counted(int(part), cents, case)}" if int(part) else ""
        return f"{signed(m['sign'])}{numerals.counted(whole, main, case)}{low}{per}"
    return signed(m["sign"]) + amount(whole, part, main, case) + per


PER = {
    "м²": "за квадратный метр", "м2": "за квадратный метр", "кв. м": "за квадратный метр", "мес": "в месяц",
    "месяц": "в месяц", "год": "в год", "сут": "в сутки", "ч": "в час", "час": "в час", "кВт·ч": "за киловатт-час",
    "чел": "с человека", "шт": "за штуку", "день": "в день", "м³": "за кубический метр", "Гкал": "за гигакалорию",
}  # fmt: skip
"""What stands after a price and a stroke."""


def _per(text: str) -> str:
    return "".join(f" {PER[one.strip().rstrip('.')]}" for one in text.split("/") if one.strip())


NAMED = frozenset(
    """номер помещение помещении помещения помещению помещением комната комнате комнаты комнату комнатой кабинет
    кабинете кабинета кабинету кабинетом офис офисе офиса офису офисом аудитория аудитории аудиторию этаж этаже этажа
    лифт лифта лифте зона зоне зоны дом дома доме корпус корпусе корпуса датчик датчика датчике код кода пин договор
    договора квартира квартире лестница лестнице квартиру переговорная переговорной строение пункт пункте""".split()
)
"""Nouns with their number after them: it is a name and keeps its first form."""
SCALE = r"(?P<scale>(?:тыс\.?|млн\.?|млрд\.?|трлн\.?)[ \u00a0]?)?"
DASH = r"\s?[–—]\s?|-|…|\.\.\.?"
MONEY_SIGN = rf"(?P<money>{alternatives(MONEY_BY_SIGN)})(?![^\W_])\.?(?P<per>(?:\s?/\s?(?:{alternatives(PER)})\.?)*)"
MONEY_WHOLE = r"(?P<whole>\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:[.,](?P<part>\d+))?"
