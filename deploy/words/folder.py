"""What is said about the data folder: code → English, Russian."""

SENTENCES = {
    "folder.foreign": (
        "{folder} is not empty and is no folder of Markoff: nothing was touched. Choose another one with --data.",
        "Папка {folder} не пуста и не принадлежит Markoff: ничего не изменено. Укажите другую через --data.",
    ),
    "folder.no_permission": (
        "The user {user} may not read and write {folder}. Choose another folder with --data.",
        "Пользователю {user} нельзя читать и писать {folder}. Укажите другую папку через --data.",
    ),
    "folder.broken": (
        "{folder} cannot be used: {reason}.",
        "{folder} использовать нельзя: {reason}.",
    ),
    "folder.newer": (
        "{folder} was written by Markoff {found}; this is {ours}, which is older and will not touch it. "
        "Upgrade Markoff, or choose another folder with --data.",
        "В {folder} работал Markoff {found}, а это более старый {ours}: он её не тронет. "
        "Обновите Markoff или укажите другую папку через --data.",
    ),
    "folder.busy": (
        "{folder} is in use by another Markoff command. Wait for it to end.",
        "Папка {folder} занята другой командой Markoff. Дождитесь её окончания.",
    ),
    "folder.starting": (
        "Markoff is already starting on {folder} (process {pid}; {api} and {agent}).",
        "Markoff уже запускается в {folder} (процесс {pid}; {api} и {agent}).",
    ),
    "folder.running": (
        "Markoff is already running on {folder} (process {pid}): {api}, agent {agent}.",
        "Markoff уже работает в {folder} (процесс {pid}): {api}, агент {agent}.",
    ),
}
