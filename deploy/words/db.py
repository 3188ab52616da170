"""What is said of `markoff db`: code → English, Russian."""

SENTENCES = {
    "db.upgraded": (
        "The tables are now those of this version.",
        "Таблицы приведены к этой версии.",
    ),
    "db.current": (
        "The tables are those of this version already.",
        "Таблицы уже этой версии.",
    ),
    "db.version": (
        "PostgreSQL {server}, revision {revision} of {head}.",
        "PostgreSQL {server}, ревизия {revision} из {head}.",
    ),
    "db.sound": (
        "All is well: {constraints} constraints hold.",
        "Всё в порядке: ограничений в силе — {constraints}.",
    ),
    "db.unsound": (
        "The database is not as it should be. If it is only behind: markoff db upgrade.",
        "База данных не такая, как должна быть. Если она лишь отстала: markoff db upgrade.",
    ),
    "db.behind": (
        "The tables are of revision {revision}, this version needs {head}.",
        "Таблицы ревизии {revision}, а этой версии нужна {head}.",
    ),
    "db.differs": (
        "The tables differ from this version: {difference}",
        "Таблицы отличаются от этой версии: {difference}",
    ),
    "db.invalid": (
        "Not valid: {name}.",
        "Не действует: {name}.",
    ),
    "db.not_empty": (
        "The house is not empty: the demo building goes only into an empty one (markoff db reset).",
        "Дом не пуст: демонстрационное здание ставится только в пустой (markoff db reset).",
    ),
    "db.seeded": (
        "The demo building stands.",
        "Демонстрационное здание готово.",
    ),
    "db.restored": (
        "The stream of changes begins anew: whoever comes with an old cursor is told to read everything again.",
        "Поток изменений начат заново: кто придёт со старым курсором, узнает, что надо прочитать всё сначала.",
    ),
    "db.begun_known": (
        "The house knows its people.",
        "Дом знает своих людей.",
    ),
    "db.begun_planted": (
        "The house was empty: the demo building stands, with its people.",
        "Дом был пуст: поставлено демонстрационное здание с его людьми.",
    ),
    "db.begun_empty": (
        "The house was empty: {login} is its administrator, with the password of MARKOFF_ADMIN_PASSWORD.",
        "Дом был пуст: его администратор — {login}, пароль — из MARKOFF_ADMIN_PASSWORD.",
    ),
    "db.no_agent_key": (
        "MARKOFF_AGENT_KEY is needed: mk_, 12 hexadecimal digits, _, and 40 or more of them, made at random.",
        "Нужен MARKOFF_AGENT_KEY: mk_, 12 шестнадцатеричных цифр, _, и ещё 40 или больше — случайные.",
    ),
    "db.no_admin_password": (
        "MARKOFF_ADMIN_PASSWORD is needed, with at least {least} letters: nobody is known to this house yet.",
        "Нужен MARKOFF_ADMIN_PASSWORD, не короче {least} знаков: в этом доме ещё никого не знают.",
    ),
    "db.running": (
        "The house is running (process {pid}). Stop it first.",
        "Дом работает (процесс {pid}). Сначала остановите его.",
    ),
    "db.reset?": (
        "Erase everything the building and the agent remember?",
        "Стереть всё, что помнят здание и агент?",
    ),
    "db.kept": (
        "Nothing was erased.",
        "Ничего не стёрто.",
    ),
    "db.erased": (
        "Everything was erased; the tables are new.",
        "Всё стёрто; таблицы новые.",
    ),
}
