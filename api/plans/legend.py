"""The legend: one line for each sign and colour that is on the plan, in columns under the plan or beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from api.plans import font, words
from api.plans.floor import Layer
from api.plans.palette import Palette, along
from api.plans.shapes import Colour, Hatch, Instruction, LegendEntry, LegendScale, Polygon, Text
from db.models import Language

Glyph = Callable[[float, float, float], Iterable[Instruction]]
"""Draws a line's sign about a point, so large."""

ROW, HEAD, COLUMN = 25, 34, 330
SIZE = 15.5


@dataclass(frozen=True, slots=True)
class Item:
    entry: LegendEntry
    glyph: Glyph | None


def swatch(colour: Colour, hatch: Hatch | None, colours: Palette) -> Glyph:
    """A small field of a ground."""

    def glyph(x: float, y: float, r: float) -> Iterator[Instruction]:
        box = [(x - 1.35 * r, y - r), (x + 1.35 * r, y - r), (x + 1.35 * r, y + r), (x - 1.35 * r, y + r)]
        yield Polygon([box], fill=colour, stroke=colours.wall, width=max(1.0, r / 9), hatch=hatch)

    return glyph


@dataclass(frozen=True, slots=True)
class Row:
    """A heading, a line, or the scale of the heat map."""

    high: float
    heading: str | None = None
    item: Item | None = None
    scale: LegendScale | None = None


def rows(items: list[Item], scale: LegendScale | None, language: Language) -> list[Row]:
    """The legend from top to bottom; layers in their order, each under its heading."""
    found = []
    for layer in Layer:
        mine = [item for item in items if item.entry.layer is layer]
        if not mine and not (scale and layer is Layer.HEAT):
            continue
        found.append(Row(HEAD, heading=words.said(words.LAYERS[layer], language)))
        if scale and layer is Layer.HEAT:
            found.append(Row(62, scale=scale))
        found += [Row(ROW, item=item) for item in mine]
    return found


def columns(found: list[Row], count: int) -> list[list[Row]]:
    """The rows in so many columns of about one height; a heading never stands last."""
    total = sum(row.high for row in found)
    most = max(total / count, max((row.high for row in found), default=0), HEAD + 62)
    while True:
        split: list[list[Row]] = [[]]
        high = 0.0
        for place, row in enumerate(found):
            needs = row.high + (found[place + 1].high if row.heading and place + 1 < len(found) else 0)
            if split[-1] and high + needs > most + 1:
                split.append([])
                high = 0.0
            split[-1].append(row)
            high += row.high
        if len(split) <= count:
            return split
        most += ROW / 2


def height(split: list[list[Row]], unit: float) -> float:
    return max((_lead(column) + sum(row.high for row in column) for column in split), default=0) * unit


def _lead(column: list[Row]) -> float:
    """What is left free above a column that goes on without a heading."""
    return 0 if not column or column[0].heading else HEAD


def fitting(width: float, unit: float) -> int:
    """How many columns fit into a width."""
    return max(1, int(width // (COLUMN * unit)))


def paint(
    split: list[list[Row]], x: float, y: float, width: float, unit: float, colours: Palette, language: Language
) -> Iterator[Instruction]:
    """The columns side by side from a corner."""
    wide = min(width / max(1, len(split)), 460 * unit)
    for place, column in enumerate(split):
        left, top = x + place * wide, y + _lead(column) * unit
        for row in column:
            if row.heading:
                base = top + (HEAD - 12) * unit
                yield Text(left, base, row.heading, SIZE * 1.04 * unit, colours.muted, bold=True)
            elif row.scale:
                yield from _scale(row.scale, left, top, min(wide - 30 * unit, 330 * unit), unit, colours, language)
            elif row.item:
                yield from _line(row.item, left, top, wide - 18 * unit, unit, colours)
            top += row.high * unit


def _line(item: Item, x: float, y: float, wide: float, unit: float, colours: Palette) -> Iterator[Instruction]:
    size, indent = SIZE * unit, 36 * unit if item.glyph else 0
    if item.glyph:
        yield from item.glyph(x + 13 * unit, y + ROW * unit / 2, 8.2 * unit)
    count = "" if item.entry.count is None else str(item.entry.count)
    tail = font.width(count, size) + 10 * unit if count else 0
    base = y + ROW * unit / 2 + size * 0.33
    label = font.shortened(item.entry.label, size, False, wide - indent - tail)
    yield Text(x + indent, base, label, size, colours.ink if item.glyph else colours.muted)
    if count:
        yield Text(x + indent + font.width(label, size) + 9 * unit, base, count, size, colours.muted)


def _scale(
    scale: LegendScale, x: float, y: float, wide: float, unit: float, colours: Palette, language: Language
) -> Iterator[Instruction]:
    size, high = SIZE * unit, 14 * unit
    label = f"{scale.label}, {scale.unit}" if scale.unit else scale.label
    yield Text(x, y + size, label, size, colours.ink)
    top, count = y + 24 * unit, 48
    parts = tuple((int(one[1:3], 16), int(one[3:5], 16), int(one[5:7], 16)) for one in scale.colours)
    for i in range(count):
        left, right = x + wide * i / count, x + wide * (i + 1) / count
        colour = along(parts, i / (count - 1))
        yield Polygon([[(left, top), (right, top), (right, top + high), (left, top + high)]], fill=colour)
    for i, anchor in ((0, "start"), (2, "middle"), (4, "end")):
        value = words.number(scale.low + (scale.high - scale.low) * i / 4, language)
        yield Text(x + wide * i / 4, top + high + size * 0.95, value, size * 0.92, colours.muted, anchor=anchor)


def depth(found: list[Row], width: float, unit: float) -> int:
    """How many columns a legend under the plan gets: as many as fit, and no more than it fills."""
    return min(fitting(width, unit), max(1, ceil(sum(row.high for row in found) / (4 * ROW))))


__all__ = ["Item", "columns", "depth", "fitting", "height", "paint", "rows", "swatch"]
