"""What is said about logs: code → English, Russian."""

SENTENCES = {
    "logs.unreadable": (
        "The file {file} (MARKOFF_LOGGING_FILE) does not say how to log: {reason}",
        "Файл {file} (MARKOFF_LOGGING_FILE) не описывает, как вести журнал: {reason}",
    ),
}
