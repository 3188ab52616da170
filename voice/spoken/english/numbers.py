"""Rules for numbers in an English text: with units, as codes, as ordinals, as money."""

from __future__ import annotations

import re

from voice.spoken.english import calendar, numerals
from voice.spoken.english.units import BY_SIGN, MONEY_BY_SIGN, PER, SCALES, alternatives
from voice.spoken.english.words import letters, word
from voice.spoken.scan import Rule, Scan, rule

WHOLE = r"(?:\d{1,3}(?:[,\u00a0]\d{3})+|\d+)"
NUMBER = rf"(?P<whole>{WHOLE})(?:\.(?P<part>\d+))?"
SIGN = r"(?P<sign>[-−+±]\s?|\+/-\s?)?"
SIGNS = {"-": "minus", "−": "minus", "+": "plus", "±": "plus or minus", "+/-": "plus or minus"}
SPACE = r"[ \u00a0]?"
UNIT = rf"(?P<unit>{alternatives(BY_SIGN)})(?![^\W_]|/[^\W\d_])"


def value_of(whole: str) -> int:
    return int(re.sub(r"[,\u00a0 ]", "", whole))


def amount(whole: str, part: str | None) -> str:
    return (
        numerals.decimal(str(value_of(whole)), part) if part and part.strip("0") else numerals.cardinal(value_of(whole))
    )


def signed(sign: str | None) -> str:
    return f"{SIGNS[sign.strip()]} " if sign else ""


def is_sign(scan: Scan, sign: str | None) -> bool:
    return not sign or scan.at == 0 or sign.strip() not in ("-", "+") or not scan.text[scan.at - 1].isalnum()


def named(unit: str, whole: str, part: str | None) -> str:
    one, many = BY_SIGN[unit.replace("\u00a0", " ")]
    return one if value_of(whole) == 1 and not (part or "").strip("0") else many


def with_unit(scan: Scan, m: re.Match[str]) -> str | None:
    unit = m["unit"]
    if not is_sign(scan, m["sign"]) or not _means_unit(scan, m):
        return None
    if re.match(r"[-\u2011]", scan.text[m.start("unit") - 1]):
        unit = unit.strip()
    scan.mark(0, "number", m.end())
    scale = f" {SCALES[m['scale'].strip()]}" if m["scale"] else ""
    return f"{signed(m['sign'])}{amount(m['whole'], m['part'])}{scale} {named(unit, m['whole'], m['part'])}"


def _means_unit(scan: Scan, m: re.Match[str]) -> bool:
    """ "5 in the house", "3 A" and "4 d": letters that are words as well are units only where nothing else can be meant."""
    gap, after = scan.text[m.start("unit") - 1], scan.text[m.end() :]
    if m["unit"] == "in":
        return not re.match(r"\s*[\w]", after)
    if m["unit"] in ("A", "d", "K", "t", "s", "m") and gap.isdigit():
        return m["unit"] != "A"
    return True


def money(scan: Scan, m: re.Match[str]) -> str | None:
    one, many, cent, cents = MONEY_BY_SIGN[m["money"]]
    value, part = value_of(m["whole"]), m["part"]
    per = "".join(f" {PER[step.strip()]}" for step in (m["per"] or "").split("/") if step.strip())
    scan.mark(0, "number", m.end())
    if m["scale"]:
        return f"{signed(m['sign'])}{amount(m['whole'], part)} {SCALES[m['scale'].strip()]} {many}{per}"
    if part and len(part) == 2:
        low = int(part)
        if low and not value:
            return f"{signed(m['sign'])}{numerals.cardinal(low)} {cent if low == 1 else cents}{per}"
        small = f" and {numerals.cardinal(low)} {cent if low == 1 else cents}" if low else ""
        return f"{signed(m['sign'])}{numerals.cardinal(value)} {one if value == 1 else many}{small}{per}"
    return f"{signed(m['sign'])}{amount(m['whole'], part)} {one if value == 1 and not part else many}{per}"


