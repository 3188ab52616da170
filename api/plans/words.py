"""The words that stand on a plan, in Russian and English."""

from __future__ import annotations

from datetime import date, datetime

from api.plans.floor import Layer
from db.models import Language, Priority, RoomKind, SensorKind, SensorStatus

Pair = tuple[str, str]
RU, EN = 0, 1

LAYERS: dict[Layer, Pair] = {
    Layer.ROOMS: ("Помещения", "Rooms"),
    Layer.TENANTS: ("Арендаторы", "Tenants"),
    Layer.VACANCY: ("Свободные помещения", "Vacancy"),
    Layer.LEASES: ("Сроки договоров", "Lease ends"),
    Layer.SENSORS: ("Датчики", "Sensors"),
    Layer.ALARMS: ("Тревоги", "Alarms"),
    Layer.HEAT: ("Тепловая карта", "Heat map"),
    Layer.FIRE_ZONES: ("Пожарные зоны", "Fire zones"),
    Layer.EVACUATION: ("Эвакуация", "Evacuation"),
}
KINDS: dict[RoomKind, Pair] = {
    RoomKind.OFFICE: ("Офис", "Office"),
    RoomKind.MEETING: ("Переговорная", "Meeting room"),
    RoomKind.CORRIDOR: ("Коридор", "Corridor"),
    RoomKind.LOBBY: ("Холл", "Lobby"),
    RoomKind.STAIRS: ("Лестница", "Stairs"),
    RoomKind.LIFT: ("Лифт", "Lift"),
    RoomKind.TOILET: ("Туалет", "Toilet"),
    RoomKind.KITCHEN: ("Кухня", "Kitchen"),
    RoomKind.STORAGE: ("Кладовая", "Storage"),
    RoomKind.TECHNICAL: ("Техническое", "Technical"),
    RoomKind.SERVER: ("Серверная", "Server room"),
    RoomKind.RETAIL: ("Магазин, кафе", "Shop, café"),
    RoomKind.PARKING: ("Парковка", "Parking"),
    RoomKind.LIVING: ("Жилое", "Living"),
    RoomKind.OTHER: ("Прочее", "Other"),
}
SENSORS: dict[SensorKind, Pair] = {
    SensorKind.TEMPERATURE: ("Температура", "Temperature"),
    SensorKind.HUMIDITY: ("Влажность", "Humidity"),
    SensorKind.CO2: ("CO₂", "CO₂"),
    SensorKind.OCCUPANCY: ("Число людей", "Occupancy"),
    SensorKind.MOTION: ("Движение", "Motion"),
    SensorKind.DOOR: ("Дверь", "Door"),
    SensorKind.LEAK: ("Протечка", "Leak"),
    SensorKind.SMOKE: ("Дым", "Smoke"),
    SensorKind.POWER: ("Мощность", "Power"),
    SensorKind.LIGHT: ("Освещённость", "Light"),
    SensorKind.NOISE: ("Шум", "Noise"),
    SensorKind.VALVE: ("Клапан", "Valve"),
    SensorKind.OTHER: ("Другой датчик", "Other sensor"),
}
STATUSES: dict[SensorStatus, Pair] = {
    SensorStatus.OK: ("исправен", "working"),
    SensorStatus.STALE: ("молчит", "silent"),
    SensorStatus.FAULT: ("неисправен", "faulty"),
    SensorStatus.UNKNOWN: ("состояние неизвестно", "state unknown"),
}
PRIORITIES: dict[Priority, Pair] = {
    Priority.CRITICAL: ("Критическая", "Critical"),
    Priority.HIGH: ("Высокая", "High"),
    Priority.MEDIUM: ("Средняя", "Medium"),
    Priority.LOW: ("Низкая", "Low"),
}
CONDITIONS: dict[str, Pair] = {
    "ALARM": ("тревога", "alarm"),
    "FAULT": ("неисправность", "fault"),
    "DISABLEMENT": ("отключена", "disabled"),
    "TEST": ("проверка", "test"),
}
MONTHS: dict[int, Pair] = {
    1: ("января", "January"),
    2: ("февраля", "February"),
    3: ("марта", "March"),
    4: ("апреля", "April"),
    5: ("мая", "May"),
    6: ("июня", "June"),
    7: ("июля", "July"),
    8: ("августа", "August"),
    9: ("сентября", "September"),
    10: ("октября", "October"),
    11: ("ноября", "November"),
    12: ("декабря", "December"),
}
PHRASES: dict[str, Pair] = {
    "level": ("уровень {level}", "level {level}"),
    "storey": ("{level} этаж", "Floor {level}"),
    "empty": ("На этом этаже помещений нет", "This floor has no rooms"),
    "empty_hint": (
        "Добавьте помещения или импортируйте план здания (IFC, IMDF).",
        "Add rooms, or import a plan of the building (IFC, IMDF).",
    ),
    "strip": ("Помещения без контура", "Rooms without an outline"),
    "vacant": ("Свободно", "Vacant"),
    "taken": ("Занято", "Let"),
    "not_let": ("Не сдаётся", "Not for rent"),
    "several": ("несколько арендаторов", "several tenants"),
    "more": ("и ещё {count}", "and {count} more"),
    "days": ("кончается до {days} дней", "ends within {days} days"),
    "later": ("кончается позже", "ends later"),
    "overdue": ("срок истёк", "has ended"),
    "until": ("до {day}", "until {day}"),
    "zone": ("Зона {code}", "Zone {code}"),
    "no_zone": ("вне зон", "in no zone"),
    "no_zones": ("Пожарные зоны не заданы", "No fire zones are defined"),
    "quiet": ("Тревог нет", "No alarms"),
    "acknowledged": ("принята", "acknowledged"),
    "returned": ("в норме, не принята", "back to normal, not acknowledged"),
    "silenced": ("отложена или подавлена", "shelved or suppressed"),
    "nowhere": ("без места на плане", "without a place on the plan"),
    "no_sensors": ("Датчиков на этаже нет", "This floor has no sensors"),
    "no_readings": ("Нет показаний: {kind}", "No readings: {kind}"),
    "estimated": ("оценка по соседним помещениям", "estimated from the rooms around"),
    "unmeasured": ("нет данных", "no data"),
    "way": ("путь к выходу", "way out"),
    "exit": ("выход, лестница", "exit, stairs"),
    "no_lift": ("лифтом не пользоваться", "do not use the lift"),
    "no_exit": ("Лестниц и выходов на плане нет", "The plan shows no stairs and no exits"),
    "cut_off": ("путь не найден", "no way found"),
    "computed": (
        "Пути рассчитаны по плану: в здании следуйте указателям.",
        "Ways are computed from the plan: in the building, follow the signs.",
    ),
    "highlighted": ("выделено", "pointed out"),
    "north": ("С", "N"),
    "metres": ("{count} м", "{count} m"),
    "square": ("{area} м²", "{area} m²"),
    "no_lease_end": ("бессрочно или без договора", "open-ended or no lease"),
}
SHORTER: dict[Language, tuple[tuple[str, str], ...]] = {
    Language.RU: (
        ("переговорная", "перег."),
        ("кабинет", "каб."),
        ("лестница", "лест."),
        ("лестничная клетка", "ЛК"),
        ("помещение", "пом."),
        ("отделение", "отд."),
        ("комната", "комн."),
        ("аудитория", "ауд."),
        ("лаборатория", "лаб."),
        ("электрощитовая", "щитовая"),
        ("техническое", "тех."),
        ("директора", "дир."),
        ("преподавательская", "преп."),
        ("мужской", "муж."),
        ("женский", "жен."),
        ("кафедра", "каф."),
        ("тепловой пункт", "ИТП"),
    ),
    Language.EN: (
        ("meeting room", "meeting"),
        ("conference room", "conf."),
        ("department", "dept."),
        ("laboratory", "lab"),
        ("reception", "recep."),
        ("storage", "stor."),
        ("technical", "tech."),
        ("mechanical", "mech."),
        ("electrical", "elec."),
        ("corridor", "corr."),
    ),
}
"""How long words of a name are abbreviated, before it is cut."""
FORMS = ("общество с ограниченной ответственностью", "ооо", "ао", "пао", "зао", "ип", "llc", "ltd", "inc", "gmbh")
"""Legal forms that a label leaves out."""


