"""Finds the things in a sentence: when, how much, which floor, which room or sensor, and names nobody told us of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from agent.offline import dates
from agent.offline.sentence import Sentence
from agent.offline.text import code

UNITS = {
    "degree": "градус градуса градусов градусах ° °c c degree degrees celsius с цельсия",
    "percent": "процент процента процентов процентах процентами % percent",
    "ppm": "ppm ппм",
    "area": "метр метра метров метрами м м2 кв квм квадрат квадрата квадратов квадратных sqm square m m2 metre metres meters meter",
    "people": "человек человека людей чел мест места персон сотрудников people person persons seats pax employees guests",
    "other": "дб децибел db люкс lux ватт квт кв watts kw мм",
}
SUFFIXES = ("а", "б", "г", "a", "b", "d")
"""Letters that may follow a room's number at the end of a sentence."""
AT_LEAST = "от минимум least начиная"
AT_MOST = "до most максимум"
LEGAL = "ооо оао зао пао ао ип тоо нко ано llc ltd inc gmbh corp plc"
LETTER_CODE = re.compile(r"[A-ZА-Я]{1,3}-?\d{1,4}[A-ZА-Я]?|\d{1,4}-?[A-ZА-Я]|\d{1,2}[.-]\d{1,3}[A-ZА-Я]?")
NOT_CODES = re.compile(
    r"(?:CO|ЦO|ЦО|KO|CИO|CIO)[2О]|CO2|COO2|CO-2|PM2|PM10|H2O|M2|М2|ЦО2|\d+[ЧHДDГГКК]|24/7|Ц02|C02|CO2.*"
)
AFTER_NUMBER = (
    r"январ|феврал|март|апрел|ма[яйе]|июн|июл|август|сентябр|октябр|ноябр|декабр|числ|час|минут|дн|ден|сут|недел|месяц|год|лет"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|hour|minute|day|week|month|year|pm|am"
)
COLLECTIVE = {
    "двоих": 2, "двое": 2, "двоим": 2, "троих": 3, "трое": 3, "троим": 3, "четверых": 4, "четверо": 4, "четверым": 4, "пятерых": 5, "пятеро": 5,
    "шестерых": 6, "шестеро": 6, "семерых": 7, "семеро": 7, "восьмерых": 8, "десятерых": 10,
}  # fmt: skip
PREPOSITIONS = "в во на у с со к о об по для из при за in at of for by to from with on"


@dataclass(frozen=True)
class Measure:
    """«не меньше 40 метров»: side is above, below, least, most, or empty when nothing was compared."""

    value: float
    unit: str
    side: str = ""


@dataclass(frozen=True)
class Name:
    """Something that search has to find: a code, or words which the lexicon does not know."""

    text: str
    kind: str = ""
    """ROOM, SENSOR or LEASE when the sentence says so; TENANT after a legal form."""
    code: bool = False
    sure: bool = True
    """Written as a name (capitals, quotes, a preposition before it), not just an unknown word."""
    other: str = ""
    """A second reading of a code: «а 305» may be A305 or "and 305"."""


@dataclass
class Spots:
    when: dates.Found | None = None
    levels: list[int] = field(default_factory=list)
    storeys: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    limit: int | None = None
    quotes: list[str] = field(default_factory=list)


def spot(sentence: Sentence, now: datetime, zone: tzinfo) -> Spots:
    """Takes from the sentence everything that is not a plain word of the lexicon."""
    found = Spots(quotes=[t.raw for t in sentence.tokens if t.quoted])
    _glue(sentence)
    _lease_codes(sentence, found)
    _sensor_codes(sentence, found)
    _limit(sentence, found)
    _measures(sentence, found, certain=True)
    _floors(sentence, found)
    _when(sentence, found, now, zone)
    _measures(sentence, found, certain=False)
    _rooms(sentence, found)
    _last_floors(sentence, found)
    return found


def _when(s: Sentence, found: Spots, now: datetime, zone: tzinfo) -> None:
    words = [w if not s.taken[at] else " " for at, w in enumerate(s.words)]
    found.when = dates.find(words, now, zone)
    for at in found.when.words if found.when else ():
        s.taken[at] = "when"


def _glue(s: Sentence) -> None:
    """«co 2», «цо два», "c o two", «це о два» are one thing."""
    two = ("2", "два", "two", "оксид", "оксида")
    for at in range(len(s) - 1):
        if s.word(at) in ("co", "со", "цо", "сио", "ко", "цео") and s.word(at + 1) in two:
            s.take(at, at + 2, "co2")
        elif s.word(at) in ("c", "с", "це", "си") and s.word(at + 1) in ("o", "о") and s.word(at + 2) in two:
            s.take(at, at + 3, "co2")