def spread(scan: Scan, m: re.Match[str]) -> str | None:
    """A range: "eighteen to twenty-four degrees"."""
    low, high = value_of(m["whole"]), value_of(m["high"])
    if not m["unit"] and high <= low:
        return None
    if m["unit"] == "in" and re.match(r"\s*\w", scan.text[m.end() :]):
        return None
    unit = f" {named(m['unit'], m['high'], '5')}" if m["unit"] else ""
    scan.mark(0, "number", m.end())
    rooms = scan.previous in ROOMS and not m["unit"]
    first = numerals.code(m["whole"]) if rooms else amount(m["whole"], m["part"])
    second = numerals.code(m["high"]) if rooms else amount(m["high"], m["high_part"])
    joint = "and" if scan.previous == "between" else "to"
    return f"{signed(m['sign'])}{first} {joint} {signed(m['high_sign'])}{second}{unit}"


ROOMS = frozenset(
    """room rooms office offices apartment flat suite unit studio gate code pin extension number lease contract sensor
    hall auditorium desk locker""".split()
)
IN_ROOM = frozenset("in at from near outside inside above below opposite to rents occupies leases".split())


def whole(scan: Scan, m: re.Match[str]) -> str | None:
    text = m["whole"]
    if not is_sign(scan, m["sign"]):
        return None
    if not text.isdigit():
        scan.mark(0, "number", m.end())
        return signed(m["sign"]) + numerals.cardinal(value_of(text))
    if text[0] == "0" and len(text) > 1:
        return signed(m["sign"]) + numerals.code(text)
    if _is_room(scan, m, text):
        scan.mark(0, "room", m.end())
        return numerals.code(text)
    if len(text) > 9:
        return signed(m["sign"]) + numerals.digits(text)
    scan.mark(0, "number", m.end())
    return signed(m["sign"]) + numerals.cardinal(value_of(text))


def _is_room(scan: Scan, m: re.Match[str], text: str) -> bool:
    if m["sign"]:
        return False
    if scan.previous in ROOMS or (scan.kind == "room" and scan.joins() and len(text) >= 3):
        return len(text) >= 3
    if len(text) != 3 or scan.previous not in IN_ROOM or text.endswith("00"):
        return False
    if scan.previous == "to" and not re.search(
        r"\b(?:next|close|moved?|go|went|sent|access|door|way) to $", scan.before
    ):
        return False
    return not re.match(r"[\s\u00a0]+[a-z]+s\b(?<!is)(?<!was)(?<!has)", scan.text[m.end() :])


def decimal(scan: Scan, m: re.Match[str]) -> str | None:
    if not is_sign(scan, m["sign"]):
        return None
    scan.mark(0, "number", m.end())
    return signed(m["sign"]) + numerals.decimal(str(value_of(m["whole"])), m["part"])


def ordinal(scan: Scan, m: re.Match[str]) -> str | None:
    return signed(m["sign"]) + numerals.ordinal(value_of(m["whole"]))


def grown(scan: Scan, m: re.Match[str]) -> str | None:
    """ "24-hour", "3-storey", "60-room"."""
    return f"{numerals.cardinal(value_of(m['whole']))}-{m['rest']}"


def code(scan: Scan, m: re.Match[str]) -> str | None:
    """Letters and figures together: "A102", "T-412-1", "CO2-204", "412b"."""
    parts = re.findall(r"\d+|[^\W\d_]+", m[0])
    return " ".join(_code_part(part) for part in parts)


def _code_part(part: str) -> str:
    if part.isdigit():
        return numerals.code(part)
    spell = len(part) < 3 or (part.isupper() and len(part) < 6)
    return letters(part) if spell else word(part)


def phone(scan: Scan, m: re.Match[str]) -> str | None:
    """Digit by digit, in the groups that it is written in."""
    groups = [numerals.digits(group) for group in re.findall(r"\d+", m[0])]
    return ("plus " if m[0].startswith("+") else "") + ", ".join(groups)


def product(scan: Scan, m: re.Match[str]) -> str | None:
    """60 × 23 m."""
    sides = [side.partition(".") for side in re.split(r"\s*[×x*]\s*", m["sides"])]
    unit = f" {named(m['unit'], '2', None)}" if m["unit"] else ""
    return " by ".join(amount(front, part or None) for front, _, part in sides) + unit


