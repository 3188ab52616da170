"""A floor drawn: from what is there and what is wished to instructions in pixels, and the legend as data."""

from __future__ import annotations

from collections.abc import Iterator

from api.plans import fills as filling
from api.plans import frame as framing
from api.plans import geometry, labels, legend, markers, symbols, words
from api.plans import heat as heating
from api.plans.doors import openings
from api.plans.evacuation import Evacuation
from api.plans.fills import Fills
from api.plans.floor import FloorPicture, Layer, RoomPicture, SensorPicture, Wish
from api.plans.frame import Frame
from api.plans.free import Page
from api.plans.geometry import Ring
from api.plans.labels import Label
from api.plans.legend import Item
from api.plans.palette import ACCENT, Palette, mix, palette
from api.plans.shapes import Colour, Drawing, Instruction, LegendEntry, LegendScale, Patch, Polygon, Text, hexed
from db.models import RoomKind

PASSED = (RoomKind.CORRIDOR, RoomKind.LOBBY)


def draw(floor: FloorPicture, wish: Wish) -> Drawing:
    """Draw a floor as wished; the same floor and wish give the same drawing."""
    colours = palette(wish.theme)
    if wish.evacuation or Layer.EVACUATION in wish.layers:
        wish = _evacuating(wish)
    laid = framing.frame(floor, wish.size)
    return Sheet(floor, wish, colours, laid).drawing()


def _evacuating(wish: Wish) -> Wish:
    from dataclasses import replace

    return replace(wish, layers=wish.layers | {Layer.EVACUATION}, evacuation=True)


