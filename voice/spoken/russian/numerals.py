"""Russian numerals in every case: whole numbers, ordinals, fractions, digits one by one."""

from __future__ import annotations

from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, F, Gender, M, N, Noun, adjective, noun

ONE = {
    M: "один одного одному один одним одном",
    F: "одна одной одной одну одной одной",
    N: "одно одного одному одно одним одном",
}
TWO = {M: "два двух двум два двумя двух", F: "две двух двум две двумя двух", N: "два двух двум два двумя двух"}
SMALL = {
    0: "ноль ноля нолю ноль нолём ноле",
    3: "три трёх трём три тремя трёх",
    4: "четыре четырёх четырём четыре четырьмя четырёх",
    8: "восемь восьми восьми восемь восемью восьми",
    40: "сорок сорока сорока сорок сорока сорока",
    90: "девяносто девяноста девяноста девяносто девяноста девяноста",
    100: "сто ста ста сто ста ста",
    200: "двести двухсот двумстам двести двумястами двухстах",
    300: "триста трёхсот трёмстам триста тремястами трёхстах",
    400: "четыреста четырёхсот четырёмстам четыреста четырьмястами четырёхстах",
}
FIVES = {
    5: "пять", 6: "шесть", 7: "семь", 9: "девять", 10: "десять", 11: "одиннадцать", 12: "двенадцать",
    13: "тринадцать", 14: "четырнадцать", 15: "пятнадцать", 16: "шестнадцать", 17: "семнадцать",
    18: "восемнадцать", 19: "девятнадцать", 20: "двадцать", 30: "тридцать",
}  # fmt: skip
"""Declined like «пять»."""
ROOTS = {5: "пят", 6: "шест", 7: "сем", 8: "восем", 9: "девят"}

THOUSAND = noun("тысяча", "тысяча")
POWERS = (
    (10**12, noun("триллион", "градус")),
    (10**9, noun("миллиард", "градус")),
    (10**6, noun("миллион", "градус")),
    (10**3, THOUSAND),
)
GREATEST = 10**15 - 1
"""Greater numbers are read digit by digit."""

ORDINALS = {
    0: "нулевой", 1: "первый", 2: "второй", 3: "третий", 4: "четвёртый", 5: "пятый", 6: "шестой", 7: "седьмой",
    8: "восьмой", 9: "девятый", 10: "десятый", 11: "одиннадцатый", 12: "двенадцатый", 13: "тринадцатый",
    14: "четырнадцатый", 15: "пятнадцатый", 16: "шестнадцатый", 17: "семнадцатый", 18: "восемнадцатый",
    19: "девятнадцатый", 20: "двадцатый", 30: "тридцатый", 40: "сороковой", 50: "пятидесятый", 60: "шестидесятый",
    70: "семидесятый", 80: "восьмидесятый", 90: "девяностый", 100: "сотый", 200: "двухсотый", 300: "трёхсотый",
    400: "четырёхсотый", 500: "пятисотый", 600: "шестисотый", 700: "семисотый", 800: "восьмисотый",
    900: "девятисотый",
}  # fmt: skip
PARTS = {1: "десятый", 2: "сотый", 3: "тысячный"}
"""Of decimal fractions, by the number of digits."""


