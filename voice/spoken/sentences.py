"""A text cut into pieces that can be spoken one after another: at stops, not at abbreviations or in numbers."""

from __future__ import annotations

import re

LIMIT = 180
"""Characters in a piece; the strictest engine takes 182 of Russian at once."""

ABBREVIATIONS = frozenset(
    """т тт г гг в вв д корп стр ул пер пр просп наб пл ш обл р н э е к п с о им тел см ср рис табл гл напр т.е т.к т.н
    руб коп тыс млн млрд чел шт эт каб пом оф ауд комн кв лит пос дер мин макс сек ч дн нед мес сут долл куб ок прибл
    инж зам нач гл вкл доп св изм темп
    mr mrs ms dr prof st ave blvd rd no nos vs etc e.g i.e eg ie approx fig dept inc ltd co corp jr sr tel ext
    min max sec hrs hr temp jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun fl rm bldg sq
    """.split()
)
ENDERS = frozenset({"etc", "руб", "коп", "чел", "шт", "мин", "сек", "ч", "дн", "г", "гг", "inc", "ltd", "млн", "млрд"})
"""Abbreviations that end a sentence when a capital letter follows."""

STOP = re.compile(r"(?P<stop>[.!?…]+[\"»”')\]]*)(?=\s|$)|(?P<line>\n+)")
SOFT = (re.compile(r"(?<=[;:])\s"), re.compile(r"\s(?=[–—]\s)|(?<=,)\s"), re.compile(r"\s(?=(?:и|или|and|or)\s)"))


def sentences(text: str, language: str = "ru", limit: int = LIMIT) -> list[str]:
    """Pieces of at most `limit` characters, nothing lost but the spaces between them; written or spoken text."""
    del language  # abbreviations of both languages are known; neither takes the other's for a sentence's end
    found: list[str] = []
    start = 0
    for stop in STOP.finditer(text):
        if stop["stop"] and not _ends(text, stop):
            continue
        found.append(text[start : stop.end()])
        start = stop.end()
    found.append(text[start:])
    pieces = (" ".join(one.split()) for one in found)
    return [part for piece in pieces if any(map(str.isalnum, piece)) for part in _cut(piece, limit)]


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop ends its sentence."""
    after = text[stop.end() :].lstrip()
    if not after or stop["stop"][0] != "." or stop["stop"].startswith(".."):
        return not after or not after[0].islower() or stop["stop"][0] not in ".…"
    if re.match(r"\n", text[stop.end() :].lstrip(" ")):
        return True
    word = re.search(r"([^\W\d_]+(?:\.[^\W\d_]+)*)$", text[: stop.start()])
    if word is None:
        number = re.search(r"(?:^|\s)\d{1,3}$", text[: stop.start()])
        opens = number is not None and not text[: stop.start()][: number.start()].strip()
        return not opens and not after[0].islower()
    one = word[1].lower()
    if after[0].islower():
        return False
    alone = text[: word.start()][-1:] in ("", " ", "\u00a0", ".")
    initial = len(word[1]) == 1 and word[1].isupper() and after[0].isupper() and alone
    if initial:
        return False
    if one in ABBREVIATIONS:
        return one in ENDERS and after[0].isupper() and re.search(r"\d[\s\u00a0]*$", text[: word.start()]) is not None
    return True


def _cut(piece: str, limit: int) -> list[str]:
    """A sentence in parts that are short enough: at the latest of the softest places, at a space, or anywhere."""
    parts: list[str] = []
    while len(piece) > limit:
        at = _place(piece, limit)
        parts.append(piece[:at].strip())
        piece = piece[at:].strip()
    return [part for part in [*parts, piece] if part]


def _place(piece: str, limit: int) -> int:
    for soft in SOFT:
        places = [found.start() for found in soft.finditer(piece, 1, limit + 1) if found.start() >= limit // 3]
        if places:
            return places[-1]
    space = piece.rfind(" ", 1, limit + 1)
    return space if space > 0 else limit