def _lease_codes(s: Sentence, found: Spots) -> None:
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


def _sensor_codes(s: Sentence, found: Spots) -> None:
    for at, token in enumerate(s.tokens):
        folded = code(token.raw)
        if not s.free(at) or not any(c.isdigit() for c in folded) or not any(c.isalpha() for c in folded):
            continue
        separators = len(re.findall(r"[-_/.]", folded))
        letters = re.match(r"[A-ZА-Я]+[0-9]?", folded)
        named = s.speaks(at - 1, "SENSOR") or (s.word(at - 1) in ("№", "#") and s.speaks(at - 2, "SENSOR"))
        long = separators >= 2 or (separators == 1 and letters is not None and len(letters[0]) >= 2)
        if (named or long) and not re.fullmatch(r"\d+-[А-Я]{1,3}|\d+[А-Я]{1,3}|\d+(ST|ND|RD|TH)", folded):
            found.names.append(Name(token.raw, "SENSOR", code=True))
            s.take(at, at + 1, "sensor")


def _limit(s: Sentence, found: Spots) -> None:
    """«топ-5», «первые три», "last 5 alarms"."""
    for at in range(len(s)):
        number = s.number(at)
        if number is None or number.ordinal or not 1 <= number.value <= 50:
            continue
        end = at + number.words
        before = s.word(at - 1)
        first = before in ("топ", "top", "первые", "первых", "first") or s.speaks(at - 1, "LAST")
        counted = s.speaks(end, "ALARM", "LAST") or s.word(end) in ("самых", "самые", "наиболее")
        if (first and not s.speaks(end, "DATE")) or (
            counted and not s.speaks(end, "DATE") and before not in ("в", "на", "in", "with")
        ):
            found.limit = number.value
            s.take(at, end, "limit")
            return


def _unit(s: Sentence, at: int) -> str | None:
    word = s.word(at)
    if word == "с" and s.word(at + 1) and not s.speaks(at + 1, "STOP"):
        return None
    return next((unit for unit, words in UNITS.items() if word and word in words.split()), None)


def _measures(s: Sentence, found: Spots, certain: bool) -> None:
    """Numbers with a unit are certain; after dates are read, numbers after a comparison are measures too."""
    for at in range(len(s)):
        if certain and s.word(at) in COLLECTIVE:
            found.measures.append(Measure(COLLECTIVE[s.word(at)], "people", "least"))
            s.take(at, at + 1, "measure")
        value, end = _value(s, at)
        if value is None:
            continue
        unit = _unit(s, end) if end < len(s) else None
        glued = re.fullmatch(r"(\d+)(м2?|m2?|кв|чел|ppm|c|с)", s.word(at))
        if glued and "-" not in s.tokens[at].raw:
            value, end = float(glued[1]), at + 1
            unit = {"ч": "people", "p": "ppm", "c": "degree", "с": "degree"}.get(glued[2][0], "area")
            if unit == "area" and not certain:
                continue
        side = _side(s, at, end)
        turned = None
        if unit is None and not s.speaks(end, "DATE"):
            turned = next(
                (
                    u
                    for n in (at - 1, at - 2)
                    if (u := _unit(s, n)) in ("area", "people", "degree", "percent") and s.free(n) and n >= 0
                ),
                None,
            )
        if (
            turned
            and (s.word(at - 1) in ("от", "до", "на", "около") or _unit(s, at - 1))
            and not s.speaks(end, "FLOOR")
        ):
            unit, side = turned, side or "least"
        if unit is not None and end < len(s) and _unit(s, end) == unit:
            end += 1
            if (
                s.word(end)
                in ("квадратных", "квадратные", "metres", "meters", "м", "цельсия", "celsius", "метров", "метра")
                or s.word(end) == "м"
            ):
                end += 1
        if unit is None and (
            certain or not side or s.speaks(end, "FLOOR", "DATE", "ROOM") or s.word(end) in ("час", "часа")
        ):
            continue
        found.measures.append(Measure(value, unit or "", side))
        s.take(at, end, "measure")


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
    near = (
        at - 2
        if s.word(at - 1) in ("чем", "than", "the", "of", "на", "в", "у", "отметки", "порога", "нормы")
        else at - 1
    )
    for n in [n for n in (at - 1, near) if n >= 0]:
        word = s.word(n)
        denied = s.word(n - 1) in ("не", "not", "no")
        if s.speaks(n, "MORE") or word == ">":
            return "most" if denied else "above"
        if s.speaks(n, "LESS") or word == "<":
            return "least" if denied else "below"
        if word in AT_LEAST.split() and (n == at - 1 or word == "least"):
            return "least"
        if word in AT_MOST.split() and (n == at - 1 or word == "most"):
            return "most"
    after = s.word(end + 1) if _unit(s, end) else s.word(end)
    if after in ("+", "и", "or", "and") and (s.speaks(end + 2, "MORE") or s.speaks(end + 1, "MORE") or after == "+"):
        return "least"
    return ""