def said(pair: Pair, language: Language) -> str:
    return pair[RU if language is Language.RU else EN]


def phrase(name: str, language: Language, **values: object) -> str:
    return said(PHRASES[name], language).format(**values)


def moment(at: datetime, language: Language) -> str:
    """As "22 ноября 2026, 17:05", in the zone that it has."""
    return f"{at.day} {said(MONTHS[at.month], language)} {at.year}, {at:%H:%M}"


def day(when: date, language: Language) -> str:
    """As "31.12.2026" or "31 Dec 2026"."""
    return f"{when:%d.%m.%Y}" if language is Language.RU else f"{when.day} {MONTHS[when.month][EN][:3]} {when.year}"


def number(value: float, language: Language, digits: int | None = None) -> str:
    """A value as people write it, with as many digits as it deserves."""
    places = digits if digits is not None else (0 if abs(value) >= 100 or value == int(value) else 1)
    text = f"{value:,.{places}f}".replace(",", " " if language is Language.RU else ",")
    return text.replace(".", ",") if language is Language.RU else text


def abbreviated(name: str) -> str:
    """A name with its long words cut to what people write."""
    for pairs in SHORTER.values():
        for word, short in pairs:
            at = name.lower().find(word)
            if at >= 0 and not name[at + len(word) : at + len(word) + 1].isalpha():
                name = (
                    name[:at]
                    + (short.capitalize() if name[at].isupper() and short.islower() else short)
                    + (name[at + len(word) :])
                )
    return name


def tenant(name: str) -> str:
    """A tenant's name without its legal form and the quotes around it."""
    words = name.replace("«", " ").replace("»", " ").replace('"', " ").split()
    kept = [word for word in words if word.lower().strip(".,") not in FORMS]
    return " ".join(kept).strip(" ,") or name
