"""How much and how many: «не меньше 40 метров», «на десять человек», "above 25 degrees", «топ-5»."""

from __future__ import annotations

import re

from agent.offline.numbers import COLLECTIVE
from agent.offline.sentence import Sentence
from agent.offline.things import Measure, Spots

UNITS = {
    "degree": "градус градуса градусов градусах ° °c c degree degrees celsius с цельсия",
    "percent": "процент процента процентов процентах процентами % percent",
    "ppm": "ppm ппм",
    "area": "метр метра метров метрами м м2 кв квм квадрат квадрата квадратов квадратных sqm square m m2 metre metres"
    " meter meters",
    "people": "человек человека людей чел мест места персон сотрудников people person persons seats pax employees"
    " guests",
    "other": "дб децибел db люкс lux ватт квт кв watts kw мм",
}
TAILS = ("квадратных", "квадратные", "metres", "meters", "м", "цельсия", "celsius", "метров", "метра")
BETWEEN = ("чем", "than", "the", "of", "на", "в", "у", "отметки", "порога", "нормы")
FIRST = ("топ", "top", "первые", "первых", "first")
WARMER = ("теплее", "жарче", "влажнее", "громче", "душнее", "шумнее", "светлее")
COLDER = ("холоднее", "прохладнее", "суше", "тише", "темнее")
AT_LEAST = "от минимум least начиная"
AT_MOST = "до most максимум"


def limit(s: Sentence, found: Spots) -> None:
    """«топ-5», «первые три», "last 5 alarms"."""
    for at in range(len(s)):
        number = s.number(at)
        if number is None or number.ordinal or not 1 <= number.value <= 50:
            continue
        end = at + number.words
        before = s.word(at - 1)
        first = before in FIRST or s.speaks(at - 1, "LAST")
        counted = s.speaks(end, "ALARM", "LAST") or s.word(end) in ("самых", "самые", "наиболее")
        if (first and not s.speaks(end, "DATE")) or (
            counted and not s.speaks(end, "DATE") and before not in ("в", "на", "in", "with")
        ):
            found.limit = number.value
            s.take(at, end, "limit")
            return


def measures(s: Sentence, found: Spots, certain: bool) -> None:
    """Numbers with a unit are certain; after dates are read, numbers after a comparison are measures too."""
    for at in range(len(s)):
        if certain and s.word(at) in COLLECTIVE:
            found.measures.append(Measure(COLLECTIVE[s.word(at)], "people", "least"))
            s.take(at, at + 1, "measure")
        value, end = _value(s, at)
        if value is None:
            continue
        unit = unit_at(s, end) if end < len(s) else None
        glued = re.fullmatch(r"(\d+)(м2?|m2?|кв|чел|ppm|c|с)", s.word(at))
        if glued and "-" not in s.tokens[at].raw:
            value, end = float(glued[1]), at + 1
            unit = {"ч": "people", "p": "ppm", "c": "degree", "с": "degree"}.get(glued[2][0], "area")
            if unit == "area" and not certain:
                continue
        side = _side(s, at, end)
        if unit is None and (ranged := _range(s, end)):
            unit, side = ranged, "least"
        turned = None
        if unit is None and not s.speaks(end, "DATE"):
            turned = _unit_before(s, at)
        if (
            turned
            and (s.word(at - 1) in ("от", "до", "на", "около") or unit_at(s, at - 1))
            and not s.speaks(end, "FLOOR")
        ):
            unit, side = turned, side or "least"
        if unit is not None and end < len(s) and unit_at(s, end) == unit:
            end += 1
            if s.word(end) in TAILS or s.word(end) == "м":
                end += 1
        if unit is None and (
            certain or not side or s.speaks(end, "FLOOR", "DATE", "ROOM") or s.word(end) in ("час", "часа")
        ):
            continue
        found.measures.append(Measure(value, unit or "", side))
        s.take(at, end, "measure")


def _range(s: Sentence, joint: int) -> str | None:
    """The unit of a range whose first number ends before `joint`: «от 30 до 60 метров»."""
    if s.word(joint) not in ("до", "to", "and", "по"):
        return None
    _, end = _value(s, joint + 1)
    unit = unit_at(s, end) if end > joint + 1 and end < len(s) else None
    return unit if unit in ("area", "people") else None


def _unit_before(s: Sentence, at: int) -> str | None:
    """The unit that stands before its number: «площадью метров 40»."""
    known = ("area", "people", "degree", "percent")
    return next((u for n in (at - 1, at - 2) if n >= 0 and s.free(n) and (u := unit_at(s, n)) in known), None)


def unit_at(s: Sentence, at: int) -> str | None:
    word = s.word(at)
    if word == "с" and s.word(at + 1) and not s.speaks(at + 1, "STOP"):
        return None
    return next((unit for unit, words in UNITS.items() if word and word in words.split()), None)


def _value(s: Sentence, at: int) -> tuple[float | None, int]:
    if not s.free(at):
        return None, at
    if re.fullmatch(r"\d+[.,]\d+", s.word(at)):
        return float(s.word(at).replace(",", ".")), at + 1
    if re.fullmatch(r"\d+(м2?|m2?|кв|чел|ppm|c|с)", s.word(at)):
        return 0.0, at + 1
    number = s.number(at)
    return (float(number.value), at + number.words) if number and not number.ordinal else (None, at)


def _side(s: Sentence, at: int, end: int) -> str:
    near = at - 2 if s.word(at - 1) in BETWEEN else at - 1
    for n in [n for n in (at - 1, near) if n >= 0]:
        word = s.word(n)
        denied = s.word(n - 1) in ("не", "not", "no")
        if s.speaks(n, "MORE") or word == ">" or word in WARMER:
            return "most" if denied else "above"
        if s.speaks(n, "LESS") or word == "<" or word in COLDER:
            return "least" if denied else "below"
        if word in AT_LEAST.split() and (n == at - 1 or word == "least"):
            return "least"
        if word in AT_MOST.split() and (n == at - 1 or word == "most"):
            return "most"
    after = s.word(end + 1) if unit_at(s, end) else s.word(end)
    if after in ("+", "и", "or", "and") and (s.speaks(end + 2, "MORE") or s.speaks(end + 1, "MORE") or after == "+"):
        return "least"
    return ""
