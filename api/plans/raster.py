"""A drawing as pixels: PNG, WebP, and a moving WebP of several drawings.

Straight walls fall on whole pixels and are painted at once; whatever is round or slanting goes through a mask of its
own, so that its edges are smooth and a large page needs no canvas of four times its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import ceil, floor, hypot

from PIL import Image, ImageChops, ImageDraw

from api.plans import geometry, masks
from api.plans.geometry import Box, Ring
from api.plans.shapes import Circle, Colour, Drawing, Hatch, Patch, Polygon, Polyline, Text

PNG_LEVEL = 6
WEBP_QUALITY, WEBP_EFFORT = 82, 2
Cut = tuple[int, int, int, int]


def png(drawing: Drawing) -> bytes:
    """The picture as PNG, in a palette of 256 colours where that loses nothing that is seen."""
    out = BytesIO()
    image(drawing).save(out, "PNG", compress_level=PNG_LEVEL)
    return out.getvalue()


def webp(drawing: Drawing) -> bytes:
    out = BytesIO()
    image(drawing).save(out, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
    return out.getvalue()


def animated(drawings: Sequence[Drawing], frame_ms: int = 900, last_ms: int = 3000) -> bytes:
    """Drawings one after the other as a WebP that repeats, each for so long (milliseconds), all of the first's size."""
    first = drawings[0]
    frames = [_sized(image(drawing), (first.width, first.height), drawing.background) for drawing in drawings]
    out = BytesIO()
    frames[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=[frame_ms] * (len(frames) - 1) + [last_ms],
        loop=0,
        quality=WEBP_QUALITY,
        method=WEBP_EFFORT,
        minimize_size=False,
    )
    return out.getvalue()


def _sized(picture: Image.Image, size: tuple[int, int], background: Colour) -> Image.Image:
    if picture.size == size:
        return picture
    page = Image.new("RGB", size, background)
    page.paste(picture, (0, 0))
    return page


def image(drawing: Drawing) -> Image.Image:
    """Paint the instructions in their order."""
    page = Image.new("RGB", (drawing.width, drawing.height), drawing.background)
    pen = ImageDraw.Draw(page)
    for part in drawing.instructions:
        match part:
            case Polygon():
                _polygon(page, pen, part)
            case Polyline():
                _polyline(page, pen, part)
            case Circle():
                _circle(page, part)
            case Text():
                _text(page, part)
            case Patch():
                _patch(page, part)
    return page


def _polygon(page: Image.Image, pen: ImageDraw.ImageDraw, part: Polygon) -> None:
    box = _straight(part.rings)
    if part.fill:
        if box and part.opacity >= 1:
            pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=part.fill)
        else:
            _fill(page, part.rings, part.fill, part.opacity)
    if part.hatch:
        _hatch(page, part.rings, part.hatch)
    if part.stroke and part.width > 0:
        for ring in part.rings:
            _stroke(page, pen, [*ring, ring[0]], part.stroke, part.width)


def _straight(rings: list[Ring]) -> Cut | None:
    """The whole pixels of a rectangle whose sides are level and upright."""
    if len(rings) != 1 or len(rings[0]) != 4:
        return None
    left, top, right, bottom = geometry.bounds(rings)
    if any(min(abs(x - left), abs(x - right)) > 0.3 or min(abs(y - top), abs(y - bottom)) > 0.3 for x, y in rings[0]):
        return None
    cut = (round(left), round(top), round(right), round(bottom))
    return cut if cut[2] > cut[0] and cut[3] > cut[1] else None


def _cut(page: Image.Image, box: Box) -> Cut | None:
    left, top = max(0, floor(box[0])), max(0, floor(box[1]))
    right, bottom = min(page.width, ceil(box[2])), min(page.height, ceil(box[3]))
    return (left, top, right, bottom) if right > left and bottom > top else None


def _mask(rings: list[Ring], cut: Cut) -> Image.Image:
    """What of a cut lies in the rings, with smooth edges."""
    size = (cut[2] - cut[0], cut[3] - cut[1])
    here = tuple(tuple((round(x - cut[0], 2), round(y - cut[1], 2)) for x, y in ring) for ring in rings)
    return masks.shape(here, size)


def _fill(page: Image.Image, rings: list[Ring], colour: Colour, opacity: float) -> None:
    if cut := _cut(page, geometry.bounds(rings)):
        mask = _mask(rings, cut)
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        page.paste(colour, cut, mask)


