"""Where sensors and alarms stand on the page: at their place, moved aside where they would lie on one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, hypot, sqrt

from api.plans import geometry, symbols, words
from api.plans.floor import AlarmPicture, FloorPicture, Layer, SensorPicture, Wish
from api.plans.frame import Frame
from api.plans.free import Page, inner_point
from api.plans.geometry import Box, Point, Ring
from api.plans.legend import Glyph, Item
from api.plans.palette import PRIORITIES, SENSORS, STATUSES, Palette
from api.plans.shapes import Instruction, LegendEntry, Polygon, hexed
from db.models import AlarmState, Priority, SensorKind, SensorStatus

RINGS = 7
"""How many rings of free places are tried about a place that is taken."""


@dataclass(slots=True)
class Markers:
    """Places of sensors and alarms by id, and what has no place."""

    r: float
    alarm_r: float
    sensors: dict[int, Point]
    alarms: dict[int, Point]
    lost_sensors: int = 0
    lost_alarms: int = 0


def placed(floor: FloorPicture, wish: Wish, frame: Frame, shown: list[SensorPicture], page: Page) -> Markers:
    """Find everybody's place, alarms first: what is urgent stays where it is."""
    found = Markers(_radius(frame, len(shown)), 11.5 * frame.unit, {}, {})
    kinds = {sensor.id: sensor for sensor in floor.sensors}
    glows: list[Box] = []
    if Layer.ALARMS in wish.layers:
        for alarm in sorted(floor.alarms, key=lambda one: (-_rank(one), one.id)):
            wanted = _alarm_place(alarm, kinds, frame)
            if wanted is None:
                found.lost_alarms += 1
                continue
            found.alarms[alarm.id] = _free(wanted, None, found.alarm_r * 1.3, page)
            glows.append(_glow(alarm, found.alarms[alarm.id], found.alarm_r))
    for sensor in shown:
        wanted = _sensor_place(sensor, frame)
        if wanted is None:
            found.lost_sensors += 1
            continue
        rings = frame.rooms.get(sensor.room) if sensor.room is not None else None
        found.sensors[sensor.id] = _free(wanted, rings, found.r * 1.16, page)
    for glow in glows:
        page.take(glow)
    return found


def _glow(alarm: AlarmPicture, spot: Point, r: float) -> Box:
    """What a halo covers: no label stands there."""
    reach = r * (symbols.reach(alarm.priority, alarm.state) if alarm.annunciated else 1.3)
    return spot[0] - reach, spot[1] - reach, spot[0] + reach, spot[1] + reach


def _rank(alarm: AlarmPicture) -> int:
    return list(Priority).index(alarm.priority) * 2 + (alarm.state is AlarmState.ACTIVE)


def _radius(frame: Frame, count: int) -> float:
    """Signs are smaller where there are many."""
    ground = sum(abs(geometry.area(rings[0])) for rings in frame.rooms.values())
    return max(2.6 * frame.unit, min(10.0 * frame.unit, 0.13 * sqrt(ground / max(1, count))))


def _sensor_place(sensor: SensorPicture, frame: Frame) -> Point | None:
    if sensor.x is not None and sensor.y is not None and frame.scale and sensor.room not in frame.strip:
        return frame.place(sensor.x, sensor.y)
    rings = frame.rooms.get(sensor.room) if sensor.room is not None else None
    if rings is None:
        return None
    left, top, right, bottom = geometry.bounds(rings[:1])
    corner = (left + 0.82 * (right - left), top + 0.8 * (bottom - top))
    return corner if geometry.inside(rings, *corner) else inner_point(rings)


def _alarm_place(alarm: AlarmPicture, sensors: dict[int, SensorPicture], frame: Frame) -> Point | None:
    if alarm.x is not None and alarm.y is not None and frame.scale:
        return frame.place(alarm.x, alarm.y)
    if alarm.sensor in sensors and (spot := _sensor_place(sensors[alarm.sensor], frame)):
        return spot
    rings = frame.rooms.get(alarm.room) if alarm.room is not None else None
    return inner_point(rings) if rings else None


def _free(wanted: Point, rings: list[Ring] | None, r: float, page: Page) -> Point:
    """The nearest place, in the room if there is one, on which nothing stands yet; else the place itself.

    On a whole pixel, so that a sign looks the same wherever it stands.
    """
    wanted = best = (float(round(wanted[0])), float(round(wanted[1])))
    for x, y in _about(wanted, 2 * ceil(r)):
        box = (x - r, y - r, x + r, y + r)
        if page.near(box) or (rings and not _within(rings, x, y, r)):
            continue
        best = (x, y)
        break
    x, y = best
    page.take((x - r, y - r, x + r, y + r))
    return best


def _within(rings: list[Ring], x: float, y: float, r: float) -> bool:
    return any(start <= x - r and x + r <= end for start, end in geometry.spans(rings, y - r, y + r))


def _about(centre: Point, step: float) -> Iterator[Point]:
    """A point and places around it on a grid, the nearest first."""
    for a, b in GRID:
        yield centre[0] + a * step / 2, centre[1] + b * step / 2


GRID = sorted(((a, b) for a in range(-RINGS, RINGS + 1) for b in range(-RINGS, RINGS + 1)), key=lambda at: hypot(*at))


def sensors(shown: list[SensorPicture], found: Markers, colours: Palette) -> Iterator[Instruction]:
    for sensor in shown:
        if spot := found.sensors.get(sensor.id):
            yield from symbols.sensor(sensor.kind, sensor.status, *spot, found.r, colours)


