"""What is said of `markoff ask` and `markoff chat`: code → English, Russian."""

SENTENCES = {
    "ask.away": (
        "The agent at {address} does not answer: {why}",
        "Агент по адресу {address} не отвечает: {why}",
    ),
    "ask.refused": ("The agent refused: {why}", "Агент отказал: {why}"),
    "ask.confirm": ("Confirm?", "Подтвердить?"),
    "ask.which": ("Which one? A number, or nothing for none:", "Что именно? Номер, или пусто, если ничего:"),
    "ask.unanswered": (
        "Nothing was changed: this needs your yes. Say it in a terminal, or add --yes.",
        "Ничего не изменено: нужно ваше согласие. Ответьте в терминале или добавьте --yes.",
    ),
    "ask.unchosen": (
        "Several things fit: ask again and name one of them, or choose in a terminal.",
        "Подходит несколько: уточните вопрос или выберите в терминале.",
    ),
    "ask.hello": (
        "Ask about the building. An empty line or Ctrl-D ends the talk.",
        "Спросите о здании. Пустая строка или Ctrl-D — закончить.",
    ),
}
