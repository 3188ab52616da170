"""Rules for what is not a number in a Russian text: abbreviations, signs, initials, Latin words."""

from __future__ import annotations

import re
from collections.abc import Callable

from voice.spoken.russian import calendar, numbers, numerals
from voice.spoken.russian.cases import Case, Noun, noun
from voice.spoken.russian.governing import NAME
from voice.spoken.russian.letters import CYRILLIC, capitals, latin
from voice.spoken.russian.nouns import NOUNS
from voice.spoken.scan import Rule, Scan, rule

PHRASES = {
    r"т\.\s?е\.": "то есть", r"и\s+т\.\s?д\.?": "и так далее", r"и\s+т\.\s?п\.?": "и тому подобное",
    r"т\.\s?к\.": "так как", r"т\.\s?н\.": "так называемый", r"и\s+др\.": "и другие", r"и\s+пр\.": "и прочее",
    r"в\s+т\.\s?ч\.": "в том числе", r"н\.\s?э\.": "нашей эры", r"и/или": "или", r"напр\.": "например",
    r"см\.(?!\s*[²³\d])": "смотри", r"прибл\.": "приблизительно", r"ок\.(?=\s*\d)": "около", r"макс\.": "максимум",
    r"мин\.(?=\s*[\d−-])": "минимум", r"ср\.(?=\s*[\d−-])": "в среднем", r"кол-во": "количество",
    r"вкл\.": "включено", r"выкл\.": "выключено", r"р-н": "район", r"пр-т": "проспект", r"б-р": "бульвар",
    r"н/д": "нет данных", r"тел\.": "телефон", r"доб\.(?=\s*\d)": "добавочный", r"моб\.": "мобильный",
    r"эл\.\s?почта": "электронная почта", r"гл\.\s?инженер": "главный инженер", r"зам\.\s?": "заместитель ",
    r"темп\.": "температура", r"влажн\.": "влажность", r"им\.": "имени", r"24/7": "двадцать четыре на семь",
}  # fmt: skip
"""Said the same everywhere; small or capital letters."""
CHEMISTRY = {
    r"[CcСс][OoОо]2": "цэ о два", r"H2O|Н2О": "аш два о", r"[OО]2": "о два", r"CO": "цэ о", r"NO2": "эн о два",
    r"PM2[.,]5": "пэ-эм два и пять", r"PM10": "пэ-эм десять", r"C\+\+": "си плюс плюс", r"pH": "пэ-аш", r"№№": "номера",
    r"3G": "три джи", r"4G": "четыре джи", r"5G": "пять джи",
}  # fmt: skip
STREET, CITY = noun("улица", "лестница"), noun("город", "градус")
NAMES: dict[str, tuple[Noun, str]] = {
    "каб": (NOUNS["кабинет"], ""), "пом": (NOUNS["помещение"], ""), "оф": (NOUNS["офис"], ""),
    "ауд": (NOUNS["аудитория"], ""), "комн": (NOUNS["комната"], ""), "эт": (NOUNS["этаж"], r"\d−-"),
    "кв": (NOUNS["квартира"], r"\d"), "ул": (STREET, ""), "наб": (NOUNS["набережная"], ""),
    "пр": (noun("проспект", "градус"), "А-ЯЁ"), "просп": (noun("проспект", "градус"), ""),
    "пер": (NOUNS["переулок"], ""), "пл": (NOUNS["площадь"], "А-ЯЁ"), "д": (noun("дом", "градус"), r"\d"),
    "корп": (NOUNS["корпус"], ""), "стр": (NOUNS["строение"], r"\d"), "лит": (noun("литера", "минута"), "А-ЯЁ"),
    "обл": (NOUNS["область"], ""), "г": (CITY, "А-ЯЁ"), "дог": (NOUNS["договор"], ""), "п": (NOUNS["пункт"], r"\d"),
    "гр": (NOUNS["группа"], r"\d"), "дат": (NOUNS["датчик"], r"\dA-ZА-Я"), "ш": (NOUNS["шоссе"], "А-ЯЁ"),
}  # fmt: skip
"""Abbreviated nouns, declined by the word in front, and what has to follow them."""
AFTER_HEAD = re.compile(
    r"лестниц\w*|секци\w*|блок\w*|корпус\w*|литер\w*|подъезд\w*|вход\w*|выход\w*|зон\w*|класс\w*|зал\w*|крыл\w*|групп\w*"
    r"|сектор\w*|очеред\w*|пост\w*|панел\w*|лини\w*|категори\w*|ос[ьи]"
)
SIGNS = {
    "№": "номер", "§": "параграф", "&": "и", "+": "плюс", "±": "плюс-минус", "×": "на", "÷": "разделить на",
    "=": "равно", "<": "меньше", ">": "больше", "≤": "не больше", "≥": "не меньше", "≈": "примерно", "~": "примерно",
    "@": "собака", "%": "процентов", "‰": "промилле", "°": "градусов", "→": ",", "←": ",", "↑": "выросло", "↓": "упало",
    "|": ",", "₽": "рублей", "$": "долларов", "€": "евро", "£": "фунтов", "^": "", "#": "номер", "∞": "бесконечность",
    "√": "корень из", "Ω": "ом", "²": "в квадрате", "³": "в кубе", "−": "минус",
}  # fmt: skip


