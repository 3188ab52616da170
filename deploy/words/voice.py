"""What is said about sound: code → English, Russian."""

SENTENCES = {
    "voice.at": ("The voice process speaks Wyoming at {address}", "Процесс голоса говорит по Wyoming: {address}"),
    "voice.health": ("Its health: {address}/health and /metrics", "Его состояние: {address}/health и /metrics"),
    "voice.listens": ("{name} listens ({model})", "Слушает {name} ({model})"),
    "voice.speaks": ("{name} speaks {tongue} ({model})", "Говорит {name}, язык {tongue} ({model})"),
    "voice.no_extra": (
        "This needs the extra for sound ({library} is not installed): pip install 'markoff[voice]'",
        "Нужны библиотеки звука ({library} не установлена): pip install 'markoff[voice]'",
    ),
    "voice.no_listening": (
        "The voice process cannot listen at {address}: {why}",
        "Процесс голоса не может открыть {address}: {why}",
    ),
    "voice.no_file": ("The file {file} cannot be used: {why}", "Файл {file} не подошёл: {why}"),
    "voice.kind": (
        "{file}: the name of a recording ends in .ogg or .wav",
        "{file}: имя записи кончается на .ogg или .wav",
    ),
    "voice.spoken": ("{file}: {seconds} s, spoken by {engine}", "{file}: {seconds} с, говорит {engine}"),
    "voice.hello": (
        "Press a key and speak; pause, or press a key again. A key cuts a reply short, q ends the talk.",
        "Нажмите клавишу и говорите; замолчите или нажмите ещё раз. Клавиша прерывает ответ, q — конец разговора.",
    ),
    "voice.listening": ("Listening …", "Слушаю …"),
    "voice.nothing": ("Nothing was said.", "Ничего не сказано."),
    "voice.heard": ("heard by {engine}, language {tongue}", "распознал {engine}, язык {tongue}"),
}
