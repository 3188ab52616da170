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
        "Code: {secret}\nGive it to the satellite within ten minutes.",
        "Код: {secret}\nПередайте его спутнику в течение десяти минут.",
    ),
}
