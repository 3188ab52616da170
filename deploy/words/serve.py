"""What is said of `markoff serve` and `markoff agent`: code → English, Russian."""

SENTENCES = {
    "serve.no_url": (
        "Give the address of the database with --url or in DATABASE_URL.",
        "Укажите адрес базы данных через --url или в DATABASE_URL.",
    ),
    "serve.no_key": (
        "Set MARKOFF_JWT_KEY (at least 32 characters), or give a data folder with --data.",
        "Задайте MARKOFF_JWT_KEY (не короче 32 знаков) или укажите папку данных через --data.",
    ),
    "serve.no_setting": (
        "Set {name} in the environment.",
        "Задайте {name} в окружении.",
    ),
    "serve.at": (
        "Listening at {address}",
        "Адрес: {address}",
    ),
    "serve.rolling": (
        "Starting {count} processes anew, one after the other.",
        "Процессы ({count}) перезапускаются по очереди.",
    ),
    "serve.rolled": (
        "All {count} processes are new.",
        "Все процессы ({count}) новые.",
    ),
    "serve.no_heir": (
        "A new {name} does not start; the old one (process {pid}) and those after it stay as they are.",
        "Новый процесс «{name}» не запустился; прежний (процесс {pid}) и следующие за ним остались как были.",
    ),
}
