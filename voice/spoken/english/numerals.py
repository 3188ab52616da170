"""English numerals: cardinals, ordinals, years, codes."""

from __future__ import annotations

SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen""".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
POWERS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
GREATEST = 10**15 - 1
IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def cardinal(value: int) -> str:
    """A whole number as the British say it: "four hundred and twelve"."""
    if value < 0:
        return f"minus {cardinal(-value)}"
    if value > GREATEST:
        return digits(str(value))
    words: list[str] = []
    for power, name in POWERS:
        count, value = divmod(value, power)
        if count:
            words += [_below_thousand(count), name]
    if value and words and value < 100:
        words.append("and")
    if value or not words:
        words.append(_below_thousand(value))
    return " ".join(words)


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    front = f"{SMALL[hundreds]} hundred" if hundreds else ""
    if not rest and front:
        return front
    return f"{front} and {below_hundred(rest)}" if front else below_hundred(rest)


def below_hundred(value: int) -> str:
    if value < 20:
        return SMALL[value]
    tens, ones = divmod(value, 10)
    return f"{TENS[tens]}-{SMALL[ones]}" if ones else TENS[tens]


def ordinal(value: int) -> str:
    """Which one: "forty-second"."""
    if value < 0:
        return f"minus {ordinal(-value)}"
    text = cardinal(value)
    at = max(text.rfind(" "), text.rfind("-")) + 1
    front, last = text[:at], text[at:]
    if last in IRREGULAR:
        return front + IRREGULAR[last]
    return front + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def ordinals(value: int) -> str:
    """Parts of a whole: "thirds", "quarters"."""
    return {2: "halves", 4: "quarters"}.get(value) or f"{ordinal(value)}s"


def digits(text: str, zero: str = "oh") -> str:
    """Digit by digit: "oh one two"."""
    return " ".join(zero if one == "0" else SMALL[int(one)] for one in text if one.isdigit())


def year(value: int) -> str:
    """A year: "twenty twenty-two", "two thousand and five", "nineteen hundred"."""
    high, low = divmod(value, 100)
    if 2000 <= value < 2010:
        return cardinal(value)
    if not low:
        return f"{below_hundred(high)} hundred" if high % 10 else cardinal(value)
    return f"{below_hundred(high)} {'oh ' if low < 10 else ''}{below_hundred(low)}"


def code(text: str) -> str:
    """A number as a name: "412" is "four twelve", "101" "one oh one", "0412" "oh four twelve"."""
    if len(text) <= 2:
        return digits(text) if text[0] == "0" else below_hundred(int(text))
    if text[0] == "0":
        return f"oh {code(text[1:])}"
    if len(text) == 3:
        if text.endswith("00"):
            return cardinal(int(text))
        return f"{SMALL[int(text[0])]} {_pair(text[1:])}"
    if len(text) == 4:
        if text.endswith("000"):
            return cardinal(int(text))
        front = below_hundred(int(text[:2]))
        return f"{front} hundred" if text.endswith("00") else f"{front} {_pair(text[2:])}"
    return digits(text)


def _pair(text: str) -> str:
    return digits(text) if text[0] == "0" else below_hundred(int(text))


def decimal(whole: str, part: str) -> str:
    """A decimal fraction: "twenty-one point five"."""
    return f"{cardinal(int(whole))} point {digits(part, 'oh')}"
