"""What is said of settings that cannot be read: code → English, Russian."""

SENTENCES = {
    "settings.wrong": ("These settings cannot be used:", "Эти настройки использовать нельзя:"),
    "settings.doubtful": (
        "Settings to look at:",
        "Настройки, на которые стоит взглянуть:",
    ),
    "settings.well": (
        "Nothing is wrong with the settings ({count} are told, {file}).",
        "С настройками всё в порядке (задано: {count}, {file}).",
    ),
    "settings.duration": (
        "{name}={value}: no duration. Write it like PT10M (ten minutes), PT30S or P30D.",
        "{name}={value}: не длительность. Пишите так: PT10M (десять минут), PT30S или P30D.",
    ),
    "settings.not_wanted": ("{name}={value}: wanted: {wanted}.", "{name}={value}: нужно: {wanted}."),
    "settings.least": ("{name}={value}: at least {bound}.", "{name}={value}: не меньше {bound}."),
    "settings.more": ("{name}={value}: more than {bound}.", "{name}={value}: больше {bound}."),
    "settings.most": ("{name}={value}: at most {bound}.", "{name}={value}: не больше {bound}."),
    "settings.less": ("{name}={value}: less than {bound}.", "{name}={value}: меньше {bound}."),
    "settings.short": ("{name}: at least {bound} characters.", "{name}: не короче {bound} знаков."),
    "settings.missing": ("{name} is not set.", "{name} не задано."),
    "settings.reason": ("{name}={value} will not do: {reason}.", "{name}={value} не подходит: {reason}."),
    "settings.other": ("{name} is wrong: {reason}", "{name}, ошибка: {reason}"),
    "settings.file": ("{file} cannot be read: {reason}", "Файл {file} прочитать нельзя: {reason}"),
    "settings.no_file": ("MARKOFF_CONFIG={file}: there is no such file.", "MARKOFF_CONFIG={file}: такого файла нет."),
    "settings.no_folder": (
        "MARKOFF_SECRETS={folder}: there is no such folder.",
        "MARKOFF_SECRETS={folder}: такой папки нет.",
    ),
    "settings.no_table": (
        "{name}: write it as a table, [{table}].",
        "{name}: пишите таблицей, [{table}].",
    ),
    "settings.no_such_table": ("{name}: there is no such table.", "{name}: такой таблицы нет."),
    "settings.no_such_table_but": (
        "{name}: there is no such table. Did you mean [{near}]?",
        "{name}: такой таблицы нет. Может быть, [{near}]?",
    ),
    "settings.no_such_key": ("{name}: there is no such setting.", "{name}: такой настройки нет."),
    "settings.no_such_key_but": (
        "{name}: there is no such setting. Did you mean {near}?",
        "{name}: такой настройки нет. Может быть, {near}?",
    ),
    "settings.moved": (
        "{name}: this setting stands in the table [{table}], as {key}.",
        "{name}: эта настройка пишется в таблице [{table}], как {key}.",
    ),
    "settings.no_variable": ("{name}: nobody reads this variable.", "{name}: эту переменную никто не читает."),
    "settings.no_variable_but": (
        "{name}: nobody reads this variable. Did you mean {near}?",
        "{name}: эту переменную никто не читает. Может быть, {near}?",
    ),
    "settings.no_secret": ("{name}: nobody reads this file of secrets.", "{name}: этот файл секретов никто не читает."),
    "settings.no_secret_but": (
        "{name}: nobody reads this file of secrets. Did you mean {near}?",
        "{name}: этот файл секретов никто не читает. Может быть, {near}?",
    ),
    "settings.open_file": (
        "{file} holds secrets ({keys}) and others may read it: chmod 600, or files in MARKOFF_SECRETS.",
        "В файле {file} секреты ({keys}), а читать его могут все: chmod 600 или отдельные файлы в MARKOFF_SECRETS.",
    ),
    "settings.one_of": ("one of {choices}", "одно из: {choices}"),
    "settings.takes_duration": ("a duration (PT10M, P30D)", "длительность (PT10M, P30D)"),
    "settings.takes_bool": ("true or false", "«да» или «нет»: true, false"),
    "settings.takes_whole": ("a whole number", "целое число"),
    "settings.takes_number": ("a number", "число"),
    "settings.takes_list": ("a list (JSON in a variable)", "список (в переменной — JSON)"),
    "settings.takes_text": ("text", "текст"),
    "settings.environment": ("environment", "окружение"),
    "settings.secret": ("file of secrets", "файл секрета"),
    "settings.told": ("file", "файл"),
    "settings.default": ("default", "по умолчанию"),
    "settings.example": (
        "Settings of a house. All are optional; what stands here are the defaults.\n"
        "A variable of the environment (named at the right) wins, then a file of MARKOFF_SECRETS, then this file.\n"
        "`markoff config check` tells what is wrong, `markoff config show` what counts.",
        "Настройки дома. Все необязательны; здесь записаны значения по умолчанию.\n"
        "Главнее переменная окружения (названа справа), затем файл в MARKOFF_SECRETS, затем этот файл.\n"
        "`markoff config check` скажет, что не так, `markoff config show` — что действует.",
    ),
    "settings.example_secret": (
        "Secret: better by the environment, or as a file in MARKOFF_SECRETS.",
        "Секрет: лучше в окружении или файлом в MARKOFF_SECRETS.",
    ),
}

REASONS = {
    "the address of a broker looks like mqtt://user:password@host:1883": (
        "адрес брокера выглядит так: mqtt://user:password@host:1883"
    ),
    "listen is tcp://address:port or unix:///path": "listen — это tcp://адрес:порт или unix:///путь",
    "listen is not this machine alone, so allow has to name the addresses that may call": (
        "listen открыт не только этой машине, поэтому в allow нужно назвать адреса, которым можно обращаться"
    ),
    "it looks like 123456789:AAE…, as @BotFather gives it": "он выглядит как 123456789:AAE…, его даёт @BotFather",
    "webhook_url has to begin with https://": "webhook_url должен начинаться с https://",
    "webhook_secret is needed: 1 to 256 of A-Z a-z 0-9 _ -": "нужен webhook_secret: от 1 до 256 знаков A-Z a-z 0-9 _ -",
    "write it as host:port": "пишите узел:порт",
    "write it as tcp://host:port or unix:///path": "пишите tcp://узел:порт или unix:///путь",
}
"""What validators of the parts say, in Russian."""
