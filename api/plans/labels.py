"""Labels of rooms: each as large as it may be, within its room and off everything else.

What does not fit is set smaller, then abbreviated, then stands outside with a leader line, then is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, hypot, pi, sin

from api.plans import font, geometry, words
from api.plans.free import Page, Place, inner_point, overlap
from api.plans.geometry import Box, Point, Ring
from api.plans.shapes import Colour, Placed, Polyline, Text

STEPS = (1.0, 0.88, 0.78, 0.69)
SMALLEST = 9.0
"""Pixels: nobody reads smaller letters."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a room's label says: a number, a name, and what the layers tell of it; `size` is that of the number."""

    room: int
    rings: list[Ring]
    number: str
    name: str | None
    details: list[str]
    size: float
    ink: Colour
    muted: Colour
    area: str | None = None
    """Said where there is plenty of room."""
    weight: int = 0
    """Labels of more weight are set first."""


Line = tuple[str, float, bool, bool]
"""Text, size, whether bold, whether muted."""


FAR = (14, 26, 40, 58, 80)
"""How far from a room its label is led, in pixels of a page 1600 wide."""


def place(labels: Sequence[Label], page: Page, above: dict[int, list[list[Ring]]], open_: list[Label]) -> Placing:
    """Set all labels; `above` are outlines that lie on a room, `open_` the rooms into which a leader may lead."""
    found = Placing()
    waiting = []
    for label in sorted(labels, key=lambda one: (-one.weight, one.room)):
        spot = Place(label.rings, above.get(label.room, []), page)
        if not (_within(label, spot, page, found)):
            waiting.append(label)
    fields = [(geometry.bounds(room.rings[:1]), room.rings) for room in open_]
    for label in waiting:
        _led(label, page, found, fields)
    return found


@dataclass(slots=True)
class Placing:
    texts: list[Text] = field(default_factory=list)
    leaders: list[Polyline] = field(default_factory=list)
    labels: list[Placed] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def put(self, label: Label, box: Box, lines: Sequence[Line], page: Page, leader: Point | None = None) -> None:
        y, x = box[1], (box[0] + box[2]) / 2
        for text, size, bold, muted in lines:
            base = y + size * (font.LEADING - font.DESCENT)
            self.texts.append(Text(x, base, text, size, label.muted if muted else label.ink, bold, "middle"))
            y += size * font.LEADING
        page.take(box)
        self.labels.append(Placed(label.room, box, [line[0] for line in lines], leader))


def _within(label: Label, spot: Place, page: Page, found: Placing) -> bool:
    air = 3 * page.unit
    for lines in _offers(label, spot.box[2] - spot.box[0] - 2 * air):
        width, height = extent(lines)
        box = spot.fit(width + 2 * air, height + air)
        if box is None:
            continue
        if label.area and len(lines) > 1:
            more = [*lines, (label.area, lines[-1][1], False, True)]
            wide, high = extent(more)
            larger = spot.fit(wide + 2 * air, high + 3 * air)
            if larger and high < 0.7 * (spot.box[3] - spot.box[1]):
                lines, box = more, (larger[0], larger[1] + air, larger[2], larger[3] - air)
        inner = (box[0] + air, box[1] + air / 2, box[2] - air, box[3] - air / 2)
        found.put(label, inner, lines, page)
        return True
    return False


def extent(lines: Sequence[Line]) -> tuple[float, float]:
    """How wide and how high a block of lines is."""
    widest = max(font.width(text, size, bold) for text, size, bold, _ in lines)
    return widest, sum(size * font.LEADING for _, size, _, _ in lines)


