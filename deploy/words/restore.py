"""What is said of `markoff restore`: code → English, Russian."""

SENTENCES = {
    "restore.found": (
        "A copy of {made} (UTC), made by Markoff {markoff}: {rows} rows, the file is whole.",
        "Копия от {made} (UTC), сделана Markoff {markoff}: строк — {rows}, файл цел.",
    ),
    "restore.done": (
        "The house is as it was then: {rows} rows of {tables} tables, all verified. The stream of changes begins anew.",
        "Дом такой, каким был тогда: строк — {rows}, таблиц — {tables}, всё сверено. Поток изменений начат заново.",
    ),
    "restore.good": (
        "The copy is good: {rows} rows of {tables} tables were brought back elsewhere and verified.",
        "Копия исправна: строк — {rows}, таблиц — {tables}, восстановлены в стороне и сверены.",
    ),
    "restore.upgraded": (
        "It was of an older Markoff: its tables are now those of this version.",
        "Копия от более старого Markoff: таблицы приведены к этой версии.",
    ),
    "restore.no_memory": (
        "The agent's memory was left out: its database is not known here (MARKOFF_MEMORY_URL).",
        "Память агента не восстановлена: её база здесь не известна (MARKOFF_MEMORY_URL).",
    ),
    "restore.secrets": (
        "The keys of the house were brought back as well.",
        "Ключи дома тоже восстановлены.",
    ),
    "restore.secrets_left": (
        "The keys in the copy were left out.",
        "Ключи из копии не восстановлены.",
    ),
    "restore.passphrase?": (
        "The passphrase of the keys in this copy:",
        "Парольная фраза ключей в этой копии:",
    ),
    "restore.wrong_passphrase": (
        "This is not the passphrase of the keys in this copy. Nothing was changed; --without-secrets leaves them out.",
        "Это не та парольная фраза, которой закрыты ключи. Ничего не изменено; без ключей: --without-secrets.",
    ),
    "restore.unsealable": (
        "The keys in this copy cannot be read. Nothing was changed; --without-secrets leaves them out.",
        "Ключи в этой копии не прочесть. Ничего не изменено; без ключей: --without-secrets.",
    ),
    "restore.overwrite?": (
        "Everything that is in {where} now will be replaced. Go on?",
        "Всё, что сейчас есть в {where}, будет заменено. Продолжить?",
    ),
    "restore.kept": ("Nothing was changed.", "Ничего не изменено."),
    "restore.absent": ("There is no file {file}.", "Файла {file} нет."),
    "restore.closed": ("{file} cannot be read: {reason}.", "{file} не прочитать: {reason}."),
    "restore.foreign": (
        "{file} is no copy made by markoff backup. Nothing was changed.",
        "{file} — не копия, сделанная markoff backup. Ничего не изменено.",
    ),
    "restore.truncated": (
        "{file} ends too early: it was not copied whole, or its backup was interrupted. Nothing was changed.",
        "{file} обрывается: файл скопирован не целиком или копирование прервали. Ничего не изменено.",
    ),
    "restore.broken": (
        "{file} is damaged: it is not what was written. Nothing was changed; take another copy.",
        "{file} повреждён: записано было другое. Ничего не изменено; возьмите другую копию.",
    ),
    "restore.newer": (
        "{file} was made by a newer Markoff ({made}). Upgrade this one; nothing was changed.",
        "{file} сделан более новым Markoff ({made}). Обновите этот; ничего не изменено.",
    ),
    "restore.in_use": (
        "Somebody is connected to {url}: {names}. Stop the house first (api, agent, Telegram); nothing was changed.",
        "К {url} кто-то подключён: {names}. Сначала остановите дом (api, агента, Telegram); ничего не изменено.",
    ),
    "restore.refused": (
        "The database {url} does not take it: {reason}\nNothing was changed.",
        "База данных {url} этого не принимает: {reason}\nНичего не изменено.",
    ),
    "restore.differs": (
        "The table {table} does not come out as it was copied. Nothing was changed.",
        "Таблица {table} получилась не такой, как в копии. Ничего не изменено.",
    ),
}
