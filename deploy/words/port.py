"""What is said about ports: code → English, Russian."""

SENTENCES = {
    "port.taken": (
        "Port {port} of {host} is taken by another program. Choose another one with {option}.",
        "Порт {port} на {host} занят другой программой. Укажите другой через {option}.",
    ),
    "port.forbidden": (
        "Port {port} may not be opened by an ordinary user. Choose one above 1023 with {option}.",
        "Обычному пользователю нельзя открыть порт {port}. Укажите порт больше 1023 через {option}.",
    ),
    "port.bad_host": (
        "{host} is no address of this machine.",
        "{host} — не адрес этой машины.",
    ),
}
