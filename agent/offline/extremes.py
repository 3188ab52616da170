"""Whether the highest, the lowest or the mean is asked for: «самая тёплая», "how high did it get", «в среднем»."""

from __future__ import annotations

import re

SMALL = re.compile(r"\b(?:маленьк|small|tiny|тесн|компактн|наименьш|меньше всего)")
OF_ALL = re.compile(r"\b(?:всего|всех)\b")
HIGHER = re.compile(r"\b(?:тепле|жарче|душне|выше всег|больше всег|влажне|громче|шумне|светле|спер)\w*")
LOWER = re.compile(r"\b(?:холодне|прохладне|суше|свежее|тише|темнее|ниже всег|меньше всег)\w*")
REACHED = re.compile(
    r"\bhow (?P<side>high|hot|warm|humid|loud|bad|stuffy|low|cold|cool|dry|quiet) (?:did|has|had|was)\b"
    r"|до (?:скольки|какой отметки|какого значения|каких значений)"
)
DOWN = re.compile(r"опуска|опусти|падал|упал|снижа|остыл|\bhow (?:low|cold|cool|dry|quiet)\b")


def extremes_of(has: set[str], text: str) -> tuple[str, ...]:
    """MAX, MIN, MEAN, in the order in which they are said; nothing for a plain comparison («выше 25»)."""
    named = {"MAXIMUM", "MINIMUM"} & has
    if REACHED.search(text) and not named:
        return ("MIN",) if DOWN.search(text) else ("MAX",)
    ordered = "SUPERLATIVE" in has or OF_ALL.search(text) is not None
    higher = bool(HIGHER.search(text)) or (ordered and bool({"HIGH_SIDE", "HIGH", "MORE"} & has))
    lower = bool(LOWER.search(text)) or (ordered and bool({"LOW_SIDE", "LOW", "LESS"} & has))
    found = []
    if "MAXIMUM" in has or (higher and not lower):
        found.append("MAX")
    if "MINIMUM" in has or lower:
        found.append("MIN")
    if "AREA" in has and "CROWDED" not in has and ((ordered and not found) or found == ["MAX"]) and (ordered or found):
        found = ["MIN" if SMALL.search(text) else "MAX"]
    if "CROWDED" in has and not found:
        found = ["MIN" if "меньше" in text else "MAX"]
    if "MEAN" in has and "PRIORITY" not in has:
        found.append("MEAN")
    compared = bool({"MORE", "LESS"} & has) and not ordered and not named
    return () if compared and found == ["MAX"] else tuple(found)
