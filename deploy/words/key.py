"""What is said about keys of devices: code → English, Russian."""

SENTENCES = {
    "key.no_building": ("There is no building {building}.", "Здания {building} нет."),
    "key.unknown": (
        "There is no key {prefix} that is still good.",
        "Действующего ключа {prefix} нет.",
    ),
    "key.revoked": ("The key {prefix} opens nothing any more.", "Ключ {prefix} больше ничего не открывает."),
}
