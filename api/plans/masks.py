"""Shapes, lines, discs, hatches and letters as masks: painted larger and reduced, so that their edges are smooth."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from PIL import Image, ImageDraw

from api.plans import font
from api.plans.geometry import Point

FINE = 4
"""How many times larger a mask is painted before it is reduced."""
LARGE = 500_000
"""Pixels: a mask of more is painted only twice as large."""
SMALL = 1024
"""Pixels: masks of less are kept, since the same signs stand on a picture again and again."""
Size = tuple[int, int]
Rings = tuple[tuple[Point, ...], ...]


def shape(rings: Rings, size: Size) -> Image.Image:
    """Rings within a box; all but the first are holes."""
    return (_small_shape if size[0] * size[1] < SMALL else _shape)(rings, size)


def _shape(rings: Rings, size: Size) -> Image.Image:
    fine = FINE if size[0] * size[1] * FINE * FINE < LARGE * FINE else 2
    mask = Image.new("L", (size[0] * fine, size[1] * fine))
    pen = ImageDraw.Draw(mask)
    for place, ring in enumerate(rings):
        pen.polygon([(x * fine - 0.5, y * fine - 0.5) for x, y in ring], fill=0 if place else 255)
    return mask.reduce(fine)


_small_shape = lru_cache(maxsize=1024)(_shape)


@lru_cache(maxsize=64)
def tile(angle: int, gap: int, width: float, crossed: bool) -> Image.Image:
    """A square that, laid side by side, gives the lines of a hatch."""
    gap = max(3, gap)
    size, fine = gap, 4
    square = Image.new("L", (size * fine, size * fine))
    pen = ImageDraw.Draw(square)
    end, thick = size * fine, max(1, round(width * fine))
    ways = {45, 135} if crossed else {angle}
    for way in ways:
        if way in (0, 90):
            pen.rectangle((0, 0, end, thick - 1) if way == 0 else (0, 0, thick - 1, end), fill=255)
            continue
        for shift in (-end, 0, end):
            points = [(shift, end), (shift + end, 0)] if way == 45 else [(shift, 0), (shift + end, end)]
            pen.line(points, fill=255, width=round(thick * 1.3))
    return square.reduce(fine)


def line(points: tuple[Point, ...], size: Size, width: float) -> Image.Image:
    """A line with round ends, within a box."""
    return (_small_line if size[0] * size[1] < SMALL else _line)(points, size, width)


def _line(points: tuple[Point, ...], size: Size, width: float) -> Image.Image:
    fine = FINE if size[0] * size[1] < LARGE / 2 else 2
    mask = Image.new("L", (size[0] * fine, size[1] * fine))
    large = [(x * fine, y * fine) for x, y in points]
    thick = max(1, round(width * fine))
    pen = ImageDraw.Draw(mask)
    pen.line(large, fill=255, width=thick, joint="curve")
    for x, y in (large[0], large[-1]):
        pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2 - 1, y + thick / 2 - 1), fill=255)
    return mask.reduce(fine)


_small_line = lru_cache(maxsize=1024)(_line)


@lru_cache(maxsize=1024)
def disc(x: float, y: float, r: float, hole: float, opacity: float) -> Image.Image:
    """A disc or a ring as a small mask."""
    fine = 8 if r < 24 else 4
    size = ceil(max(x, y) + r) + 1
    mask = Image.new("L", (size * fine, size * fine))
    pen = ImageDraw.Draw(mask)
    for radius, value in ((r, round(255 * opacity)), (hole, 0)):
        if radius > 0:
            box = ((x - radius) * fine, (y - radius) * fine, (x + radius) * fine - 1, (y + radius) * fine - 1)
            pen.ellipse(box, fill=value)
    return mask.reduce(fine)


@lru_cache(maxsize=4096)
def letters(text: str, size: float, bold: bool, anchor: str, stroke: float) -> tuple[Image.Image, int, int]:
    """A line as a mask, and where its corner is as seen from its anchor.

    Lines begin on whole pixels, and are kept: the same numbers and names stand on all pictures of a house.
    """
    wide, air = font.width(text, size, bold), ceil(stroke + size / 4)
    left = -air - ceil({"start": 0.0, "middle": wide / 2, "end": wide}[anchor])
    top = -air - ceil(size * font.ASCENT)
    mask = Image.new("L", (ceil(wide) + 2 * air + 1, ceil(size * (font.ASCENT + font.DESCENT)) + 2 * air))
    side = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
    ImageDraw.Draw(mask).text((-left, -top), text, 255, font.face(size, bold), side, stroke_width=stroke)
    return mask, left, top


__all__ = ["Rings", "Size", "disc", "letters", "line", "shape", "tile"]
