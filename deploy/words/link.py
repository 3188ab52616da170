"""What is said about linking chats to people: code → English, Russian."""

SENTENCES = {
    "link.channel": (
        "There is no channel {channel}; there are: {known}.",
        "Канала {channel} нет; есть: {known}.",
    ),
    "link.refused": ("No code was made: {why}", "Код не создан: {why}"),
    "link.tap": (
        "Code: {secret}\nTap {address} within ten minutes, or send the bot: /start {secret}",
        "Код: {secret}\nНажмите {address} в течение десяти минут или отправьте боту: /start {secret}",
    ),
    "link.send": (
        "Code: {secret}\nSend it to your bot in Telegram within ten minutes: /start {secret}",
        "Код: {secret}\nОтправьте его своему боту в Telegram в течение десяти минут: /start {secret}",
    ),
    "link.satellite": (
        "Code: {secret}\nType it to the satellite (as a text, in Assist) within ten minutes.",
        "Код: {secret}\nНапишите его спутнику (текстом, в Assist) в течение десяти минут.",
    ),
    "link.satellite_of": (
        "The satellite {name} now answers for {person}; it changes nothing.",
        "Спутник {name} теперь отвечает от имени пользователя {person}; менять он ничего не может.",
    ),
    "link.nobody": (
        "Say for whom the satellite {name} answers: --login WHO; somebody with the role VIEWER is best.",
        "Укажите, от чьего имени отвечает спутник {name}: --login КТО; лучше всего — с ролью VIEWER.",
    ),
}
