"""Names and numbers as files give them: placeholders left out, numbers made unique, codes that people can type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from db.imports.notices import Notice, notice
from db.imports.words import listed

PLACEHOLDER = re.compile(
    r"^\W*$|^//.*//$|^(default|unnamed|untitled|none|n/a|null|undefined|enter address here)$|^oldSpaceGuids_|"
    r"^(project|building|site) ?(name|number)$",
    re.I,
)
LATIN = dict(
    zip(
        "абвгдеёзийклмнопрстуфхыэ",
        "abvgdeeziyklmnoprstufhye",
        strict=True,
    )
) | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}


def meaningful(text: Any) -> str | None:
    """The text with its spaces in order, or None for an empty one or a template's placeholder."""
    if text is None:
        return None
    tidy = " ".join(str(text).split())
    return None if PLACEHOLDER.search(tidy) else tidy


def code_from(text: str) -> str:
    """A building's code made of any text: Latin letters, digits, dashes; `building` if nothing is left."""
    latin = "".join(LATIN.get(letter, letter) for letter in text.lower())
    return re.sub(r"[^a-z0-9._-]+", "-", latin).strip("-._") or "building"


def address(entity: Any) -> str | None:
    """The lines of an IfcPostalAddress on one line."""
    if entity is None:
        return None
    lines = [*(entity.AddressLines or ()), entity.Town, entity.Region, entity.PostalCode, entity.Country]
    return ", ".join(text for text in map(meaningful, lines) if text) or None


def numbers_made_unique(spaces: Sequence[Any]) -> tuple[list[str], list[Notice]]:
    """A number for each space, in their order: `104`, then `104-2`, `104-3` for those that repeat it."""
    wanted = [_number(space) for space in spaces]
    counts = Counter(number for number in wanted if number)
    taken = set(counts)
    numbers: list[str] = []
    again: dict[str, list[str]] = {}
    unnamed: list[str] = []
    used: set[str] = set()
    for number in wanted:
        if number and number not in used:
            given = number
        else:
            given = free(number or "", taken)
            if number:
                again.setdefault(number, []).append(given)
            else:
                unnamed.append(given)
        used.add(given)
        taken.add(given)
        numbers.append(given)
    notices = [
        notice("ifc.same_number", number=number, count=counts[number], which=listed(given))
        for number, given in again.items()
    ]
    if unnamed:
        notices.append(notice("ifc.no_number", count=len(unnamed), which=listed(unnamed)))
    return numbers, notices


def free(stem: str, taken: set[str]) -> str:
    """`stem-2`, or `n1` for no stem, with the first number that nobody has."""
    count = 2 if stem else 1
    while (given := f"{stem}-{count}" if stem else f"n{count}") in taken:
        count += 1
    return given


def _number(space: Any) -> str | None:
    """The room's number: its Name; failing that, the property that holds it; failing that, its LongName."""
    own = meaningful(space.Name)
    if own is not None:
        return own
    import ifcopenshell.util.element

    for _, values in sorted(ifcopenshell.util.element.get_psets(space, psets_only=True).items()):
        number = meaningful(values.get("Number"))
        if number is not None:
            return number
    return meaningful(space.LongName)


__all__ = ["address", "code_from", "free", "meaningful", "numbers_made_unique"]
