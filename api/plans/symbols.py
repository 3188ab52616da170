"""The signs of a plan: sensors by kind and status, alarms by priority and state, stairs, lifts, exits, north, scale."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, hypot, pi, radians, sin

from api.plans import geometry, words
from api.plans.geometry import Point, Ring
from api.plans.palette import GREEN, PRIORITIES, SENSORS, STATUSES, WHITE, Palette, mix
from api.plans.shapes import Circle, Colour, Instruction, Polygon, Polyline, Text
from db.models import AlarmState, Language, Priority, SensorKind, SensorStatus


def around(x: float, y: float, r: float, corners: int, start: float = -90.0) -> Ring:
    """A regular polygon about a point, its first corner at `start` degrees."""
    angles = [radians(start + 360 * i / corners) for i in range(corners)]
    return [(x + r * cos(angle), y + r * sin(angle)) for angle in angles]


def sensor(
    kind: SensorKind, status: SensorStatus, x: float, y: float, r: float, colours: Palette
) -> Iterator[Instruction]:
    """A disc with the kind's sign; a sensor that cannot be believed is hollow, with its status at the corner."""
    tone = SENSORS[kind] if not colours.dark else mix(SENSORS[kind], WHITE, 0.12)
    fine = status is SensorStatus.OK
    paper = mix(colours.page, tone, 0.06)
    yield Circle(x, y, r + max(1.0, r * 0.14), fill=WHITE if not colours.dark else colours.page)
    if r < 5:
        yield Circle(x, y, r, fill=tone if fine else paper, stroke=None if fine else STATUSES[status], width=r * 0.5)
        return
    yield Circle(x, y, r, fill=tone if fine else paper, stroke=tone, width=max(1.0, r * 0.16))
    yield from sign(kind, x, y, r, WHITE if fine else (tone if not colours.dark else mix(tone, WHITE, 0.45)))
    if not fine:
        yield from badge(status, x + r * 0.78, y - r * 0.78, r * 0.58)


def opening(line: Ring, wall: float, colours: Palette) -> Iterator[Instruction]:
    """A door or passage: a gap in a wall so thick, between two posts."""
    yield Polyline(line, colours.page, 3 * wall)
    for (x, y), (fx, fy) in ((line[0], line[1]), (line[-1], line[-2])):
        length = hypot(fx - x, fy - y) or 1.0
        ax, ay = (fy - y) / length * 1.6 * wall, (x - fx) / length * 1.6 * wall
        yield Polyline([(x - ax, y - ay), (x + ax, y + ay)], colours.wall, wall)


def badge(status: SensorStatus, x: float, y: float, r: float) -> Iterator[Instruction]:
    """A small disc: silent (a bar), faulty (a cross), unknown (a dot)."""
    yield Circle(x, y, r, fill=STATUSES[status], stroke=WHITE, width=max(1.0, r * 0.22))
    thick, arm = max(1.0, r * 0.34), r * 0.45
    if status is SensorStatus.STALE:
        yield Polyline([(x - arm, y), (x + arm, y)], WHITE, thick)
    elif status is SensorStatus.FAULT:
        yield Polyline([(x - arm, y - arm), (x + arm, y + arm)], WHITE, thick)
        yield Polyline([(x - arm, y + arm), (x + arm, y - arm)], WHITE, thick)
    elif status is SensorStatus.UNKNOWN:
        yield Circle(x, y, r * 0.3, fill=WHITE)
    else:
        yield Polyline([(x - arm, y), (x - arm * 0.2, y + arm * 0.7), (x + arm, y - arm * 0.7)], WHITE, thick)


