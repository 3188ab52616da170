"""Who is in the demo building: tenants with their leases, people with their roles, a device's key. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PASSWORD = "ladoga-demo"  # noqa: S105 the demo's, printed for everybody
DEVICE_KEY = "mk_ladogademo_an-open-key-for-the-demo-building-only"
QUESTIONS = (
    "Где сейчас душно?",
    "Кто арендует 201 и до какого числа?",
    "Which rooms on the third floor are free?",
)
"""Three questions to try."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user: `scope` is the building's code or a tenant's name, empty for an administrator."""

    login: str
    name: str
    role: str
    scope: str
    language: str = "RU"


PEOPLE = (
    Person("admin", "Анна Воронцова", "ADMIN", ""),
    Person("manager", "Михаил Чистов", "MANAGER", "ladoga"),
    Person("dispatcher", "Дарья Полякова", "DISPATCHER", "ladoga"),
    Person("night", "Николай Зорин", "DISPATCHER", "ladoga"),
    Person("guard", "Геннадий Рощин", "GUARD", "ladoga"),
    Person("viewer", "Emma Clarke", "VIEWER", "ladoga", "EN"),
    Person("tenant", "Тимур Осокин", "TENANT", "Альфа-Проект"),
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A company (`stem` of nine digits) or a person in business (of ten): the digits before the check digits."""

    name: str
    stem: str
    contact: str
    email: str

    @property
    def tax_number(self) -> str:
        return tax_number(self.stem)


TENANTS = (
    Tenant("Альфа-Проект", "007810001", "Осокин Тимур Ренатович", "office@alfa-project.example"),
    Tenant("Кофейня «Зерно»", "007810002", "Мельник Яна Игоревна", "hello@zerno.example"),
    Tenant("Аптека «Подорожник»", "007810003", "Травина Ольга Сергеевна", "apteka@podorozhnik.example"),
    Tenant("Банк «Тихая гавань»", "007810004", "Причалов Лев Андреевич", "branch12@tihaya-gavan.example"),
    Tenant("Маяк Софт", "007810005", "Светлов Егор Павлович", "team@mayak-soft.example"),
    Tenant("Бухгалтерия «Плюс Один»", "007810006", "Счётова Нина Петровна", "info@plus-odin.example"),
    Tenant("Туманов и партнёры", "007810007", "Туманов Борис Ильич", "law@tumanov.example"),
    Tenant("Турбюро «Северный ветер»", "007810008", "Гаврилова Инна Олеговна", "tours@sever-veter.example"),
    Tenant("ИП Лукина В. О.", "0078100009", "Лукина Вера Олеговна", "lukina@mail.example"),
    Tenant("Полёт Логистик", "007810010", "Стрижов Антон Юрьевич", "dispatch@polyot.example"),
    Tenant("Гранит Инжиниринг", "007810011", "Каменев Глеб Романович", "mail@granit.example"),
    Tenant("Студия «Лён»", "007810012", "Полотнова Алиса Марковна", "studio@len.example"),
)
"""No tax office has the code 00, no telephone number in Petersburg begins with 0: they cannot be anybody's."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Months from the one of planting, both inside; no last month: open. Rent in roubles for a square metre a month."""

    tenant: str
    first: int
    last: int | None
    rooms: tuple[str, ...]
    rate: int


LEASES = (
    Lease("Гранит Инжиниринг", -48, -7, ("303", "308"), 1350),
    Lease("Альфа-Проект", -50, -15, ("205",), 1400),
    Lease("Банк «Тихая гавань»", -40, 0, ("105",), 2300),
    Lease("Туманов и партнёры", -37, -14, ("203",), 1500),
    Lease("Кофейня «Зерно»", -30, 5, ("103",), 2600),
    Lease("Маяк Софт", -20, 15, ("301", "302", "304"), 1650),
    Lease("Альфа-Проект", -14, 21, ("201", "202"), 1600),
    Lease("Туманов и партнёры", -13, 22, ("205",), 1700),
    Lease("ИП Лукина В. О.", -11, None, ("209",), 1450),
    Lease("Полёт Логистик", -9, 14, ("206",), 1550),
    Lease("Аптека «Подорожник»", -8, 27, ("104",), 2500),
    Lease("Бухгалтерия «Плюс Один»", -6, 5, ("203",), 1600),
    Lease("Турбюро «Северный ветер»", -3, 8, ("108",), 1650),
    Lease("Банк «Тихая гавань»", 1, 36, ("105",), 2450),
    Lease("Полёт Логистик", 1, 24, ("211",), 1600),
    Lease("Студия «Лён»", 2, 25, ("306",), 1500),
)


def tax_number(stem: str) -> str:
    """An INN with its check digits: one for a company's nine digits, two for a person's ten."""
    weights = {
        9: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
        10: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
    }
    number = stem
    for row in weights[len(stem)]:
        number += str(sum(int(digit) * weight for digit, weight in zip(number, row, strict=True)) % 11 % 10)
    return number


def month(today: date, offset: int) -> date:
    """The first day of the month so many months away."""
    count = today.year * 12 + today.month - 1 + offset
    return date(count // 12, count % 12 + 1, 1)


def last_day(today: date, offset: int) -> date:
    """The last day of that month."""
    return month(today, offset + 1) - timedelta(days=1)


__all__ = ["DEVICE_KEY", "LEASES", "PASSWORD", "PEOPLE", "QUESTIONS", "TENANTS", "Lease", "Person", "Tenant",
           "last_day", "month", "tax_number"]  # fmt: skip
