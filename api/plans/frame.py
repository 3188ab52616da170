"""Where on the page the floor lies: metres become pixels, the building is turned to stand straight on the page."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, degrees, sin, sqrt

from api.plans import geometry
from api.plans.floor import FloorPicture
from api.plans.geometry import Box, Point, Ring

MARGIN, HEADER, FOOTER = 44, 104, 64
SIDE = 360
"""The breadth of a legend that stands beside the plan; all in units of 1/1600 of the page's width."""
TALL, LOW = 1.02, 0.18
"""The greatest and the least height of the plan, as parts of the page's width."""
CARD = (150, 92)
"""A room without an outline becomes a card in the strip: at best so large."""
NARROWEST, WIDEST = 320, 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """The page (pixels): `unit` is what a pixel of a page 1600 wide is; the plan lies in `box`, the strip below it."""

    width: int
    unit: float
    scale: float
    """Pixels in a metre; 0 when no room has an outline."""
    turn: float
    origin: Point
    centre: Point
    box: Box
    bottom: float
    """Where plan and strip end."""
    outline: list[Ring] | None
    rooms: dict[int, list[Ring]]
    strip: frozenset[int]
    strip_top: float
    side: bool
    """Whether the legend stands beside the plan."""
    north: float
    """Degrees clockwise from up."""

    def place(self, x: float, y: float) -> Point:
        """A point of the floor on the page."""
        return _placed((x, y), self.turn, self.scale, self.origin, self.centre)


def _turned(x: float, y: float, turn: float) -> Point:
    return x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn)


def _placed(point: Point, turn: float, scale: float, origin: Point, centre: Point) -> Point:
    x, y = _turned(*point, turn) if turn else point
    return centre[0] + (x - origin[0]) * scale, centre[1] - (y - origin[1]) * scale


def frame(floor: FloorPicture, size: int) -> Frame:
    """Lay the floor out on a page so wide (pixels)."""
    width = max(NARROWEST, min(WIDEST, size))
    unit = min(3.0, max(0.5, width / 1600))
    outlines = {room.id: rings for room in floor.rooms if (rings := geometry.mended(room.outline))}
    outer = geometry.mended(floor.outline)
    turn = geometry.bearing([rings[0] for rings in outlines.values()] or outer or [])
    known = [rings[0] for rings in outlines.values()] + (outer[:1] if outer and outlines else [])
    left, low, right, high = geometry.bounds([[_turned(*p, turn) for p in ring] for ring in known] or [[(0.0, 0.0)]])
    across, up = max(right - left, 1e-3), max(high - low, 1e-3)
    margin, top = MARGIN * unit, HEADER * unit
    side = bool(known) and up / across > 0.62 and width >= 900
    room = width - 2 * margin - (SIDE * unit if side else 0)
    tallest = TALL * width if not side else 0.9 * width
    scale = min(room / across, tallest / up) if known else 0.0
    depth = max(up * scale, LOW * width * 0.3) if known else 0.0
    origin, centre = ((left + right) / 2, (low + high) / 2), (margin + room / 2, top + depth / 2)

    def laid(rings: list[Ring]) -> list[Ring]:
        return [[_placed(point, turn, scale, origin, centre) for point in ring] for ring in rings]

    box = (margin, top, margin + room, top + depth)
    placed = {key: laid(rings) for key, rings in outlines.items()}
    bare = [room.id for room in floor.rooms if room.id not in outlines]
    strip_top = box[3] + (34 * unit if bare and known else 0) + (30 * unit if bare else 0)
    cards, bottom = _cards(bare, (margin, strip_top, width - margin if not side else margin + room), unit)
    return Frame(
        width=width,
        unit=unit,
        scale=scale,
        turn=turn,
        origin=origin,
        centre=centre,
        box=box,
        bottom=bottom if bare else box[3],
        outline=laid(outer) if outer and known else None,
        rooms=placed | cards,
        strip=frozenset(bare),
        strip_top=strip_top,
        side=side,
        north=(floor.north + degrees(turn)) % 360,
    )


def _cards(bare: list[int], place: tuple[float, float, float], unit: float) -> tuple[dict[int, list[Ring]], float]:
    """Rooms without an outline, as equal cards in rows from a left and a top up to a right; and where they end."""
    left, top, right = place
    if not bare:
        return {}, top
    most = 0.6 * (right - left)
    shrink = min(1.0, sqrt(most * (right - left) / (len(bare) * CARD[0] * CARD[1] * unit**2)))
    gap = 8 * unit * shrink
    columns = max(1, int((right - left + gap) // (CARD[0] * unit * shrink + gap)))
    wide = (right - left + gap) / columns - gap if len(bare) > columns else CARD[0] * unit * shrink
    high = CARD[1] * unit * shrink
    cards = {}
    for place_, key in enumerate(bare):
        x = left + place_ % columns * (wide + gap)
        y = top + place_ // columns * (high + gap)
        cards[key] = [[(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]]
    return cards, top + ceil(len(bare) / columns) * (high + gap) - gap


__all__ = ["Frame", "frame"]
