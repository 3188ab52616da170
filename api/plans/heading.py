"""What stands around the plan: title and time above, scale, north and legend below or beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import ceil

from api.plans import font, legend, symbols, words
from api.plans.floor import FloorPicture, Layer, Wish
from api.plans.frame import FOOTER, MARGIN, SIDE, Frame
from api.plans.legend import Row
from api.plans.palette import Palette
from api.plans.shapes import Instruction, Polyline, Text


def heading(title: str, at: datetime, wish: Wish, frame: Frame, colours: Palette) -> Iterator[Instruction]:
    """Title left, time right, the layers under the title."""
    unit, margin = frame.unit, MARGIN * frame.unit
    right = frame.width - margin
    time = words.moment(at, wish.language)
    zone = f"{at:%z}"
    offset = f"UTC{zone[:3]}:{zone[3:5]}" if zone else ""
    yield Text(right, 48 * unit, time, 20 * unit, colours.ink, anchor="end")
    yield Text(right, 72 * unit, offset, 14.5 * unit, colours.muted, anchor="end")
    space = right - margin - font.width(time, 20 * unit) - 30 * unit
    size = 30 * unit
    while size > 20 * unit and font.width(title, size, True) > space:
        size -= unit
    yield Text(margin, 50 * unit, font.shortened(title, size, True, space), size, colours.ink, bold=True)
    names = [words.said(words.LAYERS[layer], wish.language) for layer in Layer if layer in wish.layers]
    yield Text(
        margin, 76 * unit, font.shortened(" · ".join(names), 16.5 * unit, False, space), 16.5 * unit, colours.muted
    )


def foot(
    rows: list[Row], floor: FloorPicture, wish: Wish, frame: Frame, colours: Palette
) -> tuple[list[Instruction], int]:
    """The rest of the page, and how high the page is."""
    unit, margin = frame.unit, MARGIN * frame.unit
    below = frame.bottom + 26 * unit
    made = list(_scale_and_north(wish, frame, colours, below)) if frame.scale else []
    low = below + (FOOTER * unit if frame.scale else 0)
    if Layer.EVACUATION in wish.layers and floor.rooms:
        x = margin + (0.0 if not frame.scale else 330 * unit)
        note = words.phrase("computed", wish.language)
        most = frame.width - margin - x - 60 * unit
        made.append(Text(x, below + 27 * unit, font.shortened(note, 15 * unit, False, most), 15 * unit, colours.muted))
    if not rows:
        return made, ceil(low + 12 * unit)
    if frame.side:
        left = frame.box[2] + 36 * unit
        split = legend.columns(rows, 1)
        made += legend.paint(
            split, left, frame.box[1] - 8 * unit, SIDE * unit - 30 * unit, unit, colours, wish.language
        )
        return made, ceil(max(low + 12 * unit, frame.box[1] + legend.height(split, unit) + margin))
    width = frame.width - 2 * margin
    split = legend.columns(rows, legend.depth(rows, width, unit))
    made.append(Polyline([(margin, low), (frame.width - margin, low)], colours.faint, max(1.0, unit)))
    made += legend.paint(split, margin, low + 8 * unit, width, unit, colours, wish.language)
    return made, ceil(low + legend.height(split, unit) + 36 * unit)


def _scale_and_north(wish: Wish, frame: Frame, colours: Palette, y: float) -> Iterator[Instruction]:
    unit = frame.unit
    yield from symbols.scale_bar(frame.box[0], y + 18 * unit, frame.scale, 300 * unit, unit, colours, wish.language)
    x = frame.box[2] - 18 * unit
    yield from symbols.north(x, y + 26 * unit, 15 * unit, frame.north, colours, wish.language)


__all__ = ["foot", "heading"]
