"""What is said of `markoff import`: code → English, Russian."""

SENTENCES = {
    "importing.level": ("Level", "Уровень"),
    "importing.storey": ("Storey", "Этаж"),
    "importing.elevation": ("Elevation, m", "Отметка, м"),
    "importing.rooms": ("Rooms", "Помещений"),
    "importing.area": ("Area, m²", "Площадь, м²"),
    "importing.declared": ("Declared, m²", "Заявлено, м²"),
    "importing.stored": (
        "{storeys} storeys, {rooms} rooms: {made} new, {changed} changed, {same} as before.",
        "Этажей: {storeys}, помещений: {rooms}; новых {made}, изменено {changed}, без изменений {same}.",
    ),
}
