"""What is said of `markoff up`: code → English, Russian."""

SENTENCES = {
    "up.planted": (
        "The house was empty: a demo building stands in it now. Sign in as one of its people:",
        "Дом был пуст: теперь в нём демонстрационное здание. Войти можно как один из его людей:",
    ),
    "up.people": (
        "login|password|role|name|where",
        "логин|пароль|роль|имя|где",
    ),
    "up.questions": (
        "Three questions to try in another terminal:\n{questions}",
        "Три вопроса для начала, в другом терминале:\n{questions}",
    ),
    "up.clock": (
        "The house lives in simulated time, from {time} on ({pace}).",
        "Дом живёт в условном времени: с {time} ({pace}).",
    ),
    "up.starting": (
        "Markoff {version} is starting on {folder}…",
        "Markoff {version} запускается в {folder}…",
    ),
    "up.ready": (
        "The house is ready.\n  Graph  {api}/graphql\n  Agent  {agent}\n  Data   {folder}\nCtrl-C stops it.",
        "Дом готов.\n  Граф   {api}/graphql\n  Агент  {agent}\n  Папка  {folder}\nОстановить: Ctrl-C.",
    ),
    "up.simulated": (
        "Its sensors are simulated (log: {log}).",
        "Датчики имитируются (журнал: {log}).",
    ),
    "up.not_simulated": (
        "There is nothing to simulate yet. {why} The simulation begins by itself as soon as it can.",
        "Имитировать пока нечего. {why} Имитация начнётся сама, как только сможет.",
    ),
    "up.telegram": (
        "Its Telegram bot is at work (log: {log}). Link your chat: markoff link{where}",
        "Его бот в Telegram работает (журнал: {log}). Привяжите свой чат: markoff link{where}",
    ),
    "up.voice": (
        "It listens and speaks: {address} (log: {log}).",
        "Он слышит и говорит: {address} (журнал: {log}).",
    ),
    "up.no_voice": (
        "The libraries of the voice are not installed: pip install 'markoff[voice]'",
        "Библиотеки для голоса не установлены: pip install 'markoff[voice]'",
    ),
    "up.elsewhere": (
        "Its database is {database}.",
        "Его база данных: {database}.",
    ),
    "up.empty": (
        "It is empty. Its administrator: {login}, password {password}. A token for scripts: markoff token{where}. "
        "A building: markoff import ifc FILE{where}.",
        "Он пуст. Администратор: {login}, пароль {password}. Токен для скриптов: markoff token{where}. "
        "Здание: markoff import ifc ФАЙЛ{where}.",
    ),
    "up.stopped": (
        "The house has stopped.",
        "Дом остановлен.",
    ),
    "up.bad_clock": (
        "{clock} is no time. Write it like 2022-10-10T00:00+02:00.",
        "{clock} — не время. Пишите так: 2022-10-10T00:00+02:00.",
    ),
    "up.no_zone": (
        "{clock} does not say its time zone. Write it like 2022-10-10T00:00+02:00.",
        "В {clock} не указан часовой пояс. Пишите так: 2022-10-10T00:00+02:00.",
    ),
    "up.bad_speed": (
        "{speed} is no speed: give a number above 0 (at most 1000000), or max.",
        "{speed} — не скорость: нужно число больше 0 (не больше 1000000) или max.",
    ),
}