LINES: dict[SensorKind, tuple[tuple[Point, ...], ...]] = {
    SensorKind.TEMPERATURE: (((0, -0.6), (0, 0.3)),),
    SensorKind.MOTION: (
        ((-0.55, 0.1), (-0.2, -0.35), (0.1, 0.1), (0.5, -0.3)),
        ((-0.3, 0.55), (0.0, 0.2), (0.3, 0.55)),
    ),
    SensorKind.SMOKE: (
        ((-0.5, -0.3), (-0.15, -0.5), (0.15, -0.3), (0.5, -0.5)),
        ((-0.5, 0.1), (-0.15, -0.1), (0.15, 0.1), (0.5, -0.1)),
        ((-0.5, 0.5), (-0.15, 0.3), (0.15, 0.5), (0.5, 0.3)),
    ),
    SensorKind.NOISE: (
        ((-0.45, -0.2), (-0.45, 0.2)),
        ((-0.15, -0.5), (-0.15, 0.5)),
        ((0.15, -0.3), (0.15, 0.3)),
        ((0.45, -0.55), (0.45, 0.55)),
    ),
    SensorKind.LIGHT: tuple(
        ((0.42 * cos(i * pi / 4), 0.42 * sin(i * pi / 4)), (0.68 * cos(i * pi / 4), 0.68 * sin(i * pi / 4)))
        for i in range(8)
    ),
    SensorKind.LEAK: (((-0.55, 0.6), (-0.2, 0.48), (0.2, 0.6), (0.55, 0.48)),),
}
AREAS: dict[SensorKind, tuple[tuple[Point, ...], ...]] = {
    SensorKind.HUMIDITY: (
        ((0, -0.65), (0.3, -0.15), (0.4, 0.15), (0.3, 0.42), (0, 0.55), (-0.3, 0.42), (-0.4, 0.15), (-0.3, -0.15)),
    ),
    SensorKind.LEAK: (
        ((0, -0.7), (0.26, -0.25), (0.3, 0.0), (0.2, 0.2), (0, 0.28), (-0.2, 0.2), (-0.3, 0.0), (-0.26, -0.25)),
    ),
    SensorKind.OCCUPANCY: (((-0.5, 0.6), (-0.42, 0.2), (-0.2, 0.05), (0.2, 0.05), (0.42, 0.2), (0.5, 0.6)),),
    SensorKind.DOOR: (((-0.38, -0.6), (0.38, -0.6), (0.38, 0.6), (-0.38, 0.6)),),
    SensorKind.POWER: (((0.12, -0.7), (-0.4, 0.1), (-0.04, 0.1), (-0.14, 0.7), (0.4, -0.14), (0.04, -0.14)),),
    SensorKind.VALVE: (((-0.6, -0.4), (0, 0), (-0.6, 0.4)), ((0.6, -0.4), (0, 0), (0.6, 0.4))),
}
DOTS: dict[SensorKind, tuple[tuple[float, float, float], ...]] = {
    SensorKind.TEMPERATURE: ((0, 0.38, 0.26),),
    SensorKind.OCCUPANCY: ((0, -0.32, 0.26),),
    SensorKind.LIGHT: ((0, 0, 0.26),),
    SensorKind.OTHER: ((0, 0, 0.26),),
}


def sign(kind: SensorKind, x: float, y: float, r: float, colour: Colour) -> Iterator[Instruction]:
    """What stands for a kind of sensor, in a disc of radius r."""
    for area in AREAS.get(kind, ()):
        yield Polygon([[(x + a * r, y + b * r) for a, b in area]], fill=colour)
    for line in LINES.get(kind, ()):
        yield Polyline([(x + a * r, y + b * r) for a, b in line], colour, max(1.0, r * 0.2))
    for a, b, size in DOTS.get(kind, ()):
        yield Circle(x + a * r, y + b * r, size * r, fill=colour)
    if kind is SensorKind.CO2:
        yield Text(x, y + r * 0.32, "CO₂", r * 0.92, colour, bold=True, anchor="middle")


SHAPES = {
    Priority.CRITICAL: (8, 22.5 - 90),
    Priority.HIGH: (3, -90.0),
    Priority.MEDIUM: (4, -90.0),
    Priority.LOW: (24, 0.0),
}
"""Corners: alarms differ by their shape too."""


def reach(priority: Priority, state: AlarmState) -> float:
    """How far a halo goes, in radii of the mark."""
    if state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED):
        return 2.0
    return 3.2 if priority is Priority.CRITICAL else 2.7 if priority is Priority.HIGH else 2.3


def halo(priority: Priority, state: AlarmState, x: float, y: float, r: float) -> Iterator[Instruction]:
    """The glow of an alarm that nobody acknowledged; a thin ring once somebody has."""
    colour = PRIORITIES[priority]
    if state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED):
        yield Circle(x, y, r * 1.9, stroke=colour, width=max(1.2, r * 0.14))
        return
    far = reach(priority, state)
    for part, opacity in ((1.0, 0.13), (0.78, 0.17), (0.57, 0.24)):
        yield Circle(x, y, r * far * part, fill=colour, opacity=opacity)
    yield Circle(x, y, r * far, stroke=colour, width=max(1.2, r * 0.12))


def alarm(
    priority: Priority, state: AlarmState, annunciated: bool, x: float, y: float, r: float, colours: Palette
) -> Iterator[Instruction]:
    """The mark of an alarm: filled while it is active, hollow when it has returned to normal, grey when silenced."""
    colour = PRIORITIES[priority] if annunciated else colours.muted
    corners, start = SHAPES[priority]
    size = r * (1.22 if corners == 3 else 1.14 if corners == 4 else 1.0)
    low = y + (r * 0.16 if corners == 3 else 0)
    filled = state in (AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED)
    yield Polygon([around(x, low, size * 1.3, corners, start)], fill=WHITE)
    yield Polygon([around(x, low, size * 1.1, corners, start)], fill=colour)
    if not filled:
        yield Polygon([around(x, low, size * 0.82, corners, start)], fill=WHITE)
    ink = (WHITE if priority is not Priority.MEDIUM else (30, 24, 0)) if filled else colour
    if not annunciated and filled:
        ink = colours.page if colours.dark else WHITE
    yield Polyline([(x, y - r * 0.42), (x, y + r * 0.16)], ink, max(1.4, r * 0.22))
    yield Circle(x, y + r * 0.5, max(0.9, r * 0.14), fill=ink)


