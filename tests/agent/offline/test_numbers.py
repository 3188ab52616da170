"""Numbers that people say come out as the numbers they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline import numbers

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def russian(value: int, form: int) -> list[str]:
    """A cardinal in some case; each word takes the form of that number, as far as it has so many."""
    pieces = []
    for part in (value // 100 * 100, value % 100):
        if part >= 100 or (0 < part < 11) or part in numbers.TENS or 10 < part < 20:
            pieces.append(part)
        elif part:
            pieces += [part // 10 * 10, part % 10]
    words = {0: numbers.UNITS[0], **numbers.UNITS, **numbers.TENS, **numbers.HUNDREDS}
    teens = {10 + n: f"{stem}ь {stem}и {stem}ью" for n, stem in enumerate(numbers.TEENS, 1)}
    table = words | teens
    forms = [table[p].split() for p in pieces or [0]]
    return [f[form % len(f)] for f in forms]


def english(value: int) -> list[str]:
    below = value % 100
    rest = [ONES[below]] if below < 20 else [TENS[below // 10], *([ONES[below % 10]] if below % 10 else [])]
    if value < 100:
        return rest
    return [ONES[value // 100], "hundred", *(rest if below else [])]


@given(st.integers(0, 999), st.integers(0, 5))
def test_russian_cardinals_in_every_case(value: int, form: int) -> None:
    words = russian(value, form)
    got = numbers.read(words)
    assert got is not None
    assert (got.value, got.words, got.ordinal) == (value, len(words), False)


@given(st.integers(0, 999))
def test_english_cardinals(value: int) -> None:
    words = english(value)
    got = numbers.read(words)
    assert got is not None
    assert (got.value, got.words) == (value, len(words))


def _forms(value: int) -> list[str]:
    """Every form of a simple Russian ordinal."""
    soft = ["ий", "ья", "ье", "ьего", "ьему", "ьим", "ьем", "ью", "ьей", "ьи", "ьих", "ьими"]
    hard = ["ый", "ая", "ое", "ого", "ому", "ым", "ом", "ую", "ой", "ые", "ых", "ыми"]
    return [numbers.ORDINALS[value] + ending for ending in (soft if value == 3 else hard)]


@pytest.mark.parametrize("value", [n for n in numbers.ORDINALS if n < 100])
def test_russian_ordinals_in_every_form(value: int) -> None:
    for form in _forms(value):
        got = numbers.read([form])
        assert got is not None, form
        assert (got.value, got.ordinal) == (value, True), form


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("четыреста двенадцатая", 412), ("триста пятый", 305), ("двадцать первого", 21), ("сто второй", 102),
        ("тысяча двести", 1200), ("две тысячи двадцать второго", 2022), ("twenty-first", 21), ("four hundred and twelve", 412),
        ("one hundred and five", 105), ("0412", 412), ("412-м", 412), ("3-й", 3), ("20th", 20), ("2nd", 2),
    ],
)  # fmt: skip
def test_numbers_as_said(text: str, value: int) -> None:
    got = numbers.read(text.split())
    assert got is not None
    assert got.value == value


@pytest.mark.parametrize(
    "text", ["четыре двенадцать", "four twelve", "один ноль два", "three five", "двадцать тридцать"]
)
def test_numbers_said_one_after_another_stay_apart(text: str) -> None:
    got = numbers.read(text.split())
    assert got is not None
    assert got.words < len(text.split())


@given(st.text(max_size=20))
def test_other_words_are_no_numbers_and_nothing_breaks(text: str) -> None:
    words = text.split()
    if words:
        numbers.read(words)
