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
    "importing.occupants": (
        "{occupants} occupants: {tenants} new tenants, {leases} new leases, {placed} placed; {names} further names.",
        "Арендаторов в файле: {occupants}; новых {tenants}, договоров {leases}, размещений {placed};"
        " дополнительных названий {names}.",
    ),
    "importing.read": ("Read: {which}.", "Прочитано: {which}."),
    "importing.skipped": ("Not read: {which}.", "Не читалось: {which}."),
    "importing.dry_run": ("This was a dry run: nothing was kept.", "Это была проверка: ничего не сохранено."),
    "importing.readings": (
        "{rows} rows read: {stored} readings stored, {known} known already, {bad} not taken.",
        "Прочитано строк: {rows}; записано показаний: {stored}, уже были: {known}, не взято: {bad}.",
    ),
    "importing.span": ("From {first} to {last} (UTC).", "С {first} по {last} (UTC)."),
    "importing.twice": (
        "{count} times lie in an hour that happened twice: in each series the first pass was taken as summer time.",
        "Времён в повторяющемся часе: {count}; в каждом ряду первый проход считается летним временем.",
    ),
    "importing.refused": ("Not taken: {reason} – {count}", "Не взято: {reason} – {count}"),
    "importing.line": ("  line {line}: {reason}{text}", "  строка {line}: {reason}{text}"),
    "importing.more": ("  … and {count} more", "  … и ещё {count}"),
}
