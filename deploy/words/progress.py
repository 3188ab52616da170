"""Names of the stages of long work: code → English, Russian."""

SENTENCES = {
    "progress.geometry": ("Shapes of rooms", "Контуры помещений"),
    "progress.store": ("Writing", "Запись"),
    "progress.read": ("Reading the file", "Чтение файла"),
    "progress.send": ("Sending", "Отправка"),
}
