"""The area that a room's papers state, and where they state it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BEST = ("NetFloorArea", "GrossFloorArea", "NetArea", "GSA BIM Area", "Area", "GrossArea", "NetPlannedArea",
        "GrossPlannedArea")  # fmt: skip
"""Names of areas, the best first; those of the standard quantity set lead."""
CATEGORIES = ("Category Description", "OmniClass Table 13 Category", "Category")


@dataclass(frozen=True, slots=True)
class Statement:
    """An area in units of the file, and `<set>.<name>` of where it stands."""

    area: float
    source: str


def stated(space: Any) -> Statement | None:
    """The best statement of the space's area in its quantities, and failing these in its properties."""
    import ifcopenshell.util.element

    for sets in (
        ifcopenshell.util.element.get_psets(space, qtos_only=True),
        ifcopenshell.util.element.get_psets(space, psets_only=True),
    ):
        found = [
            Statement(float(value), f"{name}.{key}")
            for key in BEST
            for name, values in sorted(sets.items())
            if isinstance(value := values.get(key), (int, float)) and value > 0
        ]
        if found:
            return found[0]
    return None


def category(space: Any) -> str | None:
    """The class that the file gives the space, in words."""
    import ifcopenshell.util.element

    sets = ifcopenshell.util.element.get_psets(space, psets_only=True)
    for key in CATEGORIES:
        for _, values in sorted(sets.items()):
            if isinstance(value := values.get(key), str) and value:
                return value
    return None


__all__ = ["Statement", "category", "stated"]
