"""What is said of settings that cannot be read: code → English, Russian."""

SENTENCES = {
    "settings.wrong": ("These settings cannot be used:", "Эти настройки использовать нельзя:"),
    "settings.duration": (
        "{name}={value}: no duration. Write it like PT10M (ten minutes), PT30S or P30D.",
        "{name}={value}: не длительность. Пишите так: PT10M (десять минут), PT30S или P30D.",
    ),
    "settings.whole": ("{name}={value}: no whole number.", "{name}={value}: не целое число."),
    "settings.number": ("{name}={value}: no number.", "{name}={value}: не число."),
    "settings.bool": ("{name}={value}: neither true nor false.", "{name}={value}: нужно «да» или «нет»: true, false."),
    "settings.least": ("{name}={value}: at least {bound}.", "{name}={value}: не меньше {bound}."),
    "settings.more": ("{name}={value}: more than {bound}.", "{name}={value}: больше {bound}."),
    "settings.most": ("{name}={value}: at most {bound}.", "{name}={value}: не больше {bound}."),
    "settings.less": ("{name}={value}: less than {bound}.", "{name}={value}: меньше {bound}."),
    "settings.short": ("{name}: at least {bound} characters.", "{name}: не короче {bound} знаков."),
    "settings.missing": ("{name} is not set.", "{name} не задано."),
    "settings.other": ("{name} is wrong: {reason}", "{name}, ошибка: {reason}"),
    "settings.file": ("{file} cannot be read: {reason}", "Файл {file} прочитать нельзя: {reason}"),
    "settings.unread": ("A setting cannot be read: {reason}", "Настройку прочитать нельзя: {reason}"),
}
