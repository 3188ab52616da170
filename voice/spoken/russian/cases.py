"""Cases, genders, and the declension of Russian nouns and adjectives by their pattern."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property


class Case(IntEnum):
    NOM = 0
    GEN = 1
    DAT = 2
    ACC = 3
    INS = 4
    PRE = 5


class Gender(IntEnum):
    M = 0
    F = 1
    N = 2


NOM, GEN, DAT, ACC, INS, PRE = Case
M, F, N = Gender

ENDINGS: dict[str, tuple[Gender, str, str]] = {
    "градус": (M, "_ а у _ ом е", "ы ов ам ы ами ах"),
    "датчик": (M, "_ а у _ ом е", "и ов ам и ами ах"),
    "этаж": (M, "_ а у _ ом е", "и ей ам и ами ах"),
    "месяц": (M, "_ а у _ ем е", "ы ев ам ы ами ах"),
    "рубль": (M, "ь я ю ь ём е", "и ей ям и ями ях"),
    "паскаль": (M, "ь я ю ь ем е", "и ей ям и ями ях"),
    "случай": (M, "й я ю й ем е", "и ев ям и ями ях"),
    "минута": (F, "а ы е у ой е", "ы _ ам ы ами ах"),
    "тысяча": (F, "а и е у ей е", "и _ ам и ами ах"),
    "лестница": (F, "а ы е у ей е", "ы _ ам ы ами ах"),
    "точка": (F, "а и е у ой е", "и _ ам и ами ах"),
    "дорога": (F, "а и е у ой е", "и _ ам и ами ах"),
    "неделя": (F, "я и е ю ей е", "и ь ям и ями ях"),
    "линия": (F, "я и и ю ей и", "и й ям и ями ях"),
    "часть": (F, "ь и и ь ью и", "и ей ям и ями ях"),
    "место": (N, "о а у о ом е", "а _ ам а ами ах"),
    "помещение": (N, "е я ю е ем и", "я й ям я ями ях"),
}
"""Endings of one noun of each pattern, singular and plural, in the order of the cases; "_" is none."""

ADJECTIVE: dict[str, dict[Gender | None, str]] = {
    "ый": {
        M: "ый ого ому ый ым ом",
        F: "ая ой ой ую ой ой",
        N: "ое ого ому ое ым ом",
        None: "ые ых ым ые ыми ых",
    },
    "ий": {
        M: "ий ого ому ий им ом",
        F: "ая ой ой ую ой ой",
        N: "ое ого ому ое им ом",
        None: "ие их им ие ими их",
    },
    "ой": {
        M: "ой ого ому ой ым ом",
        F: "ая ой ой ую ой ой",
        N: "ое ого ому ое ым ом",
        None: "ые ых ым ые ыми ых",
    },
    "третий": {
        M: "ий ьего ьему ий ьим ьем",
        F: "ья ьей ьей ью ьей ьей",
        N: "ье ьего ьему ье ьим ьем",
        None: "ьи ьих ьим ьи ьими ьих",
    },
}
"""Endings of adjectives; None stands for the plural."""


def adjective(word: str, case: Case, gender: Gender | None) -> str:
    """An adjective given in the masculine nominative; `gender` None is the plural."""
    if word.endswith("третий"):
        return word[:-2] + ADJECTIVE["третий"][gender].split()[case]
    return word[:-2] + ADJECTIVE[word[-2:]][gender].split()[case]


@dataclass(frozen=True)
class Noun:
    """A noun with all its forms; `lead` are adjectives in front of it, `tail` what follows it unchanged."""

    word: str
    gender: Gender
    singular: tuple[str, ...]
    plural: tuple[str, ...]
    lead: tuple[str, ...] = ()
    tail: str = ""

    def form(self, case: Case, *, plural: bool = False, adjectives_plural: bool | None = None) -> str:
        """Its form with what belongs to it; after 2, 3, 4 the adjectives are plural though the noun is not."""
        many = plural if adjectives_plural is None else adjectives_plural
        head = (self.plural if plural else self.singular)[case]
        adjective_case = GEN if many and not plural else case
        words = [adjective(one, adjective_case, None if many else self.gender) for one in self.lead]
        return " ".join([*words, head, self.tail]).strip()

    def counted(self, value: int, case: Case) -> str:
        """Its form after a whole number that stands in `case`."""
        last, teens = value % 10, 10 < value % 100 < 20
        if last == 1 and not teens:
            return self.form(case)
        if case in (NOM, ACC):
            few = 2 <= last <= 4 and not teens
            return self.form(GEN, plural=not few, adjectives_plural=True)
        return self.form(case, plural=True)

    @cached_property
    def readings(self) -> dict[str, list[tuple[Case, bool]]]:
        """What each of its forms can be: case, and whether plural."""
        found: dict[str, list[tuple[Case, bool]]] = {}
        for plural, forms in ((False, self.singular), (True, self.plural)):
            for case in Case:
                found.setdefault(forms[case].replace("ё", "е"), []).append((case, plural))
        return found


def noun(
    word: str,
    like: str,
    *,
    many: str | None = None,
    stem: str | None = None,
    lead: tuple[str, ...] = (),
    tail: str = "",
) -> Noun:
    """A noun declined like another; `many` is its own genitive plural, `stem` that of all forms but the first."""
    gender, one, several = ENDINGS[like]
    root = stem or word.removesuffix(one.split()[0].replace("_", ""))
    singular = [root + end.replace("_", "") for end in one.split()]
    plural = [root + end.replace("_", "") for end in several.split()]
    singular[NOM] = word
    if gender is M:
        singular[ACC] = word
    if many is not None:
        plural[GEN] = many
    return Noun(word, gender, tuple(singular), tuple(plural), lead, tail)


def irregular(gender: Gender, singular: str, plural: str) -> Noun:
    """A noun by all its twelve forms."""
    one, several = tuple(singular.split()), tuple(plural.split())
    return Noun(one[0], gender, one, several)
