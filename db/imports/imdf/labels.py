"""Names of IMDF: labels in several languages, numbers in them, and what unnamed rooms are called by their category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from db.imports.ifc.kinds import guess
from db.imports.ifc.names import meaningful
from db.models import Language, RoomKind

GENERIC = re.compile(
    r"^(кабинет|каб|комната|помещение|аудитория|ауд|класс|офис|room|classroom|cabinet|office|rm)\W*$", re.I
)
"""Names that say no more than that it is a room."""
CODE = re.compile(
    r"(?<![\w.])(?=[\w.\-/]*\d)[A-Za-zА-Яа-яЁё]{0,3}[-.]?\d{1,5}(?:[.\-/]?\d{1,4})?[A-Za-zА-Яа-яЁё]{0,2}(?!\w)"
)
"""A room's number in its name: 104, 101а, 100.1, A-12, 12/3."""
NO_ROOM = frozenset(
    ("brick", "column", "concrete", "drywall", "glass", "wood", "structure", "opentobelow", "vegetation", "road")
)
"""Categories of units that nobody can be in."""
CATEGORIES: Mapping[str, tuple[RoomKind, str, str, str, str]] = {
    "auditorium": (RoomKind.MEETING, "Аудитория", "Auditorium", "А", "A"),
    "classroom": (RoomKind.MEETING, "Аудитория", "Classroom", "А", "A"),
    "conferenceroom": (RoomKind.MEETING, "Переговорная", "Conference room", "П", "M"),
    "huddleroom": (RoomKind.MEETING, "Переговорная", "Huddle room", "П", "M"),
    "office": (RoomKind.OFFICE, "Офис", "Office", "О", "O"),
    "administration": (RoomKind.OFFICE, "Администрация", "Administration", "О", "O"),
    "walkway": (RoomKind.CORRIDOR, "Коридор", "Corridor", "К", "C"),
    "ramp": (RoomKind.CORRIDOR, "Пандус", "Ramp", "К", "C"),
    "footbridge": (RoomKind.CORRIDOR, "Переход", "Footbridge", "К", "C"),
    "lobby": (RoomKind.LOBBY, "Вестибюль", "Lobby", "В", "L"),
    "lounge": (RoomKind.LOBBY, "Зона отдыха", "Lounge", "В", "L"),
    "waitingroom": (RoomKind.LOBBY, "Зал ожидания", "Waiting room", "В", "L"),
    "stairs": (RoomKind.STAIRS, "Лестница", "Stairs", "Л", "S"),
    "steps": (RoomKind.STAIRS, "Ступени", "Steps", "Л", "S"),
    "escalator": (RoomKind.STAIRS, "Эскалатор", "Escalator", "Э", "E"),
    "elevator": (RoomKind.LIFT, "Лифт", "Lift", "Лф", "E"),
    "restroom": (RoomKind.TOILET, "Туалет", "Restroom", "Т", "T"),
    "restroom.female": (RoomKind.TOILET, "Туалет женский", "Women's restroom", "Т", "T"),
    "restroom.male": (RoomKind.TOILET, "Туалет мужской", "Men's restroom", "Т", "T"),
    "shower": (RoomKind.TOILET, "Душевая", "Shower", "Т", "T"),
    "kitchen": (RoomKind.KITCHEN, "Кухня", "Kitchen", "Кх", "K"),
    "foodservice": (RoomKind.RETAIL, "Кафе", "Café", "Кф", "F"),
    "storage": (RoomKind.STORAGE, "Склад", "Storage", "С", "St"),
    "wardrobe": (RoomKind.STORAGE, "Гардероб", "Cloakroom", "Г", "W"),
    "library": (RoomKind.OTHER, "Библиотека", "Library", "Б", "B"),
    "laboratory": (RoomKind.OTHER, "Лаборатория", "Laboratory", "Лб", "Lb"),
    "security": (RoomKind.OTHER, "Пост охраны", "Security", "Ох", "G"),
    "serverroom": (RoomKind.SERVER, "Серверная", "Server room", "Ср", "Sv"),
    "nonpublic": (RoomKind.TECHNICAL, "Служебное помещение", "Service room", "Сл", "N"),
    "shop": (RoomKind.RETAIL, "Магазин", "Shop", "М", "Sh"),
    "parking": (RoomKind.PARKING, "Парковка", "Parking", "Пк", "P"),
}
"""Kind, name in Russian and English, and the letters of numbers made up, by category; also some that IMDF lacks."""
ANY = (RoomKind.OTHER, "Помещение", "Room", "П", "R")


def labels(value: Any) -> dict[Language, str]:
    """A label (`{"ru": …, "en-GB": …}`) in the languages of the house; another language stands for English."""
    if isinstance(value, str):
        value = {"en": value}
    if not isinstance(value, dict):
        return {}
    found: dict[Language, str] = {}
    for tag, each in value.items():
        text = meaningful(each) if isinstance(each, str) else None
        if text is not None:
            language = Language.RU if str(tag).lower().split("-")[0] == "ru" else Language.EN
            if language not in found or str(tag).lower().startswith("en"):
                found[language] = text
    return found


def best(names: Mapping[Language, str], language: Language) -> str | None:
    """The name in the language, else in the other."""
    return names.get(language) or next(iter(names.values()), None)


def known(category: str | None) -> tuple[RoomKind, str, str, str, str]:
    """What is known of a category, or of what it is a kind of."""
    text = (category or "").lower()
    while text:
        if text in CATEGORIES:
            return CATEGORIES[text]
        text = text.rpartition(".")[0]
    return ANY


def kind_of(category: str | None, names: Iterable[str | None]) -> RoomKind:
    """By its category; where that says little, by what it is called."""
    by_category, by_name = known(category)[0], guess(*names)
    if by_category in (RoomKind.OTHER, RoomKind.MEETING) and by_name is not RoomKind.OTHER:
        return by_name
    return by_category


def number_in(short: str | None, name: str | None) -> str | None:
    """The number of a room: its short name when that is one, else the number in its name."""
    for text in (short, name):
        if text is not None:
            found = CODE.findall(text)
            if len(found) == 1:
                return str(found[0])
    return None


def spoken(name: str, number: str | None) -> str | None:
    """A name without its number and without words that say nothing: «Кабинет 306, Деканат ИКНТ» → «Деканат ИКНТ»."""
    parts = []
    for part in name.split(","):
        rest = part.replace(number, " ") if number is not None else part
        rest = " ".join(rest.split()).strip(" -–—.,№")
        if rest:
            parts.append(rest)
    telling = [part for part in parts if not GENERIC.match(part)]
    return ", ".join(telling or parts[:1]) or None


def looks(number: str) -> str:
    """A number as it looks: 101а with a Cyrillic and with a Latin letter are the same."""
    return number.lower().translate(str.maketrans("авекмнорстух", "abekmhopctyx"))


__all__ = ["GENERIC", "NO_ROOM", "best", "kind_of", "known", "labels", "looks", "number_in", "spoken"]
