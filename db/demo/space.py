"""The rooms of the demo building: two rows of rooms along a corridor, stairs at the ends, lifts in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.models import RoomKind
from db.models.base import Outline

CODE = "ladoga"
NAME = "Бизнес-центр «Ладога»"
ADDRESS = "Санкт-Петербург, Тихореченская наб., 12"
ZONE = "Europe/Moscow"
WIDTH, DEPTH = 60.0, 23.0
SOUTH, CORRIDOR, NORTH = (0.0, 10.0), (10.0, 13.0), (13.0, 23.0)
HEIGHT = 3.6

OFFICE, MEETING, RETAIL = RoomKind.OFFICE, RoomKind.MEETING, RoomKind.RETAIL
Plan = tuple[tuple[int, str | None, RoomKind, float, int | None], ...]
"""Number within the floor, name, kind, width in metres, seats; from west to east."""

ROWS: dict[int, tuple[Plan, Plan, Plan]] = {
    1: (
        (
            (1, "Вестибюль", RoomKind.LOBBY, 13, None),
            (2, "Пост охраны", RoomKind.OTHER, 4, 2),
            (3, "Кофейня", RETAIL, 10, 32),
            (4, "Аптека", RETAIL, 8, None),
            (5, "Отделение банка", OFFICE, 12, 14),
            (6, "Офис", OFFICE, 8, 10),
        ),
        (
            (7, "Переговорная «Нева»", MEETING, 7, 10),
            (8, "Офис", OFFICE, 8, 9),
            (9, "Кладовая", RoomKind.STORAGE, 6, None),
        ),
        (
            (10, "Электрощитовая", RoomKind.TECHNICAL, 6, None),
            (11, "Тепловой пункт", RoomKind.TECHNICAL, 8, None),
            (12, "Диспетчерская", OFFICE, 10, 4),
        ),
    ),
    2: (
        (
            (1, "Открытый офис", OFFICE, 12, 18),
            (2, "Офис", OFFICE, 9, 12),
            (3, "Бухгалтерия", OFFICE, 8, 8),
            (4, "Переговорная «Онега»", MEETING, 6, 8),
            (5, "Офис", OFFICE, 10, 12),
            (6, "Офис", OFFICE, 10, 14),
        ),
        ((7, "Кухня", RoomKind.KITCHEN, 6, 12), (8, "Офис", OFFICE, 9, 10), (9, "Кабинет", OFFICE, 6, 3)),
        (
            (10, "Серверная", RoomKind.SERVER, 6, None),
            (11, "Офис", OFFICE, 10, 12),
            (12, "Архив", RoomKind.STORAGE, 8, None),
        ),
    ),
    3: (
        (
            (1, "Открытый офис", OFFICE, 15, 24),
            (2, "Офис", OFFICE, 10, 12),
            (3, "Офис", OFFICE, 8, 9),
            (4, "Переговорная «Ладога»", MEETING, 8, 14),
            (5, "Кабинет директора", OFFICE, 6, 2),
            (6, "Студия", OFFICE, 8, 8),
        ),
        (
            (7, "Кухня", RoomKind.KITCHEN, 6, 12),
            (8, "Офис", OFFICE, 9, 10),
            (9, "Комната отдыха", RoomKind.OTHER, 6, 8),
        ),
        (
            (10, "Венткамера", RoomKind.TECHNICAL, 6, None),
            (11, "Офис", OFFICE, 10, 12),
            (12, "Кабинет", OFFICE, 8, 4),
        ),
    ),
}
"""South row from the west wall, north row from stairs A to the lifts, north row from the lifts to the east wall."""

CORE: tuple[tuple[int, str, RoomKind, tuple[float, float, float, float]], ...] = (
    (90, "Коридор", RoomKind.CORRIDOR, (0, 10, WIDTH, 3)),
    (91, "Лестница А", RoomKind.STAIRS, (0, 13, 5, 10)),
    (92, "Лестница Б", RoomKind.STAIRS, (55, 0, 5, 10)),
    (93, "Лифтовой холл", RoomKind.LOBBY, (26, 13, 10, 4)),
    (94, "Лифт 1", RoomKind.LIFT, (26, 17, 2.5, 6)),
    (95, "Лифт 2", RoomKind.LIFT, (28.5, 17, 2.5, 6)),
    (96, "Туалет мужской", RoomKind.TOILET, (31, 17, 2.5, 6)),
    (97, "Туалет женский", RoomKind.TOILET, (33.5, 17, 2.5, 6)),
)
"""What every floor has: x, y, width and depth in metres."""

ZONES: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("1", "Первый этаж", (1,), ()),
    ("2", "Второй этаж", (2,), ()),
    ("3", "Третий этаж", (3,), ()),
    ("4", "Лестница А", (1, 2, 3), (91,)),
    ("5", "Лестница Б", (1, 2, 3), (92,)),
)
"""Fire zones: code, name, floors, and which rooms of the core (none: all rooms but the stairs)."""

ALIASES: tuple[tuple[str | None, str, str], ...] = (
    (None, "Ладога", "RU"),
    (None, "Ladoga", "EN"),
    (None, "бизнес-центр", "RU"),
    ("101", "холл", "RU"),
    ("101", "lobby", "EN"),
    ("102", "охрана", "RU"),
    ("102", "security desk", "EN"),
    ("103", "кафе", "RU"),
    ("103", "coffee shop", "EN"),
    ("104", "pharmacy", "EN"),
    ("105", "банк", "RU"),
    ("107", "переговорка Нева", "RU"),
    ("107", "Neva meeting room", "EN"),
    ("110", "щитовая", "RU"),
    ("110", "switchboard room", "EN"),
    ("111", "бойлерная", "RU"),
    ("112", "control room", "EN"),
    ("201", "опенспейс", "RU"),
    ("204", "переговорка", "RU"),
    ("204", "meeting room", "EN"),
    ("207", "кухня на втором", "RU"),
    ("207", "kitchen", "EN"),
    ("210", "серверка", "RU"),
    ("210", "server room", "EN"),
    ("212", "archive", "EN"),
    ("301", "open space", "EN"),
    ("304", "большая переговорка", "RU"),
    ("304", "Ladoga meeting room", "EN"),
    ("305", "директор", "RU"),
    ("310", "вентиляция", "RU"),
    ("310", "ventilation room", "EN"),
)
"""Room (None: the building), the name that people use, its language."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its box: x, y, width and depth in metres."""

    number: str
    level: int
    name: str | None
    kind: RoomKind
    box: tuple[float, float, float, float]
    capacity: int | None = None

    @property
    def area(self) -> float:
        return round(self.box[2] * self.box[3], 2)

    @property
    def outline(self) -> Outline:
        return rectangle(*self.box)


