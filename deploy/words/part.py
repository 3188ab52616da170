"""What is said about the parts of a house: code → English, Russian."""

SENTENCES = {
    "part.no_start": (
        "The {name} did not start (its log: {log}). Its last words:\n{tail}",
        "Часть «{name}» не запустилась (журнал: {log}). Последние строки:\n{tail}",
    ),
    "part.slow_start": (
        "The {name} does not answer (its log: {log}). Its last words:\n{tail}",
        "Часть «{name}» не отвечает (журнал: {log}). Последние строки:\n{tail}",
    ),
    "part.died": (
        "The {name} died; starting it again in {seconds:g} s.",
        "Часть «{name}» остановилась; новый запуск через {seconds:g} с.",
    ),
    "part.no_luck": (
        "The {name} cannot be started: {reason}.",
        "Часть «{name}» не запускается: {reason}.",
    ),
    "part.again": (
        "The {name} is running again.",
        "Часть «{name}» снова работает.",
    ),
}
