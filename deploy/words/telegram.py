"""What is said about the Telegram bot: code → English, Russian."""

SENTENCES = {
    "telegram.no_token": (
        "There is no bot yet: make one with @BotFather in Telegram, and put its token into MARKOFF_TELEGRAM_TOKEN.",
        "Бота ещё нет: создайте его у @BotFather в Telegram и положите его токен в MARKOFF_TELEGRAM_TOKEN.",
    ),
    "telegram.no_setting": (
        "{name} is not set, and there is no data folder (--data).",
        "Не задано {name}, и папки данных тоже нет (--data).",
    ),
}
