"""What colour a room has and what its label tells, by the layers that are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from api.plans import words
from api.plans.floor import FloorPicture, Layer, RoomPicture, Wish, ZonePicture
from api.plans.legend import Item, swatch
from api.plans.palette import CONDITIONS, GREEN, LEASE_DAYS, LEASES, OKABE_ITO, Palette, mix
from api.plans.shapes import Colour, Hatch, LegendEntry, hexed
from db.models import RoomKind

MOST = 18
"""Tenants that the legend names; the others are counted."""


@dataclass(slots=True)
class Fill:
    """A room's ground, the hatch over it, and further lines of its label."""

    colour: Colour
    hatch: Hatch | None = None
    details: list[str] = field(default_factory=list)


Fills = dict[int, Fill]


@dataclass(slots=True)
class Paint:
    """What filling needs to know; each layer paints over the one before and adds its lines to the legend."""

    floor: FloorPicture
    wish: Wish
    colours: Palette
    unit: float
    fills: Fills = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)

    def add(
        self, layer: Layer, label: str, colour: Colour, count: int | None = None, hatch: Hatch | None = None
    ) -> None:
        symbol = "HATCH" if hatch else "FILL"
        entry = LegendEntry(layer, symbol, label, hexed(colour), count)
        self.items.append(Item(entry, swatch(colour, hatch, self.colours)))


def fills(floor: FloorPicture, wish: Wish, colours: Palette, unit: float) -> tuple[Fills, list[Item]]:
    """Every room's ground, and the legend's lines for it."""
    paint = Paint(floor, wish, colours, unit)
    for room in floor.rooms:
        paint.fills[room.id] = Fill(colours.kind(room.kind))
    chosen = [layer for layer in LAYERS if layer in wish.layers]
    if chosen in ([], [Layer.ROOMS]) and not wish.layers & {Layer.HEAT, Layer.EVACUATION}:
        _rooms(paint)
    else:
        for fill, room in ((paint.fills[room.id], room) for room in floor.rooms):
            fill.colour = _plain(room, colours)
    for layer in chosen:
        if layer is not Layer.ROOMS:
            LAYERS[layer](paint)
    if wish.evacuation and Layer.FIRE_ZONES not in wish.layers and floor.zones:
        _zones(paint)
    return paint.fills, paint.items


def _plain(room: RoomPicture, colours: Palette) -> Colour:
    """A ground that leaves colours to the layers."""
    passed = room.kind in (RoomKind.CORRIDOR, RoomKind.LOBBY, RoomKind.STAIRS, RoomKind.LIFT)
    if colours.dark:
        return (44, 49, 58) if passed else (34, 38, 46)
    return (233, 236, 239) if passed else (250, 250, 249)


def _rooms(paint: Paint) -> None:
    for kind, count in Counter(room.kind for room in paint.floor.rooms).most_common():
        paint.add(Layer.ROOMS, words.said(words.KINDS[kind], paint.wish.language), paint.colours.kind(kind), count)


def _tenants(paint: Paint) -> None:
    names: dict[int, str] = {}
    rooms: Counter[int] = Counter()
    for room in paint.floor.rooms:
        for tenant, name in room.tenants:
            names[tenant] = name
            rooms[tenant] += 1
        if room.tenants:
            first, fill = room.tenants[0][0], paint.fills[room.id]
            fill.colour = paint.colours.tenant(first)
            fill.hatch = paint.colours.tenant_hatch(first, paint.unit)
            fill.details += [words.tenant(name) for _, name in room.tenants[:2]]
            if len(room.tenants) > 2:
                fill.details[-1] = words.phrase("more", paint.wish.language, count=len(room.tenants) - 1)
    shown = sorted(names, key=lambda tenant: (-rooms[tenant], names[tenant]))
    for tenant in shown[:MOST]:
        hatch = paint.colours.tenant_hatch(tenant, paint.unit)
        paint.add(Layer.TENANTS, names[tenant], paint.colours.tenant(tenant), rooms[tenant], hatch)
    if len(shown) > MOST:
        label = words.phrase("more", paint.wish.language, count=len(shown) - MOST)
        paint.items.append(Item(LegendEntry(Layer.TENANTS, "NOTE", label), None))