def phrase(words: str) -> Callable[[Scan, re.Match[str]], str | None]:
    return lambda scan, m: words


def named(one: Noun) -> Callable[[Scan, re.Match[str]], str | None]:
    return lambda scan, m: one.form(NAME.get(scan.previous, Case.NOM))


def initials(scan: Scan, m: re.Match[str]) -> str | None:
    """В. О. Лукина."""
    return " ".join(CYRILLIC[one.lower()] for one in re.findall(r"[А-ЯЁ]", m[0]))


def letter(scan: Scan, m: re.Match[str]) -> str | None:
    """A letter by itself: «лестница Б», never the word «в»."""
    one = m[0]
    if one in "АВИКОСУЯ" and not AFTER_HEAD.fullmatch(scan.previous):
        return None
    return CYRILLIC[one.lower()]


def abbreviation(scan: Scan, m: re.Match[str]) -> str | None:
    return capitals(m[0])


def foreign(scan: Scan, m: re.Match[str]) -> str | None:
    return latin(m[0])


def address(scan: Scan, m: re.Match[str]) -> str | None:
    """An e-mail or web address: its parts, the dots and the at."""
    text = re.sub(r"^(?:https?://)?(?:www\.)?", "", m[0]).rstrip("/.")
    names = {"@": "собака", ".": "точка", "/": "дробь", "-": "дефис", "_": "подчёркивание", ":": "двоеточие"}
    words = []
    for part in re.findall(r"[A-Za-z]+|[А-Яа-яЁё]+|\d+|.", text):
        words.append(
            names.get(part)
            or (numerals.code(part) if part.isdigit() else latin(part) if part.isascii() and part.isalpha() else part)
        )
    return " ".join(words)


def stroke(scan: Scan, m: re.Match[str]) -> str | None:
    return "или" if scan.at and scan.text[scan.at - 1].isalpha() else ","


def sign(scan: Scan, m: re.Match[str]) -> str | None:
    return SIGNS[m[0]]


def _names() -> list[Rule]:
    return [
        rule(rf"(?<![\w.])(?i:{short})\.(?=\s*[{follow}])" if follow else rf"(?<![\w.])(?i:{short})\.", named(one))
        for short, (one, follow) in NAMES.items()
    ]


WEB = r"(?:[a-z0-9-]+\.)+(?:ru|com|org|net|io|example|рф)(?:/\S*)?(?!\w|\.\w)"
RULES: tuple[Rule, ...] = (
    rule(rf"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])(?i:{WEB})", address),
    *(rule(rf"(?<![\w.]){pattern}(?!\w)", phrase(words), re.IGNORECASE) for pattern, words in PHRASES.items()),
    *(rule(rf"(?<!\w)(?:{pattern})(?![\w-])", phrase(words)) for pattern, words in CHEMISTRY.items()),
    *_names(),
    *calendar.RULES,
    *numbers.RULES,
    rule(r"(?<!\w)[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.)?(?=\s?[А-ЯЁ][а-яё])|(?<=[а-яё]\s)[А-ЯЁ]\.\s?[А-ЯЁ]\.", initials),
    rule(r"(?<!\w)[А-ЯЁ](?!\w|\.\s?[А-ЯЁ])", letter),
    rule(r"(?<!\w)[А-ЯЁ]{2,}(?!\w)", abbreviation),
    rule(r"(?<!\w)(?:(?i:wi-fi|e-mail)|[A-Za-z]+(?:'[a-z]+)?)", foreign),
    rule(r"(?<=\S)/(?=\S)", stroke),
    rule("[" + re.escape("".join(SIGNS)) + "]", sign),
)
