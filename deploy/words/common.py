"""What is said that belongs to no one part: code → English, Russian."""

SENTENCES = {
    "disk_full": (
        "There is no space left on the disk ({file}). Free some and try again; nothing that was confirmed is lost.",
        "На диске нет места ({file}). Освободите его и повторите; ничего из подтверждённого не потеряно.",
    ),
    "wrong_thread": (
        "{program} must be started from the main thread: Linux stops it when the thread that started it ends.",
        "{program} нужно запускать из главного потока: Linux остановит его, когда закончится запустивший поток.",
    ),
    "unexpected": (
        "Something unexpected happened: {fault}\nThe details are in {file}; please send them with your report.",
        "Случилось непредвиденное: {fault}\nПодробности в {file}; приложите их к сообщению об ошибке.",
    ),
}