def halos(floor: FloorPicture, found: Markers) -> Iterator[Instruction]:
    for alarm in floor.alarms:
        spot = found.alarms.get(alarm.id)
        if spot and alarm.annunciated and alarm.state is not AlarmState.CLOSED:
            yield from symbols.halo(alarm.priority, alarm.state, *spot, found.alarm_r)


def alarms(floor: FloorPicture, found: Markers, colours: Palette) -> Iterator[Instruction]:
    """The marks, the most urgent on top."""
    for alarm in sorted(floor.alarms, key=lambda one: (_rank(one), one.id)):
        if spot := found.alarms.get(alarm.id):
            yield from symbols.alarm(alarm.priority, alarm.state, alarm.annunciated, *spot, found.alarm_r, colours)


def alarmed_rooms(floor: FloorPicture, frame: Frame, unit: float) -> Iterator[Instruction]:
    """Rooms with a live alarm have walls in its colour."""
    worst: dict[int, Priority] = {}
    rooms = {sensor.id: sensor.room for sensor in floor.sensors}
    for alarm in sorted(floor.alarms, key=_rank):
        room = alarm.room if alarm.room is not None else rooms.get(alarm.sensor or -1)
        if alarm.annunciated and room in frame.rooms and room is not None:
            worst[room] = alarm.priority
    for room, priority in worst.items():
        yield Polygon(frame.rooms[room], stroke=PRIORITIES[priority], width=3.4 * unit)


def legend(floor: FloorPicture, wish: Wish, shown: list[SensorPicture], found: Markers, colours: Palette) -> list[Item]:
    """A line for each kind and status of sensors, and for each priority and state of alarms."""
    items: list[Item] = []
    if Layer.SENSORS in wish.layers:
        items += _sensor_lines(wish, shown, found, colours)
    if Layer.ALARMS in wish.layers:
        items += _alarm_lines(floor, wish, found, colours)
    return items


def _sensor_lines(wish: Wish, shown: list[SensorPicture], found: Markers, colours: Palette) -> Iterator[Item]:
    language, layer = wish.language, Layer.SENSORS
    if not shown:
        yield Item(LegendEntry(layer, "NOTE", words.phrase("no_sensors", language)), None)
    for kind, count in Counter(sensor.kind for sensor in shown).most_common():
        entry = LegendEntry(layer, "SENSOR", words.said(words.SENSORS[kind], language), hexed(SENSORS[kind]), count)
        yield Item(entry, _sensor_sign(kind, colours))
    statuses = Counter(sensor.status for sensor in shown)
    for status in SensorStatus:
        if status is not SensorStatus.OK and statuses[status]:
            label = words.said(words.STATUSES[status], language)
            entry = LegendEntry(layer, "STATUS", label, hexed(STATUSES[status]), statuses[status])
            yield Item(entry, _badge(status))
    if found.lost_sensors:
        yield Item(LegendEntry(layer, "NOTE", words.phrase("nowhere", language), count=found.lost_sensors), None)


def _sensor_sign(kind: SensorKind, colours: Palette) -> Glyph:
    return lambda x, y, r: symbols.sensor(kind, SensorStatus.OK, x, y, r * 1.15, colours)


def _badge(status: SensorStatus) -> Glyph:
    return lambda x, y, r: symbols.badge(status, x, y, r * 0.85)


def _alarm_lines(floor: FloorPicture, wish: Wish, found: Markers, colours: Palette) -> Iterator[Item]:
    language, layer = wish.language, Layer.ALARMS
    if not floor.alarms:
        yield Item(LegendEntry(layer, "NOTE", words.phrase("quiet", language)), None)
    counts = Counter((alarm.priority, _state(alarm), alarm.annunciated) for alarm in floor.alarms)
    for (priority, state, annunciated), count in sorted(counts.items(), key=_urgency):
        label = words.said(words.PRIORITIES[priority], language)
        word = {AlarmState.ACKNOWLEDGED: "acknowledged", AlarmState.RETURNED: "returned"}.get(state)
        if not annunciated:
            word = "silenced"
        label += f", {words.phrase(word, language)}" if word else ""
        colour = hexed(PRIORITIES[priority] if annunciated else colours.muted)

        def glyph(
            x: float, y: float, r: float, a: Priority = priority, b: AlarmState = state, c: bool = annunciated
        ) -> Iterator[Instruction]:
            if c and b is AlarmState.ACKNOWLEDGED:
                yield from symbols.halo(a, b, x, y, r * 0.7)
            yield from symbols.alarm(a, b, c, x, y, r * 0.95 if b is not AlarmState.ACKNOWLEDGED else r * 0.7, colours)

        yield Item(LegendEntry(layer, "ALARM", label, colour, count), glyph)
    if found.lost_alarms:
        yield Item(LegendEntry(layer, "NOTE", words.phrase("nowhere", language), count=found.lost_alarms), None)


def _state(alarm: AlarmPicture) -> AlarmState:
    """As the legend tells states apart."""
    return AlarmState.RETURNED if alarm.state is AlarmState.LATCHED else alarm.state


def _urgency(line: tuple[tuple[Priority, AlarmState, bool], int]) -> tuple[bool, int, int]:
    (priority, state, annunciated), _ = line
    return not annunciated, -list(Priority).index(priority), list(AlarmState).index(state)


__all__ = ["Markers", "alarmed_rooms", "alarms", "halos", "legend", "placed", "sensors"]
