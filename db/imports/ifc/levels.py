"""Storeys into levels: ordered by height, numbered as their names say, if the names agree with the heights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

NUMBERED = (
    re.compile(r"(?:level|floor|storey|story|этаж|уровень|niveau|etage)\s*№?\s*(-?\d{1,3})\b", re.I),
    re.compile(
        r"(?<![\d.,])(-?\d{1,3})\s*(?:-?(?:st|nd|rd|th|й|ый|ий|ой))?\.?\s*(?:floor|storey|story|этаж|og\b)", re.I
    ),
    re.compile(r"^\s*[lэ]\s*(-?\d{1,3})\s*$", re.I),
    re.compile(r"^\s*(-?\d{1,3})\s*$"),
)
GROUND = re.compile(r"\b(ground|erdgeschoss|eg|rez|begane)\b", re.I)


def number_in(name: str) -> int | None:
    """The floor's number in its name: `Level 2`, «2 этаж», `3rd floor`, `-1`; ground is 0. None if it tells none."""
    for pattern in NUMBERED:
        match = pattern.search(name)
        if match is not None:
            return int(match[1])
    return 0 if GROUND.search(name) else None


def assign(storeys: Sequence[tuple[str, float | None]]) -> tuple[list[int], str | None]:
    """The level of each storey, given as name and elevation in metres; levels rise with elevation and never repeat.

    Where the numbers in the names rise with the heights, they are the levels; the others are counted on from the
    nearest numbered one below (or above). Otherwise all are counted from the storey nearest to elevation 0, which has
    the number in its name, or 1. The second result is that storey's name, when the names were not followed.
    """
    if not storeys:
        return [], None
    heights = _heights([elevation for _, elevation in storeys])
    order = sorted(range(len(storeys)), key=lambda index: heights[index])
    numbers = [number_in(storeys[index][0]) for index in order]
    nearest = min(range(len(order)), key=lambda place: abs(heights[order[place]]))
    levels = _along_names(numbers) if any(number is not None for number in numbers) else None
    unfollowed = None
    if levels is None:
        own = numbers[nearest]
        first = 1 if own is None else own
        levels = [first + place - nearest for place in range(len(order))]
        if any(number is not None for number in numbers):
            unfollowed = storeys[order[nearest]][0]
    by_storey = dict(zip(order, levels, strict=True))
    return [by_storey[index] for index in range(len(storeys))], unfollowed


def _heights(elevations: Sequence[float | None]) -> list[float]:
    """Elevations with the missing ones put just above the storey before them in the file."""
    heights: list[float] = []
    for elevation in elevations:
        below = heights[-1] if heights else -1e-3
        heights.append(below + 1e-3 if elevation is None else elevation)
    return heights


def _along_names(numbers: Sequence[int | None]) -> list[int] | None:
    """The numbers with the gaps filled, or None if they do not rise or leave no room for those between."""
    levels: list[int | None] = list(numbers)
    known = [place for place, number in enumerate(levels) if number is not None]
    first = known[0]
    for place in range(first - 1, -1, -1):
        levels[place] = _known(levels[place + 1]) - 1
    for place in range(first + 1, len(levels)):
        if levels[place] is None:
            levels[place] = _known(levels[place - 1]) + 1
    filled = [_known(level) for level in levels]
    rising = all(lower < upper for lower, upper in pairwise(filled))
    return filled if rising else None


def _known(level: int | None) -> int:
    assert level is not None
    return level


__all__ = ["assign", "number_in"]