def _offers(label: Label, room: float) -> Iterator[list[Line]]:
    """Whole labels, smaller and smaller; abbreviated ones; the number alone."""
    texts = ([label.name] if label.name else []) + label.details
    sizes = [max(SMALLEST, label.size * step) for step in STEPS if label.size * step > SMALLEST * 0.92 or step == 1.0]
    sizes = sorted(set(sizes), reverse=True)
    if texts:
        for size in sizes:
            for parts in (1, 2, 3):
                lines = _whole(label, texts, size, parts)
                if lines and extent(lines)[0] <= room:
                    yield lines
        short = [words.abbreviated(words.tenant(text)) for text in texts]
        for size in sizes[1:] or sizes:
            for parts in (1, 2):
                lines = _whole(label, short, size, parts)
                if lines and extent(lines)[0] <= room:
                    yield lines
        for kept in (short, short[-1:] if label.details else short[:1]):
            yield _cut(label, kept, sizes[-1], room)
    for size in sizes:
        yield [(label.number, size, True, False)]


def _whole(label: Label, texts: list[str], size: float, parts: int) -> list[Line] | None:
    lines: list[Line] = [(label.number, size, True, False)]
    small = max(SMALLEST, size * 0.84)
    split = False
    for text in texts:
        broken = wrapped(text, parts)
        split = split or len(broken) == parts
        lines += [(part, small, False, False) for part in broken]
    return lines if split else None


def _cut(label: Label, texts: list[str], size: float, room: float) -> list[Line]:
    small = max(SMALLEST, size * 0.84)
    lines: list[Line] = [(label.number, size, True, False)]
    for text in texts:
        short = font.shortened(text, small, False, room)
        if len(short.rstrip("…")) >= min(3, len(text)):
            lines.append((short, small, False, False))
    return lines


@lru_cache(maxsize=2048)
def wrapped(text: str, parts: int) -> tuple[str, ...]:
    """A text on at most so many lines, broken between words so that the longest is as short as can be."""
    tokens = [word for word in text.split(" ") if word]
    if parts == 1 or len(tokens) < 2:
        return (" ".join(tokens),)
    best: tuple[str, ...] = (" ".join(tokens),)
    for cut in range(1, len(tokens)):
        rest = wrapped(" ".join(tokens[cut:]), parts - 1)
        tried = (" ".join(tokens[:cut]), *rest)
        if max(map(len, tried)) < max(map(len, best)):
            best = tried
    return best


def _led(label: Label, page: Page, found: Placing, fields: list[tuple[Box, list[Ring]]]) -> None:
    """Outside the room, in open space, with a line from the label to the room."""
    size = max(SMALLEST, label.size * STEPS[-1])
    lines: list[Line] = [(label.number, size, True, False)]
    width, height = extent(lines)
    spot = inner_point(label.rings)
    left, top, right, bottom = geometry.bounds(label.rings[:1])
    most = FAR[-1] * page.unit + width + height
    about = (left - most, top - most, right + most, bottom + most)
    fields = [(around, rings) for around, rings in fields if overlap(around, about)]
    for far in FAR:
        for step in range(16):
            angle = step * pi / 8
            reach = far * page.unit
            x = spot[0] + cos(angle) * ((right - left) / 2 + reach + width / 2)
            y = spot[1] + sin(angle) * ((bottom - top) / 2 + reach + height / 2)
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            end = (min(max(spot[0], box[0]), box[2]), min(max(spot[1], box[1]), box[3]))
            if not any(_holds(around, rings, box) for around, rings in fields):
                continue
            if page.near(box) or _crossed(spot, end, page):
                continue
            found.leaders.append(Polyline([spot, end], label.muted, max(1.0, 1.2 * page.unit)))
            found.put(label, box, lines, page, leader=spot)
            return
    found.dropped.append(label.room)


def _holds(around: Box, rings: list[Ring], box: Box) -> bool:
    """Whether a box lies wholly within rings, which lie within `around`."""
    if box[0] < around[0] or box[1] < around[1] or box[2] > around[2] or box[3] > around[3]:
        return False
    return any(start <= box[0] and box[2] <= end for start, end in geometry.spans(rings, box[1], box[3]))


def _crossed(start: Point, end: Point, page: Page) -> bool:
    steps = max(2, int(hypot(end[0] - start[0], end[1] - start[1]) // 4))
    for i in range(1, steps):
        x, y = (a + (b - a) * i / steps for a, b in zip(start, end, strict=True))
        if page.near((x - 1, y - 1, x + 1, y + 1)):
            return True
    return False


__all__ = ["Label", "Placing", "place"]
