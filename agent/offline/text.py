"""A sentence as tokens: lower case, one alphabet a word, quotations and codes kept whole."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TO_LATIN = str.maketrans("авекмнорстухАВЕКМНОРСТУХ", "abekmhopctyxABEKMHOPCTYX")
TO_CYRILLIC = str.maketrans("abekmhopctyxABEKMHOPCTYX", "авекмнорстухАВЕКМНОРСТУХ")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)

QUOTED = r"«[^»]*»|\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|(?<!\w)'[^']+'(?!\w)|(?<!\w)‘[^’]+’"
NUMERIC = r"(?<![\w-])-\d{1,2}(?![\w.,:-])|\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}:\d\d|\d+[.,]\d+"
WORD = r"\w+(?:[-–_/’']\w+|\.(?=\w*\d)\w+)*"
TOKEN = re.compile(rf"(?P<quote>{QUOTED})|(?P<word>(?:{NUMERIC})(?!\w)|{WORD})|(?P<sign>[%°№#<>+?!:])")
OH = re.compile(r"(?<=\d)[oо](?=\d)")
"""A letter between digits, typed for a nought."""
EMAIL = re.compile(r"(?<=\w)-(?=mail\b)", re.IGNORECASE)

SHORT = {"won't": ["will", "not"], "can't": ["can", "not"], "let's": ["let", "us"], "cannot": ["can", "not"]}
ENDINGS = {"s": "is", "re": "are", "ll": "will", "ve": "have", "d": "would", "m": "am"}
CONTRACTED = frozenset(
    ["what", "where", "who", "how", "when", "that", "there", "it", "he", "she", "here", "which", "everything"]
)


@dataclass(frozen=True)
class Token:
    """One word, number, sign or quotation; `text` is what the lexicon reads, `raw` what the person wrote."""

    text: str
    raw: str
    start: int
    end: int
    quoted: bool = False

    @property
    def capital(self) -> bool:
        return self.raw[:1].isupper()


def clean(text: str) -> str:
    """Compatibility forms folded (CO₂, м²), odd dashes and spaces made plain, invisible characters dropped."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cc") or c in "\n\t")
    return re.sub(r"[‐‑‒–—−]", "-", plain).replace("’", "'").replace("`", "'")


def fold(word: str) -> str:
    """Lower case, ё as е, 3О1 as 301, and a word typed in two alphabets brought to the one that most letters have."""
    low = OH.sub("0", word.lower().replace("ё", "е"))
    cyrillic, latin = len(CYRILLIC.findall(low)), len(LATIN.findall(low))
    if not cyrillic or not latin or any(c.isdigit() for c in low):
        return low
    return low.translate(TO_CYRILLIC if cyrillic >= latin else TO_LATIN)


@lru_cache(maxsize=4096)
def code(word: str) -> str:
    """The form in which codes are compared: capitals, look-alike letters as Latin ones: «а102» → A102."""
    return word.strip("-_/.").upper().translate(TO_LATIN)


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for match in TOKEN.finditer(clean(text)):
        raw, start, end = match.group(), match.start(), match.end()
        if match.lastgroup == "quote":
            found.append(Token(fold(raw[1:-1]), raw[1:-1].strip(), start, end, quoted=True))
        else:
            found += [Token(part, raw, start, end) for part in _parts(fold(EMAIL.sub("", raw)))]
    return found


def _parts(word: str) -> list[str]:
    """English contractions as two words; a possessive without its ending."""
    if word in SHORT:
        return SHORT[word]
    if word.endswith("n't") and len(word) > 3:
        return [word[:-3], "not"]
    head, mark, tail = word.rpartition("'")
    if not mark or tail not in ENDINGS:
        return [word.replace("'", "") if mark and CYRILLIC.search(word) else word]
    if tail == "s" and head not in CONTRACTED:
        return [head]
    return [head, ENDINGS[tail]]


# -- one spelling for two alphabets: what «Ромашка», "Romashka" and "romashki" have in common

_SOUNDS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_SPELLINGS = [
    ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("ph", "f"), ("ck", "k"), ("ks", "x"),
    ("yo", "e"), ("ye", "e"), ("je", "e"), ("jo", "e"), ("y", "i"), ("j", "i"), ("w", "v"), ("'", ""), ("ie", "e"),
    ("ii", "i"),
]  # fmt: skip


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A rough Latin spelling of a word of either alphabet; equal for a word and its usual transliterations."""
    latin = "".join(_SOUNDS.get(c, c) for c in word.lower())
    for spelling, plain in _SPELLINGS:
        latin = latin.replace(spelling, plain)
    return re.sub(r"(.)\1+", r"\1", latin)


_LETTERS = [
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"),
    ("iu", "ю"), ("ju", "ю"), ("ya", "я"), ("ia", "я"), ("ja", "я"), ("yo", "е"), ("ye", "е"), ("iy", "ий"),
    ("yy", "ый"), ("ey", "ей"), ("oy", "ой"), ("ay", "ай"), ("ph", "ф"), ("ck", "к"), ("'", "ь"),
]  # fmt: skip
_SINGLE = dict(zip("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстуввхыз", strict=True)) | {"x": "кс"}


def cyrillic(word: str) -> str:
    """A Latin word as Russian letters: "nedelyu" → «неделю»; soft signs are not known to it."""
    out = word.lower()
    for spelling, letter in _LETTERS:
        out = out.replace(spelling, letter)
    return "".join(_SINGLE.get(c, c) for c in out)