class Sheet:
    """One drawing while it is made."""

    def __init__(self, floor: FloorPicture, wish: Wish, colours: Palette, laid: Frame) -> None:
        self.floor, self.wish, self.colours, self.frame = floor, wish, colours, laid
        self.unit, self.language = laid.unit, wish.language
        self.page = Page(laid.unit)
        self.order = sorted(floor.rooms, key=lambda room: -abs(geometry.area(laid.rooms[room.id][0])))
        self.items: list[Item] = []
        self.scale: LegendScale | None = None
        self.heated: dict[int, Patch] = {}
        self.openings = openings(floor, laid)
        self.above = self._above()
        self.evacuation: Evacuation | None = None

    def drawing(self) -> Drawing:
        fills, items = filling.fills(self.floor, self.wish, self.colours, self.unit)
        self.items += items
        heat = heating.heat(self.floor, self.wish, self.frame, fills, self.colours)
        self.items += heat.items
        self.scale, self.heated = heat.scale, heat.patches
        if Layer.EVACUATION in self.wish.layers:
            self.evacuation = Evacuation(self.floor, self.wish, self.frame, self.openings, self.above, self.colours)
            self.items += self.evacuation.legend()
            self.evacuation.take(self.page)
        plan = list(self._plan(fills)) if self.floor.rooms or self.frame.outline else list(self._empty())
        over, placing = self._over(fills)
        foot, height = self._foot()
        instructions = [*plan, *over, *self._head(), *foot]
        return Drawing(
            self.frame.width,
            height,
            self.colours.page,
            self.title(),
            instructions,
            [item.entry for item in self.items],
            self.scale,
            placing.labels,
            self.frame.rooms,
        )

    def title(self) -> str:
        """Building and floor, as people say them."""
        name = self.floor.floor.strip()
        if not name or name.lstrip("-").isdigit():
            name = words.phrase("storey", self.language, level=name or self.floor.level)
        return f"{self.floor.building} · {name}"

    def _plan(self, fills: Fills) -> Iterator[Instruction]:
        if self.frame.outline:
            yield Polygon(self.frame.outline, fill=mix(self.colours.page, self.colours.faint, 0.45))
        for room in self.order:
            fill, rings = fills[room.id], self.frame.rooms[room.id]
            if room.id not in self.heated:
                yield Polygon(rings, fill=fill.colour, hatch=fill.hatch)
            else:
                yield self.heated[room.id]
                yield Polygon(rings, hatch=fill.hatch)
            yield from self._furniture(room, rings, fill.colour)
        thin = max(1.0, 1.8 * self.unit if self.frame.scale > 6 else 1.1 * self.unit)
        for room in self.order:
            yield Polygon(self.frame.rooms[room.id], stroke=self.colours.wall, width=thin)
        if self.frame.outline:
            yield Polygon(self.frame.outline, stroke=self.colours.outer, width=max(2.0, 4.0 * self.unit))
        for opening in self.openings:
            yield from symbols.opening(opening.line, thin, self.colours)
        for room in self.order:
            if room.id in self.wish.highlight:
                yield Polygon(self.frame.rooms[room.id], fill=ACCENT, opacity=0.14)
                yield Polygon(self.frame.rooms[room.id], stroke=self._accent, width=5.0 * self.unit)
        if self.frame.strip and self.frame.scale:
            base = self.frame.strip_top - 12 * self.unit
            yield Text(
                self.frame.box[0],
                base,
                words.phrase("strip", self.language),
                15.5 * self.unit,
                self.colours.muted,
                True,
            )

    @property
    def _accent(self) -> Colour:
        return ACCENT if not self.colours.dark else (90, 160, 255)

    def _furniture(self, room: RoomPicture, rings: list[Ring], ground: Colour) -> Iterator[Instruction]:
        if room.id in self.frame.strip:
            return
        line = mix(ground, self.colours.ink, 0.16)
        if room.kind is RoomKind.STAIRS:
            yield from symbols.stairs(rings, line, self.unit)
        elif room.kind is RoomKind.LIFT:
            yield from symbols.lift(rings, line, self.unit)

    def _over(self, fills: Fills) -> tuple[list[Instruction], labels.Placing]:
        shown = self._shown_sensors()
        found = markers.placed(self.floor, self.wish, self.frame, shown, self.page)
        self.items += markers.legend(self.floor, self.wish, shown, found, self.colours)
        if any(room.id in self.wish.highlight for room in self.floor.rooms):
            entry = LegendEntry(Layer.ROOMS, "LINE", words.phrase("highlighted", self.language), hexed(self._accent))
            self.items.append(Item(entry, self._framed))
        placing = self._labels(fills)
        over: list[Instruction] = []
        if self.evacuation:
            over += self.evacuation.lines()
        if Layer.ALARMS in self.wish.layers:
            over += markers.alarmed_rooms(self.floor, self.frame, self.unit)
            over += markers.halos(self.floor, found)
        over += [*placing.leaders, *placing.texts]
        over += markers.sensors(shown, found, self.colours)
        if self.evacuation:
            over += [*self.evacuation.arrows(), *self.evacuation.lost()]
        over += markers.alarms(self.floor, found, self.colours) if Layer.ALARMS in self.wish.layers else ()
        return over, placing

    def _framed(self, x: float, y: float, r: float) -> Iterator[Instruction]:
        box = [(x - 1.35 * r, y - r), (x + 1.35 * r, y - r), (x + 1.35 * r, y + r), (x - 1.35 * r, y + r)]
        yield Polygon([box], fill=mix(self.colours.page, ACCENT, 0.14), stroke=self._accent, width=max(2.0, r * 0.3))

    def _shown_sensors(self) -> list[SensorPicture]:
        return self.floor.sensors if Layer.SENSORS in self.wish.layers else []

    def _labels(self, fills: Fills) -> labels.Placing:
        made = {room.id: self._label(room, fills) for room in self.floor.rooms}
        open_ = [made[room.id] for room in self.floor.rooms if room.kind in PASSED]
        return labels.place(list(made.values()), self.page, self.above, open_)

    def _label(self, room: RoomPicture, fills: Fills) -> Label:
        fill = fills[room.id]
        ink = self.colours.readable(fill.colour)
        name = room.name.strip() if room.name else None
        details = fill.details
        number = room.number if room.id in self.frame.strip or not room.number.startswith("#") else room.number[1:]
        return Label(
            room=room.id,
            rings=self.frame.rooms[room.id],
            number=number,
            name=name if name and name.casefold() != number.casefold() else None,
            details=list(dict.fromkeys(details)),
            size=19 * self.unit,
            ink=ink,
            muted=mix(fill.colour, ink, 0.72),
            area=words.phrase("square", self.language, area=words.number(room.area, self.language))
            if room.area and not details
            else None,
            weight=2 if room.id in self.wish.highlight else 0 if room.kind in PASSED else 1,
        )

    def _above(self) -> dict[int, list[list[Ring]]]:
        """For every room the smaller rooms that lie on it."""
        boxes = {room.id: geometry.bounds(self.frame.rooms[room.id][:1]) for room in self.order}
        found: dict[int, list[list[Ring]]] = {}
        sorted_ = sorted(boxes, key=lambda key: boxes[key][0])
        ranks = {room.id: place for place, room in enumerate(self.order)}
        for place, one in enumerate(sorted_):
            for other in sorted_[place + 1 :]:
                if boxes[other][0] > boxes[one][2] - 1:
                    break
                lower, upper = (one, other) if ranks[one] < ranks[other] else (other, one)
                a, b = boxes[lower], boxes[upper]
                if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1:
                    found.setdefault(lower, []).append(self.frame.rooms[upper])
        return found

    def _empty(self) -> Iterator[Instruction]:
        left, top, right, _ = self.frame.box
        x, y = (left + right) / 2, top + 0.09 * self.frame.width
        yield Text(x, y, words.phrase("empty", self.language), 26 * self.unit, self.colours.ink, True, "middle")
        hint = words.phrase("empty_hint", self.language)
        yield Text(x, y + 34 * self.unit, hint, 17 * self.unit, self.colours.muted, False, "middle")

    def _head(self) -> Iterator[Instruction]:
        from api.plans.heading import heading

        return heading(self.title(), self.floor.at, self.wish, self.frame, self.colours)

    def _foot(self) -> tuple[list[Instruction], int]:
        from api.plans.heading import foot

        found = legend.rows(self.items, self.scale, self.language)
        return foot(found, self.floor, self.wish, self.frame, self.colours)


__all__ = ["draw"]
