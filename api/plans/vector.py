"""A drawing as SVG: the same instructions, with text as text."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from api.plans import font
from api.plans.geometry import Ring
from api.plans.shapes import Circle, Drawing, Hatch, Instruction, Patch, Polygon, Polyline, Text, hexed

BOLD = 600
"""The weight of the font's Semibold."""
FAMILIES = f"'{font.FAMILY}', 'Source Sans 3', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"


def svg(drawing: Drawing) -> str:
    """The picture as SVG 1.1, as large as the drawing; its title is the drawing's."""
    sheet = Sheet()
    body = [line for part in drawing.instructions for line in sheet.drawn(part)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}" height="{drawing.height}"'
            f' viewBox="0 0 {drawing.width} {drawing.height}" font-family={quoteattr(FAMILIES)}>',
            f"<title>{_plain(drawing.title)}</title>",
            "<defs>",
            *sheet.defined,
            "</defs>",
            f'<rect width="100%" height="100%" fill="{hexed(drawing.background)}"/>',
            *body,
            "</svg>\n",
        ]
    )


class Sheet:
    """An SVG in the making: patterns and cuts are defined once."""

    def __init__(self) -> None:
        self.defined: list[str] = []
        self.hatches: dict[Hatch, str] = {}

    def drawn(self, part: Instruction) -> Iterator[str]:
        match part:
            case Polygon():
                yield from self._polygon(part)
            case Polyline():
                dash = f' stroke-dasharray="{_n(part.dash[0])} {_n(part.dash[1])}"' if part.dash else ""
                points = " ".join(f"{_n(x)},{_n(y)}" for x, y in part.points)
                stroke = f'stroke="{hexed(part.stroke)}" stroke-width="{_n(part.width)}"{dash}'
                yield f'<polyline points="{points}" fill="none" {stroke} stroke-linejoin="round"/>'
            case Circle():
                fill = f'fill="{hexed(part.fill)}"{_opacity(part.opacity)}' if part.fill else 'fill="none"'
                stroke = f' stroke="{hexed(part.stroke)}" stroke-width="{_n(part.width)}"' if part.stroke else ""
                yield f'<circle cx="{_n(part.x)}" cy="{_n(part.y)}" r="{_n(part.r)}" {fill}{stroke}/>'
            case Text():
                yield _text(part)
            case Patch():
                yield from self._patch(part)

    def _polygon(self, part: Polygon) -> Iterator[str]:
        path = f'<path d="{_path(part.rings)}" fill-rule="evenodd"'
        stroke = (
            f' stroke="{hexed(part.stroke)}" stroke-width="{_n(part.width)}" stroke-linejoin="round"'
            if part.stroke and part.width
            else ""
        )
        if part.fill:
            yield f'{path} fill="{hexed(part.fill)}"{_opacity(part.opacity)}{"" if part.hatch else stroke}/>'
        if part.hatch:
            yield f'{path} fill="url(#{self._hatch(part.hatch)})"{stroke}/>'
        elif stroke and not part.fill:
            yield f'{path} fill="none"{stroke}/>'

    def _hatch(self, hatch: Hatch) -> str:
        """The name of its pattern: a line across a tile, which is turned."""
        if hatch not in self.hatches:
            name, gap = f"h{len(self.hatches)}", _n(hatch.gap)
            self.hatches[hatch] = name
            line = f'stroke="{hexed(hatch.colour)}" stroke-width="{_n(hatch.width)}"'
            lines = f'<path d="M0 0H{gap}" {line}/>' + (f'<path d="M0 0V{gap}" {line}/>' if hatch.crossed else "")
            tile = f'width="{gap}" height="{gap}" patternUnits="userSpaceOnUse"'
            turned = f'patternTransform="rotate({-hatch.angle})"'
            self.defined.append(f'<pattern id="{name}" {tile} {turned}>{lines}</pattern>')
        return self.hatches[hatch]

    def _patch(self, part: Patch) -> Iterator[str]:
        from PIL import Image

        left, top, right, bottom = part.box
        size = (max(1, round(right - left)), max(1, round(bottom - top)))
        field = Image.frombytes("RGB", (part.columns, part.rows), part.cells).resize(size, Image.Resampling.BICUBIC)
        out = BytesIO()
        field.save(out, "PNG", compress_level=9)
        name = f"c{len(self.defined)}"
        self.defined.append(f'<clipPath id="{name}"><path d="{_path(part.rings)}" clip-rule="evenodd"/></clipPath>')
        place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(bottom - top)}"'
        data = base64.b64encode(out.getvalue()).decode()
        yield (
            f'<image {place} preserveAspectRatio="none" clip-path="url(#{name})" href="data:image/png;base64,{data}"/>'
        )


def _path(rings: list[Ring]) -> str:
    return " ".join("M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in ring) + "Z" for ring in rings if ring)


def _text(part: Text) -> str:
    anchor = "" if part.anchor == "start" else f' text-anchor="{part.anchor}"'
    weight = f' font-weight="{BOLD}"' if part.bold else ""
    halo = ""
    if part.halo:
        wide = _n(max(1.0, part.size / 8) * 2)
        halo = f' stroke="{hexed(part.halo)}" stroke-width="{wide}" stroke-linejoin="round" paint-order="stroke"'
    place = f'x="{_n(part.x)}" y="{_n(part.y)}" font-size="{_n(part.size)}" fill="{hexed(part.colour)}"'
    return f"<text {place}{anchor}{weight}{halo}>{_plain(part.text)}</text>"


def _plain(text: str) -> str:
    """Text as XML takes it: marked up, without the control characters that it has no place for."""
    return escape("".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff"))


def _opacity(value: float) -> str:
    return "" if value >= 1 else f' fill-opacity="{_n(value)}"'


def _n(value: float) -> str:
    """A number of pixels, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


__all__ = ["svg"]
