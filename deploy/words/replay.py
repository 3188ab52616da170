"""What is said of `markoff replay`: code → English, Russian."""

SENTENCES = {
    "replay.done": (
        "{rows} rows read: {accepted} readings taken in, {known} known already, {refused} refused.",
        "Прочитано строк: {rows}; принято показаний: {accepted}, уже были: {known}, отклонено: {refused}.",
    ),
    "replay.retries": (
        "The house was away or busy; requests tried again: {count}.",
        "Дом не отвечал или был занят; повторных запросов: {count}.",
    ),
    "replay.reached": ("The readings end at {at} (UTC).", "Показания закончились на {at} (UTC)."),
    "replay.refused": (
        "{address} does not take this: {reason}",
        "{address} этого не принимает: {reason}",
    ),
    "replay.away": (
        "{address} stays away: {reason}. Sending again later does no harm.",
        "{address} не отвечает: {reason}. Позже можно отправить снова без вреда.",
    ),
    "replay.no_sensors": (
        "The house has no such sensors, or you may not see them: {sensors}. Make them first.",
        "В доме нет таких датчиков, или они вам не видны: {sensors}. Сначала создайте их.",
    ),
    "replay.unit": (
        "The sensor {sensor} measures in {unit}, the map gives {mapped}: set factor and offset so that they agree.",
        "Датчик {sensor} измеряет в {unit}, а карта даёт {mapped}: согласуйте их через factor и offset.",
    ),
    "replay.stopped": (
        "{reason} Stopped before the readings of {at}; start it again and it goes on.",
        "{reason} Остановлено перед показаниями {at}; запустите снова, и отправка продолжится.",
    ),
    "replay.real_time": (
        "The readings begin at {first}, but the house keeps real time ({now}). "
        "Start it in their time: markoff up --clock {first} --speed max",
        "Показания начинаются {first}, а дом живёт в реальном времени ({now}). "
        "Запустите его в их времени: markoff up --clock {first} --speed max",
    ),
    "replay.clock_refused": (
        "The house does not let its clock be set: {reason}",
        "Дом не разрешает перевести часы: {reason}",
    ),
}