def rectangle(x: float, y: float, width: float, depth: float) -> Outline:
    """A closed ring, counter-clockwise."""
    return [[[x, y], [x + width, y], [x + width, y + depth], [x, y + depth], [x, y]]]


def rooms() -> Iterator[Room]:
    """All rooms, floor by floor."""
    for level, (south, west, east) in ROWS.items():
        for plan, start, (low, high) in ((south, 0.0, SOUTH), (west, 5.0, NORTH), (east, 36.0, NORTH)):
            x = start
            for number, name, kind, width, capacity in plan:
                yield Room(f"{level}{number:02}", level, name, kind, (x, low, float(width), high - low), capacity)
                x += width
        for number, name, kind, box in CORE:
            yield Room(f"{level}{number}", level, name, kind, box)


def zone_rooms(levels: tuple[int, ...], core: tuple[int, ...]) -> list[str]:
    """Numbers of the rooms of a fire zone."""
    stairs = {f"{level}{number}" for level in ROWS for number, _, kind, _ in CORE if kind is RoomKind.STAIRS}
    if core:
        return [f"{level}{number}" for level in levels for number in core]
    return [room.number for room in rooms() if room.level in levels and room.number not in stairs]


__all__ = [
    "ADDRESS",
    "ALIASES",
    "CODE",
    "DEPTH",
    "HEIGHT",
    "NAME",
    "WIDTH",
    "ZONE",
    "ZONES",
    "Room",
    "rectangle",
    "rooms",
    "zone_rooms",
]