def stroke(scan: Scan, m: re.Match[str]) -> str | None:
    top, bottom = int(m["top"]), int(m["bottom"])
    if (top, bottom) == (24, 7):
        return "twenty-four seven"
    if (top, bottom) == (1, 2):
        return "one half"
    if top < bottom and bottom in (3, 4, 5, 8, 10):
        part = {4: "quarter"}.get(bottom, numerals.ordinal(bottom))
        return f"{numerals.cardinal(top)} {part if top == 1 else numerals.ordinals(bottom)}"
    unit = f" {named(m['unit'], m['bottom'], None)}" if m["unit"] else ""
    return f"{numerals.code(m['top'])} stroke {numerals.code(m['bottom'])}{unit}"


def ratio(scan: Scan, m: re.Match[str]) -> str | None:
    """3:1."""
    return f"{numerals.cardinal(int(m['top']))} to {numerals.cardinal(int(m['bottom']))}"


def dotted(scan: Scan, m: re.Match[str]) -> str | None:
    """Versions and addresses in a network: "2.0.1", "192.168.0.12"."""
    return " dot ".join(numerals.cardinal(int(one)) for one in m[0].split("."))


def roman(scan: Scan, m: re.Match[str]) -> str | None:
    """II quarter."""
    value, highest = 0, 0
    for letter in reversed(m[0]):
        one = {"I": 1, "V": 5, "X": 10}[letter]
        value += one if one >= highest else -one
        highest = max(highest, one)
    return numerals.ordinal(value)


SCALE = r"(?P<scale>(?:k|mn|bn|m(?=\b)|thousand|million|billion)\b)?"
MONEY_SIGN = rf"(?P<money>{alternatives(MONEY_BY_SIGN)})(?![^\W_])"
MONEY_PER = rf"(?P<per>(?:\s?/\s?(?:{alternatives(PER)})(?![^\W_]))*)"
DASH = r"\s?[–—]\s?|-|\.\.\.?|…"
RULES: tuple[Rule, ...] = (
    rule(r"\+\d{1,3}(?:[ \u00a0-]?\(?\d{2,4}\)?){2,5}(?!\d)|\b\d{3}-\d{3}-\d{4}\b", phone),
    rule(rf"{SIGN}(?P<money>[$€£₽¥₸]){SPACE}{NUMBER}{SPACE}{SCALE}{MONEY_PER}", money),
    rule(rf"{SIGN}{NUMBER}{SPACE}{SCALE}{SPACE}{MONEY_SIGN}{MONEY_PER}", money),
    rule(r"\d+(?:\.\d+){2,}(?!\w|\.\w)", dotted),
    rule(rf"(?P<sides>\d+(?:\.\d+)?(?:\s?[×x*]\s?\d+(?:\.\d+)?)+)(?:{SPACE}{UNIT})?(?!\w)", product),
    rule(
        rf"{SIGN}{NUMBER}(?:{SPACE}(?:°C|%))?(?:{DASH})(?P<high_sign>[-−+])?(?P<high>{WHOLE})(?:\.(?P<high_part>\d+))?"
        rf"(?:{SPACE}{UNIT})?(?![\w-])",
        spread,
    ),
    rule(rf"{SIGN}{NUMBER}(?:{SPACE}|-){SCALE}{SPACE}{UNIT}", with_unit),
    rule(r"(?<![\w:])(?P<top>\d{1,2}):(?P<bottom>\d{1,4})(?![\w:])", ratio),
    rule(rf"(?<![\w/])(?P<top>\d{{1,4}})/(?P<bottom>\d{{1,4}})(?![\w/])(?:{SPACE}{UNIT})?", stroke),
    rule(r"(?<!\w)[IVX]{2,6}(?=\s+[a-z]{4,})", roman),
    rule(rf"{SIGN}(?P<whole>{WHOLE})(?:st|nd|rd|th)\b", ordinal),
    rule(rf"(?P<whole>{WHOLE})-(?P<rest>[a-z]{{3,}})", grown),
    calendar.YEARS,
    rule(r"(?<![^\W_])[A-Za-zА-ЯЁа-яё]+(?:[-_.]?(?=\d)\d+)(?:[-_/.]?[A-Za-z0-9]+)*(?![^\W_])", code),
    rule(r"\d+(?:[-/]\d+)*[-_]?[A-Za-zА-Яа-я](?:[-_/.][A-Za-z0-9]+)*(?![^\W_])", code),
    rule(rf"{SIGN}(?P<whole>{WHOLE})\.(?P<part>\d+)(?!\.?\d)", decimal),
    rule(rf"{SIGN}(?P<whole>{WHOLE})", whole),
)
