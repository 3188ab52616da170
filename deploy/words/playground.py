"""What is said of the playground: code → English, Russian."""

SENTENCES = {
    "playground.begins": (
        "The page at /graphql is being built, once (log: {log})…",
        "Собирается страница /graphql, один раз (журнал: {log})…",
    ),
    "playground.ready": (
        "The page at /graphql is built ({seconds} s).",
        "Страница /graphql собрана ({seconds} с).",
    ),
    "playground.absent": (
        "The page at /graphql could not be built (log: {log}); everything else works. "
        "Later: markoff playground build{where}",
        "Страницу /graphql собрать не удалось (журнал: {log}); всё остальное работает. "
        "Позже: markoff playground build{where}",
    ),
    "playground.fetching": (
        "Fetching the page's packages…",
        "Загружаются пакеты страницы…",
    ),
    "playground.bundling": (
        "Bundling…",
        "Идёт сборка…",
    ),
    "playground.built": (
        "Built in {folder}: {size} MB.",
        "Собрано в {folder}: {size} МБ.",
    ),
    "playground.no_node": (
        "The page is built with Node.js {least} or newer, and there is none here. "
        "Install it, or: pip install 'markoff[playground]'",
        "Для сборки страницы нужен Node.js {least} или новее, здесь его нет. "
        "Установите его или: pip install 'markoff[playground]'",
    ),
    "playground.no_folder": (
        "Nothing can be written beside {folder}: {reason}.",
        "Рядом с {folder} нельзя писать: {reason}.",
    ),
    "playground.failed": (
        "The page could not be built. Its packages come from the npm registry: is there a way to it?\n{reason}",
        "Страницу собрать не удалось. Её пакеты берутся из реестра npm: доступен ли он?\n{reason}",
    ),
    "playground.too_long": (
        "The page was not built in time. Is the way to the npm registry good enough? Try again later.",
        "Страница не собралась за отведённое время. Хороша ли связь с реестром npm? Попробуйте позже.",
    ),
}
