"""What is said about the building's database: code → English, Russian."""

SENTENCES = {
    "database.empty": (
        "The database {url} has no tables of Markoff yet. Make them with: markoff db upgrade",
        "В базе данных {url} ещё нет таблиц Markoff. Создайте их: markoff db upgrade",
    ),
    "database.bad_url": (
        "{url} is no address of a database. It looks like postgresql://user:password@host/name.",
        "{url} — не адрес базы данных. Он выглядит так: postgresql://user:password@host/name.",
    ),
    "database.unreachable": (
        "The database {url} does not answer: {reason}",
        "База данных {url} не отвечает: {reason}",
    ),
    "database.too_old": (
        "The database {url} is PostgreSQL {found}: Markoff needs 15 or newer.",
        "База данных {url} — PostgreSQL {found}, а Markoff нужен 15 или новее.",
    ),
    "database.pooler": (
        "The address {url} is that of a pooler (PgBouncer), where nobody can listen or hold a lock. Give PostgreSQL's"
        " own address as well, in MARKOFF_DIRECT_URL (database.direct_url): docs/operations.md.",
        "По адресу {url} отвечает пулер (PgBouncer): через него нельзя слушать и держать блокировки. Укажите ещё и"
        " адрес самого PostgreSQL в MARKOFF_DIRECT_URL (database.direct_url): docs/operations.md.",
    ),
    "database.no_cyrillic": (
        "The database {url} does not know Russian letters (lower('Ж') is not 'ж'). "
        "Create it with ENCODING 'UTF8' and a locale such as C.UTF-8.",
        "База данных {url} не знает русских букв (lower('Ж') — не 'ж'). "
        "Создайте её с ENCODING 'UTF8' и локалью, например C.UTF-8.",
    ),
    "database.newer": (
        "The database {url} was written by a newer Markoff. Upgrade this one; nothing was changed.",
        "База данных {url} создана более новым Markoff. Обновите этот; ничего не изменено.",
    ),
    "database.no_memory": (
        "The agent needs a database {name} with a login of its own, and this login may not make it ({reason}). "
        "Make it and give its address in MARKOFF_MEMORY_URL.",
        "Агенту нужна база {name} с собственной учётной записью, а у этой записи нет прав создать её ({reason}). "
        "Создайте её и укажите адрес в MARKOFF_MEMORY_URL.",
    ),
}
