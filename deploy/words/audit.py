"""What is said of `markoff audit`: code → English, Russian."""

SENTENCES = {
    "audit.whole": (
        "The audit is whole: {count} entries. Keep this mark elsewhere; --mark will show whether they are all there:\n"
        "{mark}",
        "Журнал цел, записей: {count}. Сохраните эту метку отдельно; с --mark будет видно, все ли записи на месте:\n"
        "{mark}",
    ),
    "audit.empty": ("The audit is empty.", "Журнал пуст."),
    "audit.missing": (
        "The audit is broken before entry {number}: an entry is missing.",
        "Журнал нарушен перед записью {number}: одной записи нет.",
    ),
    "audit.unlinked": (
        "The audit is broken at entry {number}: it does not follow the entry before it.",
        "Журнал нарушен на записи {number}: она не продолжает предыдущую.",
    ),
    "audit.altered": (
        "The audit is broken at entry {number}: it was altered.",
        "Журнал нарушен на записи {number}: она изменена.",
    ),
    "audit.cut": (
        "The end of the audit is missing: there is no entry {number} any more.",
        "У журнала нет конца: записи {number} больше нет.",
    ),
    "audit.another": (
        "Entry {number} is not the one of that mark: the audit was written anew.",
        "Запись {number} не та, что в метке: журнал переписан заново.",
    ),
    "audit.bad_mark": (
        "{mark} is no mark of the audit: a number, a colon and 64 digits from 0 to f.",
        "{mark} — не метка журнала: нужны номер, двоеточие и 64 знака от 0 до f.",
    ),
}