def _hatch(page: Image.Image, rings: list[Ring], hatch: Hatch) -> None:
    cut = _cut(page, geometry.bounds(rings))
    if cut is None:
        return
    tile = masks.tile(hatch.angle, round(hatch.gap), hatch.width, hatch.crossed)
    wide, high = cut[2] - cut[0], cut[3] - cut[1]
    lines = Image.new("L", (wide, high))
    row = Image.new("L", (wide, tile.height))
    for x in range(-(cut[0] % tile.width), wide, tile.width):
        row.paste(tile, (x, 0))
    for y in range(-(cut[1] % tile.height), high, tile.height):
        lines.paste(row, (0, y))
    box = _straight(rings)
    page.paste(hatch.colour, cut, lines if box == cut else ImageChops.multiply(lines, _mask(rings, cut)))


def _polyline(page: Image.Image, pen: ImageDraw.ImageDraw, part: Polyline) -> None:
    for points in _dashed(part.points, part.dash) if part.dash else [part.points]:
        _stroke(page, pen, points, part.stroke, part.width)


def _stroke(page: Image.Image, pen: ImageDraw.ImageDraw, points: Ring, colour: Colour, width: float) -> None:
    slanting: list[Ring] = []
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ax - bx) < 0.3 or abs(ay - by) < 0.3:
            thick = max(1, round(width))
            before, after = thick // 2, thick - thick // 2
            left, right = sorted((round(ax), round(bx)))
            top, bottom = sorted((round(ay), round(by)))
            pen.rectangle((left - before, top - before, right + after - 1, bottom + after - 1), fill=colour)
        else:
            slanting.append([(ax, ay), (bx, by)])
    if len(slanting) == len(points) - 1 and len(points) > 2:
        _slanting(page, points, colour, width)
    else:
        for line in slanting:
            _slanting(page, line, colour, width)


def _slanting(page: Image.Image, points: Ring, colour: Colour, width: float) -> None:
    left, top, right, bottom = geometry.bounds([points])
    cut = _cut(page, (left - width, top - width, right + width, bottom + width))
    if cut is None:
        return
    size = (cut[2] - cut[0], cut[3] - cut[1])
    here = tuple((round(x - cut[0], 2), round(y - cut[1], 2)) for x, y in points)
    page.paste(colour, cut, masks.line(here, size, width))


def _dashed(points: Ring, dash: tuple[float, float]) -> list[Ring]:
    """The dashes of a line."""
    found: list[Ring] = []
    drawn, left = True, dash[0]
    piece: Ring = [points[0]]
    for (ax, ay), (bx, by) in pairwise(points):
        length, done = hypot(bx - ax, by - ay), 0.0
        while length - done > left:
            done += left
            spot = (ax + (bx - ax) * done / length, ay + (by - ay) * done / length)
            if drawn:
                found.append([*piece, spot])
            drawn, piece = not drawn, [spot]
            left = dash[0] if drawn else dash[1]
        left -= length - done
        piece.append((bx, by))
    return [*found, piece] if drawn and len(piece) > 1 else found


def _circle(page: Image.Image, part: Circle) -> None:
    outer = part.r + (part.width / 2 if part.stroke else 0)
    if part.fill:
        _disc(page, part.x, part.y, part.r, 0.0, part.fill, part.opacity)
    if part.stroke and part.width > 0:
        _disc(page, part.x, part.y, outer, part.r - part.width / 2, part.stroke, 1.0)


def _disc(page: Image.Image, x: float, y: float, r: float, hole: float, colour: Colour, opacity: float) -> None:
    left, top = floor(x - r), floor(y - r)
    mask = masks.disc(round(x - left, 1), round(y - top, 1), round(r, 1), round(max(0.0, hole), 1), round(opacity, 2))
    page.paste(colour, (left, top), mask)


def _text(page: Image.Image, part: Text) -> None:
    x, y = round(part.x), round(part.y)
    passes = ((part.halo, max(1.0, part.size / 8)), (part.colour, 0.0))
    for colour, stroke in passes:
        if colour:
            mask, left, top = masks.letters(part.text, part.size, part.bold, part.anchor, stroke)
            page.paste(colour, (x + left, y + top), mask)


def _patch(page: Image.Image, part: Patch) -> None:
    cut = _cut(page, part.box)
    if cut is None:
        return
    size = (cut[2] - cut[0], cut[3] - cut[1])
    field = Image.frombytes("RGB", (part.columns, part.rows), part.cells).resize(size, Image.Resampling.BICUBIC)
    if _straight(part.rings) == cut:
        page.paste(field, cut)
    else:
        page.paste(field, cut, _mask(part.rings, cut))


__all__ = ["animated", "image", "png", "webp"]
