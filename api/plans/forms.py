"""A drawing as a file: PNG, WebP or SVG, and a film as an animated WebP. What draws is loaded when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.plans.floor import FloorPicture, Wish
    from api.plans.shapes import Drawing


class Form(Enum):
    """The kind of a file, by which its address ends."""

    PNG = "png"
    SVG = "svg"
    WEBP = "webp"

    @property
    def mime(self) -> str:
        return "image/svg+xml; charset=utf-8" if self is Form.SVG else f"image/{self.value}"


def drawn(floor: FloorPicture, wish: Wish) -> Drawing:
    from api.plans import drawing

    return drawing.draw(floor, wish)


def filed(drawing: Drawing, form: Form) -> bytes:
    from api.plans import raster, vector

    match form:
        case Form.PNG:
            return raster.png(drawing)
        case Form.WEBP:
            return raster.webp(drawing)
        case Form.SVG:
            return vector.svg(drawing).encode()


def filmed(floors: Sequence[FloorPicture], wish: Wish) -> bytes:
    """An animated WebP: a frame for each floor."""
    from api.plans import drawing, raster

    return raster.animated([drawing.draw(floor, wish) for floor in floors])