def _floor_number(s: Sentence, at: int) -> tuple[int, int] | None:
    """A floor's number that begins here and the token after it; "minus one" included."""
    sign, start = 1, at
    if s.word(at) in ("минус", "minus"):
        sign, start = -1, at + 1
    if re.fullmatch(r"-\d{1,2}", s.word(at)) and s.free(at):
        return int(s.word(at)), at + 1
    number = s.number(start)
    if number is None or number.value > 99 or (len(number.text) > 2 and number.digits):
        return None
    return sign * number.value, start + number.words


def _floors(s: Sentence, found: Spots) -> None:
    """A number beside the word floor; several: «на втором и третьем этажах»; «подвал», "top floor"."""
    for at in range(len(s)):
        if s.free(at) and (named := next((c[7:] for c in s.concepts(at) if c.startswith("STOREY:")), None)):
            beside = s.speaks(at + 1, "FLOOR") or s.speaks(at - 1, "FLOOR")
            if named in ("BASEMENT", "ROOF") or beside:
                found.storeys.append(named)
                s.take(at, at + 1, "floor")
        if not s.speaks(at, "FLOOR") or s.taken[at]:
            continue
        if s.speaks(at - 1, "LAST") and not s.is_number(at + 1):
            found.storeys.append("TOP")
            s.take(at - 1, at, "floor")
            continue
        _levels_before(s, found, at)
        if s.word(at - 1) == "" or s.taken[at - 1] != "floor":
            _levels_after(s, found, at)


def _levels_before(s: Sentence, found: Spots, noun: int) -> None:
    for start in range(noun - 1, max(-1, noun - 4), -1):
        got = _floor_number(s, start)
        longer = _floor_number(s, start - 1)
        if longer and longer[1] == noun:
            continue
        if got and got[1] == noun:
            found.levels.append(got[0])
            s.take(start, noun, "floor")
            joint = start - 1
            while s.word(joint) in ("и", "and", "или", "or", "на") and joint > 0:
                for first in range(joint - 1, max(-1, joint - 3), -1):
                    other = _floor_number(s, first)
                    if other and other[1] == joint:
                        found.levels.insert(0, other[0])
                        s.take(first, joint, "floor")
                        joint = first
                        break
                joint -= 1
            return


def _levels_after(s: Sentence, found: Spots, noun: int) -> None:
    start = noun + 1
    while s.word(start) in ("№", "#", "номер", "number", "no"):
        start += 1
    got = _floor_number(s, start)
    dated = s.speaks(got[1], "DATE") and re.match(AFTER_NUMBER, s.word(got[1])) if got else False
    if got and not dated and not s.speaks(got[1], "ROOM") and not _unit(s, got[1]):
        found.levels.append(got[0])
        s.take(start, got[1], "floor")
        if s.word(got[1]) in ("и", "and") and (more := _floor_number(s, got[1] + 1)):
            found.levels.append(more[0])
            s.take(got[1] + 1, more[1], "floor")


def _last_floors(s: Sentence, found: Spots) -> None:
    """An ordinal with no noun: «что свободно на четвёртом», «а пятый?», "on the third"."""
    for at in range(len(s)):
        number = s.number(at)
        if number is None or not -5 <= number.value <= 60:
            continue
        on = s.word(at - 1) in ("на", "on", "по", "про", "c", "с", "для") or (
            s.word(at - 1) == "the" and s.word(at - 2) == "on"
        )
        plain = number.ordinal and number.feminine is not True
        if (plain and (on or not s.is_number(at + number.words))) or (on and number.digits):
            found.levels.append(number.value)
            s.take(at, at + number.words, "floor")


# -- rooms


def _rooms(s: Sentence, found: Spots) -> None:
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
    feminine = first.ordinal and first.feminine is True
    inside = s.word(at - 1) in ("в", "во", "in", "из", "у")
    if (
        len(digits) >= 3
        or noun
        or feminine
        or (first.ordinal and first.feminine is None and inside)
        or (first.digits and inside)
    ):
        if _unit(s, end) and not noun:
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
