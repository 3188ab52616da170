"""From what is written on a screen to plain lines: marks of emphasis, bullets, quotes and emoji are not said."""

from __future__ import annotations

import re
import unicodedata

MARKS = re.compile(r"\*\*|__|~~|`{1,3}|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
LINK = re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\s]{1,500}\)")
BULLET = re.compile(r"^[ \t]*(?:[•·▪◦‣*–—]|[+-](?!\s*\d)|#{1,6}|>(?!\s*\d))[ \t]+", re.MULTILINE)
NUMBERED = re.compile(r"^[ \t]*(\d{1,2}|[a-zа-я])\)[ \t]+", re.MULTILINE)
RULER = re.compile(r"^[ \t]*(?:[-=_*|:+][ \t]*){3,}$", re.MULTILINE)
QUOTES = re.compile(r"[«»„“”\"‹›]|(?<!\w)'|'(?!\w)")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SPACES = str.maketrans({"\u2009": "\u00a0", "\u202f": "\u00a0", "\u2007": "\u00a0", "\u2011": "-", "\u2010": "-"})
ENDLESS = re.compile(r"\d{16,}")
"""More figures than any number has: said one by one."""
THOUSANDS = re.compile(r"(?<![\d.,:-])(?<!\d )(\d{1,3})((?: \d{3})+)(?![\d-]| \d)")
KEPT_SYMBOLS = "°№%‰§±+−×÷=<>≤≥≈~&@#$€£₽₸→←↑↓|^²³µμ√∞Ω"


def clean(text: str) -> str:
    """Lines of plain text; a line that ends without a stop gets one, so that it is a sentence of its own."""
    text = unicodedata.normalize("NFC", text).translate(SPACES).translate(SUBSCRIPTS).replace("\u00ad", "")
    text = LINK.sub(r"\1", text)
    text = RULER.sub("", text)
    text = BULLET.sub("", text)
    text = NUMBERED.sub(r"\1. ", text)
    text = MARKS.sub("", text)
    text = QUOTES.sub("", text)
    text = "".join(one for one in text if _said(one))
    text = ENDLESS.sub(lambda m: " ".join(m[0]), text)
    text = THOUSANDS.sub(lambda m: m[1] + m[2].replace(" ", "\u00a0"), text)
    lines = [line.strip(" \t\u00a0") for line in text.splitlines()]
    return "\n".join(line if re.search(r"[.!?…:;,]$", line) else f"{line}." for line in lines if line)


def _said(one: str) -> bool:
    if one in "\n\t" or one in KEPT_SYMBOLS:
        return True
    return unicodedata.category(one)[0] not in "CS" or one == "\u00a0"
