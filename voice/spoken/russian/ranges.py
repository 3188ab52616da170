"""Ranges in a Russian text: "18–24 °C", "через 10–15 мин", "комнаты 401–405"."""

from __future__ import annotations

import re

from voice.spoken.russian import numerals
from voice.spoken.russian.amounts import (
    NAMED,
    amount,
    means_unit,
    signed,
    value_of,
)
from voice.spoken.russian.cases import ACC, GEN, INS, NOM, Case, F, M, N
from voice.spoken.russian.governing import number_cases
from voice.spoken.russian.nouns import FORMS, following
from voice.spoken.russian.units import BY_SIGN
from voice.spoken.scan import Scan


def spread(scan: Scan, m: re.Match[str]) -> str | None:
    """A range: "от восемнадцати до двадцати четырёх градусов", "через десять – пятнадцать минут"."""
    low, high = value_of(m["whole"]), value_of(m["high"])
    if m["unit"] and not means_unit(scan, m, m["unit"]):
        return None
    counted = BY_SIGN.get((m["unit"] or "").replace("\u00a0", " "))
    bare = counted is None and not m["part"] and not m["high_part"]
    if bare and scan.previous in ROOM_HEADS:
        return _rooms(scan, low, high)
    if bare and (high <= low or scan.previous in NAMED):
        return f"{numerals.code(m['whole'])} {numerals.code(m['high'])}" if "-" in m[0] else None
    words = following(scan.text, m.end())
    found = FORMS.get(words[0].replace("ё", "е")) if bare and words else None
    if found:
        counted = found[0]
        scan.until = scan.text.index(words[0], m.end()) + len(words[0])
    minus, plus = signed(m["sign"]), signed(m["high_sign"])
    joint, case = _joint(scan, together=bool(found) or counted in SPANS)
    front = "от " if joint == "до" and scan.previous not in ("от", "с", "со") else ""
    first = amount(low, m["part"], None, case, counted.gender if counted else M)
    second = amount(high, m["high_part"], counted, case)
    scan.mark(case, "number", scan.until)
    return f"{front}{minus}{first} {joint} {plus}{second}"


SPANS = (
    BY_SIGN["с"],
    BY_SIGN["мин"],
    BY_SIGN["ч"],
    BY_SIGN["дн"],
    BY_SIGN["нед"],
    BY_SIGN["мес"],
    BY_SIGN["чел"],
    BY_SIGN["шт"],
)
"""Counted one by one: a range of them is said as a guess, «пять – семь минут»."""


def _joint(scan: Scan, *, together: bool) -> tuple[str, Case]:
    """What joins the ends of a range, and the case of both."""
    if scan.previous == "между":
        return "и", INS
    if scan.previous in ("от", "с", "со"):
        return "до", GEN
    cases = number_cases(scan.previous)
    if len(cases) < len(Case):
        return "–", cases[0]
    return ("–", NOM) if together else ("до", GEN)


ROOM_HEADS = {
    **dict.fromkeys(("комнаты", "комнатах", "комнат", "аудитории", "квартиры", "переговорные"), F),
    **dict.fromkeys(("помещения", "помещениях", "помещений"), N),
    **dict.fromkeys(("кабинеты", "кабинетах", "кабинетов", "офисы", "офисах", "офисов", "этажи", "этажах"), M),
    **dict.fromkeys(("датчики", "лифты", "договоры"), M),
}


def _rooms(scan: Scan, low: int, high: int) -> str:
    gender = ROOM_HEADS[scan.previous]
    return f"с {numerals.ordinal(low, GEN, gender)} по {numerals.ordinal(high, ACC, gender)}"
