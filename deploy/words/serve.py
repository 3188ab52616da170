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
}
