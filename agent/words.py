"""The words of the two languages: enum values, units, months, number forms, field names, the agent's own sentences."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Literal

Language = Literal["ru", "en"]

with files("agent").joinpath("words.toml").open("rb") as _file:
    _WORDS = tomllib.load(_file)

MONTHS: dict[Language, list[str]] = _WORDS["months"]
PLACES: dict[Language, list[str]] = _WORDS["places"]
"""Places in a list of choices."""
UNITS: dict[str, str] = _WORDS["units"]
"""Units as Russian writes them."""
ENUMS: dict[str, dict[str, list[str]]] = _WORDS["enums"]
FIELDS: dict[str, str] = _WORDS["fields"]
SENTENCES: dict[str, list[str]] = _WORDS["sentences"]

NUMBER_WORDS: dict[Language, re.Pattern[str]] = {
    "ru": re.compile(
        r"\b(ноль|нол[яю]|од(?:ин|на|но|ного|ной|ному|ним|ну)|дв(?:а|е|ух|ум|умя)|двое|тр(?:и|[её]х|[её]м|емя)|трое|четыр(?:е|[её]х|[её]м|ьмя)|четверо|"
        r"пят(?:ь|и|ью|еро)|шест(?:ь|и|ью)|сем(?:ь|и|ью)|вос[её]?м(?:ь|ью)|восьми|девят(?:ь|и|ью)|десят(?:ь|и|ью|ка|ок)|\w+надцат(?:ь|и|ью)|"
        r"двадцат(?:ь|и|ью)|тридцат(?:ь|и|ью)|сорока?|\w+десят|девяност[оа]|ст[оа]|двести|триста|четыреста|\w+сот|тысяч\w*|миллион\w*|"
        r"(?:перв|втор|четв[её]рт|пят|шест|седьм|восьм|девят|десят)(?:ый|ой|ая|ое|ого|ому|ом|ую|ые|ых)|трет(?:ий|ья|ье|ьего|ьему|ьем|ьей|ью)|полтор[аы]|дюжин\w*)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(zero|(?<!which )(?<!that )(?<!this )(?<!the )(?<!no )(?<!any )(?<!each )(?<!every )one|two|three|four|"
        r"five|six|seven|eight|nine|ten|eleven|twelve|"
        r"\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|once|twice|"
        r"third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b",
        re.IGNORECASE,
    ),
}

NONE = re.compile(
    r"\b(нет|нету|ничего|ничто|никто|никого|никому|нигде|ни\s+од(?:ин|на|но|ного|ной|ному)|никак(?:ой|их|ая|ие|ого|ую)|отсутству\w+|не\s+(?:было|найден\w*|обнаружен\w*|оказалось|"
    r"зарегистрирован\w*|сработал\w*)|пуст(?:о|ует|ой|ая|ые)|"
    r"no|none|nothing|nobody|nowhere|never|neither|without|isn't|aren't|wasn't|weren't|not\s+(?:any|a\s+single|found)|empty)\b",
    re.IGNORECASE,
)
EVERY = re.compile(
    r"\b(все(?!\s+ещ[её])|всё(?!\s+(?:ещ[её]|равно))|всех|всем|всеми|всего|весь|вся|всю|кажд(?:ый|ая|ое|ого|ой|ом|ую)|полностью|целиком|"
    r"all|every|each|everything|everyone|everywhere|entire|whole|always)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(готово|сделан[оаы]?|сделал[аи]?|выполнен[оаы]?|выполнил[аи]?|подтвержд[её]н[оаы]?|подтвердил[аи]?|создан[оаы]?|создал[аи]?|обновл[её]н[оаы]?|обновил[аи]?|"
    r"измен[её]н[оаы]?|изменил[аи]?|заверш[её]н[оаы]?|завершил[аи]?|закрыт[оаы]?|закрыл[аи]?|добавлен[оаы]?|добавил[аи]?|удал[её]н[оаы]?|удалил[аи]?|"
    r"сохран[её]н[оаы]?|сохранил[аи]?|записан[оаы]?|записал[аи]?|размещ[её]н[оаы]?|разместил[аи]?|отключ[её]н[оаы]?|отключил[аи]?|включ[её]н[оаы]?|включил[аи]?|"
    r"принят[оаы]|"
    r"done|acknowledged|confirmed|created|updated|changed|completed|ended|closed|added|removed|deleted|saved|placed|set|finished|recorded)\b",
    re.IGNORECASE,
)
UNDONE = re.compile(
    rf"\b(?:не|not|nothing\s+(?:was|has\s+been))\s+(?:(?:был[аои]?|been|yet|ещ[её])\s+)?(?:{DONE.pattern})",
    re.IGNORECASE,
)
"""Claims that something was not done."""
ACT = re.compile(r"\b(готово|сделан[оаы]?|сделал[аи]?|выполнен[оаы]?|выполнил[аи]?|done|finished)\b", re.IGNORECASE)
"""Claims of an act, as against words for a state."""
STATES = re.compile(
    r"\b(свобод\w+|занят\w*|сда(?:н|на|но|ны|[её]тся|ются)|арендован\w*|снима(?:ет|ют)|арендует|арендуют|душно|жарко|холодно|прохладно|"
    r"влажно|сухо|темно|светло|шумно|протека\w+|теч[её]т|гор(?:ит|ят)|открыт\w*|закрыт\w*|активн\w*|исправн\w*|неисправн\w*|молч(?:ит|ат)|"
    r"сработал\w*|в\s+норме|норм(?:альн\w+|а)|превыш\w+|спокойн\w+|пуст\w+|"
    r"free|vacant|occupied|rented|rents|leased|stuffy|hot|cold|warm|humid|dark|noisy|leaks?|leaking|burning|open|active|faulty|silent|normal|"
    r"fine|quiet|exceeds?|above|below)\b",
    re.IGNORECASE,
)
"""What may be so of a room, a sensor, an alarm: an assertion, where no result is cited."""
NAMED = re.compile(
    r"(?<=[\w,;:»)] )(?!(?:Вы|Вам|Вас|Вами|Ваш\w*|I|CO2|Markoff|Маркоф)\b)[A-ZА-ЯЁ]\w+|[«“\"][^»”\"]+[»”\"]"
)
"""A word that looks like a name: capital in the middle of a sentence, or in quotes."""
MARKS = re.compile(r"</?(?:tool_call|tool_response|tools|think)>|<\|\w+\|>|\ufffd")
"""What only a model and its server say to each other."""
EXCEPTED = re.compile(r"\b(CO2|CO₂|PM2[.,]5|PM10)\b", re.IGNORECASE)


def say(key: str, language: Language, **parts: object) -> str:
    """One of the agent's own sentences."""
    return SENTENCES[key][0 if language == "ru" else 1].format(**parts)


def enum(typename: str, value: str, language: Language) -> str:
    """An enum's value in words."""
    known = ENUMS.get(typename, {}).get(value)
    if known:
        return known[0 if language == "ru" else 1]
    return value.replace("_", " ").lower()


def field(name: str, language: Language) -> str:
    """A field's name in words."""
    if language == "ru" and name in FIELDS:
        return FIELDS[name]
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: " " + m[1].lower(), name)


def form(number: float, forms: tuple[str, ...], language: Language) -> str:
    """The form of a noun that goes with a number."""
    if len(forms) < 3 or language == "en":
        return forms[0] if number == 1 else forms[min(1, len(forms) - 1)]
    if number != int(number):
        return forms[1]
    last, two = int(abs(number)) % 10, int(abs(number)) % 100
    if last == 1 and two != 11:
        return forms[0]
    return forms[1] if 2 <= last <= 4 and not 12 <= two <= 14 else forms[2]


def language_of(text: str) -> Language:
    """The language in which something is said."""
    return "ru" if re.search("[а-яё]", text, re.IGNORECASE) else "en"