def stairs(rings: list[Ring], colour: Colour, unit: float) -> Iterator[Instruction]:
    """Treads across a staircase, the short way."""
    left, top, right, bottom = geometry.bounds(rings[:1])
    upright = bottom - top >= right - left
    flipped = rings if upright else [[(y, x) for x, y in ring] for ring in rings]
    low, high = (top, bottom) if upright else (left, right)
    step = max(7 * unit, 4.0)
    count = int((high - low) // step)
    for i in range(1, count):
        at = low + (high - low) * i / count
        for start, end in geometry.spans(flipped, at - 0.2, at + 0.2):
            points = [(start, at), (end, at)] if upright else [(at, start), (at, end)]
            yield Polyline(points, colour, max(1.0, unit))


def lift(rings: list[Ring], colour: Colour, unit: float) -> Iterator[Instruction]:
    """The cross of a shaft, in a room of four corners."""
    if len(rings[0]) == 4:
        a, b, c, d = rings[0]
        yield Polyline([a, c], colour, max(1.0, unit))
        yield Polyline([b, d], colour, max(1.0, unit))


def exit_sign(x: float, y: float, r: float) -> Iterator[Instruction]:
    """A green square with a running figure (after ISO 7010, E001)."""
    yield Polygon(
        [
            [
                (x - r * 1.25, y - r * 1.25),
                (x + r * 1.25, y - r * 1.25),
                (x + r * 1.25, y + r * 1.25),
                (x - r * 1.25, y + r * 1.25),
            ]
        ],
        fill=WHITE,
    )
    yield Polygon(
        [
            [
                (x - r * 1.1, y - r * 1.1),
                (x + r * 1.1, y - r * 1.1),
                (x + r * 1.1, y + r * 1.1),
                (x - r * 1.1, y + r * 1.1),
            ]
        ],
        fill=GREEN,
    )
    thick = max(1.2, r * 0.2)
    yield Circle(x + r * 0.22, y - r * 0.66, r * 0.2, fill=WHITE)
    for line in (
        ((0.12, -0.32), (-0.12, 0.2), (0.26, 0.42), (0.2, 0.86)),
        ((-0.12, 0.2), (-0.36, 0.6), (-0.74, 0.62)),
        ((-0.5, -0.02), (-0.36, -0.34), (0.12, -0.32), (0.42, -0.02), (0.7, -0.1)),
    ):
        yield Polyline([(x + a * r, y + b * r) for a, b in line], WHITE, thick)


def arrow(x: float, y: float, angle: float, r: float, colour: Colour) -> Polygon:
    """An arrow head that points along an angle (radians, y down)."""
    points = ((r, 0.0), (-r * 0.75, r * 0.8), (-r * 0.35, 0.0), (-r * 0.75, -r * 0.8))
    return Polygon(
        [[(x + a * cos(angle) - b * sin(angle), y + a * sin(angle) + b * cos(angle)) for a, b in points]], fill=colour
    )


def north(x: float, y: float, r: float, degrees: float, colours: Palette, language: Language) -> Iterator[Instruction]:
    """A compass needle; the letter stands where it points."""
    angle = radians(degrees - 90)
    tip = (x + r * cos(angle), y + r * sin(angle))
    for side, fill in ((1, colours.ink), (-1, colours.page)):
        wing = (x + r * 0.72 * cos(angle + side * 2.45), y + r * 0.72 * sin(angle + side * 2.45))
        heel = (x - r * 0.3 * cos(angle), y - r * 0.3 * sin(angle))
        yield Polygon([[tip, wing, heel]], fill=fill, stroke=colours.ink, width=max(1.0, r * 0.06))
    size = r * 0.85
    far = r + size * 0.62
    letter = words.phrase("north", language)
    yield Text(x + far * cos(angle), y + far * sin(angle) + size * 0.34, letter, size, colours.ink, True, "middle")


def scale_bar(
    x: float, y: float, scale: float, most: float, unit: float, colours: Palette, language: Language
) -> Iterator[Instruction]:
    """A bar of a round number of metres, no longer than `most` pixels."""
    lengths = [m * 10**e for e in range(-1, 5) for m in (1, 2, 5)]
    metres = max((length for length in lengths if length * scale <= most), default=lengths[0])
    parts, high = (4 if str(metres)[0] in "2" else 5), 7 * unit
    long = metres * scale
    for i in range(parts):
        left, right = x + long * i / parts, x + long * (i + 1) / parts
        box = [(left, y), (right, y), (right, y + high), (left, y + high)]
        yield Polygon([box], fill=colours.ink if i % 2 == 0 else colours.page, stroke=colours.ink, width=max(1.0, unit))
    size = 14 * unit
    yield Text(x, y - 6 * unit, "0", size, colours.muted)
    label = words.phrase("metres", language, count=words.number(metres, language))
    yield Text(x + long, y - 6 * unit, label, size, colours.muted, anchor="middle" if long > 60 * unit else "start")


def distance(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])
