"""What is said of `markoff backup`: code → English, Russian."""

SENTENCES = {
    "backup.done": (
        "{file}: {rows} rows of {tables} tables, {size}. Try it with: markoff restore --check {file}",
        "{file}: строк — {rows}, таблиц — {tables}, {size}. Проверить копию: markoff restore --check {file}",
    ),
    "backup.with_secrets": (
        "The keys of the house are in {file}, sealed with the passphrase: without it nobody opens them, nor do you.",
        "В {file} есть ключи дома под парольной фразой: без неё их не откроет никто, вы тоже.",
    ),
    "backup.passphrase?": (
        "A passphrase for the keys of the house:",
        "Парольная фраза для ключей дома:",
    ),
    "backup.passphrase_again?": ("Once more:", "Ещё раз:"),
    "backup.differs": (
        "That was not the same twice. Nothing was written.",
        "Фразы не совпали. Ничего не записано.",
    ),
    "backup.weak": (
        "The passphrase is too short: {least} characters at least.",
        "Парольная фраза коротка: нужно не меньше {least} знаков.",
    ),
    "backup.no_passphrase": (
        "There is no terminal to ask for the passphrase: tell it in MARKOFF_BACKUP_PASSPHRASE.",
        "Спросить парольную фразу негде: терминала нет. Задайте её в MARKOFF_BACKUP_PASSPHRASE.",
    ),
    "backup.made": (
        "{file}: {rows} rows in {seconds} s.",
        "{file}: строк — {rows}, за {seconds} с.",
    ),
    "backup.failed": (
        "The copy failed, it will be tried again: {reason}",
        "Копия не удалась, попытка будет повторена: {reason}",
    ),
    "backup.listed": ("{file}  {size} of data", "{file}  данных {size}"),
    "backup.last_failed": (
        "The last attempt ({at}) failed: {reason}",
        "Последняя попытка ({at}) не удалась: {reason}",
    ),
    "backup.too_old": (
        "No copy in {folder} is younger than {within}.",
        "В {folder} нет копии моложе {within}.",
    ),
    "backup.no_metrics": (
        "Metrics cannot be served at {address}: {reason}. Say --metrics HOST:PORT.",
        "По адресу {address} метрики не отдать: {reason}. Укажите --metrics HOST:PORT.",
    ),
    "backup.both": (
        "With --every, copies go into a folder under names of their own: leave out the file, give --to DIR.",
        "С --every копии пишутся в папку под своими именами: уберите имя файла, укажите --to DIR.",
    ),
    "backup.no_folder": (
        "Say where the copies go: --to DIR, or MARKOFF_BACKUP_TO.",
        "Укажите папку для копий: --to DIR или MARKOFF_BACKUP_TO.",
    ),
    "backup.no_memory": (
        "The agent's memory is not in this copy: give its address in MARKOFF_MEMORY_URL.",
        "Памяти агента в копии не будет: укажите её адрес в MARKOFF_MEMORY_URL.",
    ),
    "backup.no_secrets": (
        "There is no data folder here, so no keys to copy: leave out --with-secrets, or give --data.",
        "Здесь нет папки данных, а значит и ключей: уберите --with-secrets или укажите --data.",
    ),
    "backup.overwrite?": ("{file} is there already. Replace it?", "Файл {file} уже есть. Заменить его?"),
    "backup.kept": ("Nothing was written.", "Ничего не записано."),
    "backup.terminal": (
        "A copy is no text for a terminal. Send it on: markoff backup - | ssh host 'cat > house.backup'",
        "Копия — не текст для терминала. Передайте её дальше: markoff backup - | ssh host 'cat > house.backup'",
    ),
    "backup.closed": ("{file} cannot be written: {reason}.", "{file} нельзя записать: {reason}."),
    "backup.unreadable": (
        "The database {url} cannot be read whole: {reason}",
        "Базу данных {url} не прочитать целиком: {reason}",
    ),
    "backup.unsteady": (
        "The tables of {url} keep changing (an upgrade, perhaps). Try again in a moment.",
        "Таблицы в {url} всё время меняются (возможно, идёт обновление). Повторите чуть позже.",
    ),
    "backup.no_program": (
        "The server is PostgreSQL {server}, our pg_dump is {ours}. Install postgresql-client-{server}.",
        "Сервер — PostgreSQL {server}, а наша программа pg_dump — {ours}. Установите postgresql-client-{server}.",
    ),
}
