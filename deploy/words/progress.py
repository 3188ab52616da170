"""Names of the stages of long work: code → English, Russian."""

SENTENCES = {
    "progress.geometry": ("Shapes of rooms", "Контуры помещений"),
    "progress.store": ("Writing", "Запись"),
    "progress.read": ("Reading the file", "Чтение файла"),
    "progress.copy": ("Copying tables", "Копирование таблиц"),
    "progress.load": ("Bringing tables back", "Восстановление таблиц"),
    "progress.verify": ("Verifying rows", "Сверка строк"),
    "progress.send": ("Sending", "Отправка"),
}
