"""Rules for abbreviations, letters, signs, addresses and Cyrillic words in an English text."""

from __future__ import annotations

import re
from collections.abc import Callable

from voice.spoken.scan import Rule, Scan, rule

PHRASES = {
    r"e\.\s?g\.": "for example", r"i\.\s?e\.": "that is", r"etc\.": "et cetera", r"vs\.?": "versus",
    r"approx\.": "approximately", r"min\.(?=\s*[\d−-])": "minimum", r"max\.": "maximum", r"avg\.?": "average",
    r"temp\.": "temperature", r"hum\.": "humidity", r"dept\.": "department", r"bldg\.?": "building",
    r"fl\.(?=\s*\d)": "floor", r"rm\.?(?=\s*\d)": "room", r"apt\.": "apartment", r"tel\.": "telephone",
    r"ext\.(?=\s*\d)": "extension", r"no\.(?=\s*\d)": "number", r"nos\.(?=\s*\d)": "numbers", r"mr\.": "mister",
    r"mrs\.": "missus", r"dr\.(?=\s*[A-Z])": "doctor", r"st\.(?=\s*[A-Z])": "saint", r"ave\.": "avenue",
    r"inc\.": "incorporated", r"ltd\.?": "limited", r"co\.(?=\s|$)": "company", r"w/o": "without", r"n/a": "not available",
    r"a/c": "air conditioning", r"and/or": "or", r"p\.\s?s\.": "P S", r"24/7": "twenty-four seven", r"sq\. m": "square metres",
    r"vol\.(?=\s*\d)": "volume", r"fig\.(?=\s*\d)": "figure", r"wi-fi|wifi": "why fie", r"asap": "as soon as possible",
}  # fmt: skip
CHEMISTRY = {
    r"[Cc][Oo]2|СО2": "C O two", r"H2O": "H two O", r"O2": "O two", r"CO": "C O", r"NO2": "N O two",
    r"PM2\.5": "P M two point five", r"PM10": "P M ten",
}  # fmt: skip
READ_AS_WORDS = frozenset(
    """AND OR NOT THE FIRE STOP OK NO YES ALL OFF ON IN OUT OPEN HELP LED LAN PIN VIP RAM ROM WARNING ALARM LOW HIGH GAS
    IS IT TO AT OF BY IF GO UP DO SO WE BE AN AS NASA NATO IKEA LORA CAD BIM EXIT LEAK SMOKE HEAT COLD DOOR ROOM ARE FOR
    NEW NOW MAY CAN""".split()
) - {"IT"}
SIGNS = {
    "№": "number", "§": "section", "&": "and", "+": "plus", "±": "plus or minus", "×": "by", "÷": "divided by",
    "=": "equals", "<": "less than", ">": "more than", "≤": "at most", "≥": "at least", "≈": "about", "~": "about",
    "@": "at", "%": "percent", "‰": "per mille", "°": "degrees", "→": ",", "←": ",", "↑": "up", "↓": "down", "|": ",",
    "₽": "roubles", "$": "dollars", "€": "euros", "£": "pounds", "^": "", "#": "number", "∞": "infinity",
    "√": "the root of", "Ω": "ohm", "²": "squared", "³": "cubed", "−": "minus", "₸": "tenge",
}  # fmt: skip
ROMAN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya".replace("'", "_").split(),
        strict=True,
    )
)


def letters(text: str) -> str:
    """Letter by letter; Cyrillic ones by their Latin likeness."""
    return " ".join(roman(one).upper() if not one.isascii() else one.upper() for one in text)


def roman(text: str) -> str:
    """A Cyrillic word in Latin letters: "Ладога" is "Ladoga"."""
    out = "".join(ROMAN.get(one, one) for one in text.lower()).replace("_", "")
    out = re.sub(r"(?:iy|yy)\b", "y", out)
    return out.capitalize() if text[:1].isupper() else out


def word(text: str) -> str:
    return text if text.isascii() else roman(text)


def phrase(words: str) -> Callable[[Scan, re.Match[str]], str | None]:
    return lambda scan, m: words


def initials(scan: Scan, m: re.Match[str]) -> str | None:
    return " ".join(re.findall(r"[A-Z]", m[0]))


def abbreviation(scan: Scan, m: re.Match[str]) -> str | None:
    text = m[0]
    if text in READ_AS_WORDS or (len(text) > 4 and re.search("[AEIOUY]", text)):
        return text if text in ("VIP", "LED", "LAN", "PIN", "RAM", "ROM") else text.lower()
    if text.endswith("s") and text[:-1].isupper():
        return f"{letters(text[:-1])}s"
    return letters(text)


def cyrillic(scan: Scan, m: re.Match[str]) -> str | None:
    return roman(m[0])


def address(scan: Scan, m: re.Match[str]) -> str | None:
    """An e-mail or web address: its parts, the dots and the at."""
    text = re.sub(r"^(?:https?://)?(?:www\.)?", "", m[0]).rstrip("/.")
    names = {"@": "at", ".": "dot", "/": "slash", "-": "dash", "_": "underscore", ":": "colon"}
    parts = re.findall(r"[^\W\d_]+|\d+|.", text)
    return " ".join(
        names.get(part) or (" ".join(_digit(one) for one in part) if part.isdigit() else word(part)) for part in parts
    )


def _digit(one: str) -> str:
    return "oh one two three four five six seven eight nine".split()[int(one)]


def stroke(scan: Scan, m: re.Match[str]) -> str | None:
    return "or" if scan.at and scan.text[scan.at - 1].isalpha() else ","


def sign(scan: Scan, m: re.Match[str]) -> str | None:
    return SIGNS[m[0]]


WEB = r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|ru|uk|example)(?:/\S*)?(?!\w|\.\w)"
FIRST: tuple[Rule, ...] = (
    rule(rf"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])(?i:{WEB})", address),
    *(rule(rf"(?<![\w.])(?i:{pattern})(?!\w)", phrase(words)) for pattern, words in PHRASES.items()),
    *(rule(rf"(?<!\w)(?:{pattern})(?![\w-])", phrase(words)) for pattern, words in CHEMISTRY.items()),
)
LAST: tuple[Rule, ...] = (
    rule(r"(?<!\w)(?:[A-Z]\.\s?){1,3}(?=[A-Z][a-z])", initials),
    rule(r"(?<!\w)(?:[A-Z]\.){2,4}", initials),
    rule(r"(?<!\w)[A-Z]{2,}s?(?!\w|')", abbreviation),
    rule(r"[А-Яа-яЁё]+", cyrillic),
    rule(r"(?<=\S)/(?=\S)", stroke),
    rule("[" + re.escape("".join(SIGNS)) + "]", sign),
)
