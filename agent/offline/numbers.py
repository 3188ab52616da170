"""Numbers as people say them: cardinals and ordinals of both languages in every case, and digits with endings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

UNITS = {
    0: "ноль нуль ноля нуля нолю нулю нолем нулем ноле нуле",
    1: "один одна одно одного одной одному одним одном одну",
    2: "два две двух двум двумя", 3: "три трех трем тремя", 4: "четыре четырех четырем четырьмя",
    5: "пять пяти пятью", 6: "шесть шести шестью", 7: "семь семи семью", 8: "восемь восьми восемью восьмью",
    9: "девять девяти девятью", 10: "десять десяти десятью",
}  # fmt: skip
TEENS = [
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
]
TENS = {
    20: "двадцать двадцати двадцатью", 30: "тридцать тридцати тридцатью", 40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью", 60: "шестьдесят шестидесяти шестьюдесятью",
    70: "семьдесят семидесяти семьюдесятью", 80: "восемьдесят восьмидесяти восемьюдесятью", 90: "девяносто девяноста",
}  # fmt: skip
HUNDREDS = {
    100: "сто ста", 200: "двести двухсот двумстам двумястами двухстах двести",
    300: "триста трехсот тремстам тремястами трехстах",
    400: "четыреста четырехсот четыремстам четырьмястами четырехстах",
    500: "пятьсот пятисот пятистам пятьюстами пятистах", 600: "шестьсот шестисот шестистам шестьюстами шестистах",
    700: "семьсот семисот семистам семьюстами семистах", 800: "восемьсот восьмисот восьмистам восемьюстами восьмистах",
    900: "девятьсот девятисот девятистам девятьюстами девятистах",
}  # fmt: skip
THOUSAND = ["тысяча", "тысячи", "тысячу", "тысяче", "тысяч", "тысячей", "тысячью", "тысячам"]
ORDINALS = {
    0: "нулев", 1: "перв", 2: "втор", 3: "трет", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят",
    10: "десят", 20: "двадцат", 30: "тридцат", 40: "сороков", 50: "пятидесят", 60: "шестидесят", 70: "семидесят",
    80: "восьмидесят", 90: "девяност", 100: "сот", 200: "двухсот", 300: "трехсот", 400: "четырехсот", 500: "пятисот",
    600: "шестисот", 700: "семисот", 800: "восьмисот", 900: "девятисот", 1000: "тысячн",
} | dict(enumerate(TEENS, 11))  # fmt: skip
ENDING = r"(?:ый|ий|ой|ая|ья|ое|ье|ого|ьего|ому|ьему|ым|ьим|ом|ьем|ую|ью|ей|ьей|ые|ьи|ых|ьих|ыми|ьими)"
FEMININE = ("ая", "ья", "ую", "ью", "ьей")

ENGLISH = {
    "zero": 0, "nil": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
ENGLISH_ORDINALS = {
    "zeroth": 0, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    "fortieth": 40, "fiftieth": 50, "hundredth": 100,
}  # fmt: skip
COLLECTIVE = {
    "двоих": 2, "двое": 2, "двоим": 2, "троих": 3, "трое": 3, "троим": 3, "четверых": 4, "четверо": 4, "четверым": 4,
    "пятерых": 5, "пятеро": 5, "шестерых": 6, "шестеро": 6, "семерых": 7, "семеро": 7, "восьмерых": 8, "десятерых": 10,
}  # fmt: skip
DIGITS = re.compile(
    r"(?P<digits>\d{1,6})(?:-?(?P<ending>(?:ый|ий|ой|й|ая|я|ое|ее|е|го|ого|му|ому|ему|м|ом|ем|ым|им|ую|ю|ей|х|ых|ью"
    r"|st|nd|rd|th)))?"
)


@dataclass(frozen=True)
class Number:
    """`text` keeps the digits as written (0412); `words` is how many tokens it took; `feminine` is None when either."""

    value: int
    text: str
    words: int = 1
    ordinal: bool = False
    feminine: bool | None = None
    digits: bool = False


@dataclass(frozen=True)
class _Part:
    value: int
    rank: int
    """Power of ten that the part fills: 0 units, 1 tens, 2 hundreds, 3 thousand; teens fill 1 and 0."""
    ordinal: bool = False
    ending: str = ""


def _rank(value: int) -> int:
    return 3 if value >= 1000 else 2 if value >= 100 else 1 if value >= 20 or value == 10 else 0


def _forms() -> dict[str, _Part]:
    teens = {10 + n: f"{stem}ь {stem}и {stem}ью" for n, stem in enumerate(TEENS, 1)}
    tables: dict[int, str] = {**UNITS, **teens, **TENS, **HUNDREDS}
    forms = {form: _Part(value, _rank(value)) for value, words in tables.items() for form in words.split()}
    return forms | {form: _Part(1000, 3) for form in THOUSAND}


CARDINALS = _forms()
_ORDINAL = re.compile(
    rf"({'|'.join(sorted(ORDINALS.values(), key=len, reverse=True))})({ENDING}|ий|ого|ей|ем|ьего|ьей)$"
)
_BY_STEM = {stem: value for value, stem in ORDINALS.items()}


@lru_cache(maxsize=8192)
def _russian(word: str) -> _Part | None:
    if part := CARDINALS.get(word):
        return part
    if match := _ORDINAL.fullmatch(word):
        value = _BY_STEM[match[1]]
        return _Part(value, _rank(value), ordinal=True, ending=match[2])
    return None


def _english(word: str) -> _Part | None:
    if word in ENGLISH:
        return _Part(ENGLISH[word], _rank(ENGLISH[word]))
    if word in ENGLISH_ORDINALS:
        return _Part(ENGLISH_ORDINALS[word], _rank(ENGLISH_ORDINALS[word]), ordinal=True)
    return None


def read(words: list[str], at: int = 0) -> Number | None:
    """The longest number that begins at `words[at]`, or None."""
    if match := DIGITS.fullmatch(words[at]):
        ending = match["ending"]
        feminine = {"ая": True, "я": True, "ую": True, "ю": True, "ью": True, None: None}.get(ending)
        return Number(int(match["digits"]), match["digits"], 1, ending is not None, feminine, digits=True)
    return _read_russian(words, at) or _read_english(words, at)


def _feminine(ending: str) -> bool | None:
    if ending in ("ой", "ей"):
        return None
    return ending in FEMININE


def _read_russian(words: list[str], at: int) -> Number | None:
    total, rank, taken = 0, 4, 0
    for word in words[at:]:
        part = _russian(word)
        if part is None:
            break
        fits = part.rank < rank and not (part.rank == 0 and part.value >= 10 and rank < 2)
        if part.value == 1000 and 0 < total < 1000 and not part.ordinal:
            total, rank, taken = total * 1000, 3, taken + 1
            continue
        if not fits or (part.value == 0 and taken):
            break
        total, rank, taken = total + part.value, part.rank if part.value < 10 or part.value >= 20 else 0, taken + 1
        if part.value == 0 or part.ordinal:
            return Number(total, str(total), taken, part.ordinal, _feminine(part.ending) if part.ordinal else None)
    return Number(total, str(total), taken) if taken else None


def _read_english(words: list[str], at: int) -> Number | None:
    total, rank, taken = 0, 4, 0
    pieces = [(piece, index) for index, word in enumerate(words[at : at + 6]) for piece in _split(word)]
    for position, (word, index) in enumerate(pieces):
        if word == "and" and rank >= 2 and taken and total >= 100:
            following = _english(pieces[position + 1][0]) if position + 1 < len(pieces) else None
            if following is None or following.rank >= 2:
                break
            continue
        part = _english(word)
        if part is None:
            break
        if part.value in (100, 1000) and 0 < total < part.value and not (part.value == 100 and rank == 2):
            total, rank, taken = total * part.value, 2 if part.value == 100 else 3, index + 1
        elif part.rank < rank and not (part.value >= 10 and rank <= 1) and not (part.value == 0 and taken):
            total, taken = total + part.value, index + 1
            rank = 0 if part.value < 20 else part.rank
        else:
            break
        if part.ordinal:
            return Number(total, str(total), taken, ordinal=True)
    return Number(total, str(total), taken) if taken else None


def _split(word: str) -> list[str]:
    """ "twenty-first" as two words; anything else as it is."""
    parts = word.split("-")
    return parts if len(parts) == 2 and all(_english(p) for p in parts) else [word]


def known(word: str) -> bool:
    return _russian(word) is not None or all(_english(p) is not None for p in _split(word))
