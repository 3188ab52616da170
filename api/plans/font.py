"""The letters of a plan: Source Sans Pro (SIL Open Font License 1.1), from the package font-source-sans-pro."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FAMILY = "Source Sans Pro"
FILES = {False: "SourceSansPro-Regular.otf", True: "SourceSansPro-Semibold.otf"}
MEASURED = 200.0
ASCENT, DESCENT = 0.70, 0.22
"""Of the size: how far letters rise above the base line and hang below it; a line takes both and a little air."""
LEADING = 1.16


@cache
def _data(bold: bool) -> bytes:
    return (files("font_source_sans_pro") / "files" / FILES[bold]).read_bytes()


@lru_cache(maxsize=96)
def face(size: float, bold: bool) -> FreeTypeFont:
    """The font in a size (pixels)."""
    from io import BytesIO

    from PIL import ImageFont

    return ImageFont.truetype(BytesIO(_data(bold)), size)


@cache
def _even() -> bool:
    """Whether widths grow evenly with the size; Pillow's plain layout rounds every letter instead."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=8192)
def _measured(text: str, bold: bool, size: float) -> float:
    return face(size, bold).getlength(text)


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide a line of text is (pixels)."""
    if _even():
        return _measured(text, bold, MEASURED) * size / MEASURED
    return _measured(text, bold, size)


def shortened(text: str, size: float, bold: bool, room: float) -> str:
    """The text, or as much of it as a width takes, ended by an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        half = (low + high + 1) // 2
        if width(text[:half].rstrip(" ,.-–") + "…", size, bold) <= room:
            low = half
        else:
            high = half - 1
    return text[:low].rstrip(" ,.-–") + "…" if low else ""


__all__ = ["ASCENT", "DESCENT", "FAMILY", "LEADING", "face", "shortened", "width"]
