"""What is said about reaching a house: code → English, Russian."""

SENTENCES = {
    "house.absent": (
        "There is no house in {folder} yet. Start one with: markoff up{where}",
        "В {folder} дома ещё нет. Создайте его: markoff up{where}",
    ),
    "house.elsewhere": (
        "The house in {folder} does not keep its database there. Give its address with --url.",
        "Дом в {folder} хранит базу данных не там. Укажите её адрес через --url.",
    ),
    "house.bad_url": (
        "{url} is no web address. It looks like http://127.0.0.1:8000.",
        "{url} — не веб-адрес. Он выглядит так: http://127.0.0.1:8000.",
    ),
    "house.no_token": (
        "To use {url}, give an access token with --token or in MARKOFF_TOKEN (on its machine: markoff token).",
        "Для {url} нужен токен доступа: --token или MARKOFF_TOKEN (на той машине: markoff token).",
    ),
    "house.not_running": (
        "No house is running on {folder}. Start it with: markoff up{where}",
        "В {folder} дом не запущен. Запустите его: markoff up{where}",
    ),
    "house.not_ready": (
        "The house on {folder} is still starting. Try again in a moment.",
        "Дом в {folder} ещё запускается. Повторите чуть позже.",
    ),
    "house.no_person": (
        "There is no user {person}.",
        "Пользователя {person} нет.",
    ),
    "house.nobody": (
        "The house has no administrator yet. Start it once with markoff up{where}, or name a user with --as.",
        "В доме ещё нет администратора. Запустите его раз: markoff up{where}, или укажите пользователя через --as.",
    ),
    "house.no_key": (
        "No key to sign with: {folder} is no house yet. Give it with --data, or set MARKOFF_JWT_KEY.",
        "Нечем подписать: в {folder} ещё нет дома. Укажите его через --data или задайте MARKOFF_JWT_KEY.",
    ),
}