def _vacancy(paint: Paint) -> None:
    colours, language = paint.colours, paint.wish.language
    free = colours.tint(GREEN, 0.24)
    hatch = colours.hatch(GREEN, 1, paint.unit)
    taken = colours.tint((120, 130, 150), 0.22)
    counts = {"vacant": 0, "taken": 0}
    for room in paint.floor.rooms:
        fill = paint.fills[room.id]
        if room.vacant:
            fill.colour, fill.hatch = free, hatch
            fill.details.append(words.phrase("vacant", language))
            counts["vacant"] += 1
        elif room.tenants:
            if Layer.TENANTS not in paint.wish.layers:
                fill.colour = taken
            counts["taken"] += 1
    paint.add(Layer.VACANCY, words.phrase("vacant", language), free, counts["vacant"], hatch)
    if Layer.TENANTS not in paint.wish.layers:
        paint.add(Layer.VACANCY, words.phrase("taken", language), taken, counts["taken"])


def _leases(paint: Paint) -> None:
    colours, language = paint.colours, paint.wish.language
    today = paint.floor.at.date()
    counts: Counter[int] = Counter()
    grounds = [colours.tint(colour, 0.9 if not colours.dark else 0.75) for colour in LEASES]
    overdue = Hatch(colours.readable(grounds[0]), 45, 12 * paint.unit, max(1.0, 1.5 * paint.unit))
    for room in paint.floor.rooms:
        if not room.tenants or room.lease_until is None:
            continue
        left = (room.lease_until - today).days
        place = next((i for i, days in enumerate(LEASE_DAYS) if left <= days), len(LEASE_DAYS))
        fill = paint.fills[room.id]
        fill.colour, fill.hatch = grounds[place], overdue if left < 0 else None
        fill.details.append(words.phrase("until", language, day=words.day(room.lease_until, language)))
        counts[-1 if left < 0 else place] += 1
    if counts[-1]:
        paint.add(Layer.LEASES, words.phrase("overdue", language), grounds[0], counts[-1], overdue)
    for place, days in enumerate(LEASE_DAYS):
        label = words.phrase("days", language, days=days)
        paint.add(Layer.LEASES, label, grounds[place], counts[place])
    paint.add(Layer.LEASES, words.phrase("later", language), grounds[-1], counts[len(LEASE_DAYS)])


def _zones(paint: Paint) -> None:
    colours, language = paint.colours, paint.wish.language
    if not paint.floor.zones:
        note = LegendEntry(Layer.FIRE_ZONES, "NOTE", words.phrase("no_zones", language))
        paint.items.append(Item(note, None))
    for zone in sorted(paint.floor.zones, key=lambda one: (one.code, one.id)):
        ground, hatch = _zone_colours(zone, colours, paint.unit)
        for room in zone.rooms:
            if fill := paint.fills.get(room):
                fill.colour, fill.hatch = ground, hatch
        label = words.phrase("zone", language, code=zone.code)
        label += f" – {zone.name}" if zone.name and zone.name not in (zone.code, label) else ""
        states = [words.said(words.CONDITIONS[state], language) for state in CONDITIONS if state in zone.conditions]
        label += f": {', '.join(states)}" if states else ""
        count = sum(room in paint.fills for room in zone.rooms)
        paint.add(Layer.FIRE_ZONES, label, ground, count, hatch)


def zone_tone(zone: ZonePicture) -> Colour:
    """The same zone always has the same colour; that of alarms is left to alarms."""
    return ZONES[zone.id % len(ZONES)]


ZONES = tuple(colour for colour in OKABE_ITO if colour != (213, 94, 0))


def _zone_colours(zone: ZonePicture, colours: Palette, unit: float) -> tuple[Colour, Hatch | None]:
    state = next((state for state in CONDITIONS if state in zone.conditions), None)
    if state is None:
        return colours.tint(zone_tone(zone), 0.22 if not colours.dark else 0.34), None
    tone = CONDITIONS[state]
    ground = colours.tint(tone, 0.34 if state == "ALARM" else 0.24)
    line = mix(ground, tone, 0.42)
    return ground, Hatch(line, 45, 13 * unit, max(1.2, 2.4 * unit), crossed=state == "DISABLEMENT")


LAYERS: dict[Layer, Callable[[Paint], None]] = {
    Layer.ROOMS: _rooms,
    Layer.TENANTS: _tenants,
    Layer.VACANCY: _vacancy,
    Layer.LEASES: _leases,
    Layer.FIRE_ZONES: _zones,
}


__all__ = ["Fill", "Fills", "fills", "zone_tone"]