def _word(value: int, case: Case, gender: Gender) -> str:
    """A numeral of one word."""
    if value == 1:
        return ONE[gender].split()[case]
    if value == 2:
        return TWO[gender].split()[case]
    if value in SMALL:
        return SMALL[value].split()[case]
    if value in FIVES:
        root = FIVES[value][:-1]
        return root + {NOM: "ь", ACC: "ь", INS: "ью"}.get(case, "и")
    if value < 100:
        root = ROOTS[value // 10]
        oblique = "восьм" if root == "восем" else root
        return {NOM: f"{root}ьдесят", ACC: f"{root}ьдесят", INS: f"{root}ьюдесятью"}.get(case, f"{oblique}идесяти")
    root = ROOTS[value // 100]
    oblique = "восьм" if root == "восем" else root
    forms = {NOM: f"{root}ьсот", ACC: f"{root}ьсот", GEN: f"{oblique}исот", DAT: f"{oblique}истам"}
    return forms.get(case) or {INS: f"{root}ьюстами", PRE: f"{oblique}истах"}[case]


def _below_thousand(value: int) -> list[int]:
    parts = [value // 100 * 100] if value >= 100 else []
    rest = value % 100
    if 10 <= rest < 20:
        return [*parts, rest]
    return parts + [part for part in (rest // 10 * 10, rest % 10) if part]


def cardinal(value: int, case: Case = NOM, gender: Gender = M) -> str:
    """A whole number: "двадцати одной"; a lone thousand goes without its «одна»."""
    if value < 0:
        return f"минус {cardinal(-value, case, gender)}"
    if value > GREATEST:
        return digits(str(value))
    if value == 0:
        return _word(0, case, gender)
    words: list[str] = []
    for power, name in POWERS:
        count, value = divmod(value, power)
        if count:
            if count > 1 or power != 1000 or words:
                words += [_word(part, case, name.gender) for part in _below_thousand(count)]
            words.append(name.counted(count, case))
    words += [_word(part, case, gender) for part in _below_thousand(value)]
    return " ".join(words)


def ordinal(value: int, case: Case = NOM, gender: Gender | None = M) -> str:
    """Which one: "четыреста двенадцатой"; `gender` None is the plural."""
    if value < 0:
        return f"минус {ordinal(-value, case, gender)}"
    if value > GREATEST:
        return digits(str(value))
    if value in ORDINALS:
        return adjective(ORDINALS[value], case, gender)
    if value % 1000 == 0:
        return _round(value, case, gender)
    last = value % 100 if value % 100 in ORDINALS and value % 100 else value % 10 or value % 100
    last = last or value % 1000
    return f"{cardinal(value - last)} {adjective(ORDINALS[last], case, gender)}"


def _round(value: int, case: Case, gender: Gender | None) -> str:
    """Ordinals of whole thousands and millions: "двухтысячный"."""
    for power, name in ((10**12, "триллионный"), (10**9, "миллиардный"), (10**6, "миллионный"), (1000, "тысячный")):
        count = value // power % 1000
        if value % power == 0 and count:
            before = value - count * power
            front = f"{cardinal(before)} " if before else ""
            return front + ("" if count == 1 else joined(count)) + adjective(name, case, gender)
    raise AssertionError(value)


def joined(value: int) -> str:
    """A number in front of the word it is grown together with: "двух" in «двухэтажный»."""
    if value in (1000, 100, 90, 1):
        return {1000: "тысяче", 100: "сто", 90: "девяносто", 1: "одно"}[value]
    words = cardinal(value, GEN).split()
    words = [{"ста": "сто", "девяноста": "девяносто", "одного": "одно"}.get(word, word) for word in words]
    return "".join(words)


def fraction(whole: int, part: str, case: Case = NOM) -> str:
    """A decimal fraction: "двадцать одна целая три десятых"."""
    front = f"{cardinal(whole, case, F)} {_part_form('целый', whole, case)}"
    value = int(part)
    return f"{front} {cardinal(value, case, F)} {_part_form(PARTS[len(part)], value, case)}"


def _part_form(word: str, value: int, case: Case) -> str:
    if value % 10 == 1 and value % 100 != 11:
        return adjective(word, case, F)
    return adjective(word, GEN if case in (NOM, ACC) else case, None)


def digits(text: str) -> str:
    """Digit by digit."""
    return " ".join(_word(int(one), NOM, M) for one in text if one.isdigit())


def code(text: str) -> str:
    """A number as a name: "412", "0412", "100200": zeros in front are said, long ones by threes from the left."""
    text = "".join(one for one in text if one.isdigit())
    zeros = len(text) - len(text.lstrip("0"))
    front = ["ноль"] * min(zeros, len(text))
    rest = text[zeros:]
    if not rest:
        return " ".join(front)
    cut = len(rest) - 4 if len(rest) % 3 == 1 else len(rest)
    pieces = [rest[at : min(at + 3, cut)] for at in range(0, cut, 3)] + [
        p for p in (rest[cut : cut + 2], rest[cut + 2 :]) if p
    ]
    pieces = [rest] if len(rest) <= 4 else pieces
    return " ".join(front + [cardinal(int(pieces[0]))] + [code(piece) for piece in pieces[1:]])


def half(whole: int, noun_: Noun | None, case: Case, gender: Gender) -> str:
    """A number and a half: "полтора", "двадцать один с половиной"; a noun follows as after the whole number."""
    if whole == 1:
        word = "полутора" if case not in (NOM, ACC) else "полторы" if gender is F else "полтора"
        if noun_ is None:
            return word
        return f"{word} {noun_.form(GEN) if case in (NOM, ACC) else noun_.form(case, plural=True)}"
    text = f"{cardinal(whole, case, gender)} с половиной"
    return text if noun_ is None else f"{text} {noun_.counted(whole, case)}"


DAYS_AND_NIGHTS = {1: ("одни", "одних"), 2: ("двое", "двух"), 3: ("трое", "трёх"), 4: ("четверо", "четырёх")}


def _few(case: Case) -> Case:
    return GEN if case in (NOM, ACC) else case


def counted(value: int, noun_: Noun, case: Case = NOM) -> str:
    """A whole number and what it counts; days and nights of twenty-four hours have numerals of their own."""
    if noun_.word == "сутки" and value in DAYS_AND_NIGHTS:
        return (
            f"{DAYS_AND_NIGHTS[value][0 if case in (NOM, ACC) else 1]} {noun_.form(case if value == 1 else _few(case))}"
        )
    return f"{cardinal(value, case, noun_.gender)} {noun_.counted(value, case)}"
