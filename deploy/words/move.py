"""What is said of `markoff move`: code → English, Russian."""

SENTENCES = {
    "move.done": (
        "The house has moved to {database}: {rows} rows, all verified. `markoff up` goes on there. "
        "The old database is in {folder}/postgres.moved; remove it when you are sure.",
        "Дом переехал в {database}: строк — {rows}, всё сверено. Дальше `markoff up` работает там. "
        "Старая база лежит в {folder}/postgres.moved; удалите её, когда убедитесь, что всё хорошо.",
    ),
    "move.moved": (
        "The house of {folder} has moved already: it is in {database}.",
        "Дом из {folder} уже переехал: он в {database}.",
    ),
}
